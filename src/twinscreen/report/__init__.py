"""Pages for people: one per patient, one for the cohort; they load nothing from outside."""

from twinscreen.report.cohort import cohort_report
from twinscreen.report.patient import patient_report

__all__ = ["cohort_report", "patient_report"]
