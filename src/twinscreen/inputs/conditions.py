"""Names of conditions, which must not differ from the control's in their spelling alone."""

from collections.abc import Mapping

from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.settings.spelling import differs_in_spelling


def check_spelling(conditions: Mapping[str, str], control: str, *, file: FilePath) -> None:
    """Check that no condition is the control in another spelling: a donor would be a patient.

    Parameters
    ----------
    conditions
        The condition of each sample.
    control
        The control condition.
    file
        Where the conditions stand, for messages.

    Raises
    ------
    InputError
        A condition differs from the control in case, blanks or quotation marks alone.
    """
    for sample, condition in conditions.items():
        if differs_in_spelling(condition, control):
            raise InputError(
                file=file,
                place=f"sample {sample}, column condition",
                found=f"{condition!r}, which is the control {control!r} in another spelling",
                expected="one spelling of each condition, without quotation marks",
                remedy=f"write {control} if the sample is a control, else another name",
            )
