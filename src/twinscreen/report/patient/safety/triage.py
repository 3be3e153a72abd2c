"""The triage of the drugs of the first mechanism: first, with caution, or not, and why."""

from dataclasses import dataclass
from enum import StrEnum

from twinscreen.report import words
from twinscreen.report.patient.safety.section import DrugSafety

#: Kinds of concern for which a drug is not to be considered at all.
EXCLUDING = ("withdrawn", "contraindication")


class Triage(StrEnum):
    """What to do with a drug of the first mechanism."""

    FIRST = "first"
    CAUTION = "with caution"
    NOT = "not"


#: What each word means, as the page's legend has it.
LEGEND = {
    Triage.FIRST: "called, approved, all of it was checked, and nothing speaks against it",
    Triage.CAUTION: "called, but something speaks against it, was not checked, or it is not"
    " approved",
    Triage.NOT: "no call, withdrawn, contraindicated, or its targets are absent",
}


@dataclass(frozen=True)
class Triaged:
    """The word for a drug, and the reason for it."""

    word: Triage
    why: str


def triage(drug: DrugSafety, *, called: bool, present: bool = True) -> Triaged:
    """Put a drug of the first mechanism in one of three groups.

    Parameters
    ----------
    drug
        What is known against it, and what was checked.
    called
        Whether the mechanism is called.
    present
        Whether the patient's cells may have what it acts on.
    """
    given = ["withdrawn"] if drug.withdrawn else []
    kinds = list(dict.fromkeys([*given, *(one.kind for one in drug.concerns)]))
    excluding = [
        *([] if called else ["no call"]),
        *([] if present else ["its targets are absent from the patient's cells"]),
        *(kind for kind in kinds if kind in EXCLUDING),
    ]
    if excluding:
        return Triaged(Triage.NOT, words.listed(excluding))
    doubts = [
        *kinds,
        *([] if drug.approved else ["not approved"]),
        *(["not all was checked"] if drug.checks.not_assessed else []),
    ]
    if doubts:
        return Triaged(Triage.CAUTION, words.listed(doubts))
    return Triaged(Triage.FIRST, "approved, and nothing was found against it")
