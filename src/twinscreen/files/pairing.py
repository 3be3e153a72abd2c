"""Files of one patient that are read together: twin and replicates, twin and screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from twinscreen.files.contracts.screen import SCREEN
from twinscreen.files.contracts.twin import REPLICATES, TWIN
from twinscreen.files.errors import InputError
from twinscreen.files.hdf import AnnDataContract, Parts, read_anndata, read_parts
from twinscreen.files.paths import FilePath

if TYPE_CHECKING:
    import anndata as ad

Taken = TypeVar("Taken")


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


def read_replicates_of(twin: ad.AnnData, *, of: FilePath, path: FilePath) -> ad.AnnData:
    """Read the replicates of a twin.

    Parameters
    ----------
    twin
        The twin, read from the file `of`.
    path
        Its replicates.

    Raises
    ------
    InputError
        The file has no replicates, another patient's, or of compartments that the twin lacks.
    """
    replicates = read_anndata(path, REPLICATES)
    _check(twin, of, replicates, path, REPLICATES, replicates.obs["compartment"].unique())
    return replicates


def read_twins_and_screens(
    twins: Sequence[FilePath],
    screens: Sequence[FilePath],
    take: Callable[[ad.AnnData, ad.AnnData], Taken],
    *,
    of_twin: Parts,
    of_screen: Parts,
) -> Iterator[Taken]:
    """Read the twins and screens of a cohort, one patient after the other.

    No twin or screen is kept: there is one of each at a time, however many patients there are.

    Parameters
    ----------
    twins, screens
        Files of the same patients in the same order.
    take
        Takes of a twin and its screen what is needed. It keeps neither of them, nor a view.
    of_twin, of_screen
        Parts to read, `patient` of uns among them.

    Yields
    ------
    What was taken of each patient.

    Raises
    ------
    InputError
        There are more of the ones than of the others, a file has another shape, or twin and screen
        of one place are of two patients.
    """
    if len(twins) != len(screens):
        raise InputError(
            file="twins and screens",
            found=f"{len(twins)} twins and {len(screens)} screens",
            expected="as many screens as twins",
            remedy="give twin and screen of every patient, in the same order",
        )
    for twin, screen in zip(twins, screens, strict=True):
        # In a function of its own, so that twin and screen are gone before the next are read.
        yield _of_one_patient(twin, screen, take, of_twin, of_screen)


def _of_one_patient(
    twin_file: FilePath,
    screen_file: FilePath,
    take: Callable[[ad.AnnData, ad.AnnData], Taken],
    of_twin: Parts,
    of_screen: Parts,
) -> Taken:
    """Read one patient, and take what is needed."""
    twin = read_parts(twin_file, TWIN, of_twin)
    screen = read_parts(screen_file, SCREEN, of_screen)
    _check(twin, twin_file, screen, screen_file, SCREEN, screen.var_names)
    return take(twin, screen)


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
