"""What speaks against each drug in this patient, and what it takes from the reward.

Warnings, contraindications, interactions with current medication, and the patient's own genotypes
are brought to the drugs. Each has a penalty in the unit of benefit, a share of the patient's
disease activity, so that reward = benefit - harm. What no table or file tells is said to be not
known: it is never taken for none.

The penalties are a convention that the configuration states; they are not estimates. Known
indications are no concerns: they stand beside, and take nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.contracts.screen_tables import CONCERNS
from twinscreen.files.drug_names import DrugNames, key
from twinscreen.screen.safety.genotypes import genotype_concerns, untested_genes
from twinscreen.screen.safety.indications import had_of, indicated_for, matched

#: Kinds of concerns, gravest first.
KINDS = ("withdrawn", "contraindication", "boxed warning", "interaction", "pharmacogenomic")
#: Penalties, by what they are called in the configuration.
PENALTIES = (
    *("withdrawn", "boxed_warning", "contraindication"),
    *("interaction_major", "interaction_moderate", "interaction_minor", "interaction_unknown"),
    *("pharmacogenomic", "pharmacogenomic_other"),
)
_LEVELS = ("major", "moderate", "minor", "unknown")


@dataclass(frozen=True)
class Safety:
    """What is known against d drugs.

    `concerns` has one row per concern, a table CONCERNS; of several that say the same (two boxed
    warnings, two variants of a gene) only the gravest has a penalty. `harm`, shape (d,), is the
    sum of a drug's penalties, at most 1; it counts what is known alone. `known` says of each kind
    whether anything could have been found at all, `unknown` in sentences what could not.
    `untested`, shape (d,), names the genes that bear on a drug and of which the patient's file
    says nothing, joined by ", ".
    `indicated`, shape (d,), says for which of the patient's diseases a drug is indicated, joined by
    "; ": prior knowledge, which is in neither `concerns` nor `harm`. `indicated_simulated`, shape
    (d,), says whether that rests on findings made up for a demonstration.
    """

    concerns: pd.DataFrame
    harm: np.ndarray
    known: dict[str, bool]
    unknown: tuple[str, ...]
    untested: np.ndarray
    indicated: np.ndarray
    indicated_simulated: np.ndarray

    def words(self, drug_ids: Iterable[str]) -> np.ndarray:
        """Say the concerns of each drug in short, gravest first, joined by "; "; "" if none.

        Of several that have one subject the first is said, which has the largest penalty.
        """
        rows = self.concerns.drop_duplicates(["drug_id", "kind", "subject"])
        rows = rows.assign(order=rows["kind"].map(KINDS.index))
        rows = rows.sort_values("order", kind="stable")
        texts: dict[str, dict[str, None]] = {}
        parts = (rows[name].astype(str) for name in ("drug_id", "kind", "subject", "severity"))
        for id_, kind, subject, severity in zip(*parts, strict=True):
            text = f"{kind}: {subject}" if subject else kind
            texts.setdefault(id_, {})[text + (f" ({severity})" if severity else "")] = None
        return np.array(["; ".join(texts.get(id_, ())) for id_ in drug_ids], dtype=object)


def assess(
    *,
    drugs: pd.DataFrame,
    drug_table: pd.DataFrame,
    findings: pd.DataFrame,
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
    terms: pd.DataFrame | None,
    penalties: Mapping[str, float],
) -> Safety:
    """Collect what speaks against drugs in a patient.

    Parameters
    ----------
    drugs
        The d drugs that are tried, contract DRUGS.
    drug_table
        All drugs, contract DRUGS, among which current medication is sought by name.
    findings
        What was found of the patient, contract FINDINGS.
    warnings, interactions, pharmacogenomics
        Contracts DRUG_WARNINGS, DRUG_INTERACTIONS, PHARMACOGENOMICS; None where the user names no
        such table.
    terms
        Contract PHENOTYPE_TERMS: a contraindication or indication by a term holds for all terms
        below it. None: only the patient's very terms and names count.
    penalties
        What each concern takes from the reward, by PENALTIES; 0 to 1.

    Returns
    -------
    Concerns, harm in shares of the patient's disease activity, and known indications.
    """
    had = had_of(findings)
    current = _current(findings, drug_table)
    parts = [_withdrawn(drugs, penalties)]
    if warnings is not None:
        parts.append(_warned(warnings, penalties))
        parts.append(_contraindicated(warnings, had, terms, penalties))
    if interactions is not None:
        parts.append(_interacting(interactions, current, penalties))
    if pharmacogenomics is not None:
        parts.append(genotype_concerns(pharmacogenomics, findings, penalties))
    every = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    every = every[every["drug_id"].isin(drugs["drug_id"])]
    every["penalty"] = every["penalty"].astype(float)
    every = every.sort_values(
        ["drug_id", "penalty", "kind", "subject", "detail", "source"],
        ascending=[True, False, True, True, True, True],
        ignore_index=True,
    ).drop_duplicates(["drug_id", "kind", "subject", "detail", "source"], ignore_index=True)
    again = every.duplicated(["drug_id", "kind", "once"])
    every["penalty"] = every["penalty"].mask(again, 0.0)
    total = every.groupby("drug_id")["penalty"].sum().reindex(drugs["drug_id"]).fillna(0)
    known, unknown = _knowledge(findings, had, current, warnings, interactions, pharmacogenomics)
    indicated, indicated_simulated = indicated_for(drugs, warnings, had, terms)
    return Safety(
        concerns=CONCERNS.typed(every),
        harm=total.clip(upper=1).to_numpy(dtype=float),
        known=known,
        unknown=unknown,
        untested=untested_genes(drugs, pharmacogenomics, findings),
        indicated=indicated,
        indicated_simulated=indicated_simulated,
    )


def _withdrawn(drugs: pd.DataFrame, penalties: Mapping[str, float]) -> pd.DataFrame:
    rows = drugs.loc[drugs["withdrawn"].astype(bool), ["drug_id"]]
    return rows.assign(
        kind="withdrawn",
        subject="",
        detail="withdrawn from the market, in some country at least",
        severity="",
        penalty=penalties["withdrawn"],
        source="drug table",
        simulated=False,
        once="",
    )


def _warned(warnings: pd.DataFrame, penalties: Mapping[str, float]) -> pd.DataFrame:
    rows = warnings[warnings["kind"].isin(["boxed_warning", "withdrawn"])]
    return rows.assign(
        kind=rows["kind"].str.replace("_", " "),
        severity="",
        penalty=rows["kind"].map(dict(penalties)),
        simulated=False,
        once="",
    )


def _contraindicated(
    warnings: pd.DataFrame,
    had: pd.DataFrame,
    terms: pd.DataFrame | None,
    penalties: Mapping[str, float],
) -> pd.DataFrame:
    """Hold contraindications against symptoms and diseases."""
    rows = matched(warnings, "contraindication", had, terms)
    told = "the patient has " + rows["had"]
    return rows.assign(
        kind="contraindication",
        detail=told.where(rows["detail"] == "", rows["detail"] + "; " + told),
        severity="",
        penalty=penalties["contraindication"],
        once=rows["id"],
    )[[*CONCERNS.names, "once"]]


@dataclass(frozen=True)
class _Current:
    """A drug that the patient takes: how it is called, and the drugs of the table it means."""

    label: str
    names: frozenset[str]
    ids: frozenset[str]
    simulated: bool


def _current(findings: pd.DataFrame, drug_table: pd.DataFrame) -> list[_Current]:
    """Find current medication in the drug table, `dexamethasone 6 mg` without the dose."""
    known = findings["status"] == FindingStatus.PRESENT
    rows = findings[(findings["kind"] == "medication") & known]
    found: list[_Current] = []
    if rows.empty:
        return found
    names = DrugNames(drug_table)
    for row in rows.itertuples(index=False):
        label, id_ = str(row.label), str(row.id)
        given = {key(name) for name in (label, id_, re.split(r"[\s,(]+\d", label)[0]) if name}
        ids = {drug for name in given for drug in names.ids(name)}
        found.append(_Current(label or id_, frozenset(given), frozenset(ids), bool(row.simulated)))
    return found


def _interacting(
    interactions: pd.DataFrame, current: list[_Current], penalties: Mapping[str, float]
) -> pd.DataFrame:
    """Find the interactions of drugs with what the patient takes; the strongest of each pair."""
    parts = []
    for one in current:
        rows = interactions[
            (interactions["other"].isin(one.names) | interactions["other_id"].isin(one.ids))
            & ~interactions["drug_id"].isin(one.ids)
        ]
        rows = rows.assign(order=rows["level"].map(_LEVELS.index))
        rows = rows.sort_values(["order", "drug_id"]).drop_duplicates("drug_id")
        parts.append(
            rows.assign(
                kind="interaction",
                subject=one.label,
                detail=rows["level"] + f" interaction with {one.label}, which the patient takes",
                severity=rows["level"],
                penalty=("interaction_" + rows["level"]).map(dict(penalties)),
                simulated=one.simulated,
                once=one.label,
            )
        )
    return pd.concat(parts) if parts else _rows([])


def _knowledge(
    findings: pd.DataFrame,
    had: pd.DataFrame,
    current: list[_Current],
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Say what could be known: by kind, and in sentences what could not and why."""
    told = [
        *_unknown_warnings(warnings, had),
        *_unknown_interactions(interactions, current),
        *_unknown_genotypes(pharmacogenomics, findings),
    ]
    known = {kind: not any(kind == one for one, all_, _ in told if all_) for kind in KINDS}
    return known, tuple(sentence for _, _, sentence in told)


