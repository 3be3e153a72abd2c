"""Screens of twins, and copies treated with a drug."""

from collections.abc import Mapping, Sequence
from typing import Any

import anndata as ad
import pandas as pd

from twinscreen.cohort.trial.responses import read_responses
from twinscreen.files import check_cohort, check_given
from twinscreen.files.drug_names import DrugNames
from twinscreen.kb import Knowledge
from twinscreen.kb.precedents import Precedents
from twinscreen.keywords import check_knowledge, section
from twinscreen.screen.library import Library
from twinscreen.screen.screen import KNOWLEDGE as OF_SCREENS
from twinscreen.screen.screen import SAFETY, screen_twin
from twinscreen.screen.treated_patients import take as take_state
from twinscreen.screen.treated_patients import with_patients as with_states_of
from twinscreen.screen.treatment.treated_copy import KNOWLEDGE as OF_COPIES
from twinscreen.screen.treatment.treated_copy import treat_twin
from twinscreen.settings.screen import Preset, ScreeningSettings

#: Defaults of the configuration.
_DEFAULT = ScreeningSettings()


def screen(
    twin: ad.AnnData,
    kb: Knowledge,
    *,
    preset: Preset = _DEFAULT.preset,
    replicates: ad.AnnData | None = None,
    seed: int = _DEFAULT.seed,
    **options: Any,
) -> ad.AnnData:
    """Treat copies of a twin with every drug, and rank the drugs.

    Parameters
    ----------
    twin
        The twin. Its uns `replicates`, if there, give intervals, p and call.
    kb
        Knowledge.
    preset
        What ranks the drugs.
    replicates
        Replicates of a twin that was read from a file of the workflow, which keeps them apart.
    seed
        Seed of all randomness.
    **options
        Other options of the sections `screen` and `safety`, such as `include=["ruxolitinib"]`.

    Returns
    -------
    The screen as the workflow writes it.

    Raises
    ------
    InputError
        Twin and knowledge are of two releases, or a drug to include is not known.

    Examples
    --------
    >>> import twinscreen as ts
    >>> twin, kb = ts.datasets.toy_twin(), ts.datasets.toy_knowledge()
    >>> screen = ts.tl.screen(twin, kb, pairs=0)
    >>> screen.uns["preset"]
    'calibrated'
    """
    if replicates is None:
        replicates = getattr(twin, "uns", {}).get("replicates")
    check_knowledge(kb, of="tl.screen")
    check_given(twin, replicates=replicates, to="tl.screen")
    settings = section(
        ScreeningSettings, {"preset": preset, "seed": seed, **options}, of="tl.screen"
    )
    return screen_twin(
        twin,
        replicates,
        kb,
        library=Library.of(settings),
        settings=settings,
        sources=kb.sources(*OF_SCREENS, *SAFETY),
    )


def with_patients(
    kb: Knowledge,
    twins: Sequence[ad.AnnData],
    *,
    responses: str | Mapping[str, bool] = "",
    outcomes: pd.DataFrame | None = None,
) -> Knowledge:
    """Add treated patients to the reference states with which screens compare a patient.

    Parameters
    ----------
    kb
        Knowledge, not changed.
    twins
        Their twins, made with `treatments`.
    responses
        Who responded, by patient; or a column of their sheets, or a file.
    outcomes
        What single drugs did: a table `state, drug, helped` with patients' ids as states. For a
        drug it takes precedence over the response.

    Returns
    -------
    Knowledge with these patients among its precedents. A screen leaves out the patient's own state.

    Raises
    ------
    InputError
        A response can't be read, or a patient has the name of another state or was added already.

    Examples
    --------
    >>> import twinscreen as ts
    >>> kb, twin = ts.datasets.toy_knowledge(), ts.datasets.toy_twin()
    >>> import pandas as pd
    >>> helped = pd.DataFrame({"state": ["P1"], "drug": ["drug 1"], "helped": [True]})
    >>> ts.tl.with_patients(kb, [twin], outcomes=helped).precedents.states.loc["P1", "origin"]
    'cohort'
    """
    check_knowledge(kb, of="tl.with_patients")
    check_cohort(twins, to="tl.with_patients")
    patients = [take_state(one) for one in twins]
    if isinstance(responses, str):
        responses = read_responses(responses, {one.patient: one.sheet for one in patients}).observed
    found = with_states_of(
        kb.precedents or Precedents.none(),
        patients,
        DrugNames(kb.drugs),
        responses=responses,
        outcomes=outcomes,
    )
    return kb.replaced(precedents=found.anndata())


#: The function by a name that no parameter has.
_screened = screen


def treat(
    twin: ad.AnnData,
    kb: Knowledge,
    *drugs: str,
    screen: ad.AnnData | None = None,
    beta: float | None = None,
) -> ad.AnnData:
    """Treat a copy of a twin with a drug, or several together.

    Parameters
    ----------
    twin
        The twin, not changed.
    kb
        Knowledge.
    *drugs
        Names, synonyms or ids.
    screen
        Screen of the twin, which says how strongly drugs act.
    beta
        How strongly drugs act, in place of the screen's figure. With neither the twin is screened
        first.

    Returns
    -------
    The treated copy, which is a twin; uns `treatment` has the predicted benefit.

    Raises
    ------
    InputError
        A drug is not known, or acts on nothing that reaches a gene.

    Examples
    --------
    >>> import twinscreen as ts
    >>> twin, kb = ts.datasets.toy_twin(), ts.datasets.toy_knowledge()
    >>> copy = ts.tl.treat(twin, kb, "drug 1", beta=1.0)
    >>> copy.uns["treatment"]["name"]
    'drug 1'
    """
    check_knowledge(kb, of="tl.treat")
    check_given(twin, screen=screen, to="tl.treat")
    if screen is None and beta is None:
        screen = _screened(twin, kb)
    bare = twin.copy()
    bare.uns.pop("replicates", None)
    return treat_twin(bare, kb, drugs, screen=screen, beta=beta, sources=kb.sources(*OF_COPIES))
