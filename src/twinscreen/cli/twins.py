"""Verbs that build the healthy reference and the twins."""

import argparse
from collections.abc import Callable

from twinscreen.cli.arguments import add_keep_going, pair, taken


def _describe_reference(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="observations of control samples")
    add("--min-cells", required=True, type=int, help="fewest cells of a pseudobulk")
    add("--min-donors", required=True, type=int, help="fewest donors of a reference")
    add("--min-count", required=True, type=float, help="fewest counts of a gene to compare it")
    add("--output", required=True, help="reference to write (h5ad)")


def _reference(given: argparse.Namespace) -> None:
    from twinscreen.twin.deviation.reference import build_reference

    build_reference(
        observations=given.observations,
        output=given.output,
        min_cells=given.min_cells,
        min_donors=given.min_donors,
        min_count=given.min_count,
    )


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
    from twinscreen.twin.build import Inputs, Rules, build_twin
    from twinscreen.twin.communication.cell_links import CommunicationSettings
    from twinscreen.twin.deviation.compartment import Settings
    from twinscreen.twin.layers.multilayer import LayerSettings
    from twinscreen.twin.pathways import PathwaySettings

    weights = {name: float(weight) for name, weight in given.layer_weights}
    build_twin(
        patient={"patient": given.patient, **dict(given.about)},
        treatments=dict(given.treatments),
        inputs=taken(Inputs, given),
        rules=Rules(
            taken(Settings, given),
            LayerSettings(given.restart, given.jump, weights, given.layer_genes),
            taken(CommunicationSettings, given),
            PathwaySettings(given.min_pathway_genes, given.max_pathway_genes),
        ),
        output=given.output,
        replicates=given.replicates_output,
        keep_going=given.keep_going,
    )


VERBS = {
    "reference": (_describe_reference, _reference, "build the healthy reference"),
    "twin": (_describe_twin, _twin, "build the digital twin of one patient"),
}
