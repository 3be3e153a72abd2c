"""Build the digital twin of one patient from its observations."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import anndata as ad
import numpy as np

from twinscreen.files import TWIN, FilePath, InputError, keeping_going, provenance, write_anndata
from twinscreen.kb.protein_edges import read_protein_edges
from twinscreen.network import Interactome
from twinscreen.settings.twin import (
    CommunicationSettings,
    ComparisonSettings,
    LayerSettings,
    PathwaySettings,
)
from twinscreen.twin import samples
from twinscreen.twin.assemble import assemble
from twinscreen.twin.communication.build import add_communication
from twinscreen.twin.designs.compare import compare_with_own_control, compare_with_reference
from twinscreen.twin.designs.given import with_given
from twinscreen.twin.designs.group import compare_groups
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.observed import read_cells_of, read_observations, states_and_controls
from twinscreen.twin.deviation.reference import read_reference
from twinscreen.twin.layers.multilayer import add_layers
from twinscreen.twin.layers.patient_layers import add_findings
from twinscreen.twin.pathways import add_pathways
from twinscreen.twin.replicates.write import write_replicates
from twinscreen.twin.time.course import add_course

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Inputs:
    """Files that a twin is built from.

    Of the patient: `observations` of all samples, controls among them; `deviations` computed
    elsewhere; `layers` and `findings`, what was found beside cells. Of the cohort: the healthy
    `reference`, which the reference design reads, and `reference_cells`, its observations, where
    single cells are to be compared too. The others are tables of the knowledge stage.
    """

    observations: Sequence[FilePath]
    deviations: FilePath | None
    layers: FilePath | None
    findings: FilePath | None
    reference: FilePath | None
    reference_cells: Sequence[FilePath]
    genes: FilePath
    interactome: FilePath
    ligand_receptor: FilePath
    influence: FilePath
    pathways: FilePath

    @property
    def given(self) -> list[FilePath]:
        """All files that are there."""
        several = (*self.observations, *self.reference_cells)
        own = (self.deviations, self.layers, self.findings, self.reference)
        known = (self.genes, self.interactome, self.ligand_receptor, self.influence, self.pathways)
        return [path for path in (*several, *own, *known) if path]

    @property
    def shared(self) -> list[FilePath | None]:
        """Those that other patients' twins are built from too."""
        known = (self.genes, self.interactome, self.ligand_receptor, self.influence, self.pathways)
        return [*known, self.reference, *self.reference_cells]

    def without_patient(self) -> "Inputs":
        """Leave out what is the patient's own."""
        return replace(self, observations=[], deviations=None, layers=None, findings=None)


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
            "pathways": self.pathways.model_dump(exclude={"gmt"}),
        }


def build_twin(
    *,
    patient: Mapping[str, str],
    treatments: Mapping[str, str],
    inputs: Inputs,
    rules: Rules,
    output: FilePath,
    replicates: FilePath,
    keep_going: bool,
) -> None:
    """Compare every compartment of a patient with healthy, add all layers, write the twin.

    Parameters
    ----------
    patient
        `patient` and what else patients.tsv says, as texts.
    treatments
        By sample: drugs that the patient received since the time point before, joined by "|".
    inputs
        Files to build from.
    rules
        How to build.
    output
        The twin (h5ad) to write.
    replicates
        The effects of its bootstrap replicates (h5ad) to write, for the screen.
    keep_going
        Write a twin marked unscorable, with the reason, where none of the patient's compartments
        can be scored or anything else goes wrong with the patient, instead of raising.

    Raises
    ------
    InputError
        No compartment can be scored; with `keep_going`, a file that others share is at fault.
    """
    name = patient["patient"]
    with keeping_going(keep_going, of=name, shared=inputs.shared) as loss:
        twin, compartments = _build(patient, treatments, inputs, rules)
        if twin.uns["unscorable"] and not keep_going:
            raise InputError(
                file=output,
                place=f"patient {name}",
                found=twin.uns["unscorable"],
                expected="at least one compartment that can be compared with healthy",
                remedy="see the reason; add cells, samples or reference donors, or lower"
                " twin.min_cells in the configuration",
            )
    if loss.reason:
        twin, compartments = _build(patient, {}, inputs.without_patient(), rules, loss.reason)
    write_anndata(twin, output, TWIN)
    write_replicates(compartments, twin, replicates)
    log.info("%s: %s", name, twin.uns["unscorable"] or f"{twin.n_obs} compartments")


def _build(
    patient: Mapping[str, str],
    treatments: Mapping[str, str],
    inputs: Inputs,
    rules: Rules,
    reason: str = "",
) -> tuple[ad.AnnData, list[Compartment]]:
    """Build a twin with its compartments; with a reason why it is unscorable, one without any."""
    name, settings = patient["patient"], rules.comparison
    read = read_observations(inputs.observations)
    network = Interactome.from_indices(*read_protein_edges(inputs.genes, inputs.interactome))
    healthy = read_reference(inputs.reference) if inputs.reference else None
    compartments, fault = with_given(
        inputs.deviations,
        _compare(read, healthy, inputs.reference_cells, settings),
        min_genes=settings.min_genes,
    )
    if not any(compartment.deviation for compartment in compartments):
        reason = reason or samples.why_unscorable(read, compartments, settings, fault)
        compartments = []
    twin = assemble(compartments, network, name, settings)
    twin.uns = {
        "patient": {**patient, "condition": samples.conditions(read, settings.control)},
        "samples": samples.samples_table(read, treatments),
        "flags": np.array(samples.patient_flags(read, settings, fault), dtype=object),
        "unscorable": reason,
        "provenance": provenance(
            parameters=rules.parameters(),
            inputs=inputs.given,
        ),
    }
    add_findings(twin, layers=inputs.layers, findings=inputs.findings)
    add_course(twin, interactome=inputs.interactome, max_qvalue=settings.max_qvalue)
    add_communication(
        twin,
        compartments,
        read,
        healthy,
        ligand_receptor=inputs.ligand_receptor,
        influence=inputs.influence,
        settings=settings,
        rules=rules.communication,
    )
    add_layers(twin, network, rules.layers, settings, name)
    add_pathways(twin, inputs.pathways, rules.pathways, max_qvalue=settings.max_qvalue)
    return twin, compartments


def _compare(
    read: list[ad.AnnData],
    healthy: ad.AnnData | None,
    reference_cells: Sequence[FilePath],
    settings: ComparisonSettings,
) -> list[Compartment]:
    """Compare the usable samples of each tissue and time point that are not controls."""
    groups = list(states_and_controls(read, settings.control))
    types = {
        name for states, _ in groups for one in states for name in one.obs["cell_type"].astype(str)
    }
    donors = read_cells_of(reference_cells, types) if healthy is not None else []
    compartments: list[Compartment] = []
    for states, own in groups:
        if settings.design == "group":
            if own:
                compartments += compare_groups(states, own, settings)
        elif settings.design == "paired":
            if own:
                compartments += compare_with_own_control(states, own, settings)
        elif healthy is not None:
            tissue = states[0].uns["sample"]["tissue"]
            here = [one for one in donors if one.uns["sample"]["tissue"] == tissue]
            compartments += compare_with_reference(states, healthy, settings, here)
    return compartments
