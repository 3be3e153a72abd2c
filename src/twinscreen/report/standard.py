"""What a patient is compared with, as pages call it: controls by the name of their condition."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from twinscreen.files.contracts.twin import PatientFlag
from twinscreen.report import words

#: Names of a control condition that say that its donors are healthy.
_HEALTHY = re.compile(r"(healthy|normal|health)([ _-]*(controls?|donors?))?|hc|hd", re.IGNORECASE)


@dataclass(frozen=True)
class Standard:
    """The words for what a patient is compared with.

    `norm` is what deviation is from ("healthy", "osteoarthritis"), `donor` and `donors` one and
    several of those compared with ("healthy donor"), `own` the patient's own control sample, and
    `null` what the null replicates are.
    """

    norm: str
    donor: str
    donors: str
    own: str
    null: str

    @property
    def more(self) -> str:
        """Ask for more of them: "healthy donors", "patients"."""
        return "patients" if self is OTHER_PATIENTS else self.donors

    def count(self, number: float) -> str:
        """Count those compared with: "1 healthy donor", "5 healthy donors"."""
        return f"{words.whole(number)} {self.donor if round(number) == 1 else self.donors}"

    def between(self, counts: Sequence[float]) -> str:
        """Count them where compartments differ: "5 to 7 healthy donors"."""
        return f"{words.between(counts)} {self.donor if set(counts) == {1} else self.donors}"


#: The other patients of the cohort, where each patient is compared with them.
OTHER_PATIENTS = Standard(
    norm="the other patients",
    donor="other patient of the cohort",
    donors="other patients of the cohort",
    own="",
    null="the other patients analysed likewise",
)


def standard_of(settings: Mapping[str, Any], flags: Collection[str] = ()) -> Standard:
    """Name what patients are compared with.

    Parameters
    ----------
    settings
        What a twin keeps of the settings it was built with (TWIN_SETTINGS).
    flags
        Those of the twin.
    """
    if settings.get("donors") == "patients" and settings["design"] == "reference":
        return OTHER_PATIENTS
    alone = PatientFlag.PUBLIC_ALONE in flags
    control = str(settings["public" if alone else "control"]).replace("_", " ")
    healthy = bool(_HEALTHY.fullmatch(control))
    norm = "healthy" if healthy else control
    donors = f"{norm} donors"
    null = {
        "reference": f"{donors} analysed as patients",
        "paired": "cells with their conditions permuted",
        "group": "donors with their conditions permuted",
    }
    own = "the patient's own control sample" + ("" if healthy else f" ({control})")
    return Standard(norm, f"{norm} donor", donors, own, null[str(settings["design"])])
