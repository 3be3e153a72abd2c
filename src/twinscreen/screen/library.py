"""Which drugs are tried."""

from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from twinscreen.files import InputError
from twinscreen.files.drug_names import DrugNames
from twinscreen.settings.screen import ScreenSettings


@dataclass(frozen=True)
class Library:
    """Which drugs to try: approved ones or all, named ones in any case.

    Whether withdrawn ones, and whether diagnostic agents and allergens, is told apart.
    """

    approved_only: bool
    include: tuple[str, ...]
    withdrawn: bool
    diagnostics: bool

    @classmethod
    def of(cls, settings: ScreenSettings) -> "Library":
        """Take the library out of the settings of a screen."""
        return cls(
            approved_only=settings.library == "approved",
            include=settings.include,
            withdrawn=settings.withdrawn,
            diagnostics=settings.diagnostics,
        )

    def choose(self, drugs: pd.DataFrame) -> pd.DataFrame:
        """Choose rows of the drug table.

        Raises
        ------
        InputError
            A drug to include is not in the table.
        """
        wanted = {name.casefold() for name in self.include}
        named = drugs["name"].str.casefold().isin(wanted) | drugs["drug_id"].isin(self.include)
        found = {*drugs.loc[named, "name"].str.casefold(), *drugs.loc[named, "drug_id"]}
        names = DrugNames(drugs)
        for name in self.include:
            if {name, name.casefold()} & found:
                continue
            if not (ids := names.ids(name)):
                raise _unknown(name, drugs)
            named |= drugs["drug_id"].isin(ids)
        chosen = drugs["approved"] & ~drugs["labelled"] if self.approved_only else True
        if not self.withdrawn:
            chosen &= ~drugs["withdrawn"]
        if not self.diagnostics and "use" in drugs:  # a table made in memory may lack it
            chosen &= drugs["use"].fillna("") == ""
        return drugs[chosen | named].reset_index(drop=True)


def _unknown(name: str, drugs: pd.DataFrame) -> InputError:
    """Say that no drug has a name, and which have one like it."""
    near = get_close_matches(name, drugs["name"], n=3)
    return InputError(
        file="configuration",
        place="screen.include",
        found=f"{name!r}, which is no drug of the table",
        expected="names, synonyms or identifiers of drugs",
        remedy="correct the name" + (f": near are {', '.join(near)}" if near else ""),
    )
