"""AnnData files with a declared shape, checked on write and on read."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twinscreen.files.atomic import atomic
from twinscreen.files.contracts.table_spec import TableSpec
from twinscreen.files.errors import InputError
from twinscreen.files.intact.seal import Seal, seal, seal_of
from twinscreen.files.intact.walk import walk
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import anndata as ad
    import h5py
    import pandas as pd

#: Parts that a contract speaks of.
_CHECKED = ("obs", "var", "layers", "obsp", "uns")
_REMEDY = "run the stage that writes this file again"


@dataclass(frozen=True)
class AnnDataContract:
    """Parts that an AnnData file must have; it may have more.

    Tables of `uns` have the columns and types of `uns_tables`, wherever they are there. What is
    `foreign` other people have written, and no seal vouches for it.
    """

    name: str
    obs: tuple[str, ...] = ()
    var: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    obsp: tuple[str, ...] = ()
    uns: tuple[str, ...] = ()
    uns_tables: tuple[TableSpec, ...] = ()
    foreign: bool = False

    def missing(self, adata: ad.AnnData) -> list[str]:
        """Name the parts that `adata` lacks."""
        return self.missing_in({part: getattr(adata, part) for part in _CHECKED})

    def faults(self, adata: ad.AnnData) -> list[str]:
        """Say what `adata` lacks, and which of its tables are not as declared."""
        missing = self.missing(adata)
        tables = (spec for spec in self.uns_tables if spec.name in adata.uns)
        return [
            *([f"lacks {', '.join(missing)}"] if missing else []),
            *(fault for spec in tables for fault in spec.faults(adata.uns[spec.name])),
        ]

    def missing_in(self, there: Mapping[str, Collection[str]]) -> list[str]:
        """Name the parts that are not `there`: names by part, such as those of an open file."""
        return [
            f"{part}[{name}]"
            for part in _CHECKED
            for name in getattr(self, part)
            if part not in there or name not in there[part]
        ]


@dataclass(frozen=True)
class Parts:
    """What a caller takes of an AnnData file, where that is little of it.

    Columns of `obs` and `var`, entries of `layers`, `varm` and `uns` by name, and whether X. The
    names of rows and columns are always read.
    """

    obs: tuple[str, ...] = ()
    var: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    varm: tuple[str, ...] = ()
    uns: tuple[str, ...] = ()
    x: bool = False


def check_anndata(adata: ad.AnnData, contract: AnnDataContract) -> None:
    """Check that an AnnData keeps its contract before it is written.

    Raises
    ------
    ValueError
        A part of the contract is missing, or a table is not as declared: a fault of the stage
        that made it.
    """
    if faults := contract.faults(adata):
        raise ValueError(f"{contract.name}: {'; '.join(faults)}")


def write_anndata(
    adata: ad.AnnData, path: FilePath, contract: AnnDataContract, *, compress: bool = True
) -> None:
    """Write an AnnData file that keeps its contract; the same content gives the same bytes.

    A checksum behind its last byte tells damage before it is read.

    Raises
    ------
    ValueError
        It does not keep its contract, see `check_anndata`.
    """
    import anndata as ad  # as slow to import as all else together, and not every verb needs it

    check_anndata(adata, contract)
    with atomic(path) as partial, warnings.catch_warnings():
        warnings.simplefilter("ignore", ad.ImplicitModificationWarning)
        # gzip: LZF as h5py builds it leaves traces of memory in its output
        # the lowest level: the others take twice the time for some percent of the size
        options = {"compression": "gzip", "compression_opts": 1} if compress else {}
        adata.write_h5ad(partial, **options)
        seal(partial)


def read_anndata(path: FilePath, contract: AnnDataContract, *, backed: bool = False) -> ad.AnnData:
    """Read an AnnData file and check that it keeps its contract.

    With `backed` X stays in the file, and rows are read when they are asked for.

    Raises
    ------
    InputError
        The file is missing, damaged, not an h5ad, or lacks a part of its contract.
    """
    import anndata as ad

    _check_whole(Path(path), contract)
    try:
        adata = ad.read_h5ad(path, backed="r" if backed else None)
    except MemoryError:
        raise
    except Exception as error:  # h5py and anndata raise many kinds over a damaged file
        raise _no_h5ad(path, contract, error) from error
    _check_parts(path, contract, contract.missing(adata))
    return adata


def read_parts(path: FilePath, contract: AnnDataContract, parts: Parts) -> ad.AnnData:
    """Read parts of an AnnData file, and check that the whole file keeps its contract.

    A part that the contract does not name may be absent, and then is absent from the result too.

    Raises
    ------
    InputError
        The file is missing, damaged, not an h5ad, or lacks a part of its contract.
    """
    import anndata as ad
    import h5py

    _check_whole(Path(path), contract)
    try:
        with h5py.File(path, "r") as file:
            _check_parts(path, contract, contract.missing_in(file))
            return ad.AnnData(
                ad.io.read_elem(file["X"]) if parts.x and "X" in file else None,
                obs=_read_columns(file["obs"], parts.obs),
                var=_read_columns(file["var"], parts.var),
                **{
                    part: _read_entries(file.get(part, {}), getattr(parts, part))
                    for part in ("layers", "varm", "uns")
                },
            )
    except (InputError, MemoryError):
        raise
    except Exception as error:  # h5py and anndata raise many kinds over a damaged file
        raise _no_h5ad(path, contract, error) from error


def check_kind(given: object, contract: AnnDataContract, *, file: FilePath) -> None:
    """Check that an object given to a function keeps a contract.

    Raises
    ------
    InputError
        It is another kind of object.
    """
    import anndata as ad

    if not isinstance(given, ad.AnnData):
        found = f"an object of the kind {type(given).__name__}"
    elif missing := contract.missing(given):
        found = f"an AnnData without {', '.join(missing[:3])}"
    else:
        return
    raise InputError(
        file=file,
        found=found,
        expected=f"an AnnData of the contract {contract.name}",
        remedy=f"give the {contract.name}; the order of the arguments matters",
    )


def _read_columns(group: h5py.Group, names: Collection[str]) -> pd.DataFrame:
    """Read some columns of a table, in the order asked for."""
    import anndata as ad
    import pandas as pd

    index = ad.io.read_elem(group[group.attrs["_index"]])
    return pd.DataFrame(_read_entries(group, names), index=pd.Index(index))


def _read_entries(group: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Read entries of a group; those that it lacks are left out."""
    import anndata as ad

    return {name: ad.io.read_elem(group[name]) for name in names if name in group}


