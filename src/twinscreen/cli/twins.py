"""Verbs that build the healthy reference and the twins."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twinscreen.cli.arguments import add_keep_going, pair, read_json
from twinscreen.cli.options import add_options, options_from

if TYPE_CHECKING:
    import anndata as ad
    import pandas as pd

    from twinscreen.files import InputError
    from twinscreen.twin.build import Healthy, Patient, Rules


def _describe_reference(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="+", help="observations of control samples")
    add("--sites", nargs="*", default=[], help="what other sites share of theirs (h5ad)")
    add_options(add, "reference")
    add("--output", required=True, help="reference to write (h5ad)")


def _reference(given: argparse.Namespace) -> None:
    from twinscreen.files import (
        OBSERVATION,
        REFERENCE,
        SHARED,
        read_anndata,
        sources,
        write_anndata,
    )
    from twinscreen.twin.deviation.reference import build_reference

    options = options_from(given)
    reference = build_reference(
        [read_anndata(path, OBSERVATION) for path in given.observations],
        **options["twin"],
        **options["reference"],
        sites=[read_anndata(path, SHARED) for path in given.sites],
        sources=sources([*given.observations, *given.sites]),
        file=given.output,
    )
    write_anndata(reference, given.output, REFERENCE)


def _describe_twin(add: Callable[..., argparse.Action]) -> None:
    add("observations", nargs="*", help="all observations of the patient, or of group and controls")
    add("--deviations", help="deviations of the patient that were computed elsewhere")
    add("--row", metavar="FILE", help="what the sheets say (json), as the workflow writes it")
    add("--patient", help="instead: id of the patient, or name of the group")
    add("--about", nargs="*", type=pair, default=[], help="further columns of the patient's row")
    add("--treatments", nargs="*", type=pair, default=[], help="drugs received before a sample")
    add("--reference", help="healthy reference, for the reference design")
    add("--reference-cells", nargs="*", default=[], help="its observations, to compare cells too")
    add("--layers", help="layers of the patient: variants, phenotypes, exposures, diseases")
    add("--findings", help="findings of the patient behind these layers")
    add("--ligands", help="ligands measured outside of the cells, of all patients")
    add("--genes", required=True, help="gene table")
    add("--interactome", required=True, help="interactome")
    add("--ligand-receptor", required=True, help="ligand-receptor pairs")
    add("--influence", required=True, help="influence of proteins on genes")
    add("--pathways", required=True, help="pathways")
    add_options(add, "twin")
    add("--output", required=True, help="twin to write (h5ad)")
    add("--replicates-output", required=True, help="replicates to write (h5ad)")
    add_keep_going(add)


def _twin(given: argparse.Namespace) -> None:
    from twinscreen.files import (
        REPLICATES,
        TWIN,
        check_anndata,
        keeping_going,
        read_table_once,
        sources,
        write_anndata,
    )
    from twinscreen.kb import Knowledge
    from twinscreen.twin.build import KNOWLEDGE, Patient, build_twin
    from twinscreen.twin.replicates.collect import replicates_of

    row = _row(given)
    name, sheet = row["patient"], {"patient": row["patient"], **row["about"]}
    kb = Knowledge({name: getattr(given, name) for name in KNOWLEDGE}, read=read_table_once)
    rules, common = _rules(given), [given.reference, *given.reference_cells]
    shared = [*kb.files(*KNOWLEDGE), *common]
    own = [given.deviations, given.layers, given.findings, given.reference, given.ligands]
    with keeping_going(given.keep_going, of=name, shared=shared) as loss:
        files = [*given.observations, *given.reference_cells, *filter(None, own)]
        twin, compartments = build_twin(
            _patient(given, sheet, row["treatments"]),
            _healthy(given),
            kb,
            rules,
            sources=sources([*files, *kb.files(*KNOWLEDGE)]),
        )
        if twin.uns["unscorable"] and not given.keep_going:
            raise _unscorable(given.output, name, twin)
        replicates = replicates_of(compartments, twin)  # null replicates are made only here
        check_anndata(twin, TWIN)
        check_anndata(replicates, REPLICATES)
    if loss.reason:
        files = [*given.reference_cells, *filter(None, [given.reference]), *kb.files(*KNOWLEDGE)]
        twin, compartments = build_twin(
            Patient(sheet), _healthy(given), kb, rules, sources=sources(files), loss=loss
        )
        replicates = replicates_of(compartments, twin)
    write_anndata(twin, given.output, TWIN)
    write_anndata(replicates, given.replicates_output, REPLICATES)


def _patient(
    given: argparse.Namespace, sheet: dict[str, str], treatments: dict[str, str]
) -> Patient:
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
        treatments=treatments,
        observations=[read_anndata(path, OBSERVATION) for path in given.observations],
        deviations=read_anndata(given.deviations, DEVIATIONS) if given.deviations else None,
        layers=read_table(given.layers, PATIENT_LAYERS) if given.layers else None,
        findings=read_table(given.findings, FINDINGS) if given.findings else None,
        ligands=_ligands(given, sheet["patient"]),
    )


def _ligands(given: argparse.Namespace, patient: str) -> pd.DataFrame | None:
    """Read the ligands that were measured outside of a patient's cells; None if none were."""
    from twinscreen.files import read_table
    from twinscreen.files.contracts.patient import OUTSIDE_LIGANDS

    if not given.ligands:
        return None
    rows = read_table(given.ligands, OUTSIDE_LIGANDS)
    mine = rows[rows["patient"] == patient]
    return mine if len(mine) else None


