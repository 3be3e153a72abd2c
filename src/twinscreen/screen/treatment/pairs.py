"""Pairs of drugs on one copy of a twin: the gain over the better of the two alone.

The treated state of a pair is x' = x + beta (P_a + P_b), where P is the predicted change of each
drug: their effects on genes add up, and what one does to the other's target is not modelled.
docs/methods/treatment.md has the formulae.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

from twinscreen.files.contracts.screen_tables import COMBINATIONS
from twinscreen.network import Interactome, set_separation
from twinscreen.screen.evidence.contract import SCORE_DIGITS, Scored
from twinscreen.screen.treatment.benefit import (
    State,
    diseased_states,
    gene_influence,
    interval,
    signed_members,
)
from twinscreen.screen.treatment.drug_effect import DrugEffect

#: So many of the best pairs are kept.
KEPT = 50

#: Levels of interactions, strongest first.
LEVELS = ("major", "moderate", "minor", "unknown")

#: What stands in `interaction` where nobody could look, and where nothing is listed.
NOT_LOOKED_UP, NONE_LISTED = "not looked up", "none listed"


@dataclass(frozen=True)
class Penalties:
    """What speaks against giving two drugs together takes so much from their score, in benefit.

    `interaction`, by level of the interaction; `shared`, for each subject on which both drugs carry
    a boxed warning, beside what each warning takes from the reward of its own drug.
    """

    interaction: Mapping[str, float] = field(
        default_factory=lambda: {"major": 0.3, "moderate": 0.1, "minor": 0.02, "unknown": 0.0}
    )
    shared: float = 0.2

    @classmethod
    def configured(cls, penalties: Mapping[str, float]) -> "Penalties":
        """Take the penalties of the configuration, those of interactions with medication."""
        levels = {level: float(penalties[f"interaction_{level}"]) for level in LEVELS}
        return cls(levels, float(penalties["boxed_warning"]))


@dataclass(frozen=True)
class Candidates:
    """The k drugs that pairs are made of, best first.

    `drugs` has a row for each: `drug_id, name`; `rows`, shape (k,), are theirs among the d drugs
    of the screen, `targets`, shape (k, n), their target genes on the network, `proximity`, shape
    (k,), the z of their proximity to the modules treated (NaN where there is none), and `harm`,
    shape (k,), what speaks against each alone, in benefit.
    """

    drugs: pd.DataFrame
    rows: np.ndarray
    targets: sparse.csr_array
    proximity: np.ndarray
    harm: np.ndarray


@dataclass(frozen=True)
class PairBenefit:
    """Benefit of q pairs `first`, `second` of k drugs, shape (q,) each.

    `gain` is the benefit of the pair less that of the better single drug; `gain_low`, `gain_high`
    are its 5 % and 95 % points over bootstrap replicates, NaN without replicates. `beyond_dose` is
    the benefit of the pair less that of the better drug at twice the strength: at most 0 where more
    of the same would do.
    """

    first: np.ndarray
    second: np.ndarray
    benefit: np.ndarray
    gain: np.ndarray
    gain_low: np.ndarray
    gain_high: np.ndarray
    beyond_dose: np.ndarray


def first_mechanisms(rank: np.ndarray, mechanism: Sequence[str], most: int) -> np.ndarray:
    """Choose the first drugs of a ranking, one of each entry.

    Parameters
    ----------
    rank
        Rank of d drugs, 1 = first, NaN for those not ranked, shape (d,).
    entry
        What drugs with the same signed targets share, d values.
    most
        So many are chosen at most.

    Returns
    -------
    Their rows, best first; of equal ranks in the order given.
    """
    order = np.argsort(rank, kind="stable")
    order = order[np.isfinite(np.asarray(rank, dtype=float)[order])]
    chosen = pd.Series(np.asarray(mechanism, dtype=object)[order]).drop_duplicates().index
    return order[chosen.to_numpy()[:most]]


def pair_benefit(
    states: Sequence[State], changes: Sequence[np.ndarray], beta: float
) -> PairBenefit:
    """Benefit of all pairs of k drugs, from products of matrices alone.

    ||x + beta (P_a + P_b)||^2 = ||x||^2 + 2 beta x.(P_a + P_b) + beta^2 (||P_a||^2 + ||P_b||^2 +
    2 P_a.P_b), over the genes that disease activity is measured by, with their weights.

    Parameters
    ----------
    states
        The treated compartments.
    changes
        For each of them the predicted change under each drug over its genes, shape (k, m).
    beta
        How strongly a drug acts.
    """
    k = len(changes[0])
    first, second = np.triu_indices(k, 1)
    replicates = min(len(state.replicates) for state in states)
    single = np.zeros((k, 1 + replicates))
    pair = np.zeros((len(first), 1 + replicates))
    double = np.zeros((k, 1 + replicates))
    for state, change in zip(states, changes, strict=True):
        effect = np.vstack([state.effect, state.replicates[:replicates]])
        weighed = state.gene_weight * effect
        before = (weighed * effect).sum(axis=1)
        cross = 2 * beta * (change @ weighed.T)
        gram = beta**2 * ((change * state.gene_weight) @ change.T)
        alone = cross + np.diag(gram)[:, None]
        both = alone[first] + alone[second] + 2 * gram[first, second][:, None]
        twice = 2 * alone + 2 * np.diag(gram)[:, None]
        for total, moved in ((single, alone), (pair, both), (double, twice)):
            total += state.weight * (1 - np.sqrt(np.maximum(before + moved, 0) / before))
    weight = sum(state.weight for state in states)
    single, pair = single / weight, pair / weight
    gain = pair - np.maximum(single[first], single[second])
    low, high = interval(gain[:, 1:], gain[:, 0])
    better = np.where(single[first, 0] >= single[second, 0], first, second)
    beyond = pair[:, 0] - double[better, 0] / weight
    return PairBenefit(first, second, pair[:, 0], gain[:, 0], low, high, beyond)


def pair_drugs(
    twin: ad.AnnData,
    scored: Scored,
    replicates: ad.AnnData | None,
    drug_effect: DrugEffect,
    network: Interactome,
    candidates: Candidates,
    *,
    interactions: pd.DataFrame | None,
    warnings: pd.DataFrame | None,
    penalties: Penalties,
    kept: int = KEPT,
) -> pd.DataFrame:
    """Treat copies with all pairs of some drugs, and rank the pairs.

    score = benefit - harm_a - harm_b - penalty: the reward of the pair, on the scale of the rewards
    of single drugs. Separation and complementary exposure are shown beside it and do not enter:
    tested combinations bear out neither (docs/methods/treatment.md).

    Parameters
    ----------
    twin
        The c scorable compartments of the patient.
    scored
        Signed targets and influence; its weight says which compartments are treated.
    replicates
        Effects of bootstrap replicates, for the interval of the gain.
    strength
        How strongly a drug acts.
    network
        Connected interactome of n proteins.
    candidates
        The k drugs; those without a predicted change are left out.
    interactions
        Known interactions, contract DRUG_INTERACTIONS; None: not looked up.
    warnings
        Warnings of drugs, contract DRUG_WARNINGS; None: not looked up.
    penalties
        What these take from the score.
    kept
        So many of the best pairs are returned.

    Returns
    -------
    COMBINATIONS, best first; benefit and gain as in `PairBenefit`. `separation` is s_AB of the
    target genes (at least 0: apart); `complementary`: both near the modules (z < 0), and apart;
    `interaction` the level of a known one; `shared` the subjects of boxed warnings of both, joined
    by "|". Equal scores share the best of their ranks.
    """
    moved = signed_members(scored.targets)[candidates.rows]
    use = np.flatnonzero(np.diff(moved.indptr))
    states = diseased_states(twin, scored.weight, replicates)
    if len(use) < 2 or not states:
        return COMBINATIONS.empty()
    columns = twin.var_names.get_indexer(scored.genes)
    proteins = np.unique(moved.indices)
    moved, influence = moved[use][:, proteins], scored.influence[proteins]
    changes = [moved @ gene_influence(influence, state, columns, state.genes) for state in states]
    found = pair_benefit(states, changes, drug_effect.beta)
    a, b = use[found.first], use[found.second]
    apart = set_separation(network, candidates.targets[use], candidates.targets[use])
    separation = apart[found.first, found.second]
    near = candidates.proximity < 0
    ids = np.array(candidates.drugs["drug_id"], dtype=str)
    level = interaction_levels(ids.tolist(), interactions)
    shared = shared_warnings(ids.tolist(), warnings)
    pairs = list(zip(a.tolist(), b.tolist(), strict=True))
    levels = [level.get((ids[i], ids[j]), NONE_LISTED) for i, j in pairs]
    subjects = [sorted(shared.get(ids[i], set()) & shared.get(ids[j], set())) for i, j in pairs]
    penalty = np.array(
        [
            penalties.interaction.get(one, 0.0) + penalties.shared * len(both)
            for one, both in zip(levels, subjects, strict=True)
        ]
    )
    names = candidates.drugs["name"].to_numpy(dtype=str)
    score = found.benefit - candidates.harm[a] - candidates.harm[b] - penalty
    table = pd.DataFrame(
        {
            "drug_id_a": ids[a],
            "drug_id_b": ids[b],
            "name_a": names[a],
            "name_b": names[b],
            "residual": 1 - found.benefit,
            "benefit": found.benefit,
            "gain": found.gain,
            "gain_low": found.gain_low,
            "gain_high": found.gain_high,
            "beyond_dose": found.beyond_dose,
            "separation": separation,
            "proximity_a": candidates.proximity[a],
            "proximity_b": candidates.proximity[b],
            "complementary": near[a] & near[b] & (separation >= 0),
            "interaction": NOT_LOOKED_UP if interactions is None else levels,
            "shared": ["|".join(both) for both in subjects],
            "penalty": penalty,
            "score": score,
        }
    ).round(SCORE_DIGITS)
    table["rank"] = table["score"].rank(ascending=False, method="min")
    order = ["rank", "gain", "name_a", "name_b"]
    table = table.sort_values(order, ascending=[True, False, True, True], kind="stable")
    return COMBINATIONS.typed(table.head(kept).reset_index(drop=True))


def interaction_levels(
    drug_ids: Sequence[str], interactions: pd.DataFrame | None
) -> dict[tuple[str, str], str]:
    """Find the known interactions among some drugs, the most severe of each pair.

    Parameters
    ----------
    drug_ids
        The drugs.
    interactions
        Columns `drug_id, other_id, level` (major, moderate, minor or unknown); None: no table.

    Returns
    -------
    The level by pair of ids, in both orders.
    """
    if interactions is None:
        return {}
    ids = set(drug_ids)
    rows = interactions[interactions["drug_id"].isin(ids) & interactions["other_id"].isin(ids)]
    severity = {level: place for place, level in enumerate(LEVELS)}
    found: dict[tuple[str, str], str] = {}
    for one, other, level in zip(rows["drug_id"], rows["other_id"], rows["level"], strict=True):
        for pair in ((one, other), (other, one)):
            if severity[level] < severity.get(found.get(pair, ""), len(LEVELS)):
                found[pair] = level
    return found


def shared_warnings(drug_ids: Sequence[str], warnings: pd.DataFrame | None) -> dict[str, set[str]]:
    """Give the subjects of the boxed warnings of each of some drugs.

    Parameters
    ----------
    drug_ids
        The drugs.
    warnings
        Columns `drug_id, kind, subject`; None: no table.
    """
    if warnings is None:
        return {}
    rows = warnings[warnings["drug_id"].isin(set(drug_ids)) & (warnings["kind"] == "boxed_warning")]
    rows = rows[rows["subject"] != ""]
    return {str(drug): set(subjects) for drug, subjects in rows.groupby("drug_id")["subject"]}
