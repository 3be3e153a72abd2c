"""Bring gene names to approved symbols."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from twinscreen.files import GeneNames

#: Names that the features of a file go by. Entrez ids are not among them: plain numbers are row
#: numbers as often.
KINDS = ("symbol", "ensembl", "previous", "alias")


@dataclass(frozen=True)
class Harmonised:
    """Counts, cells x approved symbols, and what happened to the features."""

    counts: sparse.csr_array
    symbols: np.ndarray
    lost: list[str]
    merged: int


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
    names
        Name of each feature: Ensembl id, symbol, previous symbol or alias, shape (f,).
    known
        Approved symbols.
    ids
        Ensembl id of each feature, shape (f,), "" where there is none: it comes before the name,
        since symbols are taken from one gene and given to another, and may stand twice.

    Returns
    -------
    Counts over the symbols found, in alphabetical order; the names without a symbol; and how
    many columns were added to another of the same gene.
    """
    found = [
        (known.resolve(str(id_)) if id_ else None) or known.resolve(str(name))
        for id_, name in zip(names if ids is None else ids, names, strict=True)
    ]
    lost = [str(name) for name, symbol in zip(names, found, strict=True) if symbol is None]
    feature = np.array([i for i, symbol in enumerate(found) if symbol is not None], dtype=np.int64)
    symbols, gene = np.unique([s for s in found if s is not None], return_inverse=True)
    placed = sparse.csr_array(
        (np.ones(len(feature), dtype=counts.dtype), (feature, gene)),
        shape=(len(names), len(symbols)),
    )
    summed = sparse.csr_array(counts @ placed)
    summed.eliminate_zeros()
    summed.sort_indices()
    return Harmonised(summed, symbols.astype(str), lost, len(feature) - len(symbols))
