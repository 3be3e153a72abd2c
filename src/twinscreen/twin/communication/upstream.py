"""Upstream regulators: which raised ligands explain the modules of the cell types they reach.

The count: a ligand that one cell type raises regulates another if the genes downstream of it are
over-represented in that one's module; its rank is the number of such modules, over cell types,
tissues and times. Source: Li et al., Genome Medicine 2022;14:48; Lilja et al., 2023. Beside it
stands the causal score, which asks for the direction of change too.
"""

from typing import NamedTuple

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files.contracts.twin_tables import UPSTREAM
from twinscreen.kb.influence import Influence
from twinscreen.network import activity, false_discovery_rate
from twinscreen.settings.twin import CommunicationSettings, ComparisonSettings
from twinscreen.twin.communication.cell_links import Communication, Receivers
from twinscreen.twin.communication.outside import OUTSIDE, OutsideLigands


def upstream_regulators(
    twin: ad.AnnData,
    found: Communication,
    influence: Influence,
    settings: ComparisonSettings,
    rules: CommunicationSettings,
    *,
    outside: OutsideLigands | None = None,
) -> pd.DataFrame:
    """Rank the ligands that a patient's compartments raise by the modules that they explain.

    Parameters
    ----------
    twin
        The twin, with its modules.
    found
        Expression and deviation of ligands and receptors.
    influence
        How proteins influence genes; only the rows of ligands and receptors are read.
    settings, rules
        Which q-values count; how many targets a ligand has.
    outside
        Ligands that are raised outside of the cells.

    Returns
    -------
    One row per ligand that is expressed and significantly raised in a compartment, or raised
    outside: regulator, rank (1 = first; ties share the best), n_lists (modules explained),
    n_targets (genes of those modules downstream of it, added up), n_reached (modules that it could
    reach), activity (mean causal score over these), senders and receivers (the compartments that
    raise it; those whose modules it explains), joined by "; ".
    """
    pairs = found.pairs
    ligands = np.unique(pairs.ligand)
    raised = _raised(found, settings)[:, ligands]
    chosen = raised.any(axis=0)
    ligands, raised = ligands[chosen], raised[:, chosen]
    effect = np.asarray(twin.X, dtype=float)
    genes = twin.var_names.get_indexer(influence.genes)
    measured = (genes >= 0) & np.isfinite(effect[:, genes]).any(axis=0)
    genes = genes[measured]
    downstream = ligand_influence(found, ligands, influence, np.flatnonzero(measured))
    has_path = np.any(downstream != 0, axis=1)
    ligands, raised, downstream = ligands[has_path], raised[:, has_path], downstream[has_path]
    reached = _reached(found, twin, ligands, raised)
    inside = _Regulators(pairs.parties[ligands].astype(str), raised, reached, downstream)
    names, raised, reached, downstream = (
        _with_outside(inside, outside, found, twin, influence, np.flatnonzero(measured))
        if outside
        else inside
    )
    # a gene without neighbours can't be in a module, so it is no background either
    connected = twin.var["degree"].to_numpy()[genes] > 0
    module = np.where(connected, np.asarray(twin.layers["module"])[:, genes], np.nan)
    hits, qvalue = over_representation(downstream, module, targets=rules.targets)
    explained = reached & (qvalue < rules.max_qvalue)
    scorable = twin.obs["scorable"].to_numpy(dtype=bool)
    score = np.full(reached.shape, np.nan)
    score[scorable] = activity(downstream, effect[scorable], genes).z.T
    senders = _joined(raised, twin.obs_names)
    if outside:
        senders = [
            "; ".join(filter(None, [told, OUTSIDE if name in outside.times else ""]))
            for name, told in zip(names, senders, strict=True)
        ]
    receivers = _joined(explained, twin.obs_names)
    return _ranked(names, senders, receivers, reached, explained, hits, score)


class _Regulators(NamedTuple):
    """Names of p ligands, (p,), and their influence on r genes, (p, r).

    `raised` and `reached` say in which of n compartments each is raised and received, (n, p).
    """

    names: np.ndarray
    raised: np.ndarray
    reached: np.ndarray
    downstream: np.ndarray


