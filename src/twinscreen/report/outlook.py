"""What a drug is predicted to achieve, how sure its score is, and what its safety does to it."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from twinscreen.report import words
from twinscreen.report.tables import parts


@dataclass(frozen=True)
class Outlook:
    """The columns of a screen on one drug that bear on what to do.

    Benefit is a share of the deviation in the disease modules, `harm` a share of the best drug's
    benefit; `supports` names the kinds of evidence that support it, with their z ("causal 8.6").
    """

    benefit: float
    benefit_low: float
    benefit_high: float
    pvalue: float
    qvalue: float
    harm: float
    adjusted_rank: float
    supports: tuple[str, ...]
    concerns: tuple[str, ...]
    untested: str

    @property
    def interval(self) -> str:
        """The 5 % and 95 % points of the benefit in per cent, or nothing."""
        if words.is_missing(self.benefit_high):
            return ""
        return f"{words.percent(self.benefit_low)} to {words.percent(self.benefit_high)} %"

    @property
    def effect(self) -> str:
        """Say what the model predicts: "2.7 % less deviation", or more, or none."""
        if words.is_missing(self.benefit):
            return "not known what it would change"
        size = words.percent(abs(self.benefit))
        if not float(size):
            return "no change of the deviation"
        return f"{size} % {'less' if self.benefit > 0 else 'more'} deviation"


def outlook(row: Mapping[Hashable, Any]) -> Outlook:
    """Read what a screen says of one drug."""
    names = ("benefit", "benefit_low", "benefit_high", "pvalue", "qvalue")
    return Outlook(
        **{name: float(row[name]) for name in names},
        harm=float(row["harm"]),
        adjusted_rank=float(row["adjusted_rank"]),
        supports=tuple(parts(row["evidence"], ";")),
        concerns=tuple(parts(row["concerns"], ";")),
        untested=str(row["untested"]),
    )
