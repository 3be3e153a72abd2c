"""What a drug is predicted to achieve, how sure its score is, and what its safety does to it."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anndata as ad

from twinscreen.files.contracts.screen import SUPPORTS
from twinscreen.report import words
from twinscreen.report.tables import table


@dataclass(frozen=True)
class Outlook:
    """The columns of a screen on one drug that bear on what to do.

    Benefit is a share of the deviation in the disease modules, `harm` a share of the best drug's
    benefit; `supports` names the kinds of evidence in the score that support it, with their z
    ("causal 8.6"), and `others` those that support it and are not in the score.
    """

    benefit: float
    benefit_low: float
    benefit_high: float
    pvalue: float
    qvalue: float
    harm: float
    adjusted_rank: float
    supports: tuple[str, ...]
    others: tuple[str, ...]
    concerns: tuple[str, ...]
    untested: str

    @property
    def interval(self) -> str:
        """The 5 % and 95 % points of the benefit in per cent, or nothing."""
        if words.is_missing(self.benefit_high):
            return ""
        return f"{words.percent(self.benefit_low)} to {words.percent(self.benefit_high)} %"

    def support_in_words(self, *, scored: bool) -> str:
        """Say which kinds of evidence support the drug.

        Parameters
        ----------
        scored
            Whether the score is made of kinds of evidence, so that these are told from the others.
        """
        inside = " in the score" if scored else ""
        said = (
            f"Supported{inside} by these kinds of evidence, each with its z:"
            f" {words.listed(self.supports)}."
            if self.supports
            else f"No kind of evidence{inside} supports it by itself."
        )
        if self.others:
            said += f" Supported outside the score by {words.listed(self.others)}."
        return said

    @property
    def in_short(self) -> str:
        """Count the kinds of evidence in the score that support the drug."""
        number = len(self.supports)
        if not number:
            return "no kind of evidence supports it by itself"
        verb = "supports" if number == 1 else "support"
        return f"{words.plural(number, 'kind')} of evidence {verb} it"

    @property
    def effect(self) -> str:
        """Say what the model predicts: "2.7 % less deviation", or more, or none."""
        if words.is_missing(self.benefit):
            return "not known what it would change"
        size = words.percent(abs(self.benefit))
        if not float(size):
            return "no change of the deviation"
        return f"{size} % {'less' if self.benefit > 0 else 'more'} deviation"


def checked_in_short(*, none_found: bool, not_assessed: bool) -> str:
    """Say of a drug without a known concern what that is worth.

    Parameters
    ----------
    none_found
        Whether a kind of concern was looked for, and none was found.
    not_assessed
        Whether a kind could not be assessed.
    """
    if not none_found:
        return "not assessed"
    return "none found where checked" if not_assessed else "none found"


def concerns_of(screen: ad.AnnData) -> dict[str, tuple[str, ...]]:
    """Say in short what speaks against each drug, by `drug_id`, gravest penalty first.

    Of several concerns of one kind about one subject the first is said; a drug without any is left
    out. What rests on simulated findings says so.
    """
    columns = ("drug_id", "kind", "subject", "severity", "simulated")
    rows = table(screen, "concerns", *columns, "penalty")
    rows = rows.sort_values("penalty", ascending=False, kind="stable")
    rows = rows.drop_duplicates(["drug_id", "kind", "subject"])
    found: dict[str, tuple[str, ...]] = {}
    parts = zip(*(rows[name] for name in columns), strict=True)
    for drug_id, kind, subject, severity, simulated in parts:
        text = str(kind)
        text += "" if words.is_missing(subject) else f": {subject}"
        text += "" if words.is_missing(severity) else f" ({severity})"
        text += ", simulated" if simulated else ""
        found[str(drug_id)] = (*found.get(str(drug_id), ()), text)
    return found


def outlook(
    row: Mapping[Hashable, Any],
    kinds: Sequence[str],
    weights: Mapping[str, float],
    concerns: tuple[str, ...],
) -> Outlook:
    """Read what a screen says of one drug.

    Parameters
    ----------
    row
        The drug's columns.
    kinds
        The kinds of evidence of the screen; the drug's z of each stands in the column `{kind}_z`.
    weights
        Of the kinds of evidence in the score, by name; a kind without one, or with 0, is not in it.
    concerns
        What speaks against the drug, of `concerns_of`.
    """
    z = {kind: float(row[f"{kind}_z"]) for kind in kinds}
    said = sorted((kind for kind in kinds if z[kind] >= SUPPORTS), key=lambda kind: -z[kind])
    told = {kind: f"{kind} {z[kind]:.1f}" for kind in said}
    names = ("benefit", "benefit_low", "benefit_high", "pvalue", "qvalue")
    return Outlook(
        **{name: float(row[name]) for name in names},
        harm=float(row["harm"]),
        adjusted_rank=float(row["adjusted_rank"]),
        supports=tuple(told[kind] for kind in said if weights.get(kind)),
        others=tuple(told[kind] for kind in said if not weights.get(kind)),
        concerns=concerns,
        untested=str(row["untested"]),
    )
