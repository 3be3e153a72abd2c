"""Names in the sample sheet, which must not differ in their spelling alone."""

from collections.abc import Mapping

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.words.look_alike import as_seen, by_letter
from twinscreen.settings.spelling import plain

#: Columns whose values are compared between samples.
_COMPARED = ("condition", "tissue", "time", "batch")


def check_spelling(
    samples: Mapping[str, Mapping[str, str]], control: str, *, file: FilePath
) -> None:
    """Check that nothing has two spellings.

    A donor would be a patient, and a patient have no donors of the same tissue or batch.

    Parameters
    ----------
    samples
        By id: what the sheet says of each sample.
    control
        The control condition.
    file
        Where the samples stand, for messages.

    Raises
    ------
    InputError
        Two values of a column, or a condition and the control, differ in case, blanks, quotation
        marks, accents or signs between words alone.
    """
    for column in _COMPARED:
        seen = {plain(as_seen(control)): control} if column == "condition" else {}
        for sample, row in samples.items():
            value = row[column]
            first = seen.setdefault(plain(as_seen(value)), value)
            if first != value:
                said = "the control " if column == "condition" and first == control else ""
                name = by_letter(value) if as_seen(value) == as_seen(first) else repr(value)
                raise InputError(
                    file=file,
                    place=f"sample {sample}, column {column}",
                    found=f"{name}, which is {said}{first!r} in another spelling",
                    expected=f"one spelling of each {column}, without quotation marks",
                    remedy=f"write {first} if the same is meant, else another name",
                )
