"""The preset `scdrugprio`: the reference method scDrugPrio, from its published definitions.

Differentially expressed genes (DEGs) of single cells, network proximity without correction for
multiple testing, targets whose change a drug opposes, and centrality within and between cell
types. Two parts differ from the original, and both say so where they stand: the null of proximity
has its exact mean (`candidates`), and the potential of ligands comes from signed paths
(`ligand_potential`).

References
----------
Schafer et al., Genome Medicine 2024;16:42.
"""

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse, special

from twinscreen.files import CELL_LAYERS, InputError, generator
from twinscreen.network import (
    Interactome,
    Proximity,
    largest_component,
    mutual_eigenvector,
    proximity,
)
from twinscreen.screen.evidence.contract import RANKED, Scored
from twinscreen.screen.evidence.nearness import distinct_rows
from twinscreen.screen.evidence.targets import TargetGenes
from twinscreen.screen.rank.contract import Outcome

#: Thresholds of the method. The fold change is a natural logarithm.
FOLD_CHANGE = np.log(1.5)
SHARE = 0.1
PVALUE = 0.05
MOST_GENES = 3500
NEAR = 1.0
SMALLEST_COMPONENT = 3
INTRACELLULAR_WEIGHT = 0.1
DRAWS = 1000


def differential_expression(
    logfc: np.ndarray, pvalue: np.ndarray, share: np.ndarray, *, n_genes: int
) -> np.ndarray:
    """Choose the DEGs of one cell type.

    Parameters
    ----------
    logfc, pvalue, share
        Natural log fold change, p and share of cells with a count in the side where more have
        one, shape (g,); NaN where not compared.
    n_genes
        Number of genes measured, by which p is multiplied (Bonferroni).

    Returns
    -------
    +1 for a gene that is up, -1 down, 0 neither, shape (g,), int8; at most 3,500, those of
    smallest p.
    """
    with np.errstate(invalid="ignore"):
        chosen = (np.abs(logfc) >= FOLD_CHANGE) & (share >= SHARE) & (pvalue * n_genes < PVALUE)
    rows = np.flatnonzero(chosen)
    order = np.lexsort([-np.abs(logfc[rows]), pvalue[rows]])
    direction = np.zeros(len(logfc), dtype=np.int8)
    kept = rows[order[:MOST_GENES]]
    direction[kept] = np.sign(logfc[kept])
    return direction


def opposing_targets(actions: sparse.csr_array, direction: np.ndarray) -> np.ndarray:
    """Count the targets whose change each drug opposes: antagonists on up, agonists on down.

    Parameters
    ----------
    actions
        +1 where a drug activates a gene's product, -1 where it inhibits it, shape (d, g).
    direction
        +1 for genes that are up, -1 down, 0 neither, shape (g,).

    Returns
    -------
    Counteracting and mimicking targets of each drug, shape (2, d).
    """
    product = actions @ sparse.diags_array(direction.astype(float))
    return np.array([(product < 0).sum(axis=1), (product > 0).sum(axis=1)])


def candidates(found: Proximity, opposed: np.ndarray) -> np.ndarray:
    """Choose the drugs that are near the DEGs of a cell type and oppose at least one.

    p is that of the normal distribution below z, without correction for multiple testing. Where
    the null does not vary and the distance is its mean, z is 0 and p is 1. The original draws
    1,000 random sets for mean and sd; here the mean is exact, and so all but a few per cent of
    the variance.

    Parameters
    ----------
    found
        Proximity of d drugs to the DEGs of c cell types.
    opposed
        Number of counteracted DEGs, shape (d, c).

    Returns
    -------
    Boolean, shape (d, c).
    """
    with np.errstate(invalid="ignore"):
        return (normal_pvalue(found) < PVALUE) & (found.distance < NEAR) & (opposed >= 1)


def normal_pvalue(found: Proximity) -> np.ndarray:
    """Give the lower tail of the normal distribution at z, shape (d, c)."""
    pvalue: np.ndarray = special.ndtr(found.z)
    with np.errstate(invalid="ignore"):
        constant = (found.sd == 0) & np.isclose(found.distance, found.expected)
    return np.where(constant, 1.0, pvalue)


