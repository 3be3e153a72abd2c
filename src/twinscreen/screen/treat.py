"""Screen one twin with every drug, rank the drugs, and keep the reason for each rank."""

import logging
from dataclasses import asdict, dataclass
from difflib import get_close_matches

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import (
    COPIES,
    DRUG_TARGETS,
    DRUGS,
    INFLUENCE,
    SCREEN,
    TWIN,
    FilePath,
    InputError,
    provenance,
    read_anndata,
    read_table,
    write_anndata,
    write_tsv,
)
from twinscreen.screen.causal import activity
from twinscreen.screen.drugs import combine, drug_scores, target_sets, target_values
from twinscreen.screen.evidence import COLUMNS, Scored, evidence_table
from twinscreen.screen.intervals import score_intervals
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


def screen_twin(
    *,
    twin: FilePath,
    copies: FilePath | None,
    influence: FilePath,
    drugs: FilePath,
    targets: FilePath,
    library: Library,
    screen: FilePath,
    ranking: FilePath,
) -> None:
    """Score every drug on the compartments of a twin, rank them, and write screen and ranking.

    The latest time point of each tissue is the state that is treated: its compartments enter the
    score with equal weights; earlier ones are scored beside it.

    Parameters
    ----------
    twin
        Twin of the patient. One that is marked unscorable gives a screen without drugs.
    copies
        Effects of its resampled copies, for the intervals; without them they are missing.
    influence, drugs, targets
        Tables of the knowledge stage.
    library
        Which drugs to try.
    screen, ranking
        h5ad and tsv to write.
    """
    patient = read_anndata(twin, TWIN)
    table = library.choose(read_table(drugs, DRUGS))
    if patient.uns["unscorable"]:
        result = _empty()
    else:
        drawn = read_anndata(copies, COPIES) if copies else None
        result = _screen(patient, table, read_table(targets, DRUG_TARGETS), influence, drawn)
    result.uns["patient"] = patient.uns["patient"]
    result.uns["unscorable"] = patient.uns["unscorable"]
    result.uns["provenance"] = provenance(
        parameters={**asdict(library), "include": ", ".join(library.include), "evidence": "causal"},
        inputs=[twin, influence, drugs, targets],
    )
    write_tsv(ranking_table(result), ranking)
    write_anndata(result, screen, SCREEN)
    log.info(
        "%s: %d of %d drugs ranked",
        patient.uns["patient"]["patient"],
        (result.obs["status"] == "ranked").sum(),
        result.n_obs,
    )


def _screen(
    twin: ad.AnnData,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    influence: FilePath,
    copies: ad.AnnData | None,
) -> ad.AnnData:
    """Score and rank the drugs on a scorable twin."""
    twin = twin[twin.obs["scorable"].to_numpy(dtype=bool)]
    weight = twin.obs["latest"].to_numpy(dtype=float)
    proteins, scored = _score_targets(twin, drugs, targets, influence, weight)
    scores = drug_scores(scored.targets, scored.over)
    obs = rank_drugs(drugs, scored.targets, scored.over, combine(scores, weight), weight)
    obs = obs.assign(**score_intervals(scored, copies, obs["score"].to_numpy()))
    obs["targets"] = describe_targets(scored.targets)
    var = twin.obs[["cell_type", "tissue", "time", "n_cells", "latest"]].assign(weight=weight)
    order = np.lexsort([obs["name"], obs["rank"].fillna(np.inf)])
    result = ad.AnnData(
        obs=obs.iloc[order].set_index("drug_id"), var=var, layers={"causal": scores[order]}
    )
    result.varm["regulators"] = scored.activity.z.T.astype(np.float32)
    result.uns["regulators"] = proteins.to_numpy(dtype=str)
    result.uns["evidence"] = evidence_table(scored, order[:EXPLAINED].tolist())
    return result


def _score_targets(
    twin: ad.AnnData,
    drugs: pd.DataFrame,
    targets: pd.DataFrame,
    influence: FilePath,
    weight: np.ndarray,
) -> tuple[pd.Index, Scored]:
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
    return proteins, Scored(sets, values, found, matrix, genes, twin.obs_names, weight)


def _empty() -> ad.AnnData:
    """Screen of a patient who can't be scored: no drugs, no compartments."""
    obs = pd.DataFrame(columns=[*SCREEN.obs, "kind", "withdrawn"])
    obs.index = pd.Index([], name="drug_id", dtype=str)
    var = pd.DataFrame({"weight": pd.Series(dtype=float)}, index=pd.Index([], dtype=str))
    result = ad.AnnData(obs=obs, var=var, layers={"causal": np.empty((0, 0))})
    result.uns["regulators"] = np.array([], dtype=str)
    result.uns["evidence"] = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    return result
