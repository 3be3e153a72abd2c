"""Lay out a screen: drugs x compartments, best first, with the reasons for each rank."""

from collections.abc import Mapping

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.screen.evidence.contract import SCORE_DIGITS, Calibrated, Evidence
from twinscreen.screen.evidence.nearness import nearest_targets
from twinscreen.screen.evidence.precedent import popularity
from twinscreen.screen.evidence.targets import combine
from twinscreen.screen.kinds import columns_of, in_words, kinds_table, layers_of
from twinscreen.screen.presence import Presence
from twinscreen.screen.rank.call import call_record
from twinscreen.screen.rank.combine import Call
from twinscreen.screen.rank.contract import Outcome
from twinscreen.screen.rank.ranking import (
    adjusted_ranks,
    describe_targets,
    rank_drugs,
    ranks_by_compartments,
)
from twinscreen.screen.reasons.layer_reasons import layers_table
from twinscreen.screen.reasons.paths import paths_table
from twinscreen.screen.reasons.precedents import precedents_table, states_table
from twinscreen.screen.reasons.target_reasons import evidence_table
from twinscreen.screen.safety.concerns import Safety
from twinscreen.screen.safety.reactions import reactions_table
from twinscreen.screen.treatment.benefit import Treated, treat_with_all
from twinscreen.screen.treatment.course import add_course
from twinscreen.screen.treatment.drug_effect import drug_effect_of
from twinscreen.screen.treatment.pairs import Candidates, Penalties, first_mechanisms, pair_drugs

#: So many of the first drugs carry their reasons in the screen.
EXPLAINED = 25

#: What a screen says where no preset made a call.
NO_CALL = Call(
    called=False,
    best=float("nan"),
    threshold=float("nan"),
    pvalue=float("nan"),
    fit_pvalue=float("nan"),
    null="",
    n_null=0,
    reason="this preset has no null model, and makes no calls",
)


def lay_out(
    evidence: Evidence,
    outcome: Outcome,
    drugs: pd.DataFrame,
    safety: Safety,
    *,
    targets: pd.DataFrame,
    interactome: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame | None],
    penalties: Mapping[str, float],
    indication_prior: float,
    popularity_prior: float,
    pairs: int,
    other_weight: np.ndarray,
    presence: Presence,
) -> ad.AnnData:
    """Put together what a preset says, all evidence, treatment, safety, pairs and reasons.

    Parameters
    ----------
    evidence
        On d drugs and c compartments.
    outcome
        What the preset says of them.
    drugs
        Rows of the drug table.
    safety
        What speaks against each, and for what it is indicated.
    targets
        Target table.
    interactome
        Table of interactions, which names the sources of the paths.
    tables
        Of warnings and interactions, if known.
    penalties
        Of the configuration, as shares of the best drug's benefit.
    indication_prior
        Share of the best score that indicated drugs gain in the adjusted ranks.
    popularity_prior
        Share that the most popular drug gains, others in proportion.
    pairs
        So many first mechanisms are tried in pairs.
    other_weight
        The compartments' weights by the other way: the ranks by single compartments' scores with
        these stand beside those with the weights in use.
    presence
        Whether the patient's cells have what each drug acts on.
    """
    inputs, replicates = evidence.inputs, evidence.replicates
    twin, scored = inputs.twin, inputs.scored
    kinds = {name: kind.of_mechanisms(evidence.mechanism) for name, kind in evidence.kinds.items()}
    obs = _ranked_drugs(evidence, outcome, drugs, kinds, presence, other_weight)
    drug_effect = drug_effect_of(scored, replicates)
    treated = treat_with_all(twin, scored, replicates, drug_effect)
    obs["popularity"] = popularity(inputs.library, inputs.targets)[evidence.mechanism].round(4)
    prior = np.where(safety.indications.own != "", indication_prior, 0.0)
    prior = prior + popularity_prior * np.nan_to_num(obs["popularity"].to_numpy())
    best = _add_outcome(obs, treated, safety, prior)
    order = np.lexsort([obs["name"], obs["rank"].fillna(np.inf)])
    layers = {  # rounded, so that the number of threads of a matrix product changes no byte
        "score": outcome.parts.round(SCORE_DIGITS),
        **layers_of(kinds),
        "benefit": treated.parts.round(SCORE_DIGITS),
    }
    result = ad.AnnData(
        obs=obs.iloc[order].set_index("drug_id"),
        var=twin.obs[["cell_type", "tissue", "time", "n_cells", "latest"]].assign(
            weight=scored.weight
        ),
        layers={name: values[order] for name, values in layers.items()},
    )
    _add_reasons(result, evidence, drugs, order[:EXPLAINED], presence, targets, interactome)
    result.uns["call"] = call_record(outcome.call or NO_CALL, obs)
    result.uns["kinds"] = kinds_table(evidence, outcome.weights)
    result.uns["spread"] = {
        "patient": round(inputs.state.spread, 4),
        "null": inputs.state.null_spread.round(4),
    }
    if outcome.stability is not None:
        result.uns["stability"] = outcome.stability
    result.uns["treatment"] = treated.record()
    result.uns["concerns"] = safety.concerns
    result.uns["looked_up"] = safety.looked_up
    result.uns["reactions"] = reactions_table(tables["warnings"], result.obs_names[:EXPLAINED])
    result.uns["not_known"] = np.array(safety.unknown, dtype=str)
    rows = first_mechanisms(obs["rank"].to_numpy(), obs["mechanism"].tolist(), pairs)
    result.uns["combinations"] = pair_drugs(
        twin,
        scored,
        replicates,
        drug_effect,
        evidence.network,
        Candidates(
            drugs.iloc[rows],
            rows,
            evidence.genes.members[rows],
            combine(inputs.nearness.z, scored.weight)[rows],
            safety.harm[rows] * best,
        ),
        interactions=tables["interactions"],
        warnings=tables["warnings"],
        penalties=Penalties.configured({name: best * value for name, value in penalties.items()}),
    )
    add_course(result, twin, scored, drugs, shown=EXPLAINED)
    return result