def _check_whole(path: Path, contract: AnnDataContract) -> None:
    """Check that there is a file, and that reading it ends and leads to no other file.

    What we have written tells it by its seal; what others have written is walked through.
    """
    if not path.is_file():
        raise InputError(
            file=path, found="no such file", expected=f"a {contract.name}", remedy=_REMEDY
        )
    place = found = ""
    sealed = seal_of(path)
    if sealed is Seal.BROKEN:
        found = "other bytes than were written (by its checksum): it is damaged"
    elif sealed is Seal.ABSENT or contract.foreign:
        told = walk(path)
        if told is None:
            found = "a file whose parts can't be found: it is damaged"
        elif told:
            place, found = told[0]
    if found:
        expected = f"a whole {contract.name} (h5ad)"
        raise InputError(file=path, place=place, found=found, expected=expected, remedy=_REMEDY)


def _check_parts(path: FilePath, contract: AnnDataContract, lacking: Collection[str]) -> None:
    """Check that a file lacks nothing."""
    if lacking:
        raise InputError(
            file=path,
            found=f"no {', '.join(lacking)}",
            expected=f"a {contract.name} with these parts",
            remedy=_REMEDY,
        )


def _no_h5ad(path: FilePath, contract: AnnDataContract, error: Exception) -> InputError:
    """Say that a file can't be opened."""
    return InputError(
        file=path, found=str(error), expected=f"a {contract.name} (h5ad)", remedy=_REMEDY
    )
