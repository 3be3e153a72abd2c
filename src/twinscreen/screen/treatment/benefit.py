"""Treat copies of a twin in silico: the state afterwards, and the residual disease activity.

A drug on a copy of a twin moves it from x to x' = x + beta sum_t sign_t F_t, in every compartment
that is treated. One unit of F_t is the activity of the protein that moves the genes measured there
by 1 in all (root of the sum of squares, in standard deviations of healthy people): the unit in
which the causal score compares proteins, too. In raw units one protein moves its genes 100,000
times as much as another, only because signals are shared out among targets, and no single beta
fits both.

docs/methods/treatment.md has the formulae and what they were measured to do.
"""

from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.twin import LOWER, UPPER
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import Targets
from twinscreen.screen.treatment.drug_effect import DrugEffect, kind_of_replicates

#: A module of fewer genes is too small to measure disease activity by.
FEWEST_GENES = 10

#: Over which genes the disease activity of a compartment is measured.
MODULE, ALL_GENES = "module", "all genes"

#: So many drugs are treated at a time.
_BLOCK = 1024


@dataclass(frozen=True)
class State:
    """One treated compartment: what deviates there before treatment.

    `genes`, shape (m,), are the columns of the twin that disease activity is measured over, with
    `gene_weight`, shape (m,), above 0 and at most 1, and deviations `effect`, shape (m,), and
    `replicates`, shape (b, m), of bootstrap replicates (b may be 0). `measured`, shape (g,), marks
    all genes compared; `basis` is "module" or "all genes"; `row` that of the twin, `weight` how
    much the compartment counts.
    """

    row: int
    weight: float
    measured: np.ndarray
    genes: np.ndarray
    gene_weight: np.ndarray
    effect: np.ndarray
    replicates: np.ndarray
    basis: str


@dataclass(frozen=True)
class Treated:
    """What treatment leaves of the disease activity, for d drugs and c compartments.

    `residual`, shape (d,), is activity after treatment over activity before, averaged over the
    treated compartments by their weights; `benefit` = 1 - residual: 0.12 means 12 % less
    deviation from healthy, and less than 0 more of it. `benefit_low` and `benefit_high` are its
    5 % and 95 % points over bootstrap replicates. `parts`, shape (d, c), is the benefit in each
    compartment. NaN throughout where no target with a known action has a path to a measured gene;
    in `parts` also in compartments without one, or not treated. `basis`, shape (c,): over which
    genes activity was measured, "" where not treated.
    """

    residual: np.ndarray
    benefit: np.ndarray
    benefit_low: np.ndarray
    benefit_high: np.ndarray
    parts: np.ndarray
    basis: np.ndarray
    drug_effect: DrugEffect

    def record(self) -> dict[str, object]:
        """Give what stands in uns `treatment` of a screen; `basis` in the order of its var."""
        return self.drug_effect.record() | {"basis": self.basis}


# --- the treated state ----------------------------------------------------------------------


def signed_members(targets: Targets) -> sparse.csr_array:
    """Say how much each drug moves the activity of each protein: its signed targets added up.

    Parameters
    ----------
    targets
        t targets of d drugs over p proteins; a complex is the mean of its members.

    Returns
    -------
    Shape (d, p); 0 where the action is not known.
    """
    number = targets.members.sum(axis=1)
    scale = np.divide(1, number, out=np.zeros(len(number)), where=number > 0)
    sign = targets.table["sign"].to_numpy(dtype=float)
    rows = (targets.table["drug"].to_numpy(), np.arange(len(sign)))
    signed = sparse.csr_array((sign * scale, rows), shape=(targets.drugs, len(sign)))
    moved = sparse.csr_array(signed @ targets.members)
    moved.eliminate_zeros()
    return moved


def predicted_change(targets: Targets, influence: np.ndarray) -> np.ndarray:
    """Add up the influence of the signed targets of each drug: sum_t sign_t F_t.

    Parameters
    ----------
    targets
        t targets of d drugs over p proteins; a complex is the mean of its members.
    influence
        F over r genes, shape (p, r).

    Returns
    -------
    Shape (d, r); 0 throughout where no target with a known action reaches a gene.
    """
    change: np.ndarray = signed_members(targets) @ influence
    return change


