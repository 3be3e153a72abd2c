"""Build the digital twin of one patient from its observations."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    GENES,
    INTERACTOME,
    TWIN,
    FilePath,
    InputError,
    generator,
    provenance,
    read_table,
    time_order,
    write_anndata,
)
from twinscreen.network import Interactome
from twinscreen.twin.bootstrap import intervals, write_copies
from twinscreen.twin.compare import (
    Compartment,
    Settings,
    compare_with_own_control,
    compare_with_reference,
)
from twinscreen.twin.group import compare_groups
from twinscreen.twin.modules import find_module, seeds
from twinscreen.twin.observed import read_observations
from twinscreen.twin.reference import read_reference

log = logging.getLogger(__name__)


def build_twin(
    *,
    patient: Mapping[str, str],
    observations: Sequence[FilePath],
    reference: FilePath | None,
    genes: FilePath,
    interactome: FilePath,
    settings: Settings,
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
    reference
        The healthy reference; not read in the paired design.
    genes, interactome
        Tables of the knowledge stage.
    settings
        How to compare and how to find modules.
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
    network = protein_network(genes, interactome)
    compartments = _compare(read, reference, settings)
    reason = (
        ""
        if any(c.deviation for c in compartments)
        else _why_unscorable(read, compartments, settings)
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
    twin = assemble([] if reason else compartments, network, patient["patient"], settings)
    twin.uns = {
        "patient": {**patient, "condition": _conditions(read, settings.control)},
        "samples": _samples_table(read),
        "flags": np.array(_patient_flags(read, settings), dtype=object),
        "unscorable": reason,
        "provenance": provenance(
            parameters=asdict(settings),
            inputs=[*observations, *([reference] if reference else []), genes, interactome],
        ),
    }
    write_anndata(twin, output, TWIN)
    write_copies(compartments, twin, copies)
    log.info("%s: %s", patient["patient"], reason or f"{twin.n_obs} compartments")


def protein_network(genes: FilePath, interactome: FilePath) -> Interactome:
    """Build the interactome of protein-coding genes.

    Post-translational interactions, direction aside, are its edges; genes known to be regulated
    only are there without neighbours.
    """
    table = read_table(genes, GENES)
    coding = set(table.loc[table["protein_coding"], "symbol"])
    edges = read_table(interactome, INTERACTOME)
    edges = edges[edges["source"].isin(coding) & edges["target"].isin(coding)]
    names = np.array(sorted(set(edges["source"]) | set(edges["target"])))
    physical = edges[edges["layer"] == "PT"]
    return Interactome.from_indices(
        names,
        np.searchsorted(names, physical["source"].to_numpy(dtype=str)),
        np.searchsorted(names, physical["target"].to_numpy(dtype=str)),
    )


def _compare(
    read: list[ad.AnnData], reference: FilePath | None, settings: Settings
) -> list[Compartment]:
    """Compare the usable samples of each tissue and time point that are not controls."""
    usable = [one for one in read if not one.uns["unscorable"]]
    controls = [one for one in usable if one.uns["sample"]["condition"] == settings.control]
    states = [one for one in usable if one.uns["sample"]["condition"] != settings.control]

    def place(one: ad.AnnData) -> tuple[str, tuple[object, ...]]:
        return one.uns["sample"]["tissue"], time_order(one.uns["sample"]["time"])

    healthy = read_reference(reference) if reference and states else None
    compartments: list[Compartment] = []
    for (tissue, when), group in groupby(sorted(states, key=place), key=place):
        samples = list(group)
        if settings.design == "group":
            base = [one for one in controls if one.uns["sample"]["tissue"] == tissue]
            base = [one for one in base if place(one)[1] == when] or base
            if base:
                compartments += compare_groups(samples, base, settings)
        elif settings.design == "paired":
            own = [one for one in controls if one.uns["sample"]["tissue"] == tissue]
            own = [one for one in own if place(one)[1] == when] or own
            if own:
                compartments += compare_with_own_control(samples, own, settings)
        elif healthy is not None:
            compartments += compare_with_reference(samples, healthy, settings)
    return compartments


def assemble(
    compartments: Sequence[Compartment], network: Interactome, patient: str, settings: Settings
) -> ad.AnnData:
    """Lay the compartments of a patient side by side over the proteins of the interactome."""
    shape = (len(compartments), len(network.names))
    layers = {name: np.full(shape, np.nan, dtype=np.float32) for name in ("effect", *TWIN.layers)}
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
        settings.design,
    ]
    deviation = compartment.deviation
    if deviation is None:
        unknown = [np.nan] * 5
        return [*facts, False, 0, 0, 0, *unknown, compartment.unscorable]
    place = var.get_indexer(compartment.genes)
    known = place >= 0
    for name in ("effect", "logfc", "pvalue", "qvalue"):
        layers[name][row, place[known]] = getattr(deviation, name)[known]
    if compartment.cell_pvalue is not None:
        layers["cell_pvalue"][row, place[known]] = compartment.cell_pvalue[known]
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
    tested = int(np.isfinite(deviation.effect).sum())
    significance = [module.lcc_size, module.lcc_z, module.lcc_p, *sizes, compartment.calibration]
    flags = "; ".join(compartment.flags)
    return [*facts, True, tested, int(module.members.sum()), *significance, flags]


def _latest(obs: pd.DataFrame) -> np.ndarray:
    """Mark, per tissue, the compartments of the last time point with a scorable one."""
    latest = np.zeros(len(obs), dtype=bool)
    for tissue in obs["tissue"].unique():
        here = ((obs["tissue"] == tissue) & obs["scorable"].astype(bool)).to_numpy()
        if here.any():
            last = max(obs.loc[here, "time"], key=time_order)
            latest |= ((obs["tissue"] == tissue) & (obs["time"] == last)).to_numpy()
    return latest


def _samples_table(read: Sequence[ad.AnnData]) -> pd.DataFrame:
    """One row per sample: what it was and what it holds."""
    rows = [
        {
            **{key: one.uns["sample"][key] for key in _SAMPLE_COLUMNS},
            **{key: one.uns["quality"].get(key, np.nan) for key in _QUALITY_COLUMNS},
            "unscorable": str(one.uns["unscorable"]),
        }
        for one in read
    ]
    return pd.DataFrame(rows, columns=[*_SAMPLE_COLUMNS, *_QUALITY_COLUMNS, "unscorable"])


_SAMPLE_COLUMNS = ["sample", "condition", "tissue", "time", "batch"]
_QUALITY_COLUMNS = ["n_cells", "n_genes", "median_counts"]


def _conditions(read: Sequence[ad.AnnData], control: str) -> str:
    """Name the conditions of a patient's samples that are no control."""
    conditions = dict.fromkeys(one.uns["sample"]["condition"] for one in read)
    return ", ".join(name for name in conditions if name != control)


def _why_unscorable(
    read: Sequence[ad.AnnData], compartments: Sequence[Compartment], settings: Settings
) -> str:
    """Say in a sentence why a patient has nothing to score."""
    reasons = [
        f"sample {one.uns['sample']['sample']}: {one.uns['unscorable']}"
        for one in read
        if one.uns["unscorable"]
    ]
    reasons += _without_control(read, settings)
    reasons += [f"{c.cell_type} ({c.tissue}, {c.time}): {c.unscorable}" for c in compartments]
    return "no usable compartment; " + "; ".join(reasons)


def _patient_flags(read: Sequence[ad.AnnData], settings: Settings) -> list[str]:
    """Sentences that a reader should know of the patient as a whole."""
    flags = [
        f"Sample {one.uns['sample']['sample']} could not be used: {one.uns['unscorable']}."
        for one in read
        if one.uns["unscorable"]
    ]
    return flags + [f"Not compared: {reason}." for reason in _without_control(read, settings)]


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
