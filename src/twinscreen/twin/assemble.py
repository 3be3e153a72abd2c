"""Lay compartments side by side as an AnnData: the body of a twin."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import CELL_LAYERS, GROWN_LAYER, TWIN, generator, time_order
from twinscreen.files.contracts.twin import PRESENCE_LAYERS
from twinscreen.network import Interactome
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.compartment import Compartment
from twinscreen.twin.deviation.modules import find_module, has_intervals, seeds
from twinscreen.twin.replicates.bootstrap import intervals


def assemble(
    compartments: Sequence[Compartment],
    network: Interactome,
    settings: ComparisonSettings,
) -> ad.AnnData:
    """Lay the compartments of a patient side by side over the proteins of the interactome."""
    shape = (len(compartments), len(network.names))
    names = ["effect", *TWIN.layers]
    if any(compartment.cell_level for compartment in compartments):
        names += CELL_LAYERS
    if settings.growth != "none":
        names.append(GROWN_LAYER)
    layers = {  # p-values of single cells go far below what 32 bits hold
        name: np.full(shape, np.nan, dtype=np.float64 if name in CELL_LAYERS else np.float32)
        for name in names
    }
    rows = []
    var = pd.Index(network.names.astype(str), name="symbol")
    for row, compartment in enumerate(compartments):
        rows.append(_fill(compartment, row, layers, var, network, settings))
    obs = pd.DataFrame(rows, columns=_OBS_COLUMNS, index=[c.name for c in compartments])
    obs["latest"] = _latest(obs)
    return ad.AnnData(
        X=layers.pop("effect"),
        obs=obs.astype(dict.fromkeys(_OBS_TEXTS, str)),
        var=pd.DataFrame({"degree": network.degree}, index=var),
        layers=layers,
    )


_OBS_TEXTS = ("cell_type", "tissue", "time", "method", "flags", "control_times")
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
    "n_coding",
    "module_size",
    "lcc_size",
    "lcc_z",
    "lcc_p",
    "lcc_size_low",
    "lcc_size_high",
    "calibration",
    "flags",
    "control_times",
]


def _fill(
    compartment: Compartment,
    row: int,
    layers: dict[str, np.ndarray],
    var: pd.Index,
    network: Interactome,
    settings: ComparisonSettings,
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
    n_coding = _fill_presence(compartment, row, layers, var)
    deviation = compartment.deviation
    if deviation is None:
        counted = [0, len(compartment.genes), n_coding]
        unknown = [0, 0, *[np.nan] * 5]
        return [*facts, False, *counted, *unknown, *_noted(compartment)]
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
        random=generator(settings.seed, "module", compartment.name),
        effect=layers["effect"][row],
        rule=settings,
    )
    layers["module"][row, compared] = module.members[compared]
    layers["centrality"][row] = module.centrality
    if GROWN_LAYER in layers:
        layers[GROWN_LAYER][row, allowed] = module.grown[allowed]
    sizes: list[float] = [np.nan, np.nan]
    if compartment.replicates is not None:
        resampled = intervals(
            compartment.replicates,
            place,
            network,
            allowed,
            central=has_intervals(settings),
        )
        sizes = resampled.fill(layers, row)
    counted = [int(np.isfinite(deviation.effect).sum()), len(compartment.genes), n_coding]
    significance = [module.lcc_size, module.lcc_z, module.lcc_p, *sizes, compartment.calibration]
    noted = _noted(compartment)
    return [*facts, True, *counted, int(module.members.sum()), *significance, *noted]


def _fill_presence(
    compartment: Compartment, row: int, layers: dict[str, np.ndarray], var: pd.Index
) -> int:
    """Write what the cells have into its row; give the number of protein-coding genes measured."""
    here = compartment.presence
    if here is None:
        return 0
    place = var.get_indexer(here.genes)
    known = place >= 0
    for name in PRESENCE_LAYERS:
        layers[name][row, place[known]] = getattr(here, name)[known].round(4)
    return here.n_coding


def _noted(compartment: Compartment) -> tuple[str, str]:
    """Join the flags of a compartment, and the time points of its control."""
    return "|".join(compartment.flags), "|".join(compartment.control_times)


def _latest(obs: pd.DataFrame) -> np.ndarray:
    """Mark, per tissue, the compartments of the last time point with a scorable one."""
    latest = np.zeros(len(obs), dtype=bool)
    for tissue in obs["tissue"].unique():
        here = ((obs["tissue"] == tissue) & obs["scorable"].astype(bool)).to_numpy()
        if here.any():
            last = max(obs.loc[here, "time"], key=time_order)
            latest |= ((obs["tissue"] == tissue) & (obs["time"] == last)).to_numpy()
    return latest
