"""Which drugs are tried."""

from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from twinscreen.files import InputError
from twinscreen.settings.screen import ScreenSettings


@dataclass(frozen=True)
class Library:
    """Which drugs to try: approved ones or all, named ones in any case, withdrawn ones or not."""

    approved_only: bool
    include: tuple[str, ...]
    withdrawn: bool

    @classmethod
    def of(cls, settings: ScreenSettings) -> "Library":
        """Take the library out of the settings of a screen."""
        return cls(settings.library == "approved", settings.include, settings.withdrawn)

    def choose(self, drugs: pd.DataFrame) -> pd.DataFrame:
        """Choose rows of the drug table.

        Raises
        ------
        InputError
            A drug to include is not in the table.
        """
        wanted = {name.casefold() for name in self.include}
        named = drugs["name"].str.casefold().isin(wanted) | drugs["drug_id"].isin(self.include)
        found = {*drugs["name"].str.casefold(), *drugs["drug_id"]}
        if unknown := [name for name in self.include if not {name, name.casefold()} & found]:
            near = get_close_matches(unknown[0], drugs["name"], n=3)
            raise InputError(
                file="configuration",
                place="screen.include",
                found=f"{unknown[0]!r}, which is no drug of the table",
                expected="names or ids of drugs",
                remedy="correct the name" + (f": near are {', '.join(near)}" if near else ""),
            )
        chosen = drugs["approved"] & ~drugs["labelled"] if self.approved_only else True
        if not self.withdrawn:
            chosen &= ~drugs["withdrawn"]
        return drugs[chosen | named].reset_index(drop=True)
