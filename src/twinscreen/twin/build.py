"""Build the digital twin of one patient from its observations."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    CELL_LAYERS,
    TWIN,
    FilePath,
    InputError,
    generator,
    provenance,
    read_protein_edges,
    time_order,
    write_anndata,
)
from twinscreen.network import Interactome
from twinscreen.twin.bootstrap import intervals, write_copies
from twinscreen.twin.communication import CommunicationSettings
from twinscreen.twin.compare import (
    Compartment,
    Settings,
    compare_with_own_control,
    compare_with_reference,
)
from twinscreen.twin.course import add_course
from twinscreen.twin.findings import add_findings
from twinscreen.twin.given import with_given
from twinscreen.twin.group import compare_groups
from twinscreen.twin.layers import LayerSettings, add_layers
from twinscreen.twin.meta_network import add_communication
from twinscreen.twin.modules import find_module, seeds
from twinscreen.twin.observed import read_cells_of, read_observations, states_and_controls
from twinscreen.twin.pathways import PathwaySettings, add_pathways
from twinscreen.twin.reference import read_reference

log = logging.getLogger(__name__)


def build_twin(
    *,
    patient: Mapping[str, str],
    observations: Sequence[FilePath],
    deviations: FilePath | None = None,
    reference: FilePath | None,
    reference_cells: Sequence[FilePath] = (),
    patient_layers: FilePath | None = None,
    findings: FilePath | None = None,
    genes: FilePath,
    interactome: FilePath,
    ligand_receptor: FilePath,
    influence: FilePath,
    pathways: FilePath,
    treatments: Mapping[str, str],
    pathway_settings: PathwaySettings,
    settings: Settings,
    layers: LayerSettings,
    communication: CommunicationSettings,
    output: FilePath,
    copies: FilePath,
    keep_going: bool,
) -> None:
    """Compare every compartment of a patient with healthy, find its module, write the twin.

    Parameters
    ----------
    patient
        `patient` and what else patients.tsv says, as texts.
    observations
        All observations of the patient, control samples among them.
    deviations
        Deviations of the patient that were computed elsewhere.
    reference
        The healthy reference; not read in the paired design.
    reference_cells
        Observations of the reference's donors, where single cells are to be compared too; not
        read in the paired design, which has both sides' cells.
    patient_layers, findings
        What was found of the patient beside cells: PATIENT_LAYERS and FINDINGS, or None.
    genes, interactome, ligand_receptor, influence, pathways
        Tables of the knowledge stage.
    treatments
        By sample: drugs that the patient received since the time point before, joined by "|".
    pathway_settings
        Which pathways to test.
    settings
        How to compare and how to find modules.
    layers
        How to walk over the layers.
    communication
        What makes a link between compartments.
    output
        The twin (h5ad) to write.
    copies
        The effects of its resampled copies (h5ad) to write, for the screen.
    keep_going
        Write a twin marked unscorable, with the reason, where none of the patient's compartments
        can be scored, instead of raising.

    Raises
    ------
    InputError
        No compartment can be scored.
    """
    read = read_observations(observations)
    network = Interactome.from_indices(*read_protein_edges(genes, interactome))
    healthy = read_reference(reference) if reference else None
    compartments, fault = with_given(
        deviations,
        _compare(read, healthy, reference_cells, settings),
        min_genes=settings.min_genes,
    )
    reason = (
        ""
        if any(c.deviation for c in compartments)
        else _why_unscorable(read, compartments, settings, fault)
    )
    if reason and not keep_going:
        raise InputError(
            file=output,
            place=f"patient {patient['patient']}",
            found=reason,
            expected="at least one compartment that can be compared with healthy",
            remedy="see the reason; add cells, samples or reference donors, or lower"
            " twin.min_cells in the configuration",
        )
    if reason:
        compartments = []
    twin = assemble(compartments, network, patient["patient"], settings)
    twin.uns = {
        "patient": {**patient, "condition": _conditions(read, settings.control)},
        "samples": _samples_table(read, treatments),
        "flags": np.array(_patient_flags(read, settings, fault), dtype=object),
        "unscorable": reason,
        "provenance": provenance(
            parameters={
                **asdict(settings),
                "layers": asdict(layers),
                "communication": asdict(communication),
                "pathways": asdict(pathway_settings),
            },
            inputs=[
                *observations,
                *(path for path in (deviations, reference, patient_layers, findings) if path),
                *reference_cells,
                *(genes, interactome, ligand_receptor, influence, pathways),
            ],
        ),
    }
    add_findings(twin, layers=patient_layers, findings=findings)
    add_course(twin, interactome=interactome, max_qvalue=settings.max_qvalue)
    add_communication(
        twin,
        compartments,
        read,
        healthy,
        ligand_receptor=ligand_receptor,
        influence=influence,
        settings=settings,
        rules=communication,
    )
    add_layers(twin, network, layers, settings, patient["patient"])
    add_pathways(twin, pathways, pathway_settings, max_qvalue=settings.max_qvalue)
    write_anndata(twin, output, TWIN)
    write_copies(compartments, twin, copies)
    log.info("%s: %s", patient["patient"], reason or f"{twin.n_obs} compartments")


def _compare(
    read: list[ad.AnnData],
    healthy: ad.AnnData | None,
    reference_cells: Sequence[FilePath],
    settings: Settings,
) -> list[Compartment]:
    """Compare the usable samples of each tissue and time point that are not controls."""
    groups = list(states_and_controls(read, settings.control))
    types = {
        name for states, _ in groups for one in states for name in one.obs["cell_type"].astype(str)
    }
    donors = read_cells_of(reference_cells, types) if healthy is not None else []
    compartments: list[Compartment] = []
    for samples, own in groups:
        if settings.design == "group":
            if own:
                compartments += compare_groups(samples, own, settings)
        elif settings.design == "paired":
            if own:
                compartments += compare_with_own_control(samples, own, settings)
        elif healthy is not None:
            tissue = samples[0].uns["sample"]["tissue"]
            here = [one for one in donors if one.uns["sample"]["tissue"] == tissue]
            compartments += compare_with_reference(samples, healthy, settings, here)
    return compartments


def assemble(
    compartments: Sequence[Compartment], network: Interactome, patient: str, settings: Settings
) -> ad.AnnData:
    """Lay the compartments of a patient side by side over the proteins of the interactome."""
    shape = (len(compartments), len(network.names))
    names = ["effect", *TWIN.layers]
    if any(compartment.cell_level for compartment in compartments):
        names += CELL_LAYERS
    layers = {  # p-values of single cells go far below what 32 bits hold
        name: np.full(shape, np.nan, dtype=np.float64 if name in CELL_LAYERS else np.float32)
        for name in names
    }
    rows = []
    var = pd.Index(network.names.astype(str), name="symbol")
    for row, compartment in enumerate(compartments):
        rows.append(_fill(compartment, row, layers, var, network, patient, settings))
    obs = pd.DataFrame(rows, columns=_OBS_COLUMNS, index=[c.name for c in compartments])
    obs["latest"] = _latest(obs)
    return ad.AnnData(
        X=layers.pop("effect"),
        obs=obs.astype({"cell_type": str, "tissue": str, "time": str, "method": str, "flags": str}),
        var=pd.DataFrame({"degree": network.degree}, index=var),
        layers=layers,
    )


_OBS_COLUMNS = [
    "cell_type",
    "tissue",
    "time",
    "n_cells",
    "n_reference_donors",
    "method",
    "scorable",
    "n_tested",
    "n_genes",
    "module_size",
    "lcc_size",
    "lcc_z",
    "lcc_p",
    "lcc_size_low",
    "lcc_size_high",
    "calibration",
    "flags",
]


def _fill(
    compartment: Compartment,
    row: int,
    layers: dict[str, np.ndarray],
    var: pd.Index,
    network: Interactome,
    patient: str,
    settings: Settings,
) -> list[object]:
    """Write one compartment into its row of each layer; give its row of obs."""
    facts: list[object] = [
        compartment.cell_type,
        compartment.tissue,
        compartment.time,
        compartment.n_cells,
        compartment.n_reference_donors,
        compartment.method or settings.design,
    ]
    deviation = compartment.deviation
    if deviation is None:
        unknown = [0, 0, *[np.nan] * 5]
        return [*facts, False, 0, len(compartment.genes), *unknown, compartment.unscorable]
    place = var.get_indexer(compartment.genes)
    known = place >= 0
    for name in ("effect", "logfc", "pvalue", "qvalue"):
        layers[name][row, place[known]] = getattr(deviation, name)[known]
    if compartment.cell_level is not None:
        for name in CELL_LAYERS:
            values = getattr(compartment.cell_level, name.removeprefix("cell_"))
            layers[name][row, place[known]] = values[known]
    proteins = var.get_indexer(compartment.protein.index)
    layers["protein"][row, proteins[proteins >= 0]] = compartment.protein[proteins >= 0]

    chosen = np.zeros(len(var), dtype=bool)
    chosen[place[known]] = seeds(
        deviation,
        max_qvalue=settings.max_qvalue,
        min_fold_change=settings.min_fold_change,
        most=settings.max_genes,
    )[known]
    compared = np.isfinite(layers["effect"][row])
    connected = network.degree > 0
    allowed = connected & compared if settings.background == "expressed" else connected
    module = find_module(
        network,
        chosen,
        allowed,
        draws=settings.random_sets,
        random=generator(settings.seed, "module", patient, compartment.name),
    )
    layers["module"][row, compared] = module.members[compared]
    layers["centrality"][row] = module.centrality
    sizes: list[float] = [np.nan, np.nan]
    if compartment.copies is not None:
        sizes = intervals(compartment.copies, place, network, allowed).fill(layers, row)
    counted = [int(np.isfinite(deviation.effect).sum()), len(compartment.genes)]
    significance = [module.lcc_size, module.lcc_z, module.lcc_p, *sizes, compartment.calibration]
    flags = "; ".join(compartment.flags)
    return [*facts, True, *counted, int(module.members.sum()), *significance, flags]


def _latest(obs: pd.DataFrame) -> np.ndarray:
    """Mark, per tissue, the compartments of the last time point with a scorable one."""
    latest = np.zeros(len(obs), dtype=bool)
    for tissue in obs["tissue"].unique():
        here = ((obs["tissue"] == tissue) & obs["scorable"].astype(bool)).to_numpy()
        if here.any():
            last = max(obs.loc[here, "time"], key=time_order)
            latest |= ((obs["tissue"] == tissue) & (obs["time"] == last)).to_numpy()
    return latest


def _samples_table(read: Sequence[ad.AnnData], treatments: Mapping[str, str]) -> pd.DataFrame:
    """One row per sample: what it was and what it holds."""
    rows = [
        {
            **{key: one.uns["sample"][key] for key in _SAMPLE_COLUMNS},
            **{key: one.uns["quality"].get(key, np.nan) for key in _QUALITY_COLUMNS},
            "treatment": treatments.get(one.uns["sample"]["sample"], ""),
            "unscorable": str(one.uns["unscorable"]),
        }
        for one in read
    ]
    columns = [*_SAMPLE_COLUMNS, *_QUALITY_COLUMNS, "treatment", "unscorable"]
    return pd.DataFrame(rows, columns=columns)


_SAMPLE_COLUMNS = ["sample", "condition", "tissue", "time", "batch"]
_QUALITY_COLUMNS = ["n_cells", "n_genes", "median_counts"]


def _conditions(read: Sequence[ad.AnnData], control: str) -> str:
    """Name the conditions of a patient's samples that are no control."""
    conditions = dict.fromkeys(one.uns["sample"]["condition"] for one in read)
    return ", ".join(name for name in conditions if name != control)


