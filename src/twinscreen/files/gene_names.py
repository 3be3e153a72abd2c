"""From any name of a gene to its approved symbol."""

import logging
import re
from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from twinscreen.files.contracts.knowledge import GENE_NAMES
from twinscreen.files.paths import FilePath, once
from twinscreen.files.tables import read_table
from twinscreen.files.words.missing import is_missing

log = logging.getLogger(__name__)

_ENSEMBL = re.compile(r"(ENSG\d{11})(?:\.\d+)?(?:_PAR_Y)?")
_UNIPROT = re.compile(
    r"([OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2})-\d+"
)  # the pattern that UniProt publishes, and an isoform's number
#: Months as they begin in English, German and French.
_MONTH = (
    "(?:jan|feb|f[\u00e9e]v|m[a\u00e4]r|mrz|apr|avr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov"
    "|d[e\u00e9][cz])"
)
#: Dates as spreadsheets write them: 1-Mar, 01. Mrz, 1 mars, Mar-01, 2021-03-01.
_DATE = re.compile(
    rf"\d{{1,2}}[-./ ]{{1,2}}{_MONTH}[a-z]{{0,6}}\.?(?:[-./ ]\d{{2,4}})?"
    rf"|{_MONTH}[a-z]{{0,6}}[-./ ]\d{{1,4}}|(?:19|20)\d\d-\d\d-\d\d(?: 00:00:00)?",
    re.IGNORECASE,
)


def log_dates(place: FilePath, names: Iterable[str]) -> None:
    """Say which names, that mean no gene, are dates that spreadsheets make of genes."""
    if told := dates_in_words(names):
        log.warning("%s: %s", place, told)


def dates_in_words(names: Iterable[str]) -> str:
    """Say the same without a place; empty where no name is a date."""
    dates = [name for name in names if _DATE.fullmatch(name.strip())]
    if not dates:
        return ""
    return (
        f"{len(dates)} names are dates, as spreadsheets make them of genes like MARCHF1 and"
        f" SEPTIN2, which are lost: {', '.join(dates[:5]) + (', ...' if len(dates) > 5 else '')};"
        " take the names from the file before"
    )


class GeneNames:
    """The approved symbol of any name of a gene.

    Parameters
    ----------
    table
        The table of gene names, contract GENE_NAMES, or its file.
    kinds
        Kinds of name to know: symbol, ensembl, uniprot, entrez, previous, alias; all by default.

    Raises
    ------
    InputError
        The table is missing or has another shape.
    """

    def __init__(
        self, table: FilePath | pd.DataFrame, *, kinds: Collection[str] | None = None
    ) -> None:
        chosen = None if kinds is None else frozenset(kinds)
        if isinstance(table, pd.DataFrame):
            self._found = _by_name(table, chosen)
        else:
            self._found = _read_by_name(table, chosen)

    def resolve(self, name: str) -> str | None:
        """Return the approved symbol, or None if the name means no gene or several."""
        found = self.find(name)
        return found[0] if found else None

    def find(self, name: str) -> tuple[str, str] | None:
        """Return the approved symbol and the kind of the name; None as in `resolve`.

        The version of an Ensembl identifier (`.12`, `_PAR_Y`) and the isoform of a UniProt
        accession (`-2`) are left off.
        """
        name = name.strip()
        if (found := self._found.get(name)) is not None:
            return None if is_missing(name) else found  # aliases of genes are spelt so
        if match := _ENSEMBL.fullmatch(name) or _UNIPROT.fullmatch(name):
            return self._found.get(match[1])
        return None

    def resolve_members(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the approved symbols of a complex's members, sorted, without unknown ones."""
        return tuple(sorted({symbol for name in names if (symbol := self.resolve(name))}))


def _by_name(table: pd.DataFrame, kinds: Collection[str] | None) -> Mapping[str, tuple[str, str]]:
    """Give the symbol and the kind of each name of these kinds."""
    if kinds is not None:
        table = table[table["kind"].isin(kinds)]
    found = zip(table["symbol"], table["kind"], strict=True)
    return dict(zip(table["name"], found, strict=True))


@once(kept=2)
def _read_by_name(path: FilePath, kinds: Collection[str] | None) -> Mapping[str, tuple[str, str]]:
    """Read the symbol and the kind of each name of these kinds."""
    return _by_name(read_table(path, GENE_NAMES), kinds)
