"""Formats of cells that are not read, each with the line of code that converts it."""

from pathlib import Path

import h5py

from twinscreen.files.intact.foreign import Foreign, foreign

_ZARR = (".zgroup", ".zattrs", "zarr.json")


def not_read(path: Path) -> Foreign | None:
    """Tell a format that is known and not read; None where it is none of them.

    Parameters
    ----------
    path
        A file or folder that no reader has taken, or that lacks what its reader needs.
    """
    if path.is_dir():
        return _folder(path)
    if h5py.is_hdf5(path):
        return _hdf(path)
    told = foreign(path)
    if told and "HDF5" in told.found:
        return Foreign(told.found, f"unpack it: `gunzip {path.name}`")
    return told


def _folder(path: Path) -> Foreign | None:
    if any((path / name).exists() for name in _ZARR):
        to = f'anndata.read_zarr("{path.name}").write_h5ad("{path.stem}.h5ad")'
        return Foreign("a zarr store", f"convert it: {to}")
    here, *below = (
        [one for one in sorted(path.glob(f"{deep}*matrix.mtx*")) if not one.name.startswith(".")]
        for deep in ("", "*/", "*/*/")
    )
    if within := [] if here else [one for found in below for one in found]:
        names = ", ".join(str(one.parent.relative_to(path)) for one in within[:3])
        return Foreign("a folder of folders", f"name the folder of the matrix: {names}")
    return None


def _hdf(path: Path) -> Foreign | None:
    try:
        with h5py.File(path) as file:
            parts = set(file)
            modalities = ", ".join(file["mod"]) if "mod" in parts else ""
    except (OSError, RuntimeError, KeyError):
        return None  # it breaks off, which its reader says
    if modalities:
        to = f'mudata.read_h5mu("{path.name}").mod["rna"].write_h5ad("{path.stem}.h5ad")'
        return Foreign(f"an h5mu file with {modalities}", f"write the genes alone: {to}")
    if "assays" in parts:
        return Foreign("an h5Seurat file", "docs/howto/seurat.md has the lines that convert it")
    if "barcode_idx" in parts:
        return Foreign(
            "molecules of Cell Ranger (molecule_info.h5)",
            "name filtered_feature_bc_matrix.h5, which lies beside it",
        )
    return None
