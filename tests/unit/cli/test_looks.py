"""What a later stage would refuse is told by `check` and before a run's first job."""

import pytest

from twinscreen.cli.looks import diseases_in_words, drugs_in_words, look_at_tables
from twinscreen.files.errors import InputError
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.validate import check_config


@pytest.fixture
def faults(tmp_path):
    """Look at the tables of a configuration, none of whose knowledge was made."""
    samples = "sample\tpatient\tcondition\tcells\nh\tP0\tHC\th.h5ad\ns\tP1\till\ta.h5ad\n"
    (tmp_path / "samples.tsv").write_text(samples)
    (tmp_path / "patients.tsv").write_text("patient\tresponded\nP0\t\nP1\tperhaps\n")

    def read(**sections):
        given = {
            "samples": str(tmp_path / "samples.tsv"),
            "patients": str(tmp_path / "patients.tsv"),
            "output": str(tmp_path / "out"),
            "observe": {"cell_type": "cell_type"},
            "reference": {"control": "HC"},
            **sections,
        }
        config = check_config(given, file="c.yaml")
        return config, read_cohort(config, file="c.yaml")

    def faults(**sections):
        config, cohort = read(**sections)
        return [str(one) for one in look_at_tables(config, cohort, file="c.yaml")]

    faults.read = read
    return faults


def test_drugs_are_looked_up_before_anything_is_made(faults):
    assert faults(screen={"include": ["Ruxolitinib", "anifrolumab"]}) == []
    screen = {"include": ["ruxolitinip"]}
    assert "c.yaml, screen.include" in faults(screen=screen)[0]
    assert "near are ruxolitinib" in faults(screen=screen)[0]
    assert "c.yaml, trial.drugs" in faults(trial={"drugs": ["nothing such"]})[0]


def test_new_drugs_of_ones_own_are_told_with_those_whose_name_is_like_theirs(faults, tmp_path):
    table = tmp_path / "mine.tsv"
    names = ("ruxolitinb", "Baricitinib", "XY-1")
    lines = [f"{name}\tJAK1\tinhibitor\tyes\n" for name in names]
    table.write_text("drug\ttarget\taction\tapproved\n" + "".join(lines))
    assert drugs_in_words(faults.read()[0]) == []
    config, _ = faults.read(screen={"drugs": str(table), "drugs_mode": "replace"})
    assert drugs_in_words(config) == [
        "mine.tsv: 3 drugs, 2 of them new to the library: ruxolitinb (near is ruxolitinib)"
    ]


def test_drugs_of_ones_own_that_are_not_tried_are_told(faults, tmp_path):
    table = tmp_path / "mine.tsv"
    lines = [f"XY-{number}\tJAK1\tinhibitor\tno\n" for number in (1, 2)]
    table.write_text("drug\ttarget\taction\tapproved\n" + "".join(lines))
    own = {"drugs": str(table)}
    config, _ = faults.read(screen=own | {"include": ["xy-2"]})
    [_, said] = drugs_in_words(config)
    assert said.startswith("not tried, since not approved: XY-1; screen.include")
    for tried in ({"include": ["XY-1", "XY-2"]}, {"library": "all"}):
        assert len(drugs_in_words(faults.read(screen=own | tried)[0])) == 1


def test_tables_of_answers_are_read(faults, tmp_path):
    labels = tmp_path / "labels.tsv"
    labels.write_text("drug\tlabel\nx\tpositive\n", encoding="utf-16")
    assert "no text in UTF-8" in faults(evaluation={"labels": str(labels)})[0]
    labels.write_text("drug\tlabel\nx\tperhaps\n")
    assert "line 2, column label" in faults(evaluation={"labels": str(labels)})[0]
    labels.write_text("drug\tlabel\nx\tpositive\n")
    assert faults(evaluation={"labels": str(labels)}) == []


def test_tables_of_what_speaks_against_drugs_are_read(faults, tmp_path):
    warnings, interactions = tmp_path / "own.tsv", tmp_path / "own.csv"
    warnings.write_text("drug\tkind\tsubject\tdetail\tsource\nx\twithdrawn\t\t\t\ny\tbad\t\t\t\n")
    interactions.write_text("Drug_A,Drug_B,Level\nx,N07AA,major\n\ny,,minor\n")
    told = faults(safety={"warnings": [str(warnings)], "interactions": [str(interactions)]})
    assert "own.tsv, line 3, column kind" in told[0]
    assert "own.csv, line 4, column Drug_B" in told[1]


def test_responses_are_read(faults):
    assert "column responded" in faults(trial={"responses": "responded"})[0]


def test_a_fault_of_the_sheets_comes_first(faults):
    with pytest.raises(InputError, match=r"reference\.control"):
        faults(reference={"control": "none"})


def test_a_disease_that_no_table_lists_is_said_before_the_first_run(faults, tmp_path):
    def said(disease: str) -> list[str]:
        text = f"patient\tdisease\nP0\t\nP1\t{disease}\n"
        (tmp_path / "patients.tsv").write_text(text)
        config, cohort = faults.read()
        return diseases_in_words(config, cohort)

    assert said("MONDO:0008383 rheumatoid arthritis|efo:0000270|DOID_9352") == []
    [line] = said("MONDO:0008383|MONDO:9999999 made up")
    assert line.startswith("P1: MONDO:9999999 made up: not among the diseases whose")
