"""Files of one patient that are read together: twin and replicates, twin and screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from twinscreen.files.contracts.screen import SCREEN
from twinscreen.files.contracts.twin import REPLICATES, TWIN
from twinscreen.files.errors import InputError
from twinscreen.files.hdf import AnnDataContract, Parts, check_kind, read_anndata, read_parts
from twinscreen.files.paths import FilePath, once

if TYPE_CHECKING:
    import anndata as ad

Taken = TypeVar("Taken")


@once(kept=1)
def read_twin_once(path: FilePath) -> ad.AnnData:
    """Read a twin, once for those stages of one process that follow each other: none changes it.

    Raises
    ------
    InputError
        The file is no twin.
    """
    return read_anndata(path, TWIN)


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
    check_pair(twin, of, screen, path, SCREEN)
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
    check_pair(twin, of, replicates, path, REPLICATES)
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
    _check_as_many(twins, screens, "twins and screens")
    for twin, screen in zip(twins, screens, strict=True):
        # In a function of its own, so that twin and screen are gone before the next are read.
        yield _of_one_patient(twin, screen, take, of_twin, of_screen)


def check_given(
    twin: ad.AnnData,
    *,
    screen: ad.AnnData | None = None,
    replicates: ad.AnnData | None = None,
    to: str,
) -> None:
    """Check a twin given to a function, and that what is given with it is of this twin.

    Parameters
    ----------
    twin, screen, replicates
        As they were given.
    to
        The function.

    Raises
    ------
    InputError
        One is another kind of object, or of another patient or twin.
    """
    check_kind(twin, TWIN, file=f"{to}, twin")
    for other, contract in ((screen, SCREEN), (replicates, REPLICATES)):
        if other is not None:
            name = f"{to}, {contract.name}"
            check_kind(other, contract, file=name)
            check_pair(twin, "given", other, name, contract)


def check_cohort(
    twins: Sequence[ad.AnnData], screens: Sequence[ad.AnnData] | None = None, *, to: str
) -> None:
    """Check twins given to a function, and their screens, if it takes any.

    Raises
    ------
    InputError
        They are no lists, not as many, not of the same patients in one order, or a patient is
        there twice.
    """
    for name, some in (("twins", twins), ("screens", screens)):
        if some is not None and not isinstance(some, Sequence):
            raise InputError(
                file=f"{to}, {name}",
                found=f"an object of the kind {type(some).__name__}",
                expected=f"a list of {name}",
                remedy="put it in a list",
            )
    if screens is not None:
        _check_as_many(twins, screens, to)
    seen = set()
    for number, twin in enumerate(twins):
        check_given(twin, screen=None if screens is None else screens[number], to=to)
        patient = str(twin.uns["patient"]["patient"])
        if patient in seen:
            raise InputError(
                file=f"{to}, twins",
                found=f"the patient {patient} twice",
                expected="one twin for each patient",
                remedy="leave one of the two out, or give them different ids",
            )
        seen.add(patient)


def _check_as_many(twins: Sequence[object], screens: Sequence[object], file: str) -> None:
    """Check that there is a screen for each twin."""
    if len(twins) != len(screens):
        raise InputError(
            file=file,
            found=f"{len(twins)} twins and {len(screens)} screens",
            expected="as many screens as twins",
            remedy="give twin and screen of every patient, in the same order",
        )


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
    check_pair(twin, twin_file, screen, screen_file, SCREEN)
    return take(twin, screen)


def check_pair(
    twin: ad.AnnData,
    of: FilePath,
    other: ad.AnnData,
    path: FilePath,
    contract: AnnDataContract,
) -> None:
    """Check that a screen or replicates are of a twin's patient, and of its compartments.

    Parameters
    ----------
    twin, of
        The twin, and what it is called.
    other, path
        What should be of this twin, and what that is called.
    contract
        SCREEN or REPLICATES.

    Raises
    ------
    InputError
        It is of another patient, or has compartments that the twin lacks.
    """
    wanted, found = (str(one.uns["patient"]["patient"]) for one in (twin, other))
    if wanted != found:
        raise InputError(
            file=path,
            found=f"{_called(contract)} of {found}",
            expected=f"{_called(contract)} of {wanted}, whose twin is {of}",
            remedy=f"give twin and {contract.name} of the same patient; of several, in one order",
        )
    compartments = other.var_names if contract is SCREEN else other.obs["compartment"].unique()
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