def _why_unscorable(
    read: Sequence[ad.AnnData], compartments: Sequence[Compartment], settings: Settings, fault: str
) -> str:
    """Say in a sentence why a patient has nothing to score."""
    reasons = [
        f"sample {one.uns['sample']['sample']}: {one.uns['unscorable']}"
        for one in read
        if one.uns["unscorable"]
    ]
    reasons += _without_control(read, settings)
    reasons += [f"{c.cell_type} ({c.tissue}, {c.time}): {c.unscorable}" for c in compartments]
    return "no usable compartment; " + "; ".join([*reasons, *filter(None, [fault])])


def _patient_flags(read: Sequence[ad.AnnData], settings: Settings, fault: str) -> list[str]:
    """Sentences that a reader should know of the patient as a whole."""
    flags = [
        f"Sample {one.uns['sample']['sample']} could not be used: {one.uns['unscorable']}."
        for one in read
        if one.uns["unscorable"]
    ]
    flags += [f"Not compared: {reason}." for reason in _without_control(read, settings)]
    return flags + ([f"Not used: {fault}."] if fault else [])


def _without_control(read: Sequence[ad.AnnData], settings: Settings) -> list[str]:
    """Name the usable samples that can be compared with no control sample of their own tissue."""
    if settings.design == "reference":
        return []
    rows = [one.uns["sample"] for one in read if not one.uns["unscorable"]]
    tissues = {row["tissue"] for row in rows if row["condition"] == settings.control}
    return [
        f"sample {row['sample']}: no usable control sample ({settings.control}) of the same tissue"
        for row in rows
        if row["condition"] != settings.control and row["tissue"] not in tissues
    ]
