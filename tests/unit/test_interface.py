"""The interface for notebooks: lazily imported, its examples true, its objects shown and kept."""

import doctest
import inspect
import subprocess
import sys
from importlib import import_module

import anndata as ad
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import twinscreen as ts
from twinscreen.files import InputError

PARTS = ("datasets", "get", "kb.knowledge", "pl", "pp", "report.cohort", "report.patient", "tl")


@pytest.fixture(autouse=True)
def _without_a_screen():
    mpl.use("agg")


def modules_of(name):
    """Give the modules in which a part of the interface is written."""
    part = import_module(f"twinscreen.{name}")
    inner = {one.__module__ for one in vars(part).values() if inspect.isfunction(one)}
    return [
        part,
        *(import_module(one) for one in sorted(inner) if one.startswith(part.__name__ + ".")),
    ]


@pytest.mark.parametrize("name", PARTS)
def test_examples_in_docstrings_are_true(name):
    found = [doctest.testmod(one, extraglobs={"twinscreen": ts}) for one in modules_of(name)]
    assert sum(one.attempted for one in found) > 0
    assert sum(one.failed for one in found) == 0


@pytest.mark.parametrize("name", PARTS)
def test_every_public_function_has_an_example(name):
    functions = [
        one
        for module in modules_of(name)
        for key, one in vars(module).items()
        if callable(one) and not key.startswith("_") and one.__module__ == module.__name__
    ]
    assert functions
    without = [one.__name__ for one in functions if ">>>" not in (one.__doc__ or "")]
    assert without == []


def test_nothing_heavy_is_imported_before_it_is_used():
    code = "import sys, twinscreen; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert {"anndata", "numpy", "pandas", "scipy"} & set(loaded.stdout.split()) == set()


def test_unknown_parts_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'magic'"):
        ts.magic  # noqa: B018


def test_the_made_up_patient_has_a_call():
    screen = ts.datasets.toy_screen()
    assert ts.get.ranking(screen)["drug"].iloc[0] == "drug 1"
    assert screen.uns["call"]["called"]


def test_a_twin_written_with_its_replicates_gives_the_same_screen(tmp_path):
    twin, kb = ts.datasets.toy_twin(), ts.datasets.toy_knowledge()
    twin.write_h5ad(tmp_path / "twin.h5ad")
    again = ts.tl.screen(ad.read_h5ad(tmp_path / "twin.h5ad"), kb, pairs=3)
    expected = ts.datasets.toy_screen()
    np.testing.assert_array_equal(again.obs["score"], expected.obs["score"])
    assert again.uns["call"]["pvalue"] == expected.uns["call"]["pvalue"]


def test_treating_changes_a_copy_alone():
    twin, kb = ts.datasets.toy_twin(), ts.datasets.toy_knowledge()
    before = np.array(twin.X)
    copy = ts.tl.treat(twin, kb, "drug 1", screen=ts.datasets.toy_screen())
    np.testing.assert_array_equal(twin.X, before)
    assert copy.uns["treatment"]["benefit"] > 0
    assert "replicates" not in copy.uns
    assert ts.get.replicates(twin) is not None


def test_figures_are_drawn_on_the_axes_given():
    figure = Figure()
    axes = figure.subplots(4)
    screen, twin = ts.datasets.toy_screen(), ts.datasets.toy_twin()
    assert ts.pl.evidence(screen, ax=axes[0]) is axes[0]
    assert ts.pl.paths(screen, "drug 1", ax=axes[1]) is axes[1]
    assert ts.pl.module(twin, "Mono", ts.datasets.toy_knowledge(), ax=axes[2]) is axes[2]
    assert ts.pl.states(screen, ax=axes[3]) is axes[3]
    assert all(axis.has_data() for axis in axes)


def test_a_page_shows_and_saves_itself(tmp_path):
    page = ts.report.patient(
        ts.datasets.toy_twin(), ts.datasets.toy_screen(), ts.datasets.toy_knowledge()
    )
    assert page._repr_html_().startswith("<iframe srcdoc=")
    page.save(tmp_path / "P1.html")
    assert "drug 1" in (tmp_path / "P1.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda kb: ts.pp.observe(ts.datasets.toy(), kb, donor="who"), "no column 'who'"),
        (
            lambda kb: ts.tl.twin(ts.datasets.toy(), kb, patient="P9", control="healthy"),
            "no sample of P9",
        ),
        (lambda kb: ts.tl.screen(ts.datasets.toy_twin(), kb, pair=3), "option that is not known"),
        (lambda kb: ts.pp.observe(ts.datasets.toy(), kb, mad=-1), "greater than or equal to 0"),
        (lambda kb: ts.pl.paths(ts.datasets.toy_screen(), "aspirin"), "no drug 'aspirin'"),
        (lambda kb: ts.pl.module(ts.datasets.toy_twin(), "NK", kb), "no module of 'NK'"),
        (lambda kb: ts.get.table(ts.datasets.toy_twin(), "dreams"), "no table 'dreams'"),
        (lambda kb: ts.kb.read("nowhere"), "no such file"),
        (lambda kb: ts.kb.demo("nowhere"), "make demo"),
        (lambda kb: kb.file("magic") and ts.kb.Knowledge({}).drugs, "no drugs"),
    ],
)
def test_what_a_user_gets_wrong_is_told(call, told):
    with pytest.raises(InputError, match=told):
        call(ts.datasets.toy_knowledge())


