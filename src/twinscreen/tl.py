"""Twins, screens, treated copies and cohorts, from objects to objects.

The verbs of the command line call the same functions: the same inputs and options give the same
arrays.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import anndata as ad
import pandas as pd

from twinscreen import pp
from twinscreen.cohort.similarity import compare, profiles
from twinscreen.cohort.summary import summarise
from twinscreen.cohort.summary import take as take_for_summary
from twinscreen.cohort.trial import run as trials
from twinscreen.cohort.trial.responses import read_responses
from twinscreen.files import REFERENCE, check_cohort, check_given, check_kind
from twinscreen.files.drug_names import DrugNames
from twinscreen.kb import Knowledge
from twinscreen.kb.precedents import Precedents
from twinscreen.keywords import check_knowledge, section
from twinscreen.samples import checked, donors_of, split
from twinscreen.screen.library import Library
from twinscreen.screen.screen import KNOWLEDGE as OF_SCREENS
from twinscreen.screen.screen import SAFETY, screen_twin
from twinscreen.screen.treated_patients import take as take_state
from twinscreen.screen.treated_patients import with_patients as with_states_of
from twinscreen.screen.treatment.treated_copy import KNOWLEDGE as OF_COPIES
from twinscreen.screen.treatment.treated_copy import treat_twin
from twinscreen.settings.cohort import TrialSettings
from twinscreen.settings.screen import Preset, ScreeningSettings
from twinscreen.settings.twin import (
    CommunicationSettings,
    ComparisonSettings,
    Design,
    Donors,
    LayerSettings,
    PathwaySettings,
)
from twinscreen.twin.build import KNOWLEDGE as OF_TWINS
from twinscreen.twin.build import Healthy, Patient, Rules, build_twin
from twinscreen.twin.deviation.reference import build_reference
from twinscreen.twin.replicates.collect import replicates_of

#: Defaults of the configuration; the name of the control condition has none.
_DEFAULT = ComparisonSettings(control="healthy")
_SCREENING, _TRIAL = ScreeningSettings(), TrialSettings()


def reference(
    observations: Sequence[ad.AnnData],
    *,
    donors: Donors = _DEFAULT.donors,
    public: str = _DEFAULT.public,
    sites: Sequence[ad.AnnData] = (),
    min_cells: int = _DEFAULT.min_cells,
    min_donors: int = _DEFAULT.min_donors,
    min_count: float = _DEFAULT.min_count,
) -> ad.AnnData:
    """Build the reference from observations of control samples, or of patients.

    Parameters
    ----------
    observations
        As `pp.observe` makes them.
    donors
        Whether they are controls, or patients who are compared with each other.
    public
        The condition of those of another study, if there are any.
    sites
        What other sites share of their references, as `twinscreen share` writes it.
    min_cells, min_donors, min_count
        Fewest cells of a pseudobulk, donors, and counts of a gene.

    Examples
    --------
    >>> import twinscreen as ts
    >>> observations = ts.pp.observe(ts.datasets.toy(), ts.datasets.toy_knowledge())
    >>> healthy = [one for one in observations if one.uns["sample"]["condition"] == "healthy"]
    >>> ts.tl.reference(healthy).obs["donor"].nunique()
    6
    """
    return build_reference(
        checked(observations, of="tl.reference"),
        donors=donors,
        public=public,
        sites=sites,
        min_cells=min_cells,
        min_donors=min_donors,
        min_count=min_count,
    )


def twin(
    adata: ad.AnnData | Sequence[ad.AnnData],
    kb: Knowledge,
    *,
    patient: str,
    control: str,
    cell_type: str = "cell_type",
    design: Design = _DEFAULT.design,
    columns: Mapping[str, str] | None = None,
    healthy: ad.AnnData | None = None,
    single_cells: bool = False,
    sheet: Mapping[str, str] | None = None,
    treatments: Mapping[str, str] | None = None,
    findings: tuple[pd.DataFrame, pd.DataFrame] | None = None,
    layers: Mapping[str, Any] | None = None,
    communication: Mapping[str, Any] | None = None,
    pathways: Mapping[str, Any] | None = None,
    seed: int = _DEFAULT.seed,
    **options: Any,
) -> ad.AnnData:
    """Build the digital twin of one patient.

    Parameters
    ----------
    adata
        Raw cells of the patient and of the controls in one AnnData, or observations of all their
        samples, as `pp.observe` or the workflow makes them.
    kb
        Knowledge.
    patient
        Id of the patient; in the design `group` the condition that is compared with the control.
    control
        The control condition.
    cell_type
        Column of obs with the cell types, of raw cells.
    design
        With what the patient is compared: the healthy donors (reference), the patient's own
        control sample (paired), or all patients of the condition with all controls (group).
    columns
        Of raw cells, what else `pp.observe` takes by name: donor, condition, sample, tissue, ...
    healthy
        The healthy reference; without it the control samples are summed up to one.
    single_cells
        Whether single cells are compared too, which the preset scdrugprio needs.
    sheet
        What else is known of the patient, as texts.
    treatments
        By sample: drugs received since the time point before, joined by "|".
    findings
        Layers and findings of the patient beside cells: contracts PATIENT_LAYERS and FINDINGS.
    layers, communication, pathways
        Options of these sections of the configuration.
    seed
        Seed of all randomness.
    **options
        Options of the section `twin`, and of `reference`: `min_donors`, `donors`, `public`.

    Returns
    -------
    The twin as the workflow writes it, and in uns `replicates` its replicates, which the workflow
    keeps in a file of their own.

    Raises
    ------
    InputError
        A column, condition or option is not there, or there are too few donors.

    Examples
    --------
    >>> import twinscreen as ts
    >>> cells, kb = ts.datasets.toy(), ts.datasets.toy_knowledge()
    >>> few = {"bootstrap_replicates": 0, "null_replicates": 0, "random_sets": 20}
    >>> twin = ts.tl.twin(cells, kb, patient="P1", control="healthy", **few)
    >>> twin.obs["cell_type"].tolist()
    ['B cell', 'Mono', 'T cell']
    """
    check_knowledge(kb, of="tl.twin")
    patient, control, observations = str(patient), str(control), adata
    if isinstance(adata, ad.AnnData):
        observations = pp.observe(adata, kb, cell_type=cell_type, seed=seed, **(columns or {}))
    compared = section(
        ComparisonSettings,
        {"design": design, "control": control, "seed": seed, **options},
        of="tl.twin",
    )
    patients = compared.donors == "patients"
    other_donors = design == "reference" and (patients or bool(compared.public))
    if healthy is not None:
        check_kind(healthy, REFERENCE, file="tl.twin, healthy")
    own, controls = split(
        observations,
        patient,
        control,
        grouped=design == "group",
        need_controls=design != "reference"
        or (not other_donors and (healthy is None or single_cells)),
    )
    if other_donors:
        controls = donors_of(
            observations, control=control, public=compared.public, patients=patients
        )
    rules = Rules(
        compared,
        section(LayerSettings, layers or {}, of="tl.twin, layers"),
        section(CommunicationSettings, communication or {}, of="tl.twin, communication"),
        section(PathwaySettings, pathways or {}, of="tl.twin, pathways"),
    )
    if design == "reference" and healthy is None:
        healthy = build_reference(
            controls,
            donors=compared.donors,
            public=compared.public,
            min_cells=compared.min_cells,
            min_donors=compared.min_donors,
            min_count=compared.min_count,
        )
    weights, found = findings or (None, None)
    made, compartments = build_twin(
        Patient(
            {"patient": patient, **(sheet or {})},
            treatments=treatments or {},
            observations=own,
            layers=weights,
            findings=found,
        ),
        Healthy(healthy, controls if single_cells else ()),
        kb,
        rules,
        sources=kb.sources(*OF_TWINS),
    )
    made.uns["replicates"] = replicates_of(compartments, made)
    return made


def screen(
    twin: ad.AnnData,
    kb: Knowledge,
    *,
    preset: Preset = _SCREENING.preset,
    replicates: ad.AnnData | None = None,
    seed: int = _DEFAULT.seed,
    **options: Any,
) -> ad.AnnData:
    """Treat copies of a twin with every drug, and rank the drugs.

    Parameters
    ----------
    twin
        The twin; its uns `replicates` give intervals, p and call.
    kb
        Knowledge.
    preset
        What ranks the drugs.
    replicates
        Replicates of a twin that was read from a file of the workflow.
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
    """Add patients who were treated to the reference states that screens compare a patient with.

    Parameters
    ----------
    kb
        Knowledge, not changed.
    twins
        Their twins, made with `treatments`.
    responses
        Who responded, by patient; or a column of their sheets, or a file.
    outcomes
        What single drugs did, `state, drug, helped` with patients' ids as states; of a drug it goes
        before the response.

    Returns
    -------
    Knowledge with these patients among its precedents. A screen leaves out the patient's own state.

    Raises
    ------
    InputError
        A response can't be read, or a patient is called as another state or was added already.

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
        How strongly, instead of what a screen says. With neither the twin is screened first.

    Returns
    -------
    The copy, a twin; uns `treatment` says what the drug is predicted to bring.

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


def cohort(
    twins: Sequence[ad.AnnData], screens: Sequence[ad.AnnData]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put twins and screens of the same patients, in one order, side by side.

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


def similarity(twins: Sequence[ad.AnnData], *, seed: int = _DEFAULT.seed) -> compare.Comparison:
    """Measure how alike twins are, and find the groups that they form.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ts.tl.similarity([ts.datasets.toy_twin()]).clusters["patient"].tolist()
    ['P1']
    """
    check_cohort(twins, to="tl.similarity")
    return compare.compare_twins(profiles.profiles_of(map(profiles.take, twins)), seed=seed)


def trial(
    twins: Sequence[ad.AnnData],
    screens: Sequence[ad.AnnData],
    *,
    drugs: Sequence[str] = _TRIAL.drugs,
    responses: str = _TRIAL.responses,
    seed: int = _DEFAULT.seed,
) -> trials.Trial:
    """Give a few drugs to all twins of a cohort, and ask who responds.

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
