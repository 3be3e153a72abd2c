"""Build the digital twin of one patient from its observations."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import provenance
from twinscreen.files.contracts.twin import TWIN_SETTINGS, PatientFlag
from twinscreen.files.contracts.twin_tables import NOT_USED
from twinscreen.files.errors import Loss
from twinscreen.kb import Knowledge
from twinscreen.settings.twin import (
    CommunicationSettings,
    ComparisonSettings,
    LayerSettings,
    PathwaySettings,
)
from twinscreen.twin import samples
from twinscreen.twin.assemble import assemble
from twinscreen.twin.communication.build import add_communication
from twinscreen.twin.designs.batch import batch_of
from twinscreen.twin.designs.compare import compare_with_own_control, compare_with_reference
from twinscreen.twin.designs.given import with_given
from twinscreen.twin.designs.group import compare_groups
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.donors import standing
from twinscreen.twin.deviation.observed import cells_of, states_and_controls
from twinscreen.twin.deviation.presence import presence
from twinscreen.twin.lacking import cell_types_lacking
from twinscreen.twin.layers.multilayer import add_layers
from twinscreen.twin.layers.patient_layers import add_findings
from twinscreen.twin.pathways import add_pathways
from twinscreen.twin.time.course import add_course

log = logging.getLogger(__name__)

#: Parts of the knowledge that a twin is built with.
KNOWLEDGE = ("genes", "interactome", "ligand_receptor", "influence", "pathways")


@dataclass(frozen=True)
class Patient:
    """Who is built, and what was measured of this patient.

    `sheet` has `patient` and what else patients.tsv says, as texts; `treatments` by sample the
    drugs received since the time point before, joined by "|". `observations` are those of all
    samples, controls among them; `deviations` were computed elsewhere (contract DEVIATIONS);
    `layers` and `findings` were found beside cells (PATIENT_LAYERS, FINDINGS); `ligands` were
    measured outside of them (OUTSIDE_LIGANDS).
    """

    sheet: Mapping[str, str]
    treatments: Mapping[str, str] = field(default_factory=dict)
    observations: Sequence[ad.AnnData] = ()
    deviations: ad.AnnData | None = None
    layers: pd.DataFrame | None = None
    findings: pd.DataFrame | None = None
    ligands: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        """Id of the patient."""
        return self.sheet["patient"]


@dataclass(frozen=True)
class Healthy:
    """What the reference design compares with.

    `reference` has the donors' pseudobulks (contract REFERENCE); `donors`, where single cells are
    to be compared too, are their observations, which may come one at a time.
    """

    reference: ad.AnnData | None = None
    donors: Iterable[ad.AnnData] = ()


@dataclass(frozen=True)
class Rules:
    """How a twin is built, part by part; values come from the configuration."""

    comparison: ComparisonSettings
    layers: LayerSettings
    communication: CommunicationSettings
    pathways: PathwaySettings

    def parameters(self) -> dict[str, Any]:
        """Name everything that decides how the twin is built, for its provenance."""
        links = self.communication
        return {
            **self.comparison.model_dump(),
            "layers": self.layers.model_dump(),
            "communication": {
                "min_share": links.min_share,
                "permutations": links.permutations,
                "max_link_qvalue": links.max_qvalue,
                "regulator_targets": links.targets,
            },
            "pathways": self.pathways.model_dump(exclude={"gmt", "reactome"}),
        }


def build_twin(
    patient: Patient,
    healthy: Healthy,
    kb: Knowledge,
    rules: Rules,
    *,
    sources: pd.DataFrame | None = None,
    loss: Loss | None = None,
) -> tuple[ad.AnnData, list[Compartment]]:
    """Compare every compartment of a patient with healthy, and add all layers.

    Parameters
    ----------
    patient
        Who, and what was measured.
    healthy
        What the reference design compares with; empty in the other designs.
    kb
        Knowledge, its parts `KNOWLEDGE`.
    rules
        How to build.
    sources
        Files behind it all, as `files.sources` records them.
    loss
        Why the patient can't be scored and what to do, where that is known beforehand.

    Returns
    -------
    The twin, contract TWIN, and its compartments with their replicates. Where none can be scored,
    uns `unscorable` has the reason, uns `remedies` what to do, and there are none.
    """
    settings, read = rules.comparison, patient.observations
    compartments, faulty = with_given(
        patient.deviations,
        _compare(read, healthy, kb, settings),
        min_genes=settings.min_genes,
    )
    lost = [*samples.not_used(read, settings), *faulty]
    reason, remedies = "", []
    if not any(compartment.deviation for compartment in compartments):
        reason, remedies = samples.why_unscorable(lost, compartments), samples.remedies(lost)
        if loss:
            reason, remedies = loss.reason, [loss.remedy]
        compartments = []
    twin = assemble(compartments, kb.interactome, settings)
    twin.uns = {
        "patient": {**patient.sheet, "condition": samples.conditions(read, settings.control)},
        "samples": samples.samples_table(read, patient.treatments),
        "not_used": NOT_USED.of(lost),
        "lacking": cell_types_lacking(
            twin, min_cells=settings.min_cells, min_donors=settings.min_donors
        ),
        "unscorable": reason,
        "remedies": np.array(remedies, dtype=object),
        "settings": _settings(rules),
        "provenance": provenance(
            parameters=rules.parameters(), inputs=() if sources is None else sources
        ),
    }
    add_findings(twin, layers=patient.layers, findings=patient.findings)
    twin.uns["batch"], flags = batch_of(twin, healthy.reference, settings)
    twin.uns["flags"] = np.array([*_flags(twin), *flags], dtype=object)
    add_course(twin, edges=kb.edges, max_qvalue=settings.max_qvalue)
    add_communication(
        twin,
        compartments,
        read,
        healthy.reference,
        ligand_receptor=kb.ligand_receptor,
        influence=kb.influence,
        settings=settings,
        rules=rules.communication,
        outside=patient.ligands,
    )
    add_layers(twin, kb.interactome, rules.layers, settings)
    add_pathways(twin, kb.pathways, rules.pathways, max_qvalue=settings.max_qvalue)
    log.info("%s: %s", patient.name, twin.uns["unscorable"] or f"{twin.n_obs} compartments")
    return twin, compartments


def _flags(twin: ad.AnnData) -> list[str]:
    """Name what a reader should know of the twin as a whole."""
    known = {
        PatientFlag.NOT_USED: len(twin.uns["not_used"]) > 0,
        PatientFlag.SIMULATED: bool(twin.uns["findings"]["simulated"].any()),
    }
    return [str(flag) for flag, holds in known.items() if holds]


def _settings(rules: Rules) -> dict[str, object]:
    """Take what later stages read of the rules: TWIN_SETTINGS."""
    known = {
        **rules.comparison.model_dump(),
        **{name: getattr(rules.layers, name) for name in ("restart", "jump")},
        "layer_weights": rules.layers.weights.model_dump(),
    }
    return {name: known[name] for name in TWIN_SETTINGS}


def _compare(
    read: Sequence[ad.AnnData], healthy: Healthy, kb: Knowledge, settings: ComparisonSettings
) -> list[Compartment]:
    """Compare the usable samples of each tissue and time point that are not controls."""
    coding = set(kb.genes.loc[kb.genes["protein_coding"], "symbol"])
    groups = list(states_and_controls(read, settings.control))
    types = {
        name for states, _ in groups for one in states for name in one.obs["cell_type"].astype(str)
    }
    reference = healthy.reference
    donors = cells_of(healthy.donors, types) if reference is not None else []
    compartments: list[Compartment] = []
    for states, own in groups:
        found: list[Compartment] = []
        if settings.design == "group":
            if own:
                found = compare_groups(states, own, settings)
        elif settings.design == "paired":
            if own:
                found = compare_with_own_control(states, own, settings)
        elif reference is not None:
            tissue = states[0].uns["sample"]["tissue"]
            here = [one for one in donors if one.uns["sample"]["tissue"] == tissue]
            here = standing(here, settings.donors)
            found = compare_with_reference(states, reference, settings, here)
        here_found = presence(states, coding) if found else {}
        for compartment in found:
            compartment.presence = here_found.get(compartment.cell_type)
        compartments += found
    return compartments
