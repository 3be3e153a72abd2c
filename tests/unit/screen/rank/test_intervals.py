"""Intervals of scores and ranks, by recomputing each copy as if it were the patient."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.network import activity
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import Targets, combine, drug_scores, target_values
from twinscreen.screen.rank.intervals import (
    activity_of_replicates,
    copied_scores,
    replicate_intervals,
    score_intervals,
)

PROTEINS, GENES, REPLICATES = 12, 40, 25


@pytest.fixture
def case():
    """Three compartments, two of them treated, 25 copies; the last gene has no regulator."""
    random = np.random.default_rng(0)
    influence = random.normal(size=(PROTEINS, GENES - 1)) * (
        random.random((PROTEINS, GENES - 1)) < 0.4
    )
    names = pd.Index([f"G{i}" for i in range(GENES)])
    effect = random.normal(size=(3, GENES))
    effect[1, :7] = np.nan
    found = activity(influence, effect, np.arange(GENES - 1))
    rows = [(drug, f"P{drug + step}", -1 + 2 * step) for drug in range(6) for step in (0, 1)]
    table = pd.DataFrame(rows, columns=["drug", "target", "sign"])
    table.loc[11, "sign"] = 0
    column = [int(name[1:]) for name in table["target"]]
    members = sparse.csr_array((np.ones(12), (np.arange(12), column)), shape=(12, PROTEINS))
    targets = Targets(table, members, 6)
    compartments = pd.Index(["old", "a", "b"])
    weight = np.array([0.0, 1.0, 1.0])
    over = target_values(targets, found.z)
    proteins = pd.Index([f"P{i}" for i in range(PROTEINS)])
    scored = Scored(targets, over, found, influence, proteins, names[:-1], compartments, weight)
    drawn = np.concatenate([effect[c] + random.normal(0, 0.3, (REPLICATES, GENES)) for c in (1, 2)])
    obs = pd.DataFrame(
        {
            "compartment": np.repeat(["a", "b"], REPLICATES),
            "replicate": np.tile(range(REPLICATES), 2),
        }
    ).assign(kind="bootstrap")
    obs.index = obs.index.astype(str)
    replicates = ad.AnnData(drawn.astype(np.float32), obs=obs, var=pd.DataFrame(index=names))
    replicates.layers["logfc"] = replicates.X / 2
    return scored, replicates, combine(drug_scores(targets, over), weight)


def test_activities_of_copies_do_not_ask_how_large_influence_is(case):
    scored, replicates, _ = case
    columns = np.arange(GENES - 1)
    effect = np.asarray(replicates.X[:REPLICATES], dtype=float)
    plain = activity(scored.influence, effect, columns).z
    for scale in (1e-3, 1.0, 1e3):
        found = activity_of_replicates(scale * scored.influence, effect, columns)
        assert found == pytest.approx(plain, nan_ok=True)


def test_each_copy_is_scored_as_the_patient_is(case):
    scored, replicates, _ = case
    found = copied_scores(scored, replicates)
    for replicate in (0, 7, 24):
        effect = np.asarray(replicates.X)[[replicate, REPLICATES + replicate]].astype(float)
        z = activity(scored.influence, effect, np.arange(GENES - 1)).z
        one = activity_of_replicates(scored.influence, effect[:1], np.arange(GENES - 1))
        assert one[:, 0] == pytest.approx(z[:, 0], nan_ok=True)
        expected = combine(
            drug_scores(scored.targets, target_values(scored.targets, z)), np.ones(2)
        )
        assert found[:, replicate] == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_intervals_are_quantiles_of_copies_that_center_on_the_score(case):
    scored, replicates, score = case
    drawn = copied_scores(scored, replicates)
    middle = np.median(drawn, axis=1)
    factor = np.linalg.lstsq(score[:, None], middle, rcond=None)[0][0]
    assert np.sqrt(0.5) < factor < 1
    drawn = score[:, None] + np.sqrt(2) * (drawn - middle[:, None]) / factor
    found = score_intervals(scored, replicates, score)
    low, high = (np.quantile(drawn, part, axis=1, method="weibull") for part in (0.05, 0.95))
    assert found["score_low"] == pytest.approx(low)
    assert found["score_high"] == pytest.approx(high)
    for drug in range(len(score)):
        others = np.delete(score, drug)
        assert found["rank_low"][drug] == 1 + (others > high[drug]).sum()
        assert found["rank_high"][drug] == 1 + (others > low[drug]).sum()


@pytest.mark.parametrize("noise", [0.3, 1.0, 3.0])
def test_the_intervals_hold_another_sample(noise):
    # A few drugs with an effect among many without; scores are standardised, as those of copies.
    random = np.random.default_rng(5)
    signal = random.normal(size=4000) * np.where(random.random(4000) < 0.1, 3, 0.5)

    def sample(values):
        values = values + random.normal(0, noise, len(values))
        return values, values / values.std()

    (seen, score), (_, other) = sample(signal), sample(signal)
    drawn = np.column_stack([sample(seen)[1] for _ in range(100)])
    found = replicate_intervals(score, drawn)
    rank = pd.Series(other).rank(ascending=False).to_numpy()
    for value, name in ((other, "score"), (rank, "rank")):
        inside = (found[f"{name}_low"] <= value) & (value <= found[f"{name}_high"])
        print(f"noise {noise}, {name}: {inside.mean():.3f}")
        assert 0.87 <= inside.mean() <= 0.93


def test_intervals_hold_nine_in_ten_of_what_another_sample_gives():
    """Truth, the patient's sample, copies of it, and a second sample, each with noise of 1."""
    random = np.random.default_rng(4)
    truth = random.normal(0, 20, 3000)
    score, again = truth + random.normal(size=(2, 3000))
    found = replicate_intervals(score, score[:, None] + random.normal(size=(3000, 200)))
    inside = (found["score_low"] <= again) & (again <= found["score_high"])
    assert inside.mean() == pytest.approx(0.9, abs=0.02)


