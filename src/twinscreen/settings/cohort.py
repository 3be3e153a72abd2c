"""Options of what is computed over all patients together."""

from typing import Annotated, Literal

from pydantic import Field

from twinscreen.settings.section import Name, Section


class TrialSettings(Section):
    """Which drugs the virtual trial gives, and what is known of responses."""

    drugs: tuple[Name, ...] = ()
    """Drugs that the virtual trial gives to all patients, by name or identifier; empty for up to
    five that come first in most patients.
    """
    responses: str = ""
    """Observed responses (yes or no): a column of the patient sheet, or a table (tsv: patient,
    response); empty for none.
    """


class EvaluationSettings(Section):
    """Known answers with which the rankings are compared."""

    labels: str = ""
    """Known answers (tsv: drug, label, and perhaps patient or disease) with which the
    rankings are compared; empty for no evaluation.
    """
    diseases: str = ""
    """Diseases of patients (tsv: patient, disease), for labels of diseases; empty for those among
    their findings.
    """
    negatives: Literal["unlabelled", "labelled"] = "unlabelled"
    """Wrong answers: all ranked drugs without a label, or only those labelled `negative` or
    `bottom`.
    """
    draws: Annotated[int, Field(ge=100)] = 1000
    """Number of draws of patients and of mechanisms for the intervals of the evaluation."""
