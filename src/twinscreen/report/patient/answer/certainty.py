"""How sure the first drug is: the interval of its rank, and what its heading must admit."""

from collections.abc import Sequence
from dataclasses import dataclass

import anndata as ad
import numpy as np

from twinscreen.files.contracts.tier import WIDE
from twinscreen.report import words
from twinscreen.report.compartments import CHANCE
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism
from twinscreen.report.patient.drugs.kinds import Kind


@dataclass(frozen=True)
class Verdict:
    """What the answer says of its own certainty."""

    doubts: tuple[str, ...]
    interval: str

    @property
    def heading(self) -> str:
        """The doubts as they follow the name of the drug in the heading, or nothing."""
        return f", but {words.listed(self.doubts)}" if self.doubts else ""


def compared(twin: ad.AnnData, keys: Sequence[str], genes: Sequence[str]) -> bool:
    """Whether the transcript of one of these genes was compared in one of these compartments."""
    known = [gene for gene in genes if gene in twin.var_names]
    rows = [key for key in keys if key in twin.obs_names]
    return bool(np.isfinite(np.asarray(twin[rows, known].X, dtype=float)).any())


def measured(twin: ad.AnnData, keys: Sequence[str], genes: Sequence[str]) -> bool:
    """Whether transcript or surface protein of one of these genes was measured."""
    known = [gene for gene in genes if gene in twin.var_names]
    rows = [key for key in keys if key in twin.obs_names]
    here = twin[rows, known]
    layers = [np.asarray(here.layers[name], dtype=float) for name in ("protein", "detected")]
    return compared(twin, keys, genes) or bool(np.isfinite(layers).any())


def nothing_deviates(twin: ad.AnnData, keys: Sequence[str]) -> bool:
    """Whether not one gene has q < 0.05 in the screened compartments."""
    rows = [key for key in keys if key in twin.obs_names]
    return not bool((np.asarray(twin[rows].layers["qvalue"], dtype=float) < 0.05).any())


def verdict(
    first: RankedMechanism, n_ranked: int, twin: ad.AnnData, keys: Sequence[str]
) -> Verdict:
    """Judge the first drug.

    Parameters
    ----------
    first
        The first drug.
    n_ranked
        How many drugs have a rank.
    twin
        The patient's twin.
    keys
        The screened compartments.
    """
    doubts = []
    genes = [gene for target in first.targets for gene in target.genes]
    if not measured(twin, keys, genes):
        doubts.append(
            f"its {'target was' if len(first.targets) == 1 else 'targets were'} not measured"
        )
    if not (twin[list(keys)].obs["lcc_p"] < CHANCE).any():
        doubts.append("no module is beyond chance")
    wide = first.rank_high > max(WIDE * n_ranked, 1)
    if wide:
        doubts.append("its rank is uncertain")
    return Verdict(tuple(doubts), _interval(first, n_ranked, wide=wide))


def how_to_read_z(kinds: Sequence[Kind]) -> str:
    """Say how to read the bars of the kinds of evidence, and what chance gives.

    Parameters
    ----------
    kinds
        All kinds of evidence on a drug.
    """
    said = (
        "Bars to the right support the drug, bars to the left count against it."
        " A z above 1.64 happens by chance for 1 drug in 20."
    )
    ranks = [words.lower_first(kind.title) for kind in kinds if kind.relative]
    if not ranks:
        return said
    named = words.listed(ranks)
    verb = "is only a rank" if len(ranks) == 1 else "are only ranks"
    return (
        f"{said} {named[:1].upper()}{named[1:]} {verb} among drugs: 1 in 20 exceeds 1.64 in every"
        " patient."
    )


def _interval(first: RankedMechanism, n_ranked: int, *, wide: bool) -> str:
    if words.is_missing(first.rank_high):
        return "The twin was not resampled, so neither the rank nor the score has an interval here."
    low, high = words.whole(first.rank_low), words.whole(first.rank_high)
    said = (
        f"it stays at rank {low}"
        if low == high
        else f"its rank lies between {low} and {high} of {words.whole(n_ranked)}"
    )
    share = f", beyond the first {words.share(WIDE, 1)}: other drugs may as well be first"
    return (
        f"When cells and donors are resampled, {said}{share if wide else ''} (score"
        f" {words.decimal(first.score_low)} to {words.decimal(first.score_high)}; 90 % of bootstrap"
        " replicates)."
        " This covers the sampling of cells and donors alone."
    )
