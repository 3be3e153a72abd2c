"""Tell raw counts from what is made of them, and say what stands there instead."""

from collections.abc import Mapping

import numpy as np
from scipy import sparse

from twinscreen.files import FilePath, InputError
from twinscreen.observe.formats import ROUNDING, Counts, are_counts

#: So far from a whole number, also in parts of it, a value may be a count that was calculated with.
_CALCULATED, _SHARE_CALCULATED = 1e-3, 1e-6

#: Fewest cells that can be compared by their totals; and where each was brought to one total and
#: rounded, how far the totals spread at most, as a share of their mean, and the largest share of
#: values at 1: counts have many, also those drawn down to one total.
_FEWEST_CELLS, _SAME_TOTAL, _FEW_ONES = 10, 0.03, 0.05


def check_raw(path: FilePath, counts: Counts, select: Mapping[str, str]) -> None:
    """Refuse anything but whole, non-negative numbers, and say what it looks like instead.

    Raises
    ------
    InputError
        A value is no count, or all are whole numbers that were made of others.
    """
    values = counts.matrix.data
    if are_counts(values):
        if _brought_to_a_total(counts.matrix):
            raise _fault(
                path,
                counts.place,
                "whole numbers of nearly one total per cell,"
                f" {counts.matrix.sum(axis=1)[0]:.6g}, and hardly any of 1: normalised and rounded",
                counts.instead,
            )
        return
    with np.errstate(invalid="ignore"):  # of what is infinite
        odd = (values < -ROUNDING) | (np.abs(values - np.rint(values)) > ROUNDING)
    first = np.flatnonzero(odd | ~np.isfinite(values))[0]
    row = int(np.searchsorted(counts.matrix.indptr, first, side="right")) - 1
    place = (
        counts.place
        + (f" of the cells with {dict(select)}" if select else "")
        + f", cell {row + 1}, feature {int(counts.matrix.indices[first]) + 1}"
    )
    shown = values[first]
    digits = f"{shown:.10g}" if f"{shown:.6g}" == f"{np.rint(shown):.6g}" else f"{shown:.6g}"
    raise _fault(path, place, f"{digits}: {_kind(values)} instead of raw counts", counts.instead)


def _kind(values: np.ndarray) -> str:
    """Say what values are that are no counts."""
    if not np.isfinite(values).all():
        return "missing or infinite values"
    off = np.abs(values - np.rint(values))
    if (values < -ROUNDING).any():
        return "scaled or corrected values (some are negative)"
    if (off <= np.maximum(_CALCULATED, _SHARE_CALCULATED * values)).all():
        return "whole numbers but for rounding errors"
    if values.max(initial=0) < 25:
        return f"log-normalised values, or corrected ones (largest {values.max(initial=0):.3g})"
    return "normalised values, or corrected ones,"


def _brought_to_a_total(matrix: sparse.csr_array) -> bool:
    """Tell whole numbers after normalisation: nearly one total per cell, hardly a value of 1."""
    totals = np.asarray(matrix.sum(axis=1), dtype=float).ravel()
    filled = matrix.data[matrix.data > 0]
    return bool(
        len(totals) >= _FEWEST_CELLS
        and len(filled)
        and (filled == 1).mean() <= _FEW_ONES
        and totals.std() <= _SAME_TOTAL * totals.mean()
    )


def _fault(path: FilePath, place: str, found: str, instead: str) -> InputError:
    rounding = "rounding errors" in found
    remedy = "put the raw counts in X (often kept in a layer or in .raw) and write the file again"
    if rounding:
        remedy = "round them, as by adata.X = adata.X.round(), and write the file again"
    if instead:
        remedy = f"{instead} holds counts: adata.X = {instead}, and write the file again"
    return InputError(
        file=path,
        place=place,
        found=found,
        expected="raw counts: whole numbers, 0 or more",
        remedy=remedy,
    )
