"""Flags of compartments are a closed set, which the page says in words."""

from pathlib import Path

import pytest

from twinscreen.files.contracts.twin import Flag
from twinscreen.report.flags import as_a_weakness, in_short
from twinscreen.report.standard import standard_of

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts.md"


HEALTHY, OTHER = (
    standard_of({"design": "reference", "control": name}) for name in ("healthy", "osteoarthritis")
)


def short(flag, **columns):
    given = {"n_donors": 4.0, "calibration": 0.12, "control_times": "", "standard": HEALTHY}
    return in_short(flag, **given | columns)


def test_each_flag_has_words_of_its_own_and_a_place_on_the_page_of_contracts():
    assert len({short(flag) for flag in Flag}) == len(Flag)
    page = CONTRACTS.read_text(encoding="utf-8")
    assert [flag for flag in Flag if f"`{flag}`" not in page] == []


@pytest.mark.parametrize(
    ("flag", "columns", "words"),
    [
        (Flag.FEW_DONORS, {}, "only 4 healthy donors"),
        (Flag.FEW_DONORS, {"n_donors": 1.0}, "only 1 healthy donor"),
        (Flag.FEW_DONORS, {"standard": OTHER}, "only 4 osteoarthritis donors"),
        (Flag.NOT_CALIBRATED, {}, "not calibrated: p < 0.05 in 12% of genes of healthy donors"),
        (Flag.CONTROL_OF_OTHER_TIME, {"control_times": "T0|T1"}, "control sample of T0, T1"),
    ],
)
def test_numbers_come_from_columns(flag, columns, words):
    assert short(flag, **columns) == words


def test_a_flag_without_a_sentence_of_its_own_is_marked():
    told = as_a_weakness(Flag.FEW_DONORS, n_donors=4.0, short="", standard=HEALTHY)
    assert told == "compared with only 4 healthy donors"
    told = as_a_weakness(Flag.TREATED_COPY, n_donors=4.0, short="x", standard=OTHER)
    assert told == "marked: x"


@pytest.mark.parametrize("name", ["healthy", "Healthy_control", "healthy donors", "normal", "HC"])
def test_a_condition_that_says_so_is_called_healthy(name):
    assert standard_of({"design": "reference", "control": name}) == HEALTHY


@pytest.mark.parametrize("name", ["osteoarthritis", "unhealthy", "control", "normal_weight"])
@pytest.mark.parametrize("design", ["reference", "paired", "group"])
def test_any_other_condition_is_called_by_its_name(design, name):
    standard = standard_of({"design": design, "control": name})
    assert standard.norm == name.replace("_", " ")
    assert standard.count(2) == f"2 {standard.norm} donors"
    assert " healthy " not in f" {standard.own} {standard.null} {standard.donors}"