def _with_outside(
    inside: _Regulators,
    outside: OutsideLigands,
    found: Communication,
    twin: ad.AnnData,
    influence: Influence,
    genes: np.ndarray,
) -> _Regulators:
    """Add ligands that are raised outside of the cells to those that cells raise.

    `genes` are columns of the influence. A ligand of both reaches what either does.
    """
    names, raised, reached, downstream = inside
    receivers = found.receivers or Receivers(np.empty(0, dtype=str), np.empty((twin.n_obs, 0)))
    time = twin.obs["time"].to_numpy(dtype=str)
    scorable = twin.obs["scorable"].to_numpy(dtype=bool)
    for name in sorted(outside.times):
        there = scorable & outside.reached(name, time, *receivers)
        if name in names:
            reached[:, names == name] |= there[:, None]
            continue
        members = {one for party in outside.receptors[name] for one in party.split("_")}
        row = _mean_influence(influence, [name], genes)
        if not row.any():
            row = _mean_influence(influence, sorted(members), genes)
        if row.any():
            names = np.append(names, name)
            raised = np.column_stack([raised, np.zeros(len(time), dtype=bool)])
            reached = np.column_stack([reached, there])
            downstream = np.vstack([downstream, row])
    return _Regulators(names, raised, reached, downstream)


def _mean_influence(influence: Influence, proteins: list[str], genes: np.ndarray) -> np.ndarray:
    """Give the mean influence on some genes of those proteins that have any."""
    rows = influence.proteins.get_indexer(pd.Index(proteins))
    if not (known := np.unique(rows[rows >= 0])).size:
        return np.zeros(len(genes))
    return _mean_of_those_with_any(influence.rows(known)[:, genes].astype(float))


def _mean_of_those_with_any(values: np.ndarray) -> np.ndarray:
    """Give the mean of rows that are not 0 throughout, else 0: of (p, r) it has shape (r,)."""
    reaching = values.any(axis=1)
    return values[reaching].mean(axis=0) if reaching.any() else np.zeros(values.shape[1])


def _joined(there: np.ndarray, compartments: pd.Index) -> list[str]:
    """Name the compartments of each column."""
    return ["; ".join(compartments[column]) for column in there.T]


def _raised(found: Communication, settings: ComparisonSettings) -> np.ndarray:
    """Where parties are expressed and significantly up, boolean (n, m)."""
    with np.errstate(invalid="ignore"):
        up = (found.deviation.qvalue < settings.max_qvalue) & (found.deviation.logfc > 0)
    return found.expressed & up


def _reached(
    found: Communication, twin: ad.AnnData, ligands: np.ndarray, raised: np.ndarray
) -> np.ndarray:
    """Which compartments a raised ligand reaches, boolean (n, p): a receptor is expressed there.

    The sender is of the same time point, and of the same tissue unless the ligand is secreted.
    """
    time, tissue = (twin.obs[name].to_numpy(dtype=str) for name in ("time", "tissue"))
    same_time = time[:, None] == time
    near = same_time & (tissue[:, None] == tissue)
    reached = np.zeros(raised.shape, dtype=bool)
    for column, ligand in enumerate(ligands):
        of_ligand = found.pairs.ligand == ligand
        receptors = found.pairs.receptor[of_ligand]
        secreted = found.pairs.secreted[of_ligand].any()
        senders = raised[:, column] @ (same_time if secreted else near)
        reached[:, column] = senders & found.expressed[:, receptors].any(axis=1)
    return reached & twin.obs["scorable"].to_numpy(dtype=bool)[:, None]


def ligand_influence(
    found: Communication, ligands: np.ndarray, influence: Influence, genes: np.ndarray
) -> np.ndarray:
    """Influence of ligands on genes: the protein's own, else the mean of its receptors'.

    Parameters
    ----------
    found
        Names the parties and pairs.
    ligands
        Parties, shape (p,).
    influence
        How proteins influence genes.
    genes
        Its columns to take, shape (r,).

    Returns
    -------
    Shape (p, r); of a complex the mean over its members that have influence.
    """
    pairs = found.pairs
    row_of = influence.proteins.get_indexer(pairs.genes)
    receptors = pairs.receptor[np.isin(pairs.ligand, ligands)]
    needed = np.unique(row_of[pairs.members[np.concatenate([ligands, receptors])]])
    needed = needed[needed >= 0]
    values = influence.rows(needed)[:, genes].astype(float)

    def of_parties(numbers: np.ndarray) -> np.ndarray:
        rows = np.unique(row_of[pairs.members[numbers]])
        return _mean_of_those_with_any(values[np.searchsorted(needed, rows[rows >= 0])])

    out = np.zeros((len(ligands), len(genes)))
    for row, ligand in zip(out, ligands, strict=True):
        row[:] = of_parties(np.array([ligand]))
        if not row.any():
            row[:] = of_parties(pairs.receptor[pairs.ligand == ligand])
    return out


