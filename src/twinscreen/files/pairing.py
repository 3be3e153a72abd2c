"""Files of one patient that are read together: twin and copies, twin and screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from twinscreen.files.contracts import COPIES, SCREEN, TWIN
from twinscreen.files.errors import InputError
from twinscreen.files.hdf import AnnDataContract, read_anndata
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import anndata as ad


def read_screen_of(twin: ad.AnnData, *, of: FilePath, path: FilePath) -> ad.AnnData:
    """Read the screen of a twin.

    Parameters
    ----------
    twin
        The twin, read from the file `of`.
    path
        Its screen.

    Raises
    ------
    InputError
        The file is no screen, another patient's, or has compartments that the twin lacks.
    """
    screen = read_anndata(path, SCREEN)
    _check(twin, of, screen, path, SCREEN, screen.var_names)
    return screen


def read_copies_of(twin: ad.AnnData, *, of: FilePath, path: FilePath) -> ad.AnnData:
    """Read the copies of a twin.

    Parameters
    ----------
    twin
        The twin, read from the file `of`.
    path
        Its copies.

    Raises
    ------
    InputError
        The file has no copies, another patient's, or of compartments that the twin lacks.
    """
    copies = read_anndata(path, COPIES)
    _check(twin, of, copies, path, COPIES, copies.obs["compartment"].unique())
    return copies


def read_twins_and_screens(
    twins: Sequence[FilePath], screens: Sequence[FilePath]
) -> Iterator[tuple[ad.AnnData, ad.AnnData]]:
    """Read the twins and screens of a cohort, one patient after the other.

    Parameters
    ----------
    twins, screens
        Files of the same patients in the same order.

    Raises
    ------
    InputError
        There are more of the ones than of the others, a file has another shape, or twin and screen
        of one place are of two patients.
    """
    if len(twins) != len(screens):
        raise InputError(
            file="command line",
            found=f"{len(twins)} twins and {len(screens)} screens",
            expected="as many screens as twins",
            remedy="give twin and screen of every patient, in the same order",
        )
    for twin, screen in zip(twins, screens, strict=True):
        patient = read_anndata(twin, TWIN)
        yield patient, read_screen_of(patient, of=twin, path=screen)


def _check(
    twin: ad.AnnData,
    of: FilePath,
    other: ad.AnnData,
    path: FilePath,
    contract: AnnDataContract,
    compartments: Iterable[str],
) -> None:
    """Check that a file is of the patient of a twin, and speaks of the twin's compartments."""
    wanted, found = (str(one.uns["patient"]["patient"]) for one in (twin, other))
    if wanted != found:
        raise InputError(
            file=path,
            found=f"{_called(contract)} of {found}",
            expected=f"{_called(contract)} of {wanted}, whose twin is {of}",
            remedy=f"give twin and {contract.name} of the same patient; of several, in one order",
        )
    lacking = sorted(set(map(str, compartments)) - set(twin.obs_names.astype(str)))
    if lacking:
        raise InputError(
            file=path,
            place=f"compartment {lacking[0]}",
            found=f"a compartment that the twin {of} lacks",
            expected=f"{_called(contract)} of this twin",
            remedy=f"make the {contract.name} again from this twin, or give the twin it was made"
            " from",
        )


def _called(contract: AnnDataContract) -> str:
    """Name the content of a file with its article."""
    return f"the {contract.name}"
