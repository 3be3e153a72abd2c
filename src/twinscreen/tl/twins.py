"""Twins and the healthy reference, from observations."""

from collections.abc import Mapping, Sequence
from typing import Any

import anndata as ad
import pandas as pd

from twinscreen import pp
from twinscreen.files import REFERENCE, check_kind
from twinscreen.kb import Knowledge
from twinscreen.keywords import check_knowledge, section
from twinscreen.samples import checked, donors_of, split
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
        The condition of donors of another study, if there are any.
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
        Column of obs with the cell types, for raw cells.
    design
        With what the patient is compared: the healthy donors (reference), the patient's own
        control sample (paired), or all patients of the condition with all controls (group).
    columns
        For raw cells, the other columns of `pp.observe`: donor, condition, sample, tissue, ...
    healthy
        The healthy reference; without it one is built from the control samples.
    single_cells
        Whether single cells are compared too, which the preset scdrugprio needs.
    sheet
        Further columns of the patient sheet, as texts.
    treatments
        By sample: drugs received since the previous time point, joined by "|".
    findings
        Layers and findings of the patient besides cells: contracts PATIENT_LAYERS and FINDINGS.
    layers, communication, pathways
        Options of these sections of the configuration.
    seed
        Seed of all randomness.
    **options
        Options of the section `twin`, and of `reference`: `min_donors`, `donors`, `public`.

    Returns
    -------
    The twin as the workflow writes it, with its replicates in uns `replicates`; the workflow keeps
    those in a separate file.

    Raises
    ------
    InputError
        A column, condition or option does not exist, or there are too few donors.

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
