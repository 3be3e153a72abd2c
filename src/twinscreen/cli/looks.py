"""What `check` looks at beside sheets and cells: tables of answers, and drugs that are named."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from twinscreen.files.errors import InputError
    from twinscreen.files.paths import FilePath
    from twinscreen.inputs.cohort import Cohort


def look_at_tables(
    config: Mapping[str, Any], cohort: "Cohort", *, file: "FilePath"
) -> list["InputError"]:
    """Read what a later stage would refuse: labels, diseases, responses, names of drugs.

    Parameters
    ----------
    config
        Configuration with defaults.
    cohort
        The cohort, checked.
    file
        Where the configuration stands, for messages.

    Returns
    -------
    Faults, of each table or list of drugs the first.
    """
    from twinscreen.files.errors import InputError

    faults = []
    for look in _looks(config, cohort, file):
        try:
            look()
        except InputError as error:
            faults.append(error)
    return faults


def _looks(
    config: Mapping[str, Any], cohort: "Cohort", file: "FilePath"
) -> Iterator[Callable[[], object]]:
    from twinscreen.cohort.evaluation.labels import read_diseases, read_labels
    from twinscreen.cohort.trial.responses import read_responses

    evaluation, trial = config["evaluation"], config["trial"]
    if evaluation["labels"]:
        yield partial(read_labels, evaluation["labels"])
    if evaluation["diseases"]:
        yield partial(read_diseases, evaluation["diseases"])
    if trial["responses"]:
        sheets = {name: cohort.about(name) for name in cohort.treated}
        yield partial(read_responses, trial["responses"], sheets)
    named = {"screen.include": config["screen"]["include"], "trial.drugs": trial["drugs"]}
    for place, names in named.items():
        if names:
            yield partial(_choose, file, place, names, config)


def _choose(file: "FilePath", place: str, names: list[str], config: Mapping[str, Any]) -> None:
    """Look drugs up as the screen does."""
    from twinscreen.files.errors import InputError
    from twinscreen.screen.library import Library

    try:
        Library(approved_only=False, include=tuple(names), withdrawn=True).choose(_drugs(config))
    except InputError as error:
        error.file, error.place = str(file), place
        raise


def _drugs(config: Mapping[str, Any]) -> "pd.DataFrame":
    """Read the drug table; before the first run, what it will be made of."""
    from twinscreen.data import TABLES
    from twinscreen.files import DRUGS, read_table
    from twinscreen.knowledge.drugs import listed_drugs

    made = Path(config["output"]) / "knowledge" / "drugs.parquet"
    return read_table(made, DRUGS) if made.is_file() else listed_drugs(TABLES / "gtopdb.tsv")
