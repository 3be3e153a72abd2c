"""Reference states and outcomes of one's own: what is read, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from small_tables import drug_table, write_lines
from twinscreen.data import TABLES
from twinscreen.files import DRUGS, GENE_NAMES, PRECEDENTS, InputError, read_anndata, write_table
from twinscreen.knowledge.precedents.build import LibraryFiles, build_precedents
from twinscreen.knowledge.precedents.look import look_at_precedents
from twinscreen.knowledge.precedents.own_outcomes import read_own_outcomes
from twinscreen.knowledge.precedents.own_states import read_own_states


@pytest.fixture
def build(tmp_path):
    """Build with a library of one state over five genes, and three drugs; give what was written."""
    letters = "ABCDEF"
    names = pd.DataFrame(
        {
            "name": [*letters, *"12345", "OLD"],
            "symbol": [*letters, *"ABCDE", "F"],
            "kind": ["symbol"] * 6 + ["entrez"] * 5 + ["previous"],
        }
    )
    drugs = drug_table("aspirin", "iron", "zinc", synonyms=["ASA", None, None])
    write_table(names, tmp_path / "names.parquet", GENE_NAMES)
    write_table(drugs, tmp_path / "drugs.parquet", DRUGS)
    entrez = (f"{number} {number}" for number in range(1, 6))
    library = LibraryFiles(
        write_lines(tmp_path / "library.tsv", "entrez_id DOID:1", *entrez),
        write_lines(tmp_path / "diseases.tsv", "state disease also", "DOID:1 gout MONDO:1"),
        write_lines(tmp_path / "helped.tsv", "state drug", "DOID:1 aspirin", "DOID:1 zinc"),
    )

    def built(*states, library=library, **options):
        build_precedents(
            library,
            own_states=states,
            **options,
            names=tmp_path / "names.parquet",
            drugs=tmp_path / "drugs.parquet",
            output=tmp_path / "precedents.h5ad",
        )
        return read_anndata(tmp_path / "precedents.h5ad", PRECEDENTS)

    return built


def test_a_table_is_a_state_called_as_its_file_ordered_by_signed_significance(tmp_path, build):
    rows = ["A 2 0.5", "B -1 0.01", "C 3 0.01", "D -9 0.01", "OLD 1 0.9", "nogene 1 1"]
    path = write_lines(tmp_path / "flare.tsv", "gene logfc pvalue", *rows)
    found = build(path)
    scores = found.to_df().loc["flare"].dropna()
    # D and B are down with one p, D by more; C is up; F, by a former name, hardly deviates
    assert scores.sort_values().index.tolist() == ["D", "B", "F", "A", "C"]
    np.testing.assert_allclose(scores.sort_values(), stats.norm.ppf((np.arange(5) + 0.5) / 5), 1e-6)
    assert found.obs.loc["flare"].tolist() == ["flare", "flare", "own", ""]
    assert found.obs["origin"].tolist() == ["library", "own"]
    assert np.isnan(found["flare", "E"].X).all()


def test_several_states_of_a_table_have_diseases_and_may_be_a_patients(tmp_path, build):
    rows = ["A 2 0.5 s MONDO:7|lupus P1", "B 1 0.5 s MONDO:7|lupus P1", "A 1 0.1 t"]
    path = write_lines(tmp_path / "many.tsv", "gene effect pvalue state diseases patient", *rows)
    found = build(path, library=None)
    assert found.obs.to_numpy().tolist() == [
        ["s", "s|MONDO:7|lupus", "own", "P1"],
        ["t", "t", "own", ""],
    ]


def test_up_and_down_genes_are_a_state_of_all_genes_that_any_state_has(tmp_path, build):
    sets = ["flare_UP lupus|MONDO:7 A B", "flare_DN na E OLD", "rest_up https://x B"]
    found = build(write_lines(tmp_path / "own.gmt", *sets))
    scores = found.to_df()
    up = stats.norm.ppf(5 / 6)  # the mean rank of the upper two of six
    np.testing.assert_allclose(scores.loc["flare", [*"ABCDEF"]], [up, up, 0, 0, -up, -up], 1e-6)
    assert found.obs.loc["flare", "diseases"] == "flare|lupus|MONDO:7"
    assert found.obs.loc["rest", "diseases"] == "rest"
    assert found.to_df().loc["rest"].rank().to_dict()["B"] == 6


def test_outcomes_of_ones_own_go_before_those_of_the_package(tmp_path, build, caplog):
    own = write_lines(tmp_path / "flare.tsv", "gene effect pvalue", "A 1 0.1", "B 2 0.1")
    outcomes = write_lines(
        tmp_path / "outcomes.tsv",
        "state drug helped diseases",
        *("flare asa yes lupus|SLE", "Gout zinc no", "DOID:1 iron Yes", "flare unobtainium yes"),
    )
    found = build(own, own_outcomes=outcomes)
    assert found.uns["outcomes"].to_numpy().tolist() == [
        ["DOID:1", "d:1", True],
        ["DOID:1", "d:2", True],
        ["DOID:1", "d:3", False],
        ["flare", "d:1", True],
    ]
    assert found.obs.loc["flare", "diseases"] == "flare|lupus|SLE"
    assert "not in the drug table: unobtainium" in caplog.text


def test_without_the_package_and_without_files_there_is_no_state(build):
    found = build(library=None)
    assert found.shape == (0, 0)
    assert found.uns["outcomes"].empty


@pytest.mark.parametrize(
    ("name", "lines", "place", "fault"),
    [
        ("a.tsv", ["gene pvalue", "A 1"], "line 1", "no column logfc"),
        ("a.tsv", ["gene effect pvalue", "A 1 2"], "line 2, column pvalue", "'2'"),
        ("a.tsv", ["gene effect pvalue", "A NA 1"], "line 2, column effect", "'NA'"),
        ("a.tsv", ["gene effect pvalue", "A 1 1", "A 2 1"], "line 3", "A in a a second time"),
        ("a.tsv", ["gene effect pvalue state", "A 1 1 s|t"], "line 2", "s|t"),
        (
            "a.tsv",
            ["gene effect pvalue patient", "A 1 1 P1", "B 1 1 P2"],
            "line 3, column patient",
            "'P2'",
        ),
        ("a.gmt", ["flare na A"], "line 1", "the set 'flare'"),
        ("a.gmt", ["flare_UP na"], "line 1", "no gene"),
        ("a.gmt", ["flare_UP na A", "flare_up na B"], "line 2", "a second set of flare"),
        ("a.gmt", ["flare_UP na A", "flare_DOWN na A"], "line 2", "A as up and down"),
        ("a.gmt", [""], "", "no set"),
    ],
)
def test_a_faulty_state_is_refused_with_its_line(tmp_path, name, lines, place, fault):
    with pytest.raises(InputError) as raised:
        read_own_states([write_lines(tmp_path / name, *lines)])
    assert raised.value.place == place
    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("lines", "place", "fault"),
    [
        (["state drug", "s d"], "line 1", "no column helped"),
        (["state drug helped", "s d maybe"], "line 2, column helped", "'maybe'"),
        (["state drug helped", "s d yes", "s D no"], "line 3", "D in s a second time"),
    ],
)
def test_a_faulty_table_of_outcomes_is_refused_with_its_line(tmp_path, lines, place, fault):
    with pytest.raises(InputError) as raised:
        read_own_outcomes(write_lines(tmp_path / "outcomes.tsv", *lines))
    assert raised.value.place == place
    assert fault in str(raised.value)


def test_a_state_is_named_once(tmp_path, build):
    one = write_lines(tmp_path / "a.tsv", "gene effect pvalue", "A 1 1")
    (tmp_path / "other").mkdir()
    same = write_lines(tmp_path / "other" / "a.tsv", "gene effect pvalue", "A 1 1")
    with pytest.raises(InputError, match="the state a a second time"):
        read_own_states([one, same])
    gout = write_lines(tmp_path / "Gout.tsv", "gene effect pvalue", "A 1 1")
    with pytest.raises(InputError, match="one of the package's, too"):
        build(gout)


def test_names_that_are_mostly_no_genes_are_refused(tmp_path, build):
    path = write_lines(tmp_path / "a.tsv", "gene effect pvalue", "x 1 1", "y 1 1", "A 1 1")
    with pytest.raises(InputError, match="2 of 3 names are no human gene, for example x, y"):
        build(path)


def test_an_outcome_of_a_state_that_is_not_there_is_refused(tmp_path, build):
    outcomes = write_lines(tmp_path / "outcomes.tsv", "state drug helped", "P1 iron yes")
    with pytest.raises(InputError, match="line 2, column state") as raised:
        build(own_outcomes=outcomes)
    assert "gout" in str(raised.value)
    assert build(own_outcomes=outcomes, patients=None).uns["outcomes"]["state"].eq("DOID:1").all()


def test_a_first_look_tells_every_fault_of_every_file(tmp_path):
    bad = write_lines(tmp_path / "a.tsv", "gene effect pvalue", "A 1 7")
    good = write_lines(tmp_path / "b.tsv", "gene effect pvalue", "A 1 0.7")
    outcomes = write_lines(
        tmp_path / "outcomes.tsv", "state drug helped", "b iron yes", "P1 iron no"
    )
    section = {"library": True, "states": [bad], "outcomes": outcomes, "cohort": True}
    look = {"patients": ["P1"], "drugs": tmp_path / "none"}
    words, faults = look_at_precedents(section, LibraryFiles.of(TABLES), **look)
    assert [fault.place for fault in faults] == ["line 2, column pvalue"]

    section["states"] = [good]
    words, faults = look_at_precedents(section, LibraryFiles.of(TABLES), **look)
    assert (words, faults) == (
        [
            "precedent: 1 reference state of your own (b)",
            "precedent: 2 outcomes of your own",
        ],
        [],
    )
    section["cohort"] = False
    _, faults = look_at_precedents(section, LibraryFiles.of(TABLES), **look)
    assert [fault.place for fault in faults] == ["line 3, column state"]


def test_a_first_look_refuses_a_state_that_is_called_as_a_patient(tmp_path):
    path = write_lines(tmp_path / "P1.tsv", "gene effect pvalue", "A 1 0.7")
    section = {"library": True, "states": [path], "outcomes": "", "cohort": True}
    look = {"patients": ["P1"], "drugs": tmp_path / "none"}
    _, [fault] = look_at_precedents(section, LibraryFiles.of(TABLES), **look)
    assert "the state P1, which is a patient of the cohort, too" in str(fault)
    assert fault.remedy == "rename the state"
    # patients are no reference states
    section["cohort"] = False
    assert look_at_precedents(section, LibraryFiles.of(TABLES), **look)[1] == []