def _ranked_drugs(
    evidence: Evidence,
    outcome: Outcome,
    drugs: pd.DataFrame,
    kinds: Mapping[str, Calibrated],
    presence: Presence,
    other_weight: np.ndarray,
) -> pd.DataFrame:
    """Write what ranks each of d drugs, in their order: score, targets, p and kinds of evidence."""
    inputs = evidence.inputs
    obs = rank_drugs(drugs, outcome)
    obs["targets"] = describe_targets(inputs.scored.targets)
    obs["presence"], obs["found_in"] = presence.of_drugs, presence.found_in
    names = drugs["drug_id"].to_numpy(dtype=object)
    obs["mechanism"] = names[inputs.first][evidence.mechanism]
    obs["same"] = _same(obs["name"], evidence.mechanism)
    missing = np.full(len(drugs), np.nan)
    obs["pvalue"] = missing if outcome.pvalue is None else outcome.pvalue
    obs["qvalue"] = missing if outcome.qvalue is None else outcome.qvalue
    for name, z in columns_of(kinds).items():
        obs[name] = z
    obs["evidence"] = in_words(kinds)
    ranked = obs["rank"].notna().to_numpy()
    for name, weight in (
        ("rank_by_compartments", inputs.weight),
        ("rank_other_weights", other_weight),
    ):
        obs[name] = ranks_by_compartments(outcome.parts, weight, ranked)
    return obs


def _add_reasons(
    result: ad.AnnData,
    evidence: Evidence,
    drugs: pd.DataFrame,
    explained: np.ndarray,
    presence: Presence,
    targets: pd.DataFrame,
    interactome: pd.DataFrame,
) -> None:
    """Write why drugs stand where they do; what is large, of the rows `explained` alone."""
    inputs, near = evidence.inputs, evidence.inputs.nearness
    twin, scored, rows = inputs.twin, inputs.scored, explained.tolist()
    result.varm["regulators"] = scored.activity.z.T.astype(np.float32)
    result.uns["regulators"] = scored.proteins.to_numpy(dtype=str)
    result.varm["target_distance"] = near.target_distance.T.astype(np.float32)
    result.varm["target_z"] = near.target_z.T.astype(np.float32)
    result.varm["target_p"] = near.target_pvalue.T.astype(np.float32)
    result.uns["targets"] = scored.targets.listed()
    result.uns["presence"] = presence.table(drugs["drug_id"].iloc[explained])
    result.uns["proximity_targets"] = near.genes.to_numpy(dtype=str)
    result.uns["evidence"] = evidence_table(scored, rows)
    result.uns["proximity_evidence"] = nearest_targets(
        near,
        rows,
        drug_ids=pd.Index(drugs["drug_id"]),
        compartments=twin.obs_names,
        weight=scored.weight,
    )
    result.uns["paths"] = paths_table(result.uns["evidence"], inputs.wiring, interactome)
    result.uns["states"], result.varm["states"] = states_table(evidence)
    result.uns["precedents"] = precedents_table(evidence, drugs, rows)
    names = drugs["drug_id"].iloc[explained].tolist()
    result.uns["support"] = layers_table(twin, targets, names, evidence.network)


def _add_outcome(obs: pd.DataFrame, treated: Treated, safety: Safety, prior: np.ndarray) -> float:
    """Write what treatment does, and what speaks against it; give the best benefit of a drug.

    Penalties are shares of what the best drug achieves, so that they weigh the same in a patient
    whom drugs help much and in one whom they help little. What is known beforehand, shares of
    the best score in `prior`, moves the adjusted ranks alone.
    """
    for name in ("benefit", "benefit_low", "benefit_high", "residual"):
        obs[name] = getattr(treated, name).round(SCORE_DIGITS)
    ranked = obs["rank"].notna()
    best = max(float(np.nan_to_num(obs.loc[ranked, "benefit"]).max(initial=0)), 0.0)
    obs["harm"] = safety.harm
    obs["reward"] = (obs["benefit"] - safety.harm * best).round(SCORE_DIGITS)
    obs["adjusted_rank"] = adjusted_ranks(obs["score"].to_numpy(), safety.harm, prior=prior)
    obs["concerns"] = safety.words(obs["drug_id"])
    obs["untested"] = safety.untested
    for column, values in safety.checked.items():
        obs[str(column)] = values.to_numpy()
    obs["indicated"] = safety.indications.own
    obs["indicated_simulated"] = safety.indications.simulated
    obs["indications"] = safety.indications.nearest
    obs["n_indications"] = safety.indications.number
    return best


def _same(names: pd.Series, mechanism: np.ndarray) -> list[str]:
    """Name the other drugs of each drug's mechanism, joined by "|"."""
    groups = names.astype(str).groupby(mechanism).agg(list)
    return [
        "|".join(other for other in groups[number] if other != name)
        for name, number in zip(names.astype(str), mechanism, strict=True)
    ]