def _unknown_warnings(
    warnings: pd.DataFrame | None, had: pd.DataFrame
) -> list[tuple[str, bool, str]]:
    """List what is not known: the kind, whether all of it, and a sentence."""
    kinds = set() if warnings is None else {*warnings["kind"]}
    told = []
    if "boxed_warning" not in kinds:
        told.append(("boxed warning", True, "Boxed warnings are not known: no table has any."))
    if "contraindication" not in kinds:
        sentence = "Contraindications are not known: no table has any."
        told.append(("contraindication", True, sentence))
    elif had.empty:
        sentence = (
            "Whether a drug is contraindicated is not known: nothing is said of the patient's"
            " symptoms and diseases."
        )
        told.append(("contraindication", True, sentence))
    return told


def _unknown_interactions(
    interactions: pd.DataFrame | None, current: list[_Current]
) -> list[tuple[str, bool, str]]:
    told = []
    if not current:
        sentence = "Current medication is not known: nothing is said of it, which is not none."
        told.append(("interaction", True, sentence))
    if interactions is None:
        sentence = "Interactions between drugs are not known: no table is configured."
        return [*told, ("interaction", True, sentence)]
    names, ids = {*interactions["other"]}, {*interactions["other_id"].dropna()}
    if lost := [one.label for one in current if not (one.names & names or one.ids & ids)]:
        sentence = (
            f"Of current medication, {', '.join(sorted(lost))} can't be matched to the table of"
            " interactions: how other drugs go with it is not known."
        )
        told.append(("interaction", len(lost) == len(current), sentence))
    return told


def _unknown_genotypes(
    pharmacogenomics: pd.DataFrame | None, findings: pd.DataFrame
) -> list[tuple[str, bool, str]]:
    kind = "pharmacogenomic"
    if pharmacogenomics is None:
        return [(kind, True, "What variants change in drugs is not known: there is no table.")]
    if not (findings["kind"] == kind).any():
        sentence = "The patient's genotypes are not known: no file of variants could be read."
        return [(kind, True, sentence)]
    sentence = (
        "Positions that the file of variants leaves out are not known, star alleles (CYP2D6*4)"
        " are not called, and HLA types are not read."
    )
    return [(kind, False, sentence)]


def _rows(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*CONCERNS.names, "once"])
