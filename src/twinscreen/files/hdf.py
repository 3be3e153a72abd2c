"""AnnData files with a declared shape, checked on write and on read."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twinscreen.files.atomic import atomic
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import anndata as ad


@dataclass(frozen=True)
class AnnDataContract:
    """Parts that an AnnData file must have; it may have more."""

    name: str
    obs: tuple[str, ...] = ()
    var: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    obsp: tuple[str, ...] = ()
    uns: tuple[str, ...] = ()

    def missing(self, adata: ad.AnnData) -> list[str]:
        """Name the parts that `adata` lacks."""
        return [
            f"{part}[{name}]"
            for part in ("obs", "var", "layers", "obsp", "uns")
            for name in getattr(self, part)
            if name not in getattr(adata, part)
        ]


def write_anndata(
    adata: ad.AnnData, path: FilePath, contract: AnnDataContract, *, compress: bool = True
) -> None:
    """Write an AnnData file that keeps its contract; the same content gives the same bytes.

    Raises
    ------
    ValueError
        A part of the contract is missing: a fault of the stage that made it.
    """
    import anndata as ad  # as slow to import as all else together, and not every verb needs it

    if lacking := contract.missing(adata):
        raise ValueError(f"{contract.name}: lacks {', '.join(lacking)}")
    with atomic(path) as partial, warnings.catch_warnings():
        warnings.simplefilter("ignore", ad.ImplicitModificationWarning)
        # gzip: LZF as h5py builds it leaves traces of memory in its output
        # the lowest level: the others take twice the time for some percent of the size
        options = {"compression": "gzip", "compression_opts": 1} if compress else {}
        adata.write_h5ad(partial, **options)


def read_anndata(path: FilePath, contract: AnnDataContract, *, backed: bool = False) -> ad.AnnData:
    """Read an AnnData file and check that it keeps its contract.

    With `backed` X stays in the file, and rows are read when they are asked for.

    Raises
    ------
    InputError
        The file is missing, is not an h5ad, or lacks a part of its contract.
    """
    import anndata as ad

    remedy = "run the stage that writes this file again"
    if not Path(path).is_file():
        raise InputError(
            file=path, found="no such file", expected=f"a {contract.name}", remedy=remedy
        )
    try:
        adata = ad.read_h5ad(path, backed="r" if backed else None)
    except MemoryError:
        raise
    except Exception as error:  # h5py and anndata raise many kinds over a damaged file
        raise InputError(
            file=path, found=str(error), expected=f"a {contract.name} (h5ad)", remedy=remedy
        ) from error
    if lacking := contract.missing(adata):
        raise InputError(
            file=path,
            found=f"no {', '.join(lacking)}",
            expected=f"a {contract.name} with these parts",
            remedy=remedy,
        )
    return adata
