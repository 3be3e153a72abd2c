"""The page of what a run cost. It differs from run to run, so it is a page of its own."""

import pandas as pd

from twinscreen import __version__
from twinscreen.report.html import render

#: Stages of a patient, in the order of the run; others serve all patients.
OF_PATIENT = ("observe", "findings", "deviations", "twin", "screen", "report")


def costs_page(table: pd.DataFrame) -> str:
    """Compose the page of costs.

    Parameters
    ----------
    table
        A row per job: `patient, stage, of, seconds, cpu_seconds, peak_mb`.

    Returns
    -------
    The page as HTML.
    """
    own = table[table["patient"] != ""]
    stages = [stage for stage in OF_PATIENT if stage in set(own["stage"])]
    return render(
        "costs.html",
        n_jobs=len(table),
        n_patients=own["patient"].nunique(),
        cpu_seconds=table["cpu_seconds"].sum(),
        shared=table.loc[table["patient"] == "", "cpu_seconds"].sum(),
        peak_mb=table["peak_mb"].max(),
        stages=_by_stage(table).to_dict("records"),
        of_patient=stages,
        patients=_by_patient(own, stages).to_dict("records"),
        version=__version__,
    )


def _by_stage(table: pd.DataFrame) -> pd.DataFrame:
    """Sum up the jobs of each stage, the dearest first."""
    found = table.groupby("stage").agg(
        jobs=("stage", "size"),
        cpu_seconds=("cpu_seconds", "sum"),
        median=("cpu_seconds", "median"),
        longest=("cpu_seconds", "max"),
        seconds=("seconds", "median"),
        peak_mb=("peak_mb", "max"),
    )
    found["share"] = found["cpu_seconds"] / max(found["cpu_seconds"].sum(), 1e-9)
    return found.reset_index().sort_values(["cpu_seconds", "stage"], ascending=[False, True])


def _by_patient(own: pd.DataFrame, stages: list[str]) -> pd.DataFrame:
    """Sum up the jobs of each patient by stage, the dearest first."""
    by_stage = own.pivot_table("cpu_seconds", "patient", "stage", aggfunc="sum", observed=True)
    found = own.groupby("patient").agg(
        cpu_seconds=("cpu_seconds", "sum"), seconds=("seconds", "sum"), peak_mb=("peak_mb", "max")
    )
    found["stages"] = by_stage.reindex(index=found.index, columns=stages).to_numpy().tolist()
    return found.reset_index().sort_values(["cpu_seconds", "patient"], ascending=[False, True])
