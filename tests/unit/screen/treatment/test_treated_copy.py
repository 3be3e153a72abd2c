"""The treated copy of a twin: again a twin, in the state that the drug is predicted to bring."""

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.cli import main
from twinscreen.files import (
    DRUG_TARGETS,
    DRUGS,
    INFLUENCE,
    SCREEN,
    TWIN,
    read_anndata,
    write_anndata,
    write_table,
)
from twinscreen.screen.evidence.contract import Scored
from twinscreen.screen.evidence.targets import target_sets
from twinscreen.screen.treatment.benefit import treat_with_all
from twinscreen.screen.treatment.drug_effect import DrugEffect
from whole_tables import complete

GENES = [f"G{i:02}" for i in range(30)]
PLACES = ["B|blood|T0", "B|blood|T1", "T|blood|T1", "NK|blood|T1"]


@pytest.fixture
def folder(tmp_path):
    """A twin of four compartments (an early one, one that can't be scored), and what is known."""
    random = np.random.default_rng(7)
    shape = (len(PLACES), len(GENES))
    effect = random.normal(0, 3, shape)
    effect[:, 25:] = np.nan
    effect[3] = np.nan
    measured = np.isfinite(effect)
    module = np.where(measured, np.abs(effect) > 1.5, np.nan)
    obs = pd.DataFrame(0.0, index=PLACES, columns=list(TWIN.obs))
    obs["scorable"] = [True, True, True, False]
    obs["latest"] = [False, True, True, True]
    obs["flags"] = ["", "all_batches", "", "too_few_cells"]
    twin = ad.AnnData(
        effect.astype(np.float32),
        obs=obs,
        var=pd.DataFrame(0.0, index=GENES, columns=list(TWIN.var)),
        layers={name: np.where(measured, 0.5, np.nan) for name in TWIN.layers},
        obsp={name: np.zeros((4, 4)) for name in TWIN.obsp},
    )
    twin.layers["module"] = module
    twin.uns |= {name: pd.DataFrame() for name in TWIN.uns}
    twin.uns |= {"patient": {"patient": "P1"}, "unscorable": "", "flags": np.array(["simulated"])}
    inputs = pd.DataFrame({"file": ["P1_T0.h5ad"], "sha256": ["0" * 64]})
    twin.uns["provenance"] = {"version": "0", "parameters": {"seed": 1}, "inputs": inputs}
    write_anndata(complete(twin, TWIN), tmp_path / "P1.h5ad", TWIN)

    influence = random.normal(size=(3, 20)) * (random.random((3, 20)) < 0.6)
    known = ad.AnnData(
        influence.astype(np.float32),
        obs=pd.DataFrame(index=["A", "B", "C"]),
        var=pd.DataFrame(index=GENES[10:]),
        uns={"provenance": {}},
    )
    write_anndata(known, tmp_path / "influence.h5ad", INFLUENCE)
    drugs = pd.DataFrame({"drug_id": ["d1", "d2", "d3"], "name": ["one", "two", "three"]})
    drugs = drugs.assign(kind="x", approved=True, withdrawn=False, labelled=False, synonyms=None)
    drugs.loc[1, "synonyms"] = "the second|zwei"
    write_table(drugs, tmp_path / "drugs.parquet", DRUGS)
    rows = [("d1", "A", "A", -1), ("d2", "B|C", "B", 1), ("d2", "B|C", "C", 1), ("d3", "A", "A", 0)]
    targets = pd.DataFrame(rows, columns=["drug_id", "target", "gene", "sign"])
    targets = targets.assign(action="x", primary=True, affinity=np.nan, conflict=False, sources="x")
    write_table(targets, tmp_path / "targets.parquet", DRUG_TARGETS)
    return tmp_path


