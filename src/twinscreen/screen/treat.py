"""Screen one twin with every drug, rank the drugs, and keep the reason for each rank."""

import logging
from dataclasses import asdict, dataclass
from difflib import get_close_matches

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files import (
    COPIES,
    DRUG_TARGETS,
    DRUGS,
    INFLUENCE,
    LIGAND_RECEPTOR,
    SCREEN,
    TWIN,
    FilePath,
    InputError,
    generator,
    provenance,
    read_anndata,
    read_protein_edges,
    read_table,
    write_anndata,
    write_tsv,
)
from twinscreen.network import Interactome, largest_component
from twinscreen.screen import nearness
from twinscreen.screen.causal import activity
from twinscreen.screen.course import add_course, no_course
from twinscreen.screen.drugs import drug_scores, target_genes, target_sets, target_values
from twinscreen.screen.evidence import COLUMNS, Scored, evidence_table
from twinscreen.screen.hypotheses import add_drugs
from twinscreen.screen.outcome import SCORE_DIGITS, Evidence
from twinscreen.screen.presets import PRESETS
from twinscreen.screen.ranking import describe_targets, rank_drugs, ranking_table

log = logging.getLogger(__name__)

#: So many of the first drugs carry their reasons in the screen.
EXPLAINED = 25


@dataclass(frozen=True)
class Library:
    """Which drugs to try: approved ones or all, named ones in any case, withdrawn ones or not."""

    approved_only: bool
    include: tuple[str, ...]
    withdrawn: bool

    def choose(self, drugs: pd.DataFrame) -> pd.DataFrame:
        """Choose rows of the drug table.

        Raises
        ------
        InputError
            A drug to include is not in the table.
        """
        wanted = {name.casefold() for name in self.include}
        named = drugs["name"].str.casefold().isin(wanted) | drugs["drug_id"].isin(self.include)
        found = {*drugs["name"].str.casefold(), *drugs["drug_id"]}
        if unknown := [name for name in self.include if not {name, name.casefold()} & found]:
            near = get_close_matches(unknown[0], drugs["name"], n=3)
            raise InputError(
                file="configuration",
                place="screen.include",
                found=f"{unknown[0]!r}, which is no drug of the table",
                expected="names or ids of drugs",
                remedy="correct the name" + (f": near are {', '.join(near)}" if near else ""),
            )
        chosen = drugs["approved"] & ~drugs["labelled"] if self.approved_only else True
        if not self.withdrawn:
            chosen &= ~drugs["withdrawn"]
        return drugs[chosen | named].reset_index(drop=True)


@dataclass(frozen=True)
class Knowledge:
    """Files of the knowledge stage that a screen needs."""

    influence: FilePath
    genes: FilePath
    interactome: FilePath
    drugs: FilePath
    targets: FilePath
    ligand_receptor: FilePath


@dataclass(frozen=True)
class Settings:
    """How to screen: the preset that ranks, random modules behind proximity, the seed."""

    preset: str
    random_modules: int
    seed: int


def screen_twin(
    *,
    twin: FilePath,
    knowledge: Knowledge,
    copies: FilePath | None,
    library: Library,
    settings: Settings,
    screen: FilePath,
    ranking: FilePath,
) -> None:
    """Hold every drug against the compartments of a twin, rank them, write screen and ranking.

    The latest time point of each tissue is the state that is treated: its compartments enter the
    score with equal weights; earlier ones are scored beside it.

    Parameters
    ----------
    twin
        Twin of the patient. One that is marked unscorable gives a screen without drugs.
    knowledge
        Files of the knowledge stage.
    copies
        Effects of its resampled copies, for the intervals; without them they are missing.
    library
        Which drugs to try.
    settings
        How to screen.
    screen, ranking
        h5ad and tsv to write.
    """
    patient = read_anndata(twin, TWIN)
    table = library.choose(read_table(knowledge.drugs, DRUGS))
    if patient.uns["unscorable"]:
        result = _empty()
    else:
        drawn = read_anndata(copies, COPIES) if copies else None
        result = _screen(patient, drawn, table, knowledge, settings)
    result.uns["hypotheses"] = add_drugs(
        patient.uns["hypotheses"], result.obs, read_table(knowledge.targets, DRUG_TARGETS)
    )
    result.uns["patient"] = patient.uns["patient"]
    result.uns["preset"] = settings.preset
    result.uns["unscorable"] = patient.uns["unscorable"]
    result.uns["provenance"] = provenance(
        parameters={**asdict(library), "include": ", ".join(library.include), **asdict(settings)},
        inputs=[twin, *asdict(knowledge).values()],
    )
    write_tsv(ranking_table(result), ranking)
    write_anndata(result, screen, SCREEN)
    log.info(
        "%s: %d of %d drugs ranked by the preset %s",
        patient.uns["patient"]["patient"],
        (result.obs["status"] == "ranked").sum(),
        result.n_obs,
        settings.preset,
    )


