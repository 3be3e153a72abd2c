"""Figures of twins and screens. Each draws on the given axes, or on new ones, and returns them."""

from collections.abc import Sequence

import anndata as ad
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from twinscreen.files import SCREEN, TWIN, InputError, check_kind
from twinscreen.kb import Knowledge
from twinscreen.report.figures.module_figure import draw_module_on
from twinscreen.report.figures.path_figure import draw_paths_on
from twinscreen.report.figures.states_figure import MOST_STATES, draw_states_on
from twinscreen.report.states import compared, known_states
from twinscreen.screen.treatment.course import find_drug


def evidence(screen: ad.AnnData, *, n: int = 10, ax: Axes | None = None) -> Axes:
    """Draw each kind of evidence for the first drugs, as z against its null model.

    Kinds without a null model, and kinds without a z for these drugs, are left out.

    Parameters
    ----------
    screen
        The screen.
    n
        How many drugs.
    ax
        Where to draw.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ax = ts.pl.evidence(ts.datasets.toy_screen(), n=3)
    >>> [text.get_text() for text in ax.get_yticklabels()][0]
    'drug 1'
    """
    check_kind(screen, SCREEN, file="pl.evidence, screen")
    ax = plt.subplots(figsize=(6, 0.35 * n + 1.2))[1] if ax is None else ax
    rows = screen.obs[screen.obs["rank"].notna()].sort_values("rank").head(n)
    told = screen.uns["kinds"]
    calibrated = told.loc[~told["relative"].astype(bool), "kind"].astype(str)
    kinds = [kind for kind in calibrated if f"{kind}_z" in rows and rows[f"{kind}_z"].notna().any()]
    place, height = np.arange(len(rows)), 0.8 / max(len(kinds), 1)
    for number, kind in enumerate(kinds):
        shift = (number - (len(kinds) - 1) / 2) * height
        z = rows[f"{kind}_z"].to_numpy(dtype=float)
        ax.barh(place + shift, np.nan_to_num(z), height, label=kind)
    ax.set_yticks(place, rows["name"].astype(str))
    ax.invert_yaxis()
    ax.axvline(0, color="0.3", linewidth=0.8)
    ax.set_xlabel("z against the null model of each kind")
    ax.legend(frameon=False, fontsize="small")
    return ax


def states(screen: ad.AnnData, *, n: int = MOST_STATES, ax: Axes | None = None) -> Axes:
    """Draw which known states the patient resembles: rank correlations, the most similar first.

    Dots are all screened compartments together, small marks the single ones. The band is the 5 to
    95 % range of the null replicates; dots within it are open.

    Parameters
    ----------
    screen
        The screen.
    n
        How many states.
    ax
        Where to draw.

    Raises
    ------
    InputError
        The screen was made without known states, or none could be compared.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ax = ts.pl.states(ts.datasets.toy_screen(), n=3)
    >>> [text.get_text() for text in ax.get_yticklabels()][0]
    'disease 1'
    """
    check_kind(screen, SCREEN, file="pl.states, screen")
    shown = compared(known_states(screen))[:n]
    if not shown:
        raise InputError(
            file="screen",
            found="no known state that the patient was compared with",
            expected="a screen made with reference states (knowledge/precedents.h5ad)",
            remedy="make the screen anew with knowledge that has them",
        )
    ax = plt.subplots(figsize=(7, 0.31 * len(shown) + 0.9))[1] if ax is None else ax
    draw_states_on(ax, shown)
    return ax


def paths(screen: ad.AnnData, drug: str, *, ax: Axes | None = None) -> Axes:
    """Draw the paths by which a drug reaches the genes that support it.

    Parameters
    ----------
    screen
        The screen.
    drug
        Name or id of a drug that the screen explains.
    ax
        Where to draw.

    Raises
    ------
    InputError
        There is no such drug, or the screen has no path for it.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ax = ts.pl.paths(ts.datasets.toy_screen(), "drug 1")
    """
    check_kind(screen, SCREEN, file="pl.paths, screen")
    table = screen.obs.rename_axis("drug_id").reset_index()
    row = find_drug(table, drug)
    drawn = draw_paths_on(screen, str(screen.obs_names[row]), ax) if row is not None else None
    if drawn is None:
        known = screen.uns["paths"]["drug_id"].unique()
        named = screen.obs.loc[[one for one in known if one in screen.obs_names], "name"]
        raise InputError(
            file="screen",
            found=f"no drug {drug!r} with paths",
            expected="a drug that the screen explains: " + ", ".join(named.astype(str)[:5]),
            remedy="choose one of the first drugs of the ranking",
        )
    return drawn


def module(
    twin: ad.AnnData,
    compartment: str,
    kb: Knowledge,
    *,
    targets: Sequence[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Draw the module of one compartment: which genes deviate together.

    Parameters
    ----------
    twin
        The twin.
    compartment
        Its name in the twin, or its cell type if that has one screened compartment.
    kb
        Knowledge, for the interactome.
    targets
        Genes to mark.
    ax
        Where to draw.

    Raises
    ------
    InputError
        There is no such compartment, or fewer than three genes of its module are connected.

    Examples
    --------
    >>> import twinscreen as ts
    >>> ax = ts.pl.module(ts.datasets.toy_twin(), "Mono", ts.datasets.toy_knowledge())
    """
    check_kind(twin, TWIN, file="pl.module, twin")
    ax = plt.subplots(figsize=(9.6, 6.2))[1] if ax is None else ax
    latest = twin.obs[twin.obs["latest"].to_numpy(dtype=bool)]
    keys = latest.index[latest["cell_type"].astype(str) == compartment]
    key = compartment if compartment in twin.obs_names else keys[0] if len(keys) == 1 else ""
    edges = kb.edges.loc[kb.edges["layer"] == "PT", ["source", "target"]]
    if not key or not draw_module_on(ax, twin, key, edges, targets):
        raise InputError(
            file="twin",
            found=f"no module of {compartment!r} that can be drawn",
            expected="a compartment whose module has three connected genes, of "
            + ", ".join(twin.obs_names),
            remedy="choose another compartment",
        )
    return ax