def _renamed(adata, patient="P2"):
    """The same of another patient."""
    adata.uns["patient"] = {**adata.uns["patient"], "patient": patient}
    return adata


def _twice_ill(**columns):
    """Raw cells of the toy cohort, those of P2 given to P1, with further columns of the ill."""
    cells = ts.datasets.toy()
    second = cells.obs["donor"] == "P2"
    for name, (first, other) in columns.items():
        cells.obs[name] = np.where(second, other, first)
    cells.obs["donor"] = cells.obs["donor"].replace({"P2": "P1"})
    return cells


def _observations(*, without=()):
    """Observations of the toy cohort, but for some donors."""
    cells = ts.datasets.toy()
    return ts.pp.observe(cells[~cells.obs["donor"].isin(without)], ts.datasets.toy_knowledge())


def _twin_of(adata, **given):
    """Build a twin from the toy knowledge."""
    given = {"patient": "P1", "control": "healthy", **given}
    return ts.tl.twin(adata, ts.datasets.toy_knowledge(), **given)


@pytest.mark.parametrize(
    "call",
    [
        lambda twin, screen, kb: ts.tl.treat(twin, kb, "drug 1", screen=screen),
        lambda twin, screen, kb: ts.tl.cohort([twin], [screen]),
        lambda twin, screen, kb: ts.tl.trial([twin], [screen]),
        lambda twin, screen, kb: ts.report.patient(twin, screen),
        lambda twin, screen, kb: ts.tl.screen(
            twin, kb, replicates=_renamed(ts.get.replicates(twin).copy())
        ),
    ],
)
def test_what_is_of_another_patient_is_refused(call):
    twin, screen = ts.datasets.toy_twin(), _renamed(ts.datasets.toy_screen())
    with pytest.raises(InputError, match="of P2"):
        call(twin, screen, ts.datasets.toy_knowledge())


@pytest.mark.parametrize("call", [ts.tl.cohort, ts.tl.trial])
def test_a_cohort_has_every_patient_once_with_a_screen(call):
    twin, screen = ts.datasets.toy_twin(), ts.datasets.toy_screen()
    with pytest.raises(InputError, match="2 twins and 1 screens"):
        call([twin, _renamed(ts.datasets.toy_twin())], [screen])
    with pytest.raises(InputError, match="patient P1 twice"):
        call([twin, twin], [screen, screen])
    with pytest.raises(InputError, match="a list of twins"):
        call(twin, screen)


def test_states_that_cannot_be_told_apart_or_put_in_order_are_refused():
    with pytest.raises(InputError, match="differ in their number alone"):
        _twin_of(_twice_ill(time=("pre", "post")), columns={"time": "time"})
    cells = _twice_ill(sample=("first", "second"))
    second = cells.obs["sample"] == "second"
    cells.obs["condition"] = np.where(second, "worse", cells.obs["condition"])
    with pytest.raises(InputError, match="one condition per time point"):
        _twin_of(cells)


def test_cells_without_a_donor_are_left_out_and_counted(caplog):
    kb, cells = ts.datasets.toy_knowledge(), ts.datasets.toy()
    cells.obs["donor_id"] = cells.obs["donor"].replace({"D1": "pooled", "D2": None})
    found = ts.pp.observe(cells, kb, donor="donor_id")
    patients = [one.uns["sample"]["patient"] for one in found]
    assert patients == ["D3", "D4", "D5", "D6", "P1", "P2"]
    assert "240 cells without donor_id or condition are left out" in caplog.text
    cells.obs["donor_id"] = pd.NA
    with pytest.raises(InputError, match="no cell with all of them"):
        ts.pp.observe(cells, kb, donor="donor_id")


def test_a_sample_given_twice_is_refused():
    observations = _observations()
    with pytest.raises(InputError, match="two observations of it"):
        _twin_of([*observations, observations[0]])
    with pytest.raises(InputError, match="two observations of it"):
        ts.tl.reference([observations[0], *observations])


