"""Compare all twins and screens of a cohort."""

from collections.abc import Sequence

import anndata as ad
import pandas as pd

from twinscreen.cohort.similarity import profiles, tables
from twinscreen.cohort.summary import summarise
from twinscreen.cohort.summary import take as take_for_summary
from twinscreen.cohort.trial import run as trials
from twinscreen.files import check_cohort
from twinscreen.settings.cohort import TrialSettings
from twinscreen.settings.twin import ComparisonSettings

#: Defaults of the configuration; the name of the control condition has none.
_SEED, _TRIAL = ComparisonSettings(control="healthy").seed, TrialSettings()


def cohort(
    twins: Sequence[ad.AnnData], screens: Sequence[ad.AnnData]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Summarise a cohort from the twins and screens of its patients, in the same order.

    Parameters
    ----------
    twins, screens
        Of the same patients, in one order.

    Returns
    -------
    Patients and ranks, contracts COHORT_PATIENTS and COHORT_RANKS.

    Examples
    --------
    >>> import twinscreen as ts
    >>> patients, ranks = ts.tl.cohort([ts.datasets.toy_twin()], [ts.datasets.toy_screen()])
    >>> patients["patient"].tolist()
    ['P1']
    """
    check_cohort(twins, screens, to="tl.cohort")
    return summarise(map(take_for_summary, twins, screens))


def similarity(twins: Sequence[ad.AnnData], *, seed: int = _SEED) -> tables.Comparison:
    """Measure how similar twins are, and find the groups that they form.

    Parameters
    ----------
    twins
        Of different patients of one cohort.
    seed
        Seed of permutations and draws.

    Returns
    -------
    Tables of pairs, groups and neighbours, as the workflow writes them to `cohort/`.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.tl.similarity([ts.datasets.toy_twin()]).clusters["patient"].tolist()
    ['P1']
    """
    check_cohort(twins, to="tl.similarity")
    return tables.compare_twins(profiles.profiles_of(map(profiles.take, twins)), seed=seed)


def trial(
    twins: Sequence[ad.AnnData],
    screens: Sequence[ad.AnnData],
    *,
    drugs: Sequence[str] = _TRIAL.drugs,
    responses: str = _TRIAL.responses,
    seed: int = _SEED,
) -> trials.Trial:
    """Give a few drugs to all twins of a cohort, and predict who responds.

    Parameters
    ----------
    twins, screens
        Of the same patients, in one order.
    drugs
        Names or ids; none for those that are first in most patients.
    responses
        Column of the patients' sheet with observed responses; "" for none.
    seed
        Seed of permutations and draws.

    Returns
    -------
    Tables of the trial, of its drugs and of the features of responders.

    Examples
    --------
    >>> import twinscreen as ts
    >>> found = ts.tl.trial([ts.datasets.toy_twin()], [ts.datasets.toy_screen()], drugs=["drug 1"])
    >>> found.trial["patient"].tolist()
    ['P1']
    """
    check_cohort(twins, screens, to="tl.trial")
    taken = map(trials.take, twins, screens)
    drugs = [drugs] if isinstance(drugs, str) else drugs
    return trials.run_trial(taken, drugs=drugs, responses=responses, seed=seed)
