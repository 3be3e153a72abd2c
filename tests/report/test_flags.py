"""Flags of compartments are a closed set, which the page says in words."""

from pathlib import Path

import pytest

from twinscreen.files.contracts.twin import Flag
from twinscreen.report.flags import as_a_weakness, in_short

CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts.md"


def short(flag, **columns):
    return in_short(flag, **{"n_donors": 4.0, "calibration": 0.12, "control_times": ""} | columns)


def test_each_flag_has_words_of_its_own_and_a_place_on_the_page_of_contracts():
    assert len({short(flag) for flag in Flag}) == len(Flag)
    page = CONTRACTS.read_text(encoding="utf-8")
    assert [flag for flag in Flag if f"`{flag}`" not in page] == []


@pytest.mark.parametrize(
    ("flag", "columns", "words"),
    [
        (Flag.FEW_DONORS, {}, "only 4 reference donors"),
        (Flag.FEW_DONORS, {"n_donors": 1.0}, "only 1 reference donor"),
        (Flag.NOT_CALIBRATED, {}, "not calibrated: p < 0.05 in 12% of genes of healthy donors"),
        (Flag.CONTROL_OF_OTHER_TIME, {"control_times": "T0|T1"}, "control sample of T0, T1"),
    ],
)
def test_numbers_come_from_columns(flag, columns, words):
    assert short(flag, **columns) == words


def test_a_flag_without_a_sentence_of_its_own_is_marked():
    told = as_a_weakness(Flag.FEW_DONORS, n_donors=4.0, short="")
    assert told == "compared with only 4 healthy donors"
    assert as_a_weakness(Flag.TREATED_COPY, n_donors=4.0, short="x") == "marked: x"
