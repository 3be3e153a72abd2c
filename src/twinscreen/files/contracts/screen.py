"""The screen of one patient."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from twinscreen.files.contracts.screen_tables import SCREEN_TABLES, STABILITY
from twinscreen.files.hdf import AnnDataContract

if TYPE_CHECKING:
    import pandas as pd


class TargetPresence(StrEnum):
    """Whether the patient's cells have a target of a drug: column `presence` of obs."""

    FOUND = "found"
    CIRCULATING = "circulating"
    """Found in no cell, but released by others, and the cells have what it binds."""
    ABSENT = "absent"
    """Found in no cell of a whole transcriptome: it can't be called."""
    NOT_JUDGED = "not judged"
    """Too few cells, or a panel: what is not seen may be there."""


#: Kinds of concern of which a screen says, for each drug, what was `Checked`: columns of obs,
#: gravest first.
CHECKS = ("contraindication", "boxed_warning", "interaction", "pharmacogenomic")


class Checked(StrEnum):
    """Whether something speaks against a drug: of each of `CHECKS`."""

    FOUND = "found"
    NONE_FOUND = "none found"
    """The tables have the drug, the patient is known, and nothing was found."""
    NOT_ASSESSED = "not assessed"
    """No table has the drug, or what matters for it isn't known of the patient."""


class HeldBack(StrEnum):
    """Why a drug that passes both tests, or any drug, gets no call: `held_back` in uns `call`."""

    BENEFIT = "benefit"
    """The drug's predicted benefit is below 0."""
    PUBLIC_ALONE = "public_alone"
    """The patient is compared with donors of another study alone."""
    ONE_DONOR = "one_donor"
    """A single donor of the patient's own study stands beside those of another."""
    FEW_PUBLIC = "few_public"
    """Too few donors of another study stand beside those of the patient's own."""
    BATCH = "batch"
    """Donors of the patient's own study deviate as much as the patient."""


def may_be_called(obs: pd.DataFrame) -> pd.Series:
    """Mark the ranked drugs whose targets are not absent, among the drugs of a screen."""
    return obs["rank"].notna() & (obs["presence"].astype(str) != str(TargetPresence.ABSENT))


@dataclass(frozen=True)
class ScreenContract(AnnDataContract):
    """A screen also has a column `{kind}_z` and the layers of each kind that uns `kinds` names."""

    def missing_in(self, there: Mapping[str, Collection[str]]) -> list[str]:
        """Name the parts that are not `there`, those of the kinds of evidence among them."""
        lacking = super().missing_in(there)
        return lacking or [
            f"{part}[{name}]" for part, name in _of_kinds(there) if name not in there[part]
        ]


def _of_kinds(there: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """List the columns and layers of the kinds of evidence, as the table of kinds has them."""
    import anndata as ad

    table = there["uns"]["kinds"]
    if "layers" not in table:
        yield "uns", "kinds: layers"
        return
    columns = [table[name] for name in ("kind", "layers")]  # of a table, or in a file
    kinds, layers = (
        list(one if hasattr(one, "index") else ad.io.read_elem(one)) for one in columns
    )
    for kind, names in zip(kinds, layers, strict=True):
        yield "obs", f"{kind}_z"
        yield from (("layers", name) for name in filter(None, str(names).split("|")))


#: One patient's drugs x compartments: see docs/contracts.md.
SCREEN = ScreenContract(
    "screen",
    obs=(
        *("name", "kind", "approved", "withdrawn"),
        *("synonyms", "drugbank", "chembl", "chebi", "atc", "approval"),
        *("status", "score", "rank"),
        *("n_targets", "n_scored", "targets", "presence", "found_in"),
        *("score_low", "score_high", "rank_low", "rank_high"),
        *("mechanism", "same", "pvalue", "qvalue", "evidence"),
        *("rank_by_compartments", "rank_other_weights"),
        *("benefit", "benefit_low", "benefit_high", "residual"),
        *("harm", "reward", "adjusted_rank", "concerns", "untested", "indicated"),
        *CHECKS,
        *("indicated_simulated", "indications", "n_indications", "popularity"),
    ),
    layers=("score", "benefit"),
    uns=(
        "patient",
        "preset",
        "call",
        "spread",
        "kinds",
        "targets",
        "presence",
        "regulators",
        "evidence",
        "paths",
        "states",
        "precedents",
        "support",
        "proximity_targets",
        "proximity_evidence",
        "hypotheses",
        "treatment",
        "combinations",
        "concerns",
        "looked_up",
        "reactions",
        "not_known",
        "ranking_course",
        "treatment_course",
        "unscorable",
        "remedies",
        "settings",
        "provenance",
    ),
    uns_tables=(*SCREEN_TABLES, STABILITY),
)


#: A kind of evidence supports a drug where its z is at least this: one in twenty by chance, or of
#: kinds that are ranks among the drugs, one drug in twenty whatever the patient has.
SUPPORTS = 1.645

#: With fewer null replicates there is nothing to compare a score with.
LEAST_REPLICATES = 3

#: How much the logarithms of the best scores of healthy people scatter, and as how many further
#: replicates that counts beside the null replicates of a patient, which may be few.
USUAL_SCATTER, FURTHER_REPLICATES = 0.35, 6
