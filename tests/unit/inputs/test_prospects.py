"""What a design can tell with the donors of the sheet, said before the run."""

import numpy as np
import pytest

from twinscreen.files import InputError, generator
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.prospects import Prospect, check_design, in_words, labellings, prospects
from twinscreen.inputs.validate import check_config
from twinscreen.twin.replicates import permuted_groups

HEAD = "sample patient condition tissue time batch cells\n"


def sheet(*rows):
    """Give a sample sheet of rows of patient, condition, tissue, time and batch."""
    lines = [f"s{n} {row} {n}.h5ad\n" for n, row in enumerate(rows)]
    return HEAD + "".join(lines)


def donors(number, condition="HC", tissue="blood"):
    return [f"{condition[0]}{n} {condition} {tissue} T0 one" for n in range(number)]


def patients_of(samples):
    names = dict.fromkeys(line.split()[1] for line in samples.splitlines()[1:])
    return "patient age\n" + "".join(f"{name} 40\n" for name in names)


def set_up(tmp_path, rows, design="reference", **changes):
    """Read a cohort; give it with its configuration."""
    samples = sheet(*rows)
    for name, text in (("samples", samples), ("patients", patients_of(samples))):
        (tmp_path / f"{name}.tsv").write_text(text.replace(" ", "\t"), encoding="utf-8")
    config = {
        "samples": str(tmp_path / "samples.tsv"),
        "patients": str(tmp_path / "patients.tsv"),
        "observe": {"cell_type": "type"},
        "reference": {"control": "HC"},
        "twin": {"design": design},
    }
    filled = check_config(config | changes, file="c.yaml")
    return read_cohort(filled, file="c.yaml"), filled


@pytest.mark.parametrize(
    ("n_donors", "n_null", "says"),
    [
        (3, 0, "can be made for 0 of 1 patient"),  # two others are too few to compare one with
        (4, 4, "can be made for 1 of 1 patient"),
    ],
)
def test_a_donor_too_few_costs_the_null_replicates_and_the_calls(tmp_path, n_donors, n_null, says):
    found = set_up(tmp_path, [*donors(n_donors), "P1 ill blood T0 one"], "reference")
    assert prospects(*found) == [Prospect("P1", "blood", n_donors, n_null)]
    said = "\n".join(in_words(*found))
    assert says in said
    assert f"with {n_donors} donors they are too narrow" in said
    assert ("Remedy: at least 4 donors" in said) == (n_null == 0)


@pytest.mark.parametrize("design", ["reference", "group"])
def test_two_controls_can_score_nobody(tmp_path, design):
    found = set_up(tmp_path, [*donors(2), *donors(4, "ill")], design)
    with pytest.raises(InputError, match="2 donors") as error:
        check_design(*found)
    assert "at least 3" in str(error.value)
    assert error.value.remedy


def test_donors_of_another_tissue_can_score_nobody(tmp_path):
    found = set_up(tmp_path, [*donors(4), "P1 ill gut T0 one"], "reference")
    with pytest.raises(InputError, match="0 donors to compare with in gut"):
        check_design(*found)


def test_one_patient_of_two_is_named(tmp_path):
    rows = ["P1 HC blood T0 one", "P1 ill blood T1 one", "P2 ill blood T1 one"]
    found = set_up(tmp_path, rows, "paired")
    check_design(*found)
    said = "\n".join(in_words(*found))
    assert "Scores: 1 of 2 patients. Not P2: no sample of the condition HC" in said
    assert "Remedy: a control sample of each patient's own." in said


def test_no_patient_has_a_control_of_their_own(tmp_path):
    found = set_up(tmp_path, [*donors(2), *donors(3, "ill")], "paired")
    with pytest.raises(InputError, match="no sample of the condition HC of the patient's own"):
        check_design(*found)


def test_a_preset_without_calls_says_so(tmp_path):
    rows = [*donors(5), "P1 ill blood T0 one"]
    found = set_up(tmp_path, rows, "reference", screen={"preset": "causal"})
    assert "Calls: none, as the preset causal makes none" in in_words(*found)[-1]


def test_replicates_that_are_switched_off(tmp_path):
    rows, twin = [*donors(5), "P1 ill blood T0 one"], {"design": "reference"}
    twin |= {"bootstrap_replicates": 0, "null_replicates": 0}
    said = "\n".join(in_words(*set_up(tmp_path, rows, twin=twin)))
    assert "Intervals: none" in said
    assert "Remedy: twin.null_replicates of at least 3." in said


