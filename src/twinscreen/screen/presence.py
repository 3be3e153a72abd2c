"""Whether the patient's cells have the targets of drugs: found, circulating, absent, not judged.

A gene without a count in a few cells may have been missed, and a panel or the variable genes alone
don't say what else there is. So absence is judged in whole transcriptomes of enough cells alone,
and a few stray molecules are no presence.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import anndata as ad
import numpy as np
import pandas as pd
from scipy import special

from twinscreen.files.contracts.screen import TargetPresence
from twinscreen.files.contracts.screen_tables import PRESENCE
from twinscreen.kb import Knowledge
from twinscreen.screen.evidence.targets import Targets

#: Protein-coding genes measured: at least so many are a whole transcriptome. Panels of cells have
#: up to 6,200 and variable genes up to 5,000; whole ones that list found genes alone, above 10,000.
WHOLE = 9_000

#: From so many on, all protein-coding genes are listed, and one that is not goes by another name.
#: A shorter list of a whole transcriptome has left out the genes without a count.
EVERY = 18_000

#: Share of cells with a stray molecule of a gene that they don't express: ambient RNA, doublets,
#: reads of a neighbour. docs/methods/screen.md has how it was measured.
NOISE = 0.001

#: A gene is found where noise gives so many cells with a count less often than this.
ALPHA = 0.01

#: With fewer cells a gene that one in a hundred cells has is missed in more than one case of 20.
LEAST_CELLS = 300


@dataclass(frozen=True)
class GenePresence:
    """What the cells of one patient say of g genes.

    `compartments` names the c compartments of the state that is screened, those among them that
    could not be compared, and `n_cells` (c,) counts their cells. `detected` and `level` (c, g) are
    as in a twin, NaN where not measured, and 0 for a gene that a whole transcriptome left out since
    no cell has it; `found` (c, g) is True beyond noise. `anywhere` (g,):
    found in one, or in all cells together; `absent` (g,): judged, and found nowhere.
    """

    genes: pd.Index
    compartments: pd.Index
    n_cells: np.ndarray
    detected: np.ndarray
    level: np.ndarray
    found: np.ndarray
    anywhere: np.ndarray
    absent: np.ndarray


def presence_of_genes(
    twin: ad.AnnData, genes: pd.Index, *, screened: Collection[str]
) -> GenePresence:
    """Say of each gene whether the cells of a patient have it.

    Parameters
    ----------
    twin
        All compartments, comparable or not.
    genes
        The g genes.
    screened
        Names of the compartments that are screened. Others count that are of the latest state.
    """
    latest = twin.obs["latest"].to_numpy(dtype=bool) | twin.obs_names.isin(screened)
    rows = np.flatnonzero(latest)
    column = twin.var_names.get_indexer(genes)
    there = column >= 0

    def take(layer: str) -> np.ndarray:
        values = np.full((len(rows), len(genes)), np.nan)
        if layer in twin.layers:
            values[:, there] = np.asarray(twin.layers[layer])[np.ix_(rows, column[there])]
        return values

    detected, level, protein = map(take, ("detected", "level", "protein"))
    n_cells = twin.obs["n_cells"].to_numpy(dtype=float)[rows]
    coding = twin.obs["n_coding"].to_numpy(dtype=float)[rows] if "n_coding" in twin.obs else 0
    coding = np.broadcast_to(coding, len(rows))
    left_out = ((coding >= WHOLE) & (coding < EVERY))[:, None] & there & ~np.isfinite(detected)
    detected[left_out] = level[left_out] = 0
    cells = np.where(np.isfinite(detected), n_cells[:, None], 0)
    with_count = np.rint(np.nan_to_num(detected) * cells)
    found = beyond_noise(with_count, cells)
    anywhere = found.any(axis=0) | beyond_noise(with_count.sum(axis=0), cells.sum(axis=0))
    enough = bool((coding >= WHOLE).all()) and n_cells.sum() >= LEAST_CELLS
    judged = np.isfinite(detected).all(axis=0) & ~np.isfinite(protein).any(axis=0) & enough
    return GenePresence(
        genes,
        twin.obs_names[rows],
        n_cells,
        detected,
        level,
        found,
        anywhere,
        judged & ~anywhere,
    )


def beyond_noise(with_count: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Whether more cells have a count than stray molecules explain (binomial).

    Parameters
    ----------
    with_count, cells
        Cells with a count, and all cells; any shape.
    """
    number = np.maximum(cells, 1).astype(np.int64)
    tail = special.bdtrc(np.maximum(with_count - 1, 0), number, NOISE)
    return np.asarray((with_count >= 1) & (tail < ALPHA))


@dataclass(frozen=True)
class Circulation:
    """Which proteins may reach cells that don't make them: those that other cells release.

    `released` are their genes; `receptors` has those of each ligand, members of a complex joined
    by "_".
    """

    released: Collection[str]
    receptors: Mapping[str, Collection[str]]

    @classmethod
    def of(cls, secreted: Collection[str], ligand_receptor: pd.DataFrame) -> "Circulation":
        """Take released proteins, and ligands (contract LIGAND_RECEPTOR) that are released too.

        A ligand of the membrane that is a receptor itself is not: what is shed of it is a decoy,
        and drugs act on what stays.
        """
        members = ligand_receptor["ligand"].str.split("_")
        pairs = ligand_receptor.assign(gene=members).explode("gene")
        shed = pairs.loc[pairs["secreted"].eq(True).fillna(False).astype(bool), "gene"]
        receptors: dict[str, set[str]] = {}
        for gene, receptor in zip(pairs["gene"], pairs["receptor"], strict=True):
            receptors.setdefault(gene, set()).add(receptor)
        found = cls(frozenset(secreted), receptors)
        return cls({*secreted, *shed} - (found.receptor_genes() - {*secreted}), receptors)

    def receptor_genes(self) -> set[str]:
        """Give the genes of all receptors."""
        return {gene for them in self.receptors.values() for one in them for gene in one.split("_")}

    def reaches(self, gene: str, may_have: Callable[[str], bool]) -> bool:
        """Whether cells may meet the protein: it is released, and one of its receptors is there.

        A protein without a known receptor is met in the blood.
        """
        receptors = self.receptors.get(gene, ())
        return gene in self.released and (
            not receptors or any(all(map(may_have, one.split("_"))) for one in receptors)
        )