def test_the_interval_of_ranks_holds_the_rank_itself():
    """In copies one of many equal drugs is first by chance, and hardly ever the first one."""
    random = np.random.default_rng(5)
    score = np.append(np.linspace(1, 0.9, 200), np.nan)
    found = replicate_intervals(score, random.normal(size=(201, 100)))
    assert found["rank_low"][0] == 1
    assert found["rank_high"][199] == 200
    assert np.isnan(found["rank_low"][200])


def test_a_copy_that_scores_a_drug_not_concerns_that_drug_alone():
    random = np.random.default_rng(6)
    score = np.append(random.normal(0, 3, 50), np.nan)
    drawn = score[:, None] + random.normal(size=(51, 40))
    drawn[7, 3] = drawn[7, 20] = np.nan  # two copies lack it
    drawn[9, :21] = np.nan  # most copies lack it
    found = replicate_intervals(score, drawn)
    kept = np.delete(np.arange(51), 9)
    # As if the drug that most copies lack were not asked about; its place in the order stays.
    alone = replicate_intervals(score[kept], drawn[kept])
    for name in ("score_low", "score_high"):
        assert found[name][kept] == pytest.approx(alone[name], nan_ok=True)
        assert np.isnan(found[name][[9, 50]]).all()
    for name in ("rank_low", "rank_high"):
        assert np.isnan(found[name][[9, 50]]).all()
        assert np.isfinite(found[name][:9]).all()
    above = (np.delete(score[:50], 7) > found["score_high"][7]).sum()
    assert found["rank_low"][7] == 1 + above
    # That drug has the spread of the 38 copies that score it.
    full = np.isfinite(drawn[7])
    parts = np.quantile(drawn[7, full], [0.05, 0.95], method="weibull")
    other = np.quantile(drawn[8], [0.05, 0.95], method="weibull")
    width = found["score_high"] - found["score_low"]
    assert width[7] / width[8] == pytest.approx(np.ptp(parts) / np.ptp(other))


def test_null_copies_are_left_aside(case):
    scored, replicates, score = case
    null = replicates.copy()
    null.obs["kind"] = "null"
    null.obs["replicate"] += 5
    null.obs_names = "null " + null.obs_names
    both = ad.concat([replicates, null])
    alone, beside = (score_intervals(scored, some, score) for some in (replicates, both))
    assert {name: ends.tolist() for name, ends in alone.items()} == {
        name: ends.tolist() for name, ends in beside.items()
    }
    assert np.isnan(score_intervals(scored, null, score)["score_low"]).all()


def test_without_copies_nothing_is_said(case):
    scored, replicates, score = case
    score[2] = np.nan
    assert all(np.isnan(v).all() for v in score_intervals(scored, None, score).values())
    assert all(np.isnan(v).all() for v in score_intervals(scored, replicates[:0], score).values())
    half = replicates[replicates.obs["compartment"] == "a"]  # those of b were computed elsewhere
    assert all(np.isnan(v).all() for v in score_intervals(scored, half, score).values())
    assert np.isnan(score_intervals(scored, replicates, score)["rank_low"]).tolist() == [
        drug == 2 for drug in range(6)
    ]
