"""Verbs that build the healthy reference and the twins."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from twinscreen.cli.arguments import add_keep_going, pair, taken

if TYPE_CHECKING:
    from twinscreen.files import InputError
    from twinscreen.twin.build import Healthy, Patient, Rules


def _describe_reference(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="observations of control samples")
    add("--min-cells", required=True, type=int, help="fewest cells of a pseudobulk")
    add("--min-donors", required=True, type=int, help="fewest donors of a reference")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--output", required=True, help="reference to write (h5ad)")


def _reference(given: argparse.Namespace) -> None:
    from twinscreen.files import OBSERVATION, REFERENCE, read_anndata, sources, write_anndata
    from twinscreen.twin.deviation.reference import build_reference

    reference = build_reference(
        [read_anndata(path, OBSERVATION) for path in given.observations],
        min_cells=given.min_cells,
        min_donors=given.min_donors,
        min_count=given.min_count,
        sources=sources(given.observations),
        file=given.output,
    )
    write_anndata(reference, given.output, REFERENCE)


def _describe_twin(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="*", help="all observations of the patient, or of group and controls")
    add("--deviations", help="deviations of the patient that were computed elsewhere")
    add("--patient", required=True, help="id of the patient, or name of the group")
    add("--about", nargs="*", type=pair, default=[], help="further columns of the patient's row")
    add("--treatments", nargs="*", type=pair, default=[], help="drugs received before a sample")
    add("--reference", help="healthy reference, for the reference design")
    add("--reference-cells", nargs="*", default=[], help="its observations, to compare cells too")
    add("--layers", help="layers of the patient: variants, phenotypes, exposures, diseases")
    add("--findings", help="findings of the patient behind these layers")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--ligand-receptor", required=True, help="ligand-receptor pairs")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--pathways", required=True, help="pathways")
    add("--min-pathway-genes", required=True, type=int, help="fewest compared genes of a pathway")
    add("--max-pathway-genes", required=True, type=int, help="most compared genes of a pathway")
    add("--design", required=True, choices=["reference", "paired", "group"], help="comparison")
    add("--control", required=True, help="the control condition")
    add("--min-cells", required=True, type=int, help="fewest cells of a compartment")
    add("--min-donors", required=True, type=int, help="fewest reference donors of a compartment")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--min-genes", required=True, type=int, help="fewest genes compared in a compartment")
    add("--bootstrap-replicates", required=True, type=int, help="behind the intervals; 0: none")
    add("--null-replicates", required=True, type=int, help="behind p and call; 0: none")
    add("--max-qvalue", required=True, type=float, help="largest q of a gene of the module")
    add("--min-fold-change", required=True, type=float, help="smallest fold change, as a ratio")
    add("--max-genes", required=True, type=int, help="most genes of a module")
    add("--background", required=True, choices=["expressed", "interactome"], help="module's room")
    add("--random-sets", required=True, type=int, help="random sets behind the module's p")
    add("--growth", required=True, choices=["none", "diamond", "walk"], help="how modules grow")
    add("--grown-genes", required=True, type=int, help="most genes that growth adds")
    add("--growth-pvalue", required=True, type=float, help="DIAMOnD stops above this p")
    add(
        "--centrality",
        required=True,
        choices=["eigenvector", "pagerank", "betweenness"],
        help="centrality inside the module",
    )
    add("--restart", required=True, type=float, help="restart of the walk over layers")
    add("--jump", required=True, type=float, help="share of its steps that change the layer")
    add("--layer-genes", required=True, type=int, help="most genes of a patient-level layer")
    add("--layer-weights", required=True, nargs="*", type=pair, help="weight of each layer")
    add("--min-share", required=True, type=float, help="least share of cells that express a gene")
    add("--permutations", required=True, type=int, help="permutations of cell types behind links")
    add("--max-link-qvalue", required=True, type=float, help="largest q of a link")
    add("--regulator-targets", required=True, type=int, help="targets of an upstream regulator")
    add("--seed", required=True, type=int, help="seed of all randomness")
    add("--output", required=True, help="twin to write (h5ad)")
    add("--replicates-output", required=True, help="replicates to write (h5ad)")
    add_keep_going(add)


def _twin(given: argparse.Namespace) -> None:
    from twinscreen.files import REPLICATES, TWIN, keeping_going, sources, write_anndata
    from twinscreen.kb import Knowledge
    from twinscreen.twin.build import KNOWLEDGE, Patient, build_twin
    from twinscreen.twin.replicates.collect import replicates_of

    sheet = {"patient": given.patient, **dict(given.about)}
    kb = Knowledge({name: getattr(given, name) for name in KNOWLEDGE})
    rules, common = _rules(given), [given.reference, *given.reference_cells]
    shared = [*kb.files(*KNOWLEDGE), *common]
    own = [given.deviations, given.layers, given.findings, given.reference]
    with keeping_going(given.keep_going, of=given.patient, shared=shared) as loss:
        files = [*given.observations, *given.reference_cells, *filter(None, own)]
        twin, compartments = build_twin(
            _patient(given, sheet),
            _healthy(given),
            kb,
            rules,
            sources=sources([*files, *kb.files(*KNOWLEDGE)]),
        )
        if twin.uns["unscorable"] and not given.keep_going:
            raise _unscorable(given, twin.uns["unscorable"])
    if loss.reason:
        files = [*given.reference_cells, *filter(None, [given.reference]), *kb.files(*KNOWLEDGE)]
        twin, compartments = build_twin(
            Patient(sheet), _healthy(given), kb, rules, sources=sources(files), reason=loss.reason
        )
    write_anndata(twin, given.output, TWIN)
    replicates = replicates_of(compartments, twin)
    write_anndata(replicates, given.replicates_output, REPLICATES)


def _patient(given: argparse.Namespace, sheet: dict[str, str]) -> Patient:
    """Read what was measured of the patient."""
    from twinscreen.files import (
        DEVIATIONS,
        FINDINGS,
        OBSERVATION,
        PATIENT_LAYERS,
        read_anndata,
        read_table,
    )
    from twinscreen.twin.build import Patient

    return Patient(
        sheet,
        treatments=dict(given.treatments),
        observations=[read_anndata(path, OBSERVATION) for path in given.observations],
        deviations=read_anndata(given.deviations, DEVIATIONS) if given.deviations else None,
        layers=read_table(given.layers, PATIENT_LAYERS) if given.layers else None,
        findings=read_table(given.findings, FINDINGS) if given.findings else None,
    )


def _healthy(given: argparse.Namespace) -> Healthy:
    """Read the healthy reference; of its cells one observation at a time, when they are needed."""
    from twinscreen.files import OBSERVATION, REFERENCE, read_anndata
    from twinscreen.twin.build import Healthy

    return Healthy(
        read_anndata(given.reference, REFERENCE) if given.reference else None,
        (read_anndata(path, OBSERVATION) for path in given.reference_cells),
    )


def _rules(given: argparse.Namespace) -> Rules:
    """Take how a twin is built from the flags."""
    from twinscreen.twin.build import Rules
    from twinscreen.twin.communication.cell_links import CommunicationSettings
    from twinscreen.twin.deviation.compartment import Settings
    from twinscreen.twin.layers.multilayer import LayerSettings
    from twinscreen.twin.pathways import PathwaySettings

    weights = {name: float(weight) for name, weight in given.layer_weights}
    return Rules(
        taken(Settings, given),
        LayerSettings(given.restart, given.jump, weights, given.layer_genes),
        taken(CommunicationSettings, given),
        PathwaySettings(given.min_pathway_genes, given.max_pathway_genes),
    )


def _unscorable(given: argparse.Namespace, reason: str) -> InputError:
    from twinscreen.files import InputError

    return InputError(
        file=given.output,
        place=f"patient {given.patient}",
        found=reason,
        expected="at least one compartment that can be compared with healthy",
        remedy="see the reason; add cells, samples or reference donors, or lower"
        " twin.min_cells in the configuration",
    )


VERBS = {
    "reference": (_describe_reference, _reference, "build the healthy reference"),
    "twin": (_describe_twin, _twin, "build the digital twin of one patient"),
}