def intracellular_centrality(
    network: Interactome, degs: np.ndarray, targets: sparse.csr_array
) -> np.ndarray | None:
    """Score drugs by the centrality of their targets among the DEGs of one cell type.

    Parameters
    ----------
    network
        Interactome of n proteins.
    degs
        DEGs, boolean, shape (n,).
    targets
        Membership, shape (d, n).

    Returns
    -------
    Geometric mean, over the targets inside the largest component of the DEGs, of eigenvector
    centrality there (largest value 1); 0 without such a target; shape (d,). None if the component
    has fewer than three genes.
    """
    rows = np.flatnonzero(largest_component(network, degs))
    if len(rows) < SMALLEST_COMPONENT:
        return None
    centrality = _principal_eigenvector(network.adjacency[rows][:, rows].astype(float))
    inside = sparse.csr_array(targets[:, rows])
    number = np.diff(inside.indptr)
    with np.errstate(divide="ignore"):
        logs = np.log(centrality)
    total = np.add.reduceat(np.append(logs[inside.indices], 0.0), inside.indptr[:-1])
    mean = np.exp(total / np.maximum(number, 1))
    return np.asarray(np.where(number > 0, mean, 0.0))


def ligand_potential(
    pairs: pd.DataFrame, influence: np.ndarray, proteins: pd.Index
) -> tuple[list[str], np.ndarray]:
    """Give the regulatory potential of each ligand on each gene.

    This stands in for NicheNet's matrix, which the original uses: the absolute influence of the
    ligand's own protein along signed paths or, where nothing is known of it, the mean of its
    receptors'. Members of a complex are averaged.

    Parameters
    ----------
    pairs
        Ligand-receptor pairs; members of a complex are joined by "_".
    influence
        Influence of p proteins on r genes, shape (p, r).
    proteins
        Names of the proteins.

    Returns
    -------
    Ligands with a potential, sorted, and their potential, shape (ligands, r).
    """

    def of(names: list[str]) -> np.ndarray | None:
        rows = proteins.get_indexer(pd.Index(names))
        return np.abs(influence[rows[rows >= 0]]).mean(axis=0) if (rows >= 0).any() else None

    ligands, potential = [], []
    for ligand, receptors in pairs.groupby("ligand", sort=True)["receptor"]:
        values = of(str(ligand).split("_"))
        if values is None:
            values = of([name for one in receptors for name in str(one).split("_")])
        if values is not None:
            ligands.append(str(ligand))
            potential.append(values)
    return ligands, np.array(potential).reshape(len(ligands), influence.shape[1])