def over_representation(
    downstream: np.ndarray, module: np.ndarray, *, targets: int
) -> tuple[np.ndarray, np.ndarray]:
    """Test whether the genes most influenced by each regulator are too many in each module.

    Hypergeometric, against the genes tested in the compartment that anything regulates and that
    could be in a module.

    Parameters
    ----------
    downstream
        Influence of p regulators on r regulated genes, shape (p, r).
    module
        1 in the module of a compartment, 0 not, NaN where it can't be, shape (n, r).
    targets
        A regulator's targets: so many tested genes, those of largest |influence|; 0 is none.

    Returns
    -------
    Targets in the module, and q by Benjamini-Hochberg within each compartment, shape (n, p); NaN
    for compartments without a module.
    """
    hits = np.zeros((len(module), len(downstream)))
    qvalue = np.full(hits.shape, np.nan)
    size = np.abs(downstream)
    for row, members in enumerate(module):
        tested = np.flatnonzero(np.isfinite(members))
        inside = members[tested] == 1
        if not inside.any() or not len(downstream):
            continue
        here = size[:, tested]
        number = min(targets, len(tested))
        top = np.argsort(-here, axis=1, kind="stable")[:, :number]
        counted = np.take_along_axis(here, top, axis=1) > 0
        hits[row] = (inside[top] & counted).sum(axis=1)
        pvalue = hypergeometric_tail(
            hits[row], total=len(tested), marked=int(inside.sum()), drawn=counted.sum(axis=1)
        )
        qvalue[row] = false_discovery_rate(pvalue)
    return hits, qvalue


def hypergeometric_tail(
    hits: np.ndarray, *, total: int, marked: int, drawn: np.ndarray
) -> np.ndarray:
    """P of at least so many marked genes among those drawn without replacement, shape (p,).

    Parameters
    ----------
    hits, drawn
        Marked genes among those drawn, and number drawn, shape (p,).
    total, marked
        Number of genes, and of marked ones.
    """
    # by hand, as scipy.stats takes longer to import than a patient's regulators to find
    number = np.arange(drawn.max(initial=0) + 1)[:, None]

    def ways(of: int | np.ndarray, some: np.ndarray) -> np.ndarray:
        whole = special.gammaln(np.asarray(of) + 1.0)
        return np.asarray(whole - special.gammaln(some + 1.0) - special.gammaln(of - some + 1.0))

    possible = (number <= drawn) & (number <= marked) & (drawn - number <= total - marked)
    kept = np.where(possible, number, 0)
    rest = np.where(possible, drawn - number, 0)
    log_p = ways(marked, kept) + ways(total - marked, rest) - ways(total, drawn)
    tail = np.where(possible & (number >= hits), np.exp(log_p), 0).sum(axis=0)
    return np.clip(tail, 0, 1)


def _ranked(
    names: np.ndarray,
    senders: list[str],
    receivers: list[str],
    reached: np.ndarray,
    explained: np.ndarray,
    hits: np.ndarray,
    score: np.ndarray,
) -> pd.DataFrame:
    """Lay out the regulators, first by number of modules explained, then by targets in them."""
    counted = reached & np.isfinite(score)
    table = pd.DataFrame(
        {
            "regulator": names.astype(str),
            "rank": 0.0,
            "n_lists": explained.sum(axis=0),
            "n_targets": np.where(explained, hits, 0).sum(axis=0).astype(int),
            "n_reached": reached.sum(axis=0),
            "activity": np.where(counted, score, 0).sum(axis=0)
            / np.where(counted.any(axis=0), counted.sum(axis=0), np.nan),
            "senders": senders,
            "receivers": receivers,
        }
    )
    table = table.sort_values(
        ["n_lists", "n_targets", "regulator"], ascending=[False, False, True], ignore_index=True
    )
    order = table["n_lists"] * (table["n_targets"].max() + 1) + table["n_targets"]
    table["rank"] = order.rank(ascending=False, method="min")
    return UPSTREAM.typed(table)
