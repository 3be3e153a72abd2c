"""The interface for notebooks: lazily imported, its examples true, its objects shown and kept."""

import doctest
import subprocess
import sys
from importlib import import_module

import anndata as ad
import matplotlib as mpl
import numpy as np
import pytest

import twinscreen as ts
from twinscreen.files import InputError

PARTS = ("datasets", "get", "kb.knowledge", "pl", "pp", "report.cohort", "report.patient", "tl")


@pytest.fixture(autouse=True)
def _without_a_screen():
    mpl.use("agg")


@pytest.mark.parametrize("name", PARTS)
def test_examples_in_docstrings_are_true(name):
    module = import_module(f"twinscreen.{name}")
    assert doctest.testmod(module, extraglobs={"twinscreen": ts}).failed == 0


@pytest.mark.parametrize("name", PARTS)
def test_every_public_function_has_an_example(name):
    module = import_module(f"twinscreen.{name}")
    functions = [
        one
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
    figure = mpl.figure.Figure()
    axes = figure.subplots(3)
    screen, twin = ts.datasets.toy_screen(), ts.datasets.toy_twin()
    assert ts.pl.evidence(screen, ax=axes[0]) is axes[0]
    assert ts.pl.paths(screen, "drug 1", ax=axes[1]) is axes[1]
    assert ts.pl.module(twin, "Mono", ts.datasets.toy_knowledge(), ax=axes[2]) is axes[2]
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