def unit_influence(influence: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Scale the influence of each protein to 1 over the genes measured.

    Parameters
    ----------
    influence
        F over r genes, shape (p, r).
    measured
        Which of them were measured, boolean, shape (r,).

    Returns
    -------
    F / ||F||, shape (p, r): 0 for genes that were not measured, and for proteins that reach none.
    """
    here = np.where(measured, influence, 0)
    norm = np.sqrt((here**2).sum(axis=1, keepdims=True))
    return np.divide(here, norm, out=np.zeros_like(here), where=norm > 0)


# --- disease activity -----------------------------------------------------------------------


def diseased_states(
    twin: ad.AnnData, weight: np.ndarray, replicates: ad.AnnData | None
) -> list[State]:
    """Say what deviates in each treated compartment, and over which genes that is measured.

    Over the module, where it has at least `FEWEST_GENES` genes: each weighs the share of the
    bootstrap replicates that have it in their module (1 without any), so that genes that come
    and go count less. Else over all genes compared, each weighing 1 - p.

    Parameters
    ----------
    twin
        c scorable compartments; X and layers `module, module_support, pvalue`.
    weight
        How much each compartment counts, shape (c,); those above 0 are treated.
    replicates
        Bootstrap replicates of them, if any; null replicates are left out.

    Returns
    -------
    One state per treated compartment, in their order. Those without any deviation are left out.
    """
    drawn: dict[str, np.ndarray] = {}
    at = np.array([], dtype=np.int64)
    if replicates is not None:
        chosen = replicates[kind_of_replicates(replicates) == "bootstrap"]
        at = chosen.var_names.get_indexer(twin.var_names)
        groups = chosen.obs.groupby("compartment", observed=True, sort=False).indices
        drawn = {str(name): np.asarray(chosen.X[rows]) for name, rows in groups.items()}
    states = []
    for row in np.flatnonzero(weight > 0).tolist():
        effect = np.asarray(twin.X)[row].astype(float)
        genes, gene_weight, basis = _genes_of_disease(twin, row)
        before = effect[genes]
        if not (gene_weight * before**2).sum() > 0:
            continue
        own = drawn.get(twin.obs_names[row])
        resampled = np.empty((0, len(genes)))
        if own is not None and (at[genes] >= 0).all():
            resampled = own[:, at[genes]].astype(float)
            resampled = resampled[np.isfinite(resampled).all(axis=1)]
        measured = np.isfinite(effect)
        place = (row, float(weight[row]), measured)
        states.append(State(*place, genes, gene_weight, before, resampled, basis))
    return states


def _genes_of_disease(twin: ad.AnnData, row: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Choose the genes of a compartment by which disease activity is measured; weigh them."""
    measured = np.isfinite(np.asarray(twin.X)[row])
    module = np.flatnonzero(measured & (np.asarray(twin.layers["module"])[row] == 1))
    if len(module) >= FEWEST_GENES:
        support = np.asarray(twin.layers["module_support"])[row, module].astype(float)
        return module, np.where(np.isfinite(support), support, 1.0), MODULE
    genes = np.flatnonzero(measured)
    pvalue = np.asarray(twin.layers["pvalue"])[row, genes].astype(float)
    return genes, 1 - np.where(np.isfinite(pvalue), pvalue, 1.0), ALL_GENES


def disease_activity(effect: np.ndarray, gene_weight: np.ndarray) -> np.ndarray:
    """Measure how much deviates: sqrt(sum_g w_g x_g^2), over the last axis."""
    activity: np.ndarray = np.sqrt((gene_weight * effect**2).sum(axis=-1))
    return activity


def residual_activity(
    effect: np.ndarray, gene_weight: np.ndarray, change: np.ndarray, beta: float
) -> np.ndarray:
    """Disease activity of treated copies over that before treatment.

    Parameters
    ----------
    effect
        Deviation x of b replicates over m genes, shape (b, m).
    gene_weight
        Weight w of each gene, shape (m,).
    change
        Predicted change P of d drugs, shape (d, m).
    beta
        How strongly a drug acts.

    Returns
    -------
    ||x + beta P|| / ||x|| with ||v||^2 = sum_g w_g v_g^2, shape (d, b); from the quadratic
    ||x||^2 + 2 beta x.P + beta^2 ||P||^2, so that it takes one product of matrices.
    """
    before = (gene_weight * effect**2).sum(axis=1)
    cross = change @ (gene_weight * effect).T
    square = before + 2 * beta * cross + beta**2 * (change**2 @ gene_weight)[:, None]
    ratio: np.ndarray = np.sqrt(np.maximum(square, 0) / before)
    return ratio


def gene_influence(
    influence: np.ndarray, state: State, columns: np.ndarray, genes: np.ndarray
) -> np.ndarray:
    """Influence of proteins on some genes of a compartment, in units of the genes measured there.

    Parameters
    ----------
    influence
        F of p proteins over r regulated genes, shape (p, r).
    state
        The compartment: which genes were measured in it.
    columns
        Column of the twin of each of the r regulated genes, shape (r,).
    genes
        Columns of the twin of the genes wanted, shape (m,).

    Returns
    -------
    Shape (p, m); 0 for genes that nothing regulates. How much drugs move the proteins, times this,
    is the change that they bring for beta = 1.
    """
    unit = unit_influence(influence, state.measured[columns])
    place = pd.Index(columns).get_indexer(pd.Index(genes))
    found = np.zeros((len(influence), len(genes)))
    found[:, place >= 0] = unit[:, place[place >= 0]]
    return found


# --- all drugs ------------------------------------------------------------------------------


def treat_with_all(
    twin: ad.AnnData, scored: Scored, replicates: ad.AnnData | None, drug_effect: DrugEffect
) -> Treated:
    """Treat a copy of every treated compartment with every drug, and measure what is left.

    Parameters
    ----------
    twin
        The c scorable compartments of the patient.
    scored
        Signed targets of d drugs and the influence of proteins; its `weight`, shape (c,), says
        which compartments are treated, and how much each counts.
    replicates
        Effects of bootstrap replicates, for the interval; without those of every screened
        compartment it is NaN. The replicates' benefit is shifted until its median is the benefit
        itself, since the noise of resampling adds deviation that no drug takes away.
    strength
        How strongly a drug acts.
    """
    states = diseased_states(twin, scored.weight, replicates)
    moved, of = _distinct(signed_members(scored.targets))
    columns = twin.var_names.get_indexer(scored.genes)
    used = np.unique(moved.indices)
    moved, influence = moved[:, used], scored.influence[used]
    number = min((len(state.replicates) for state in states), default=0)
    parts = np.full((moved.shape[0], twin.n_obs), np.nan)
    drawn = np.zeros((moved.shape[0], number))
    basis = np.full(twin.n_obs, "", dtype=object)
    weight = np.zeros(twin.n_obs)
    for state in states:
        basis[state.row], weight[state.row] = state.basis, state.weight
        reaching = np.any(influence[:, state.measured[columns]] != 0, axis=1)
        known = abs(moved) @ reaching.astype(float) > 0
        on_genes = gene_influence(influence, state, columns, state.genes)
        effect = np.vstack([state.effect, state.replicates[:number]])
        for start in range(0, len(parts), _BLOCK):
            block = slice(start, start + _BLOCK)
            change = moved[block] @ on_genes
            benefit = 1 - residual_activity(effect, state.gene_weight, change, drug_effect.beta)
            parts[block, state.row] = np.where(known[block], benefit[:, 0], np.nan)
            drawn[block] += state.weight * benefit[:, 1:]
    whole = average(parts, weight)
    low, high = interval(drawn / max(weight.sum(), 1e-300), whole)
    return Treated(
        *(1 - whole[of], whole[of], low[of], high[of], parts[of]), basis.astype(str), drug_effect
    )


def _distinct(moved: sparse.csr_array) -> tuple[sparse.csr_array, np.ndarray]:
    """Give rows that are the same once: the distinct ones, and for every row which it is."""
    moved.sort_indices()
    known: dict[bytes, int] = {}
    first: list[int] = []
    of: list[int] = []
    for row in range(moved.shape[0]):
        own = slice(moved.indptr[row], moved.indptr[row + 1])
        key = moved.indices[own].tobytes() + moved.data[own].tobytes()
        if key not in known:
            known[key] = len(first)
            first.append(row)
        of.append(known[key])
    return moved[first], np.array(of, dtype=np.int64)


def average(parts: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Average the benefit over screened compartments, sum w b / sum w.

    Parameters
    ----------
    parts
        Benefit, shape (d, c). NaN: the drug reaches no gene that was measured there, so it
        changes nothing there, and counts as 0 unless it is NaN everywhere.
    weight
        Weight of each compartment, shape (c,); 0 for those not treated.
    """
    total = weight.sum()
    known = np.isfinite(parts[:, weight > 0]).any(axis=1)
    mean = np.nan_to_num(parts) @ weight / total if total else np.full(len(parts), np.nan)
    return np.where(known, mean, np.nan)


def interval(drawn: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """5 % and 95 % points over replicates, shifted until their median is the value itself.

    Parameters
    ----------
    drawn
        The value in each of b replicates, shape (d, b).
    value
        The value itself, shape (d,).

    Returns
    -------
    Shape (d,) each; NaN without replicates.
    """
    if not drawn.shape[1]:
        return np.full(len(value), np.nan), np.full(len(value), np.nan)
    shift = value - np.median(drawn, axis=1)
    low, high = np.quantile(drawn, (LOWER, UPPER), axis=1)
    return low + shift, high + shift