@pytest.mark.parametrize(
    ("cases", "controls", "batches"),
    [
        ("abc", "xyz", "111111"),  # 18, without the true one and its opposite
        ("abc", "wxyz", "1111111"),
        ("abcd", "wxyz", "11221122"),  # permuted within batches
        ("abc", "xyz", "111222"),  # batch and group are one
        ("abcd", "abcd", "1122"),  # each on both sides: swapped or not
        ("abcd", "abyz", "111111"),
    ],
)
def test_labellings_are_as_many_as_the_group_design_makes(cases, controls, batches):
    names = sorted({*cases, *controls}, key=(cases + controls).index)
    batch = dict(zip(names, batches, strict=True))
    rows = sorted([(name, True) for name in cases] + [(name, False) for name in controls])
    sides = [batch[name] for name, _ in rows]
    within = batches in ("11221122",)
    made = permuted_groups.labellings(
        [name for name, _ in rows],
        np.array([case for _, case in rows]),
        sides if within else [""] * len(rows),
        replicates=1000,
        random=generator(1, "labels"),
    )
    assert labellings(set(cases), set(controls), batch) == len(made)


def test_controls_alone_are_no_cohort(tmp_path):
    with pytest.raises(InputError, match="only samples of the control condition 'HC'"):
        check_design(*set_up(tmp_path, donors(4)))


# --- the answers of few controls ----------------------------------------------------------

FEW_CONTROLS = [*donors(2), *donors(5, "ill"), *donors(6, "public")]


def test_patients_are_compared_with_each_other(tmp_path):
    reference = {"control": "HC", "donors": "patients"}
    cohort, config = set_up(tmp_path, FEW_CONTROLS[:-6], reference=reference, only=["i0"])
    check_design(cohort, config)
    assert cohort.treated == ["i0"]
    others = {cohort.samples[name]["patient"] for name in cohort.reference}
    assert others == {f"i{n}" for n in range(5)}  # whoever is run, and no control
    assert prospects(cohort, config) == [Prospect("i0", "blood", 4, 4)]
    said = "\n".join(in_words(cohort, config))
    assert "compared with the other patients of the cohort" in said
    assert "Null replicates: 4 for each patient (the other patients analysed likewise)" in said
    assert "healthy" not in said


def test_without_a_control_patients_can_be_compared_with_each_other_all_the_same(tmp_path):
    found = set_up(tmp_path, donors(3, "ill"), reference={"control": "HC", "donors": "patients"})
    with pytest.raises(InputError, match="2 donors to compare with"):  # two others
        check_design(*found)
    found = set_up(tmp_path, donors(4, "ill"), reference={"control": "HC", "donors": "patients"})
    check_design(*found)
    # three others; two are too few to analyse one of them likewise, but the patient makes three
    assert {one.n_null for one in prospects(*found)} == {3}


def test_donors_of_another_study_stand_beside_ones_own(tmp_path):
    found = set_up(tmp_path, FEW_CONTROLS, reference={"control": "HC", "public": "public"})
    check_design(*found)
    assert found[0].treated == [f"i{n}" for n in range(5)]
    assert prospects(*found)[0] == Prospect("i0", "blood", 2, 8)
    said = "\n".join(in_words(*found))
    assert "those of public, of another study, tell how much people differ" in said
    assert "Calls: can be made for 5 of 5 patients" in said


@pytest.mark.parametrize(
    ("n_own", "n_public", "n_null", "more"),
    [(2, 2, 0, 2), (2, 3, 2, 1), (2, 4, 6, 0), (3, 1, 0, 1), (3, 2, 3, 0)],
)
def test_too_few_donors_of_another_study_are_counted(tmp_path, n_own, n_public, n_null, more):
    rows = [*donors(n_own), *donors(1, "ill"), *donors(n_public, "public")]
    found = set_up(tmp_path, rows, reference={"control": "HC", "public": "public"})
    assert prospects(*found) == [Prospect("i0", "blood", n_own, n_null)]
    said = "\n".join(in_words(*found))
    remedy = f"Remedy: donors of the patients' tissue: {more} more of public in blood."
    assert said.endswith(remedy) == (more > 0)
    assert ("Calls: can be made for 1 of 1 patient" in said) == (more == 0)


@pytest.mark.parametrize("n_own", [0, 1])
def test_donors_of_another_study_alone_or_with_a_single_one_give_no_call(tmp_path, n_own):
    rows = FEW_CONTROLS[2 - n_own :]
    found = set_up(tmp_path, rows, reference={"control": "HC", "public": "public"})
    check_design(*found)
    said = "\n".join(in_words(*found))
    assert "Scores: 5 of 5 patients" in said
    assert "Calls: none, as a batch can't be told from a disease" in said
    assert "Remedy: two donors of the patients' own study, of the condition HC." in said


@pytest.mark.parametrize(
    ("reference", "design", "says"),
    [
        ({"public": "nobody"}, "reference", "reference.public"),
        ({"public": "public"}, "group", "with twin.design group"),
        ({"donors": "patients"}, "paired", "with twin.design paired"),
        ({"donors": "patients", "public": "public"}, "reference", "donors and reference.public"),
        ({"public": "HC"}, "reference", "a condition other than control"),
    ],
)
def test_answers_that_do_not_go_together(tmp_path, reference, design, says):
    with pytest.raises(InputError) as error:
        set_up(tmp_path, FEW_CONTROLS, design, reference={"control": "HC", **reference})
    assert says in str(error.value)
    assert error.value.remedy