def _screen(
    twin: ad.AnnData,
    copies: ad.AnnData | None,
    drugs: pd.DataFrame,
    knowledge: Knowledge,
    settings: Settings,
) -> ad.AnnData:
    """Collect all evidence on a scorable twin, and rank the drugs by the preset."""
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    targets = read_table(knowledge.targets, DRUG_TARGETS)
    weight = twin.obs["latest"].to_numpy(dtype=float)
    scored = _score_targets(twin, drugs, targets, knowledge.influence, weight)
    evidence = _gather(twin, copies, drugs, targets, scored, knowledge, settings)
    outcome = PRESETS[settings.preset](evidence)
    obs = rank_drugs(drugs, outcome)
    obs["targets"] = describe_targets(scored.targets)
    order = np.lexsort([obs["name"], obs["rank"].fillna(np.inf)])
    near = evidence.nearness
    layers = {  # rounded, so that the number of threads of a matrix product changes no byte
        "score": outcome.parts.round(SCORE_DIGITS),
        "causal": drug_scores(scored.targets, scored.over).round(SCORE_DIGITS),
        "proximity": near.z,
        "proximity_distance": near.distance,
        "proximity_p": near.pvalue,
        "proximity_q": near.qvalue,
    }
    result = ad.AnnData(
        obs=obs.iloc[order].set_index("drug_id"),
        var=twin.obs[["cell_type", "tissue", "time", "n_cells", "latest"]].assign(weight=weight),
        layers={name: values[order] for name, values in layers.items()},
    )
    result.varm["regulators"] = scored.activity.z.T.astype(np.float32)
    result.uns["regulators"] = scored.proteins.to_numpy(dtype=str)
    result.varm["target_distance"] = near.target_distance.T.astype(np.float32)
    result.varm["target_z"] = near.target_z.T.astype(np.float32)
    result.varm["target_p"] = near.target_pvalue.T.astype(np.float32)
    result.uns["proximity_targets"] = near.genes.to_numpy(dtype=str)
    explained = order[:EXPLAINED].tolist()
    result.uns["evidence"] = evidence_table(scored, explained)
    result.uns["proximity_evidence"] = nearness.nearest_targets(
        near,
        explained,
        drug_ids=pd.Index(drugs["drug_id"]),
        compartments=twin.obs_names,
        weight=weight,
    )
    add_course(result, twin, scored, drugs, shown=EXPLAINED)
    return result


def _gather(
    twin: ad.AnnData,
    copies: ad.AnnData | None,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    scored: Scored,
    knowledge: Knowledge,
    settings: Settings,
) -> Evidence:
    """Put target genes and modules on the connected interactome, and measure how near they are."""
    whole = Interactome.from_indices(*read_protein_edges(knowledge.genes, knowledge.interactome))
    network = whole.restrict(largest_component(whole, np.ones(len(whole.names), dtype=bool)))
    genes = target_genes(drugs, targets, pd.Index(network.names))
    column = twin.var_names.get_indexer(pd.Index(network.names))
    module = (np.asarray(twin.layers["module"])[:, column] == 1) & (column >= 0)
    near = nearness.measure_nearness(
        network,
        genes.members,
        sparse.csr_array(module.astype(float)),
        draws=settings.random_modules,
        random=generator(settings.seed, "proximity", str(twin.uns["patient"]["patient"])),
    )
    return Evidence(
        twin=twin,
        copies=copies,
        weight=scored.weight,
        network=network,
        targets=genes.members,
        actions=genes.actions,
        n_genes=genes.number,
        causal=scored,
        nearness=near,
        ligand_receptor=read_table(knowledge.ligand_receptor, LIGAND_RECEPTOR),
        seed=settings.seed,
    )


def _score_targets(
    twin: ad.AnnData,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    influence: FilePath,
    weight: np.ndarray,
) -> Scored:
    """Over-activity of every protein that reaches a measured gene, and so of every target."""
    known = read_anndata(influence, INFLUENCE)
    effect = np.asarray(twin.X)
    measured = np.isfinite(effect).any(axis=0)
    genes = twin.var_names[measured].intersection(known.var_names, sort=False)
    matrix = np.asarray(known.X)[:, known.var_names.get_indexer(genes)].astype(float)
    reaching = np.any(matrix != 0, axis=1)
    matrix = matrix[reaching]
    proteins = known.obs_names[reaching]
    found = activity(matrix, effect, twin.var_names.get_indexer(genes))
    sets = target_sets(drugs, targets, proteins)
    values = target_values(sets, found.z)
    return Scored(sets, values, found, matrix, proteins, genes, twin.obs_names, weight)


def _empty() -> ad.AnnData:
    """Screen of a patient who can't be scored: no drugs, no compartments."""
    obs = pd.DataFrame(columns=list(SCREEN.obs))
    obs.index = pd.Index([], name="drug_id", dtype=str)
    var = pd.DataFrame({"weight": pd.Series(dtype=float)}, index=pd.Index([], dtype=str))
    nothing = {name: np.empty((0, 0)) for name in SCREEN.layers}
    result = ad.AnnData(obs=obs, var=var, layers=nothing)
    for names in ("regulators", "proximity_targets"):
        result.uns[names] = np.array([], dtype=str)
    for name, columns in (("evidence", COLUMNS), ("proximity_evidence", nearness.COLUMNS)):
        result.uns[name] = pd.DataFrame(columns=list(columns)).astype(columns)
    result.uns |= no_course()
    return result