def active_ligands(potential: np.ndarray, degs: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Tell which ligands' potential correlates with the DEGs of one receiving cell type.

    Pearson's correlation with an indicator is above 0 exactly where the mean over the DEGs is
    above the mean over all genes.

    Parameters
    ----------
    potential
        Regulatory potential of l ligands on r genes, shape (l, r).
    degs, measured
        DEGs, and the genes measured in the receiver, boolean, shape (r,).

    Returns
    -------
    Boolean, shape (l,).
    """
    if not (degs & measured).any():
        return np.zeros(len(potential), dtype=bool)
    among, everywhere = (potential[:, which].mean(axis=1) for which in (degs & measured, measured))
    return np.asarray(among > everywhere * (1 + 1e-9))


def intercellular_centrality(ligands: np.ndarray) -> np.ndarray:
    """Eigenvector centrality of cell types in the undirected network of active ligands.

    Parameters
    ----------
    ligands
        Number of active ligands from each sender to each receiver, shape (c, c); each is one
        edge without a weight, and cell types may talk to themselves.

    Returns
    -------
    Centrality, largest value 1, 0 for cell types without an edge, shape (c,).
    """
    return mutual_eigenvector(ligands)


def scores(candidate: np.ndarray, between: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Add up the centralities of a drug.

    Parameters
    ----------
    candidate
        In which cell types each drug is a candidate, boolean, shape (d, c).
    between
        Intercellular centrality, shape (c,).
    within
        Intracellular centrality in the cell types that have a component, shape (d, k).

    Returns
    -------
    Score, shape (d,).
    """
    mean = within.mean(axis=1) if within.shape[1] else np.zeros(len(candidate))
    return np.asarray(candidate @ between + INTRACELLULAR_WEIGHT * mean)


def scdrugprio(
    twin: ad.AnnData,
    network: Interactome,
    genes: TargetGenes,
    scored: Scored,
    ligand_receptor: pd.DataFrame,
    *,
    seed: int,
) -> Outcome:
    """Rank drugs as scDrugPrio does, over the screened compartments.

    Parameters
    ----------
    twin
        c scorable compartments, with the layers of single cells.
    network
        Connected interactome of n proteins.
    genes
        Target genes of d drugs on the network.
    scored
        What the causal scores came from: influence of proteins, and weights of compartments.
    ligand_receptor
        Table of ligand-receptor pairs.
    seed
        Of the redrawn sets behind proximity.

    Raises
    ------
    InputError
        The twin was built without comparing single cells.
    """
    patient = str(twin.uns["patient"]["patient"])
    if lacking := [name for name in CELL_LAYERS if name not in twin.layers]:
        raise InputError(
            file=f"twin of {patient}",
            found=f"no layers {', '.join(lacking)}: single cells were not compared",
            expected="layers of single cells, on which the preset scdrugprio rests",
            remedy="build the twin with this preset in the configuration; in the reference design"
            " `twinscreen twin` then gets the reference's observations by --reference-cells",
        )
    treated = np.flatnonzero(scored.weight > 0)
    changed, on_network = _directions(twin, network, treated)
    first, of = distinct_rows(genes.members)
    near = proximity(
        network,
        genes.members[first],
        sparse.csr_array((on_network != 0).astype(float)),
        draws=DRAWS,
        below=-np.inf,
        random=generator(seed, "scdrugprio"),
    )
    near = Proximity(near.distance[of], near.expected[of], near.sd[of], near.pvalue[of])
    opposed = np.column_stack([opposing_targets(genes.actions, row)[0] for row in on_network])
    candidate = candidates(near, opposed)
    between = intercellular_centrality(
        _active_between(twin, scored, ligand_receptor, treated, changed)
    )
    within = [intracellular_centrality(network, row != 0, genes.members) for row in on_network]
    known = [values for values in within if values is not None]
    score = scores(candidate, between, np.array(known).reshape(len(known), len(of)).T)
    parts = np.full((len(of), len(scored.weight)), np.nan)
    parts[:, treated] = np.where(
        candidate, between, np.where(np.isfinite(near.distance), 0, np.nan)
    )
    n_scored = np.diff(genes.members.indptr)
    without = candidates(near, np.ones_like(opposed)).any(axis=1)
    status = np.select(
        [candidate.any(axis=1), n_scored == 0, ~without],
        [RANKED, "no target on the interactome", "near no cell type's changed genes"],
        "opposes no changed gene where it is near",
    )
    return Outcome(score, parts, status, genes.number, n_scored, ties="average")


def _directions(
    twin: ad.AnnData, network: Interactome, treated: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Direction of the DEGs of each treated compartment: all genes, and those on the network."""
    layers = [np.asarray(twin.layers[name])[treated] for name in CELL_LAYERS]
    n_genes = twin.obs["n_genes"].to_numpy()[treated]
    changed = np.array(
        [
            differential_expression(*rows, n_genes=int(n))
            for *rows, n in zip(*layers, n_genes, strict=True)
        ]
    )
    column = twin.var_names.get_indexer(pd.Index(network.names))
    return changed, np.where(column >= 0, changed[:, column], 0)


def _active_between(
    twin: ad.AnnData,
    scored: Scored,
    ligand_receptor: pd.DataFrame,
    treated: np.ndarray,
    changed: np.ndarray,
) -> np.ndarray:
    """Count the active ligands from each treated compartment to each.

    A ligand is sent where all its members are expressed in at least 10 % of cells.
    """
    names = twin.var_names
    ligands, potential = ligand_potential(ligand_receptor, scored.influence, scored.proteins)
    share = np.nan_to_num(np.asarray(twin.layers["cell_share"])[treated])
    members = [names.get_indexer(pd.Index(ligand.split("_"))) for ligand in ligands]
    sent = np.array(
        [(share[:, rows] >= SHARE).all(axis=1) & (rows >= 0).all() for rows in members]
    ).reshape(len(ligands), len(treated))
    regulated = names.get_indexer(scored.genes)
    measured = np.isfinite(np.asarray(twin.layers["cell_pvalue"])[treated][:, regulated])
    active = np.array(
        [
            active_ligands(potential, degs, known)
            for degs, known in zip(changed[:, regulated] != 0, measured, strict=True)
        ]
    )
    return np.asarray(sent.T.astype(int) @ active.T.astype(int))


def _principal_eigenvector(weights: sparse.csr_array) -> np.ndarray:
    """Give the eigenvector of the largest eigenvalue of a symmetric matrix, largest value 1.

    Iterated, as changed genes may be thousands; of a connected network it is the only one.
    """
    from scipy.sparse import linalg

    _, vectors = linalg.eigsh(weights, k=1, which="LA", v0=np.ones(weights.shape[0]))
    principal = np.abs(vectors[:, -1])
    return np.asarray(principal / principal.max())