def treat(folder, *flags):
    files = [f"--{name}={folder / name}.h5ad" for name in ("influence",)]
    files += [f"--{name}={folder / name}.parquet" for name in ("drugs", "targets")]
    output = folder / "treated.h5ad"
    code = main(["treat", str(folder / "P1.h5ad"), *files, *flags, f"--output={output}"])
    return read_anndata(output, TWIN) if code == 0 else code


def test_the_copy_is_the_state_that_the_screen_predicts(folder):
    copy = treat(folder, "--drug=one", "--beta=1.5")
    twin = read_anndata(folder / "P1.h5ad", TWIN)
    known = read_anndata(folder / "influence.h5ad", INFLUENCE)
    scorable = twin[twin.obs["scorable"].to_numpy()]
    drugs = pd.read_parquet(folder / "drugs.parquet")
    sets = target_sets(drugs, pd.read_parquet(folder / "targets.parquet"), known.obs_names)
    influence = np.asarray(known.X).astype(float)
    weight = scorable.obs["latest"].to_numpy(dtype=float)
    about = (known.obs_names, known.var_names, scorable.obs_names, weight)
    scored = Scored(sets, None, None, influence, *about)
    screen = treat_with_all(scorable, scored, None, DrugEffect(1.5, "", 0))

    # the residual of the copy, from both files alone
    x, after = np.asarray(twin.X), np.asarray(copy.X)
    inside = np.asarray(twin.layers["module"]) == 1
    residual = []
    for row, part in ((1, 1), (2, 2)):
        support = np.asarray(twin.layers["module_support"])[row, inside[row]]
        activity = [np.sqrt((support * v[row, inside[row]] ** 2).sum()) for v in (x, after)]
        residual.append(activity[1] / activity[0])
        assert residual[-1] == pytest.approx(1 - screen.parts[0, part], abs=1e-6)
        assert copy.obs["benefit"].iloc[row] == pytest.approx(1 - residual[-1], abs=1e-6)
        assert copy.obs["activity"].iloc[row] == pytest.approx(activity[0], rel=1e-6)
        assert copy.obs["activity_treated"].iloc[row] == pytest.approx(activity[1], rel=1e-6)
    assert copy.uns["treatment"]["benefit"] == pytest.approx(1 - np.mean(residual), abs=1e-6)
    assert screen.benefit[0] == pytest.approx(1 - np.mean(residual), abs=1e-6)

    # gene by gene: an inhibitor takes 1.5 units of its target's influence away
    unit = np.zeros(30)
    unit[10:] = influence[0]
    unit[25:] = 0  # not measured
    unit /= np.sqrt((unit**2).sum())
    assert after[1, :25] == pytest.approx(x[1, :25] - 1.5 * unit[:25], abs=1e-5)


def test_what_was_not_treated_or_not_measured_stays(folder):
    copy = treat(folder, "--drug=one", "--beta=1.5")
    twin = read_anndata(folder / "P1.h5ad", TWIN)
    untreated = [0, 3]
    np.testing.assert_array_equal(copy.X[untreated], twin.X[untreated])
    np.testing.assert_array_equal(np.isnan(copy.X), np.isnan(twin.X))
    for name in TWIN.layers:
        values, before = copy.layers[name], twin.layers[name]
        np.testing.assert_array_equal(values[untreated], before[untreated])
        if name in ("logfc", "pvalue", "qvalue", "effect_low", "effect_high"):
            assert np.isnan(values[1:3]).all(), name  # nobody measured the treated state
        else:
            np.testing.assert_array_equal(values, before)
    assert copy.obs["benefit"].isna().tolist() == [True, False, False, True]


