"""The one exception for input that a user can mend, and how one patient's faults stay its own."""

import errno
import logging
import re
import traceback
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from twinscreen.files.paths import FilePath

log = logging.getLogger(__name__)

#: What the computer lacks, which no file of a patient is to blame for.
_OF_THE_COMPUTER = {
    errno.ENOSPC: "there is no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk can only be read",
}


class InputError(Exception):
    """Input that a user got wrong, said so that the user can mend it.

    Parameters
    ----------
    file
        The file in which the fault is.
    place
        Where in the file: line, column, key, sample.
    found
        What stands there.
    expected
        What should stand there.
    remedy
        What to do about it.
    detail
        What helps to find the fault but may name a person (values, barcodes, names of files): it
        stands in the message, never in a log or report, which are passed on.
    """

    def __init__(
        self,
        *,
        file: FilePath,
        found: str,
        expected: str,
        remedy: str,
        place: str = "",
        detail: str = "",
    ) -> None:
        self.file = str(file)
        self.place = place
        self.found = found
        self.expected = expected
        self.remedy = remedy
        self.detail = detail
        super().__init__(str(self))

    def __str__(self) -> str:
        return self._message(self.detail)

    @property
    def logged(self) -> str:
        """The message for a log, without the detail."""
        return self._message(
            "`twinscreen check` shows it: it may name a person" * bool(self.detail)
        )

    def _message(self, detail: str) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return (
            f"{where}\n  found:    {self.found}\n  expected: {self.expected}"
            f"\n  remedy:   {self.remedy}" + (f"\n  detail:   {detail}" if detail else "")
        )

    @property
    def reason(self) -> str:
        """What is wrong, for a report: without path, detail and remedy."""
        place = f"{self.place}: " if self.place else ""
        return f"{place}found {self.found}, expected {self.expected}"

    def loss_without(self, private: Iterable[str]) -> "Loss":
        """Part reason and remedy, with three dots in place of texts that may name a person."""
        hidden = sorted(filter(None, private), key=len, reverse=True)
        return Loss(_without(self.reason, hidden), _without(self.remedy, hidden))


def _without(text: str, hidden: Iterable[str]) -> str:
    for name in hidden:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "...", text)
    return text


class SeveralFaultsError(InputError):
    """Several faults at once, each with its own message; it stands for the first.

    Parameters
    ----------
    faults
        At least one.
    """

    def __init__(self, faults: Sequence[InputError]) -> None:
        self.faults = list(faults)
        first = self.faults[0]
        super().__init__(
            file=first.file,
            place=first.place,
            found=first.found,
            expected=first.expected,
            remedy=first.remedy,
        )

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)

    @property
    def logged(self) -> str:
        """The messages for a log."""
        return "\n".join(fault.logged for fault in self.faults)


@contextmanager
def needs_extra(extra: str, *, file: FilePath, place: str = "", instead: str) -> Iterator[None]:
    """Import packages of an optional extra in the body; raise with what to install.

    Parameters
    ----------
    extra
        The extra of TwinScreen that brings them.
    file, place
        Where the user asked for what needs them.
    instead
        What works without them.

    Raises
    ------
    InputError
        One of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(
            file=file,
            place=place,
            found=f"the package {error.name} is not installed",
            expected=f"the packages of the extra '{extra}', which this needs",
            remedy=f"pip install 'twinscreen[{extra}]', or {instead}",
        ) from error


@dataclass
class Loss:
    """What a fault has cost.

    `reason` says why a result could not be made, "" where it was; `remedy`, what to do about it.
    """

    reason: str = ""
    remedy: str = ""

    def __str__(self) -> str:
        return with_remedy(self.reason, self.remedy)


def with_remedy(reason: str, remedy: str) -> str:
    """Say in one breath why something could not be used, and what to do about it, if known."""
    return f"{reason} (remedy: {remedy})" if remedy else reason


@contextmanager
def keeping_going(
    wanted: bool,
    *,
    of: str,
    private: Iterable[str] = (),
    shared: Collection[FilePath | None] = (),
) -> Iterator[Loss]:
    """Keep a fault of one sample or patient from stopping all others.

    Whatever the block raises ends the block, and the loss that it was given says why and what to
    do: a fault of the input in its own words, anything else as a fault of TwinScreen, with the
    traceback in the log. What is everybody's is raised all the same: a fault of a shared file, a
    full disk.

    Parameters
    ----------
    wanted
        Whether to keep going; otherwise everything is raised.
    of
        The sample or patient, for the log.
    private
        Texts that may name a person and are kept out of the reason.
    shared
        Files that other patients depend on too.
    """
    loss = Loss()
    try:
        yield loss
    except Exception as error:
        everybodys = isinstance(error, InputError) and error.file in {str(path) for path in shared}
        lacking = lack_of_the_computer(error) and not isinstance(error, MemoryError)
        if not wanted or everybodys or lacking:
            raise
        if isinstance(error, InputError):
            log.error("%s: %s", of, error.logged)
            told = error.loss_without(private)
        else:
            log.exception("%s", of)
            told = _loss_by_fault(error)
        loss.reason, loss.remedy = told.reason, told.remedy


#: How HDF5 writes the number of an error of the operating system into its own message.
_ERRNO_OF_HDF5 = re.compile(r"\berrno = (\d+)")


def lack_of_the_computer(error: Exception) -> str:
    """Say what the computer lacks, or "" where the error is of another kind."""
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    number = error.errno if isinstance(error, OSError) else None
    if number is None and (told := _ERRNO_OF_HDF5.search(str(error))):
        number = int(told[1])  # h5py calls some of these a RuntimeError
    return _OF_THE_COMPUTER.get(number or 0, "")


def _loss_by_fault(error: Exception) -> Loss:
    """Say what went wrong, without the error's own words, which may name a person."""
    if isinstance(error, MemoryError):
        return Loss(
            "found more data than there is memory for",
            "give the job more memory, delete this result and run again",
        )
    modules = [
        str(frame.f_globals["__name__"]) for frame, _ in traceback.walk_tb(error.__traceback__)
    ]
    own = [name for name in modules if name.startswith("twinscreen.")]
    return Loss(
        f"a fault of TwinScreen: {type(error).__name__} in {own[-1]}",
        "report it with the log of this job, which says where it happened",
    )