@pytest.mark.parametrize("design", ["reference", "group"])
def test_a_control_donor_is_no_patient(design):
    there = "ill" if design == "group" else "P1, P2"
    with pytest.raises(InputError, match=f"there are samples of {there}"):
        _twin_of(_observations(), patient="D1", design=design)


@pytest.mark.parametrize(
    ("drugs", "told"),
    [
        (("drug 1", "toy:1"), "'drug 1', 'toy:1'"),
        ((), "no drug"),
        ((["drug 1", "drug 2"],), "each by name"),
    ],
)
def test_a_treatment_is_different_drugs_by_name(drugs, told):
    twin, kb = ts.datasets.toy_twin(), ts.datasets.toy_knowledge()
    with pytest.raises(InputError, match=told):
        ts.tl.treat(twin, kb, *drugs, beta=1.0)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda twin, screen, kb: ts.tl.screen(screen, kb), "contract twin"),
        (lambda twin, screen, kb: ts.tl.screen("twin.h5ad", kb), "of the kind str"),
        (lambda twin, screen, kb: ts.tl.treat(screen, kb, "drug 1"), "contract twin"),
        (lambda twin, screen, kb: ts.tl.cohort([screen], [twin]), "contract twin"),
        (lambda twin, screen, kb: ts.tl.similarity([screen]), "contract twin"),
        (lambda twin, screen, kb: ts.report.patient(screen, twin), "contract twin"),
        (lambda twin, screen, kb: ts.pl.evidence(twin), "contract screen"),
        (lambda twin, screen, kb: ts.pl.paths(twin, "drug 1"), "contract screen"),
        (lambda twin, screen, kb: ts.pl.module(screen, "Mono", kb), "contract twin"),
        (lambda twin, screen, kb: ts.get.ranking(twin), "contract screen"),
        (lambda twin, screen, kb: ts.get.replicates(screen), "contract twin"),
        (lambda twin, screen, kb: ts.tl.reference([twin]), "the contract observation"),
        (lambda twin, screen, kb: _twin_of([twin]), "the contract observation"),
        (lambda twin, screen, kb: _twin_of([], healthy=twin), "contract reference"),
        (lambda twin, screen, kb: ts.tl.screen(twin, "kb"), "tl.screen, kb"),
        (lambda twin, screen, kb: ts.tl.treat(twin, screen, "drug 1"), "tl.treat, kb"),
        (lambda twin, screen, kb: ts.pp.observe(ts.datasets.toy(), "kb"), "pp.observe, kb"),
        (lambda twin, screen, kb: ts.pp.observe("cells.h5ad", kb), "an AnnData with raw counts"),
    ],
)
def test_another_kind_of_object_is_refused(call, told):
    twin, screen = ts.datasets.toy_twin(), ts.datasets.toy_screen()
    with pytest.raises(InputError, match=told):
        call(twin, screen, ts.datasets.toy_knowledge())


def test_with_a_reference_only_single_cells_need_the_controls():
    observations = _observations(without=["P2"])
    healthy = ts.tl.reference(observations[:-1])
    few = {"bootstrap_replicates": 0, "null_replicates": 0, "random_sets": 20}
    twin = _twin_of(observations[-1:], healthy=healthy, **few)
    assert twin.obs["tissue"].unique().tolist() == ["blood"]
    assert not twin.uns["unscorable"]
    with pytest.raises(InputError, match="no sample of the condition healthy"):
        _twin_of(observations[-1:], healthy=healthy, single_cells=True)


def test_patients_can_be_compared_with_each_other_and_with_donors_of_another_study():
    cells, kb = ts.datasets.toy(), ts.datasets.toy_knowledge()
    few = {"bootstrap_replicates": 0, "null_replicates": 0, "random_sets": 20}
    twin = ts.tl.twin(cells, kb, patient="D1", control="ill", donors="patients", **few)
    assert set(twin.obs["n_reference_donors"]) == {5}  # the six donors but for themselves
    cells.obs.loc[cells.obs["donor"].isin([f"D{n}" for n in range(3, 7)]), "condition"] = "public"
    twin = ts.tl.twin(cells, kb, patient="P1", control="healthy", public="public", **few)
    assert set(twin.obs["n_reference_donors"]) == {2}
    assert set(twin.uns["batch"]["n_public"]) == {4}


def test_an_id_may_be_a_number():
    cells = ts.datasets.toy()
    cells.obs["donor"] = cells.obs["donor"].replace({"P1": "1"})
    few = {"bootstrap_replicates": 0, "null_replicates": 0, "random_sets": 20}
    assert _twin_of(cells, patient=1, **few).uns["patient"]["patient"] == "1"
