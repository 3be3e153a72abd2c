"""Bring gene names to approved symbols."""

import logging
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.files import GeneNames
from twinscreen.files.text_table import is_missing

log = logging.getLogger(__name__)

#: Names that the features of a file go by. Entrez ids are not among them: plain numbers are row
#: numbers as often.
KINDS = ("symbol", "ensembl", "previous", "alias")

#: Kinds of name that say which gene is meant, whatever else is in the file.
_SURE = ("symbol", "ensembl")

#: How sure a name is of its gene, the surest first: it alone says so; with dashes for dots it
#: would; it is an alias or a previous symbol.
_BEYOND_DOUBT, _DOTTED, _ALIAS = range(3)


@dataclass(frozen=True)
class Symbols:
    """Approved symbol of each name, None where there is none.

    `lost` are names that mean no gene, `not_taken` those without a symbol because their gene is
    named otherwise in the same file.
    """

    of: list[str | None]
    lost: list[str]
    not_taken: list[str]


@dataclass(frozen=True)
class Harmonised:
    """Counts, cells x approved symbols, and what happened to the features."""

    counts: sparse.csr_array
    symbols: np.ndarray
    lost: list[str]
    not_taken: list[str]
    merged: int


def log_not_taken(place: str, names: Sequence[str]) -> None:
    """Say which names are not taken, if there are any."""
    if names:
        log.warning(
            "%s: not taken: %d names are aliases of genes that are in the file themselves or by"
            " another alias, or have no human id: %s",
            place,
            len(names),
            ", ".join(names[:5]) + (", ..." if len(names) > 5 else ""),
        )


def symbols_of(
    names: Sequence[str], known: GeneNames, *, ids: Sequence[str] | None = None
) -> Symbols:
    """Find the approved symbols of the features of one file.

    Approved symbols and Ensembl ids are taken as they are. An alias or a previous symbol is taken
    only if no other name of the file means its gene: files hold genes of viruses and constructs
    beside human ones, and `NS1`, `NP` and `PB1` of influenza are aliases of human genes. A
    previous symbol that is the approved one and a letter or digit more (`AREGB` of AREG) is a
    second locus that was merged with the first, and is taken beside it. Names in which R wrote
    dots for dashes (`HLA.A`) are taken where the name with dashes is an approved symbol that is
    not there itself. Where most features have Ensembl ids, one with an id of another kind is no
    human gene by an alias.

    Parameters
    ----------
    names
        Name of each feature, shape (f,).
    known
        Gene names of KINDS.
    ids
        Ensembl id of each feature, shape (f,), "" where there is none: it comes before the name,
        since symbols are taken from one gene and given to another, and may stand twice.
    """
    if ids is None:
        ids = [""] * len(names)
    found = [
        _find(str(id_), known) or _find(str(name), known)
        for id_, name in zip(ids, names, strict=True)
    ]
    best: dict[str, int] = defaultdict(lambda: _ALIAS)
    claims: dict[str, set[str]] = defaultdict(set)
    for name, one in zip(names, found, strict=True):
        if one:
            symbol, rank = one
            best[symbol] = min(best[symbol], rank)
            claims[symbol].add(str(name).strip())
    symbols: list[str | None] = []
    alien = _alien(ids)
    lost: list[str] = []
    not_taken: list[str] = []
    for name, id_, one in zip(names, ids, found, strict=True):
        taken = None
        if one is None:
            lost.append(str(name))
        else:
            symbol, rank = one
            doubtful = rank == _ALIAS and (len(claims[symbol]) > 1 or str(id_) in alien)
            if rank > best[symbol] or doubtful:
                not_taken.append(str(name))
            else:
                taken = symbol
        symbols.append(taken)
    return Symbols(symbols, lost, not_taken)


def _alien(ids: Sequence[str]) -> set[str]:
    """Return the ids that are not Ensembl's for humans, in a file where most are."""
    others = {str(id_) for id_ in ids if not str(id_).startswith("ENSG")} - {""}
    human = sum(str(id_).startswith("ENSG") for id_ in ids)
    return others if 2 * human > len(ids) else set()


def _find(name: str, known: GeneNames) -> tuple[str, int] | None:
    """Return the gene of a name, and how sure of it the name is."""
    if is_missing(name):
        return None  # though aliases of genes are spelt so
    if found := known.find(name):
        symbol, kind = found
        second = kind == "previous" and re.fullmatch(re.escape(symbol) + "[A-Z0-9]", name.strip())
        return symbol, _BEYOND_DOUBT if kind in _SURE or second else _ALIAS
    if "." in name and (found := known.find(name.replace(".", "-"))) and found[1] == "symbol":
        return found[0], _DOTTED
    return None


def harmonise(
    counts: sparse.csr_array,
    names: Sequence[str],
    known: GeneNames,
    *,
    ids: Sequence[str] | None = None,
) -> Harmonised:
    """Map features to approved symbols; columns that mean one gene are summed.

    Parameters
    ----------
    counts
        Cells x features, shape (c, f).
    names, known, ids
        As `symbols_of` takes them.

    Returns
    -------
    Counts over the symbols found, in alphabetical order; the names that mean no gene, and those
    not taken; and how many columns were added to another of the same gene.
    """
    found = symbols_of(names, known, ids=ids)
    placed = [i for i, symbol in enumerate(found.of) if symbol is not None]
    feature = np.array(placed, dtype=np.int64)
    symbols, gene = np.unique([s for s in found.of if s is not None], return_inverse=True)
    matrix = sparse.csr_array(
        (np.ones(len(feature), dtype=counts.dtype), (feature, gene)),
        shape=(len(names), len(symbols)),
    )
    summed = sparse.csr_array(counts @ matrix)
    summed.eliminate_zeros()
    summed.sort_indices()
    merged = len(feature) - len(symbols)
    return Harmonised(summed, symbols.astype(str), found.lost, found.not_taken, merged)
