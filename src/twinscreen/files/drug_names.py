"""Drugs by the names that other sources give them."""

import re
import unicodedata
from collections.abc import Callable
from functools import cached_property

import pandas as pd

#: Identifiers by which a drug is found, too: columns of the contract DRUGS.
IDENTIFIERS = ("drugbank", "chembl", "chebi")
# And by its ATC code, where no other drug has it.
_FOUND_BY = (*IDENTIFIERS, "atc")

# What a base or an acid is combined with, as names of medicines say it after the drug's own.
_SALTS = frozenset(
    (
        *("adipate", "ammonium", "anhydrous", "arginine", "aspartate", "benzathine"),
        *("besilate", "besylate", "bitartrate", "bromide", "calcium", "camsylate", "citrate"),
        *("diammonium", "dihydrate", "dihydrochloride", "disodium", "ditosylate", "edisylate"),
        *("esylate", "fumarate", "gluconate", "glutamate", "hcl", "hemifumarate"),
        *("hemihydrate", "hyclate", "hydrate", "hydrobromide", "hydrochloride", "hydroiodide"),
        *("iodide", "isethionate", "lysine", "magnesium", "malate", "maleate", "meglumine"),
        *("mesilate", "mesylate", "monohydrate", "monohydrochloride", "monosodium"),
        *("napsylate", "oxalate", "pamoate", "potassium", "sesquihydrate", "sodium", "sulfate"),
        *("sulphate", "tartrate", "tosilate", "tosylate", "trihydrate", "trometamol"),
        *("tromethamine", "xinafoate"),
    )
)
# Salts of some drugs and esters of others.
_ESTERS = frozenset({"acetate", "lactate", "nitrate", "phosphate", "salicylate", "succinate"})
# Spellings that INN, USAN, BAN and JAN have for the same sound; applied in this order.
_SPELLINGS = (
    *(("alfa", "alpha"), ("ph", "f"), ("th", "t"), ("oe", "e"), ("ae", "e")),
    *(("y", "i"), ("cks", "x"), ("cs", "x"), ("ks", "x"), ("k", "c")),
)
# Said of a name: deucravacitinib (proposed INN).
_KIND_OF_NAME = re.compile(r"\((?:proposed |recommended )?(?:inn|usan|ban|jan)\)")
_GREEK = str.maketrans(
    {
        letter: unicodedata.name(letter).rpartition(" ")[2].lower()
        for letter in "αβγδεζηθικλμνξοπρστυφχψω"
    }
)


class DrugNames:
    """The drugs of the drug table by name, synonym and identifier.

    A name is looked up as it stands, in any case of letters; then by how it sounds and without its
    salt (see `sound`). A name comes before a synonym, and that before an identifier. A synonym that
    means several drugs means the only approved one of them, or none. Isotope-labelled tracers are
    no drugs that anybody takes.

    Parameters
    ----------
    table
        Contract DRUGS; synonyms and identifiers may be absent.
    esters
        Whether the acetate, phosphate or the like of a drug, where the table has none, is the drug:
        ruxolitinib phosphate.
    """

    def __init__(self, table: pd.DataFrame, *, esters: bool = True) -> None:
        self._esters = esters
        table = table[~table["labelled"].astype(bool)] if "labelled" in table else table
        ids = table["drug_id"].astype(str)
        approved = {*ids[table["approved"].astype(bool)]} if "approved" in table else set()
        names = dict(zip(ids, ([str(name)] for name in table["name"]), strict=True))
        others = _values(table, ids, "synonyms")
        self._exact: dict[str, list[str]] = {}
        for column in _FOUND_BY:
            self._exact |= _single(_values(table, ids, column), key, approved)
        self._exact |= _single(others, key, approved)
        self._exact |= _all(names, key)
        self._exact |= {id_.casefold(): [id_] for id_ in ids}
        self._spoken = (others, names, approved)

    @cached_property
    def _sounding(self) -> dict[str, list[str]]:
        """Drugs by how their names sound, which few names need."""
        others, names, approved = self._spoken
        return _single(others, sound, approved) | _single(names, sound, approved)

    def ids(self, name: str) -> list[str]:
        """Give the identifiers of the drugs of a name, none if it means no drug."""
        found = self._exact.get(key(name)) or self._sounding.get(sound(name), [])
        base, _, ester = key(name).rpartition(" ")
        return self.ids(base) if not found and self._esters and ester in _ESTERS and base else found


def without_dose(label: str) -> str:
    """Give the name in what is said of a medicine: that of `dexamethasone 6 mg`."""
    return re.split(r"[\s,(]+\d", label)[0]


def key(name: str) -> str:
    """Write a name as it is compared: in small letters, with single blanks."""
    return " ".join(name.casefold().split())


def sound(name: str) -> str:
    """Write a name as all its spellings have it.

    Greek letters are spelled out, accents and signs are left out except those of an enantiomer, as
    are the salts and hydrates at the end, and spellings of INN, USAN, BAN and JAN become one:
    amphetamine sulfate and amfetamine, IFN-α2 and IFN-alpha-2.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_GREEK))
    plain = _KIND_OF_NAME.sub("", plain)
    plain = plain.replace("(+)", "plus ").replace("(-)", "minus ").replace("(−)", "minus ")
    words = re.sub(r"[^a-z0-9 ]", "", re.sub(r"[\s\-/,()\[\]]+", " ", plain)).split()
    while len(words) > 1 and words[-1] in _SALTS:
        words.pop()
    text = "".join(words)
    for spelling, one in _SPELLINGS:
        text = text.replace(spelling, one)
    return text


def _values(table: pd.DataFrame, ids: pd.Series, column: str) -> dict[str, list[str]]:
    """Split a column of joined texts, by drug."""
    if column not in table:
        return {}
    return {
        id_: joined.split("|") if isinstance(joined, str) and joined else []
        for id_, joined in zip(ids, table[column], strict=True)
    }


def _all(names: dict[str, list[str]], write: Callable[[str], str]) -> dict[str, list[str]]:
    """Give the drugs of each name, as it is written."""
    found: dict[str, dict[str, None]] = {}
    for id_, some in names.items():
        for name in some:
            if text := write(name):
                found.setdefault(text, {})[id_] = None
    return {text: [*ids] for text, ids in found.items()}


def _single(
    names: dict[str, list[str]], write: Callable[[str], str], approved: set[str]
) -> dict[str, list[str]]:
    """Give the drug of each name that means one, or one that is approved."""
    found = {}
    for text, ids in _all(names, write).items():
        best = ids if len(ids) == 1 else [id_ for id_ in ids if id_ in approved]
        if len(best) == 1:
            found[text] = best
    return found
