"""The best pairs of drugs, and what is and is not known of them together."""

from dataclasses import dataclass

import anndata as ad

from twinscreen.report import words
from twinscreen.report.tables import parts, table

#: So many pairs are shown, and so many more are folded in.
SHOWN, FOLDED = 5, 10


@dataclass(frozen=True)
class Pair:
    """Two drugs together; benefits are shares of the deviation in the disease modules.

    `gain` is the benefit of the pair less that of the better drug alone, `beyond_dose` less that
    of the better drug at twice the dose. `separation` below 0: their targets overlap.
    """

    names: tuple[str, str]
    benefit: float
    gain: float
    gain_low: float
    gain_high: float
    beyond_dose: float
    separation: float
    complementary: bool
    interaction: str
    shared: tuple[str, ...]

    @property
    def interval(self) -> str:
        """The 5 % and 95 % points of the gain in per cent, or nothing."""
        if words.is_missing(self.gain_high):
            return ""
        return f"{words.percent(self.gain_low)} to {words.percent(self.gain_high)}"


@dataclass(frozen=True)
class PairsSection:
    """The best pairs, the first `shown` of them in full.

    `beyond`: how many of those shown do better than twice the dose of their better drug.
    `looked_up`: there was a table in which interactions could be found.
    """

    pairs: tuple[Pair, ...]
    shown: int
    beyond: int
    looked_up: bool

    @property
    def against_dose(self) -> str:
        """Say how many of the pairs shown do better than more of their better drug would."""
        if not self.beyond:
            return "None of the pairs shown does better than twice the dose of its better drug."
        number = min(self.shown, len(self.pairs))
        does = "does" if self.beyond == 1 else "do"
        return (
            f"{self.beyond} of the {words.plural(number, 'pair')} shown {does} better than twice"
            " the dose of the better drug."
        )


def pairs_of(screen: ad.AnnData) -> PairsSection | None:
    """Read the best pairs of a screen, or nothing if it has none."""
    rows = table(screen, "combinations", "rank").head(SHOWN + FOLDED)
    if rows.empty:
        return None
    found = tuple(
        Pair(
            names=(str(row["name_a"]), str(row["name_b"])),
            benefit=float(row["benefit"]),
            gain=float(row["gain"]),
            gain_low=float(row["gain_low"]),
            gain_high=float(row["gain_high"]),
            beyond_dose=float(row["beyond_dose"]),
            separation=float(row["separation"]),
            complementary=bool(row["complementary"]),
            interaction=str(row["interaction"]),
            shared=tuple(parts(row["shared"])),
        )
        for row in rows.to_dict(orient="records")
    )
    return PairsSection(
        pairs=found,
        shown=SHOWN,
        beyond=sum(pair.beyond_dose > 0 for pair in found[:SHOWN]),
        looked_up=any(pair.interaction != "not looked up" for pair in found),
    )