def test_the_copy_says_what_it_is(folder):
    copy = treat(folder, "--drug=one", "--and=zwei", "--beta=1.5")
    assert copy.uns["treatment"]["name"] == "one and two"
    assert copy.uns["treatment"]["drug_id"] == "d1|d2"
    assert copy.uns["treatment"]["of"] == "P1.h5ad"
    assert list(copy.uns["flags"]) == ["treated_copy", "simulated"]
    assert copy.obs["flags"].tolist() == [
        "",
        "all_batches|treated_copy",
        "treated_copy",
        "too_few_cells",
    ]
    parameters = copy.uns["provenance"]["parameters"]
    assert parameters["seed"] == 1
    assert parameters["treatment"] == {"beta": 1.5, "drug_id": "d1|d2"}
    files = copy.uns["provenance"]["inputs"]["file"].tolist()
    assert files == [
        *("P1.h5ad", "influence.h5ad", "drugs.parquet", "targets.parquet", "P1_T0.h5ad")
    ]


def test_two_drugs_add_up(folder):
    twin = read_anndata(folder / "P1.h5ad", TWIN)
    one, two, both = (
        np.asarray(treat(folder, *flags, "--beta=2").X)
        for flags in (["--drug=d1"], ["--drug=TWO"], ["--drug=one", "--and=the second"])
    )
    change = (one - np.asarray(twin.X)) + (two - np.asarray(twin.X))
    np.testing.assert_allclose(both, np.asarray(twin.X) + change, atol=1e-5)
    assert np.nanmax(np.abs(two - one)) > 0.1


def test_the_same_treatment_gives_the_same_bytes(folder):
    treat(folder, "--drug=one", "--beta=1.5")
    first = (folder / "treated.h5ad").read_bytes()
    treat(folder, "--drug=one", "--beta=1.5")
    assert (folder / "treated.h5ad").read_bytes() == first


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--drug=onne", "--beta=2"], "near are one"),
        (["--drug=three", "--beta=2"], "no target with a known action"),
        (["--drug=one"], "neither a screen nor beta"),
        (["--drug=one", "--beta=2", "--screen=x.h5ad"], "both a screen and beta"),
        (["--drug=one", "--screen=none.h5ad"], "no such file"),
        (["--drug=one", "--beta=nan"], "a finite number above 0"),
        (["--drug=one", "--beta=inf"], "a finite number above 0"),
        (["--drug=one", "--beta=-5"], "a finite number above 0"),
        (["--drug=one", "--beta=0"], "a finite number above 0"),
        (["--drug=one", "--and=d1", "--beta=2"], "several different ones"),
    ],
)
def test_what_a_user_gets_wrong_is_told(folder, capsys, flags, told):
    assert treat(folder, *flags) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "treated.h5ad").exists()


def screen_file(folder, patient):
    """Write a screen of which only strength, weights and patient matter here."""
    places = pd.DataFrame({"weight": [0.0, 1.0, 3.0]}, index=PLACES[:3])
    screen = ad.AnnData(
        obs=pd.DataFrame(0.0, index=["d1"], columns=list(SCREEN.obs)),
        var=places,
        layers={name: np.zeros((1, 3)) for name in SCREEN.layers},
    )
    screen.uns |= dict.fromkeys(SCREEN.uns, "")
    screen.uns["kinds"] = pd.DataFrame(columns=["kind", "layers"])
    screen.uns |= {"patient": {"patient": patient}, "treatment": {"beta": 2.5}}
    write_anndata(complete(screen, SCREEN), folder / "screen.h5ad", SCREEN)
    return f"--screen={folder / 'screen.h5ad'}"


def test_the_screen_says_how_strongly_drugs_act_and_what_counts(folder):
    copy = treat(folder, "--drug=one", screen_file(folder, "P1"))
    same = treat(folder, "--drug=one", "--beta=2.5")
    np.testing.assert_array_equal(copy.X, same.X)
    benefit = copy.obs["benefit"].to_numpy()[1:3]
    assert copy.uns["treatment"]["benefit"] == pytest.approx((benefit[0] + 3 * benefit[1]) / 4)


def test_the_screen_of_another_patient_is_refused(folder, capsys):
    assert treat(folder, "--drug=one", screen_file(folder, "P2")) == 2
    assert "the screen of P2" in capsys.readouterr().err
