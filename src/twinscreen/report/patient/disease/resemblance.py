"""Which known states the patient's cells resemble, and what that does not say."""

from collections.abc import Sequence
from dataclasses import dataclass

from twinscreen.report import words
from twinscreen.report.states import KnownState, compared, correlation

#: What the states of each origin are: one, several, and how they came about.
_ORIGINS = {
    "library": ("disease", "diseases", "from public arrays of bulk tissue"),
    "own": ("state", "states", "of your own"),
    "cohort": ("patient", "patients", "of this cohort whose response is known"),
}

#: The share of states that chance puts above the range of the null replicates.
_BY_CHANCE = 0.05

_NO_NULL = "There are no null replicates to say how much of that is chance."


@dataclass(frozen=True)
class Resemblance:
    """The known states of a patient's screen, and what to say of them.

    Parameters
    ----------
    patient
        The patient's identifier.
    states
        All states, the most similar first.
    """

    patient: str
    states: tuple[KnownState, ...]

    @property
    def compared(self) -> list[KnownState]:
        """Those that the patient was compared with."""
        return compared(self.states)

    @property
    def resembled(self) -> list[KnownState]:
        """Those that the patient is more like than the null replicates are."""
        return [state for state in self.compared if state.resembled]

    @property
    def answer(self) -> str:
        """Say which state is the most similar, or that none is beyond chance."""
        first, found = self.compared[0], self.resembled
        named = f"{first.name} ({first.in_figures})"
        if not first.null:
            return f"The most similar known state is {named}. {_NO_NULL}"
        if not found:
            return (
                f"No known state lies above the range of the null replicates. The most similar is"
                f" {named}."
            )
        if found[0] == first:
            return f"The patient's cells resemble {first.name} most: {first.in_figures}."
        return (
            f"The most similar known state, {named}, is within the range of the null replicates."
            f" Above it the first is {found[0].name} ({found[0].in_figures})."
        )

    @property
    def how_many(self) -> str:
        """Count the states above the range of the null replicates, beside chance; or nothing."""
        found, number = self.resembled, len(self.compared)
        if not found:
            return ""
        lie = "lies" if len(found) == 1 else "lie"
        return (
            f"{len(found)} of {words.plural(number, 'state')} {lie} above the range of the null"
            f" replicates; chance alone puts about {max(_BY_CHANCE * number, 1):.0f} there, and"
            " states that are alike go together."
        )

    @property
    def without(self) -> list[str]:
        """Say which states took no part, and why, as sentences."""
        groups: dict[str, list[str]] = {}
        for state in self.states:
            if state.left_out:
                groups.setdefault(state.left_out, []).append(state.name)
        said = []
        for reason, names in groups.items():
            verb = "is" if len(names) == 1 else "are"
            why = (
                "this patient's own"
                if reason == self.patient
                else f"because the patient is known to have {reason}"
            )
            link = ", " if reason == self.patient else " "
            said.append(f"Left out {verb} {words.listed(names)}{link}{why}.")
        few = [s.name for s in self.states if not s.compared and not s.left_out]
        if few:
            said.append(
                f"Too few genes were measured in both to compare {words.listed(few, most=4)}."
            )
        return said

    @property
    def library(self) -> str:
        """Say what the known states are."""
        parts = []
        for origin, (one, several, whence) in _ORIGINS.items():
            number = sum(state.origin == origin for state in self.states)
            if number:
                parts.append(f"{words.plural(number, one, several)} {whence}")
        return f"The known states are {words.listed(parts)}."

    @property
    def genes(self) -> str:
        """Say how many genes the comparison rests on."""
        number = words.between([state.n_genes for state in self.compared])
        return f"Measured in both the patient and a state: {number} genes."

    def places(self, names: Sequence[str]) -> str:
        """Say in which cell type the most similar state shows most and least.

        Parameters
        ----------
        names
            The screened compartments, in their order.
        """
        first = self.compared[0]
        known = [
            (value, name)
            for value, name in zip(first.parts, names, strict=True)
            if not words.is_missing(value)
        ]
        if len(known) < 2:
            return ""
        (low, least), (high, most) = min(known), max(known)
        return (
            f"{first.name[:1].upper()}{first.name[1:]} shows most in {most}"
            f" ({correlation(high)}) and least in {least} ({correlation(low)})."
        )
