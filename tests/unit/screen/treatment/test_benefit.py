"""Treatment in silico: the treated state, the disease activity that is left, how sure it is."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import Targets
from twinscreen.screen.treatment.benefit import (
    ALL_GENES,
    MODULE,
    diseased_states,
    predicted_change,
    residual_activity,
    treat_with_all,
    unit_influence,
)
from twinscreen.screen.treatment.drug_effect import DrugEffect, drug_effect_of, fit_drug_effect

GENES = pd.Index(["g1", "g2", "g3", "g4"])


def drugs_on(rows: list[tuple[int, int, int]], proteins: int) -> Targets:
    """Lay out targets given as drug, protein, sign."""
    table = pd.DataFrame(rows, columns=["drug", "target", "sign"])
    members = sparse.csr_array(
        (np.ones(len(rows)), (np.arange(len(rows)), table["target"])), shape=(len(rows), proteins)
    )
    return Targets(table, members, int(table["drug"].max()) + 1)


def twin_of(
    effect: np.ndarray, module: np.ndarray, *, pvalue: np.ndarray, support: np.ndarray, names: list
) -> ad.AnnData:
    return ad.AnnData(
        effect.astype(np.float32),
        obs=pd.DataFrame(index=[f"c{row}" for row in range(len(effect))]),
        var=pd.DataFrame(index=names),
        layers={"module": module, "pvalue": pvalue, "module_support": support},
    )


def scored_of(targets: Targets, influence: np.ndarray, twin: ad.AnnData, weight) -> Scored:
    proteins = pd.Index([f"P{row}" for row in range(len(influence))])
    genes = twin.var_names[: influence.shape[1]]
    return Scored(targets, None, None, influence, proteins, genes, twin.obs_names, weight)


@pytest.fixture
def four_genes():
    """x = (3, 4, 0, 12), so its norm is 13; the protein moves g1 and g2 as 3 to 4."""
    shape = (1, 4)
    twin = twin_of(
        np.array([[3.0, 4.0, 0.0, 12.0]]),
        np.zeros(shape),
        pvalue=np.zeros(shape),  # 1 - p = 1: all genes weigh the same
        support=np.full(shape, np.nan),
        names=list(GENES),
    )
    targets = drugs_on([(0, 0, -1), (1, 0, 1), (2, 0, 0), (3, 1, -1)], 2)
    influence = np.array([[0.03, 0.04, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    return twin, scored_of(targets, influence, twin, np.ones(1))


def test_the_residual_of_four_genes_by_hand(four_genes):
    twin, scored = four_genes
    # unit F = (0.6, 0.8, 0, 0); inhibited by 5 units, x' = (3, 4, 0, 12) - (3, 4, 0, 0)
    found = treat_with_all(twin, scored, None, DrugEffect(5.0, "", 0))
    assert found.residual[0] == pytest.approx(12 / 13)
    assert found.benefit[0] == pytest.approx(1 / 13)
    # activated: x' = (6, 8, 0, 12), of norm sqrt(36 + 64 + 144)
    assert found.residual[1] == pytest.approx(np.sqrt(244) / 13)
    assert found.benefit[1] < 0
    assert found.basis.tolist() == [ALL_GENES]


def test_no_prediction_is_missing_and_not_0(four_genes):
    found = treat_with_all(*four_genes, None, DrugEffect(5.0, "", 0))
    for values in (found.benefit, found.residual, found.parts[:, 0]):
        assert np.isnan(values[2:]).all()  # action not known; no path to a gene
    assert np.isnan(found.benefit_low).all()  # without copies nothing is said of how sure it is


def test_the_unit_of_activity_moves_the_measured_genes_by_one():
    influence = np.array([[3.0, 4.0, 12.0], [1e-5, 0.0, 0.0], [0.0, 0.0, 2.0]])
    unit = unit_influence(influence, np.array([True, True, False]))
    assert unit == pytest.approx(np.array([[0.6, 0.8, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))


def test_the_quadratic_is_the_norm_of_the_treated_state():
    random = np.random.default_rng(3)
    effect, weight = random.normal(size=(7, 30)), random.random(30)
    change = random.normal(size=(11, 30)) * (random.random((11, 30)) < 0.4)
    found = residual_activity(effect, weight, change, 1.7)
    for drug in range(11):
        for replicate in range(7):
            after = np.sqrt((weight * (effect[replicate] + 1.7 * change[drug]) ** 2).sum())
            before = np.sqrt((weight * effect[replicate] ** 2).sum())
            assert found[drug, replicate] == pytest.approx(after / before)


@pytest.fixture
def cohort_like():
    """Three compartments (one not treated, one without a module), 9 drugs, 20 copies."""
    random = np.random.default_rng(5)
    c, g, r, p = 3, 60, 50, 8
    effect = random.normal(0, 3, size=(c, g))
    effect[1, 5:9] = np.nan
    module = (np.abs(effect) > 2).astype(float)
    module[2] = 0
    support = np.where(module == 1, random.uniform(0.4, 1, (c, g)), np.nan)
    names = [f"G{i}" for i in range(g)]
    twin = twin_of(effect, module, pvalue=random.random((c, g)), support=support, names=names)
    influence = random.normal(size=(p, r)) * (random.random((p, r)) < 0.3)
    influence *= 10.0 ** random.uniform(-4, 0, size=(p, 1))
    rows = [(d, (d + k) % p, 1 - 2 * (k % 2)) for d in range(9) for k in range(1 + d % 3)]
    scored = scored_of(drugs_on(rows, p), influence, twin, np.array([0.0, 2.0, 1.0]))
    drawn = np.concatenate([effect[i] + random.normal(0, 0.5, (20, g)) for i in (1, 2)])
    obs = pd.DataFrame(
        {"compartment": np.repeat(["c1", "c2"], 20), "replicate": np.tile(range(20), 2)}
    ).assign(kind="bootstrap")
    obs.index = obs.index.astype(str)
    replicates = ad.AnnData(drawn.astype(np.float32), obs=obs, var=pd.DataFrame(index=names))
    replicates.layers["logfc"] = replicates.X / 2
    return twin, scored, replicates


def benefit_by_brute_force(twin, scored, beta, effects):
    """Treat every compartment with every drug gene by gene, as the formula is written."""
    benefit = np.zeros((scored.targets.drugs, twin.n_obs))
    for row in np.flatnonzero(scored.weight > 0):
        x = effects[row].astype(float)
        measured = np.isfinite(np.asarray(twin.X)[row])
        module = np.asarray(twin.layers["module"])[row] == 1
        if (module & measured).sum() >= 10:
            weight = np.where(module & measured, twin.layers["module_support"][row], 0)
        else:
            weight = np.where(measured, 1 - np.asarray(twin.layers["pvalue"])[row], 0)
        for drug in range(scored.targets.drugs):
            after = x.copy()
            for _, target in scored.targets.table.query("drug == @drug").iterrows():
                f = np.zeros(twin.n_vars)
                f[: scored.influence.shape[1]] = scored.influence[target["target"]]
                f[~measured] = 0
                after += beta * target["sign"] * f / np.sqrt((f**2).sum())
            left = np.nansum(weight * after**2) / np.nansum(weight * x**2)
            benefit[drug, row] = 1 - np.sqrt(left)
    return benefit


def test_all_drugs_are_treated_as_the_formula_says(cohort_like):
    twin, scored, replicates = cohort_like
    found = treat_with_all(twin, scored, replicates, DrugEffect(1.3, "", 0))
    parts = benefit_by_brute_force(twin, scored, 1.3, np.asarray(twin.X))
    assert found.parts[:, 1:] == pytest.approx(parts[:, 1:])
    assert np.isnan(found.parts[:, 0]).all()  # not treated
    assert found.benefit == pytest.approx((2 * parts[:, 1] + parts[:, 2]) / 3)
    assert found.residual == pytest.approx(1 - found.benefit)
    assert found.basis.tolist() == ["", MODULE, ALL_GENES]
    record = found.record()
    assert (record["beta"], record["basis"].tolist()) == (1.3, ["", MODULE, ALL_GENES])


def test_the_interval_is_that_of_the_copies_around_the_benefit(cohort_like):
    twin, scored, replicates = cohort_like
    found = treat_with_all(twin, scored, replicates, DrugEffect(1.3, "", 0))
    drawn = []
    for replicate in range(20):
        effects = np.asarray(twin.X).copy()
        effects[1:] = np.asarray(replicates.X)[[replicate, 20 + replicate]]
        parts = benefit_by_brute_force(twin, scored, 1.3, effects)
        drawn.append((2 * parts[:, 1] + parts[:, 2]) / 3)
    drawn = np.array(drawn)
    shift = found.benefit - np.median(drawn, axis=0)
    assert found.benefit_low == pytest.approx(np.quantile(drawn, 0.05, axis=0) + shift)
    assert found.benefit_high == pytest.approx(np.quantile(drawn, 0.95, axis=0) + shift)
    half = replicates[replicates.obs["compartment"] == "c1"]  # c2 was computed elsewhere
    assert np.isnan(treat_with_all(twin, scored, half, DrugEffect(1.3, "", 0)).benefit_low).all()


def test_null_copies_are_no_copies_of_the_patient(cohort_like):
    twin, scored, replicates = cohort_like
    null = replicates.copy()
    null.obs["kind"] = "null"
    null.X *= 3
    both = ad.concat([replicates, null], index_unique="-")
    one, two = (treat_with_all(twin, scored, x, DrugEffect(2.0, "", 0)) for x in (replicates, both))
    assert np.array_equal(one.benefit_low, two.benefit_low)
    assert all(len(s.replicates) == 20 for s in diseased_states(twin, scored.weight, both))


def test_beta_is_twice_what_healthy_people_differ_by_hand():
    influence = np.array([[3.0, 4.0, 0.0], [0.0, 0.0, 0.01], [0.0, 0.0, 0.0]])
    effect = np.array([[1.0, 2.0, -6.0, 9.0], [5.0, np.nan, 2.0, 9.0]])
    # along the first protein (3 + 8) / 5 and, where only its first gene is measured, 5; along the
    # second -6 and 2; the third reaches nothing
    expected = 2 * np.sqrt((2.2**2 + 5**2 + 6**2 + 2**2) / 4)
    found = fit_drug_effect(influence, effect, np.arange(3))
    assert found.beta == pytest.approx(expected, abs=1e-4)
    assert found.n == 2


def test_the_analytic_beta_is_what_independent_normal_people_give():
    random = np.random.default_rng(1)
    influence = random.normal(size=(300, 80)) * 10.0 ** random.uniform(-5, 0, size=(300, 1))
    healthy = random.normal(size=(400, 80))
    fitted = fit_drug_effect(influence, healthy, np.arange(80))
    assert fitted.beta == pytest.approx(
        fit_drug_effect(influence, healthy[:0], np.arange(80)).beta, rel=0.02
    )
    twice = fit_drug_effect(influence, 2 * healthy, np.arange(80))
    assert twice.beta == pytest.approx(2 * fitted.beta, abs=2e-4)


def test_beta_is_fitted_on_the_null_copies_alone(cohort_like):
    _, scored, replicates = cohort_like
    assert drug_effect_of(scored, replicates).n == drug_effect_of(scored, None).n == 0
    replicates.obs["kind"] = ["bootstrap", "null"] * 20
    fitted = drug_effect_of(scored, replicates)
    effect = np.asarray(replicates.X)[1::2]
    assert fitted == fit_drug_effect(scored.influence, effect, np.arange(50))
    assert fitted.n == 20


def test_targets_of_a_drug_add_up():
    influence = np.eye(3)
    targets = drugs_on([(0, 0, 1), (0, 1, -1), (1, 2, -1), (1, 0, 0)], 3)
    assert predicted_change(targets, influence).tolist() == [[1, -1, 0], [0, 0, -1]]