def _healthy(given: argparse.Namespace) -> Healthy:
    """Read the healthy reference; of its cells one observation at a time, when they are needed."""
    from twinscreen.files import OBSERVATION, REFERENCE, read_anndata
    from twinscreen.twin.build import Healthy

    return Healthy(
        read_anndata(given.reference, REFERENCE) if given.reference else None,
        (read_anndata(path, OBSERVATION) for path in given.reference_cells),
    )


def _row(given: argparse.Namespace) -> dict[str, Any]:
    """Read what the sheets say of the patient: `patient`, `about` and `treatments`."""
    from twinscreen.files import InputError

    row = {"patient": given.patient, "about": dict(given.about)}
    row |= {"treatments": dict(given.treatments)}
    if given.row:
        row |= read_json(given.row)
    if not row["patient"]:
        raise InputError(
            file="command line",
            found="no patient",
            expected="the id of the patient, or the name of the group",
            remedy="name it by --patient",
        )
    return row


def _rules(given: argparse.Namespace) -> Rules:
    """Make the rules of a twin of the options."""
    from twinscreen.settings.twin import (
        CommunicationSettings,
        ComparisonSettings,
        LayerSettings,
        PathwaySettings,
    )
    from twinscreen.twin.build import Rules

    options = options_from(given)
    return Rules(
        ComparisonSettings(**options["twin"], **options["reference"], seed=options["seed"]),
        LayerSettings(**options["layers"]),
        CommunicationSettings(**options["communication"]),
        PathwaySettings(**options["pathways"]),
    )


def _unscorable(output: str, patient: str, twin: ad.AnnData) -> InputError:
    from twinscreen.files import InputError

    general = (
        "see the reason; add cells, samples or reference donors, or lower twin.min_cells in the"
        " configuration"
    )
    return InputError(
        file=output,
        place=f"patient {patient}",
        found=str(twin.uns["unscorable"]),
        expected="at least one compartment that can be compared with healthy",
        remedy="; ".join([*twin.uns["remedies"], general]),
    )


VERBS = {
    "reference": (_describe_reference, _reference, "build the healthy reference"),
    "twin": (_describe_twin, _twin, "build the digital twin of one patient"),
}
