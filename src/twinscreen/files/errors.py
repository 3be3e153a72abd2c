"""The one exception for input that a user can mend."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from twinscreen.files.paths import FilePath


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
        stands in the message, never in a report.
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
        where = f"{self.file}, {self.place}" if self.place else self.file
        return (
            f"{where}\n  found:    {self.found}\n  expected: {self.expected}"
            f"\n  remedy:   {self.remedy}" + (f"\n  detail:   {self.detail}" if self.detail else "")
        )

    @property
    def reason(self) -> str:
        """One sentence for a report, without path and detail, that says what to do too."""
        place = f"{self.place}: " if self.place else ""
        return f"{place}found {self.found}, expected {self.expected} (remedy: {self.remedy})"

    def reason_without(self, private: Iterable[str]) -> str:
        """Give the reason with three dots in place of texts that may name a person."""
        reason = self.reason
        for text in sorted(filter(None, private), key=len, reverse=True):
            reason = re.sub(rf"(?<!\w){re.escape(text)}(?!\w)", "...", reason)
        return reason


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
