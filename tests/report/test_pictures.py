"""README's pictures are those of today's program: `make pictures` takes them."""

import hashlib
import importlib.util
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "docs" / "images"
STAMP = json.loads((IMAGES / "pictures.json").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pictures():
    """The script that takes them."""
    spec = importlib.util.spec_from_file_location("make_pictures", IMAGES / "make_pictures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_code_behind_the_rankings_is_that_of_the_pictures(pictures):
    today = pictures.code_behind_rankings()
    changed = [verb for verb, identity in today.items() if STAMP["code"].get(verb) != identity]
    assert not changed, (
        f"the code of {', '.join(changed)} is not that of README's pictures: run `make demo` and"
        " `make pictures`"
    )


def test_the_steps_behind_a_ranking_are_those_of_the_workflow(pictures):
    rules = "".join(path.read_text("utf-8") for path in ROOT.glob("workflow/rules/*.smk"))
    others = {
        "report",
        "cohort",
        "evaluate",
        "similarity",
        "trial",
        "cohort-report",
        "scored",
        "costs",
    }
    # The demonstration has none of these files.
    absent = {
        *("deviations", "drug-interactions", "treated-patients"),
        *("official", "own-tables", "ligands"),
    }
    # What drugs are indicated for and warned of moves no rank of a score.
    others |= {"drug-warnings"}
    verbs = set(re.findall(r'code_identity\("([a-z-]+)"\)', rules))
    assert set(pictures.RANKING) == verbs - others - absent


def test_every_picture_is_the_one_that_was_taken_and_stands_in_readme(pictures):
    assert STAMP["pictures"].keys() == {one.name for one in pictures.PICTURES}
    for name, checksum in STAMP["pictures"].items():
        assert hashlib.sha256((IMAGES / name).read_bytes()).hexdigest() == checksum, name
        assert f"(docs/images/{name})" in README, name
    assert {path.name for path in IMAGES.glob("*.png")} == STAMP["pictures"].keys()


def test_readme_shows_a_called_patient_and_names_the_drug(pictures):
    patient = STAMP["patient"]
    assert (patient["patient"], patient["call"], patient["rank"]) == (pictures.PATIENT, "yes", "1")
    assert STAMP["cohort"]["called"][patient["patient"]] == patient["drug"]
    assert f"{patient['patient']}, in whom {patient['drug']}" in README


def test_a_ranking_at_hand_is_that_of_the_pictures(pictures):
    ranking = ROOT / "output" / "screens" / f"{pictures.PATIENT}.ranking.tsv"
    if not ranking.is_file():
        pytest.skip("the demonstration was not run here")
    assert pictures.sha256(ranking) == STAMP["patient"]["ranking"], "run `make pictures`"