@dataclass(frozen=True)
class Presence:
    """What a patient's cells have of the targets of d drugs.

    `of_drugs` (d,) are values of TargetPresence; `found_in`, d texts, names the compartments with a
    target of the drug. `cells` is about all target genes, of the `targets` (contract DRUG_TARGETS).
    """

    of_drugs: np.ndarray
    found_in: list[str]
    cells: GenePresence
    targets: pd.DataFrame

    def table(self, drug_ids: Collection[str]) -> pd.DataFrame:
        """List what the cells of each compartment have of the targets of some drugs: PRESENCE."""
        rows = self.targets["drug_id"].isin(list(drug_ids))
        return presence_table(self.cells, set(self.targets.loc[rows, "gene"]))


def presence_of(
    targets: Targets, twin: ad.AnnData, kb: Knowledge, *, screened: Collection[str]
) -> Presence:
    """Say of each drug whether what it acts on is in the patient's cells.

    Parameters
    ----------
    targets
        Signed targets of d drugs.
    twin
        All compartments, comparable or not.
    kb
        Knowledge.
    screened
        Names of the compartments that are screened.
    """
    members = kb.targets[["target", "gene"]].drop_duplicates()
    circulation = Circulation.of(kb.secreted, kb.ligand_receptor)
    genes = pd.Index(sorted({*members["gene"], *circulation.receptor_genes()}))
    cells = presence_of_genes(twin, genes, screened=screened)
    return Presence(
        presence_of_targets(targets, members, cells, circulation),
        found_in(targets, members, cells),
        cells,
        kb.targets,
    )


def presence_of_targets(
    targets: Targets, members: pd.DataFrame, cells: GenePresence, circulation: Circulation
) -> np.ndarray:
    """Say of each drug whether what it acts on is there: the best of its targets.

    Parameters
    ----------
    targets
        Signed targets of d drugs; those with a known action count.
    members
        Gene of each target: columns of DRUG_TARGETS.
    cells
        What the cells have, of all target genes and receptors.
    circulation
        What may come from elsewhere.

    Returns
    -------
    Values of TargetPresence, shape (d,). A complex is there where one of its genes is.
    """
    at = {gene: number for number, gene in enumerate(cells.genes)}

    def status(gene: str) -> int:
        place = at.get(gene)
        if place is None or not (cells.anywhere[place] or cells.absent[place]):
            return _ORDER.index(TargetPresence.NOT_JUDGED)
        if cells.anywhere[place]:
            return _ORDER.index(TargetPresence.FOUND)
        # receptors are looked up for the few that are absent alone
        comes = circulation.reaches(gene, lambda one: one not in at or not cells.absent[at[one]])
        return _ORDER.index(TargetPresence.CIRCULATING if comes else TargetPresence.ABSENT)

    known = {gene: status(gene) for gene in members["gene"].unique()}
    best = members["gene"].map(known).groupby(members["target"]).min()
    signed = targets.table[targets.table["sign"] != 0]
    of_drug = signed["target"].map(best).groupby(signed["drug"]).min()
    number = of_drug.reindex(
        range(targets.drugs), fill_value=_ORDER.index(TargetPresence.NOT_JUDGED)
    )
    return np.array([str(_ORDER[one]) for one in number.astype(int)], dtype=object)


def found_in(targets: Targets, members: pd.DataFrame, cells: GenePresence) -> list[str]:
    """Name the compartments in which a target of each drug is found, joined by "|"."""
    place = cells.genes.get_indexer(pd.Index(members["gene"]))
    of_target = {
        target: cells.found[:, place[rows][place[rows] >= 0]].any(axis=1)
        for target, rows in members.groupby("target").indices.items()
    }
    found = np.zeros((targets.drugs, len(cells.compartments)), dtype=bool)
    for drug, target in zip(targets.table["drug"], targets.table["target"], strict=True):
        found[drug] |= of_target[target]
    return ["|".join(cells.compartments[row]) for row in found]


def presence_table(cells: GenePresence, genes: Collection[str]) -> pd.DataFrame:
    """List what the cells of each compartment have of some genes: PRESENCE."""
    chosen = np.flatnonzero(cells.genes.isin(list(genes)))
    row, column = np.nonzero(np.isfinite(cells.detected[:, chosen]))
    column = chosen[column]
    return PRESENCE.of(
        pd.DataFrame(
            {
                "gene": cells.genes[column],
                "compartment": cells.compartments[row],
                "n_cells": cells.n_cells[row],
                "detected": cells.detected[row, column],
                "level": cells.level[row, column],
                "found": cells.found[row, column],
            }
        )
        .sort_values(["gene", "detected"], ascending=[True, False], kind="stable")
        .to_dict("records")
    )


#: The first that holds of a target of a drug holds of the drug.
_ORDER = (
    TargetPresence.FOUND,
    TargetPresence.CIRCULATING,
    TargetPresence.NOT_JUDGED,
    TargetPresence.ABSENT,
)
