"""The tier of evidence for a screen's first drug: strong, moderate, weak or none, by one rule."""

from dataclasses import dataclass
from enum import StrEnum

import anndata as ad

from twinscreen.files.contracts.screen import TargetPresence, may_be_called

#: So many kinds of evidence of the score must support a drug for each tier.
STRONG_KINDS, MODERATE_KINDS = 3, 2

#: A rank that may lie beyond this share of all drugs in another sample is uncertain.
WIDE = 0.05


class Tier(StrEnum):
    """How much speaks for the first drug."""

    STRONG = "strong"
    MODERATE = "moderate"
    WEAK = "weak"
    NONE = "none"


@dataclass(frozen=True)
class CalledDrug:
    """What the tier of a called drug rests on.

    `supports` kinds of evidence of the score support it; `rank_high` is the last rank expected in
    another sample, of `n_ranked`, NaN where nothing tells it; `pvalue` compares the drug with
    `n_null` null replicates.
    """

    supports: int
    rank_high: float
    n_ranked: int
    presence: TargetPresence
    pvalue: float
    n_null: int

    @property
    def certain_rank(self) -> bool:
        """Whether it stays among the first in another sample; not where nothing tells."""
        return self.rank_high <= max(WIDE * self.n_ranked, 1)

    @property
    def found(self) -> bool:
        """Whether what it acts on is known to be there."""
        return self.presence in (TargetPresence.FOUND, TargetPresence.CIRCULATING)

    @property
    def counted(self) -> bool:
        """Whether counting the null replicates can show its p."""
        return self.pvalue >= countable(self.n_null)

    @property
    def tier(self) -> Tier:
        """Its tier."""
        if self.supports < MODERATE_KINDS or not self.certain_rank:
            return Tier.WEAK
        strong = self.supports >= STRONG_KINDS and self.found and self.counted
        return Tier.STRONG if strong else Tier.MODERATE


def countable(n_null: int) -> float:
    """Give the least p that counting so many null replicates can show."""
    return 1 / (n_null + 1)


def tier_of(screen: ad.AnnData) -> Tier:
    """Give the tier of a screen's first drug.

    Parameters
    ----------
    screen
        Drugs x compartments: of it obs `rank, rank_high, presence, evidence` and uns `call, kinds`.
    """
    call, drugs = screen.uns["call"], screen.obs
    if not call["called"]:
        return Tier.NONE
    first = drugs[may_be_called(drugs)].iloc[0]
    kinds = screen.uns["kinds"]
    in_score = set(kinds.loc[kinds["score_weight"].astype(float) != 0, "kind"].astype(str))
    told = {one.rpartition(" ")[0] for one in str(first["evidence"]).split("; ")}
    return CalledDrug(
        supports=len(told & in_score),
        rank_high=float(first["rank_high"]),
        n_ranked=int(drugs["rank"].notna().sum()),
        presence=TargetPresence(str(first["presence"])),
        pvalue=float(call["pvalue"]),
        n_null=int(call["n_null"]),
    ).tier
