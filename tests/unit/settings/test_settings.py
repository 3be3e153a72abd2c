"""The options: what is made of them, the flags of the verbs, and their values."""

import pytest
from pydantic import ValidationError

from twinscreen.settings.__main__ import ROOT, documents
from twinscreen.settings.documents import HEADER, json_schema, with_table
from twinscreen.settings.options import options_of, settings_for
from twinscreen.settings.stages import STAGES
from twinscreen.settings.twin import ComparisonSettings, TwinSettings


@pytest.mark.parametrize(("path", "text"), documents().items(), ids=lambda value: str(value)[-20:])
def test_documents_are_those_of_the_options(path, text):
    told = f"{path.relative_to(ROOT)} is out of date: run make options"
    assert path.read_text(encoding="utf-8") == text, told


def test_an_option_is_told_to_people_and_programs_as_it_is_declared():
    told = json_schema()["properties"]["twin"]["properties"]["growth_pvalue"]
    limits = {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.01}
    assert told.pop("description").startswith("DIAMOnD stops")
    assert told == limits


def test_the_table_is_put_in_the_place_of_the_old_one():
    text = with_table(f"Before.\n\n{HEADER}\n|---|\n| gone |\n\nAfter.\n")
    assert text.startswith(f"Before.\n\n{HEADER}\n|---|---|---|\n| `samples` |")
    assert text.endswith("|\n\nAfter.\n")
    assert "gone" not in text


def test_flags_are_the_names_of_options_with_the_section_where_two_have_one_name():
    flags = {".".join(option.path): option.flag for option in options_of("twin")}
    assert flags["twin.growth_pvalue"] == "--growth-pvalue"
    assert flags["twin.min_genes"] == "--min-genes"
    assert flags["pathways.min_genes"] == "--pathways-min-genes"
    assert flags["communication.max_qvalue"] == "--communication-max-qvalue"
    assert flags["communication.permutations"] == "--permutations"
    assert flags["seed"] == "--seed"


@pytest.mark.parametrize("verb", STAGES)
def test_flags_of_a_verb_differ(verb):
    flags = [option.flag for option in options_of(verb)]
    assert len(set(flags)) == len(flags) > 0
    assert all(option.meaning for option in options_of(verb))


def test_values_are_those_given_and_defaults_elsewhere():
    given = {"twin": {"growth_pvalue": "0.02"}, "reference": {"control": "healthy"}}
    found = settings_for("twin", given | {"layers": {"weights": {"variant": 2}}})
    assert found["twin"]["growth_pvalue"] == 0.02
    assert found["twin"]["max_genes"] == TwinSettings().max_genes
    assert found["layers"]["weights"] == {
        **dict.fromkeys(("transcript", "protein", "phenotype", "exposure", "disease"), 1),
        "variant": 2,
    }
    assert set(found["pathways"]) == {"min_genes", "max_genes"}
    assert "screen" not in found


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({}, ("reference", "control")),  # which condition is the control has no default
        ({"twin": {"growth_pvalue": 0}}, ("twin", "growth_pvalue")),
        ({"twin": {"growth": "fast"}}, ("twin", "growth")),
        ({"twin": {"copies": 3}}, ("twin", "copies")),
        ({"layers": {"weights": {"dream": 1}}}, ("layers", "weights", "dream")),
        ({"pathways": {"gmt": ["own.gmt"]}}, ("pathways", "gmt")),  # not the twin's affair
    ],
)
def test_values_that_an_option_cannot_have_are_refused(given, place):
    control = {"reference": {"control": "healthy"}} if given else {}
    with pytest.raises(ValidationError) as told:
        settings_for("twin", control | given)
    assert [fault["loc"] for fault in told.value.errors()] == [place]


def test_numbers_are_of_their_type_whatever_was_written():
    assert isinstance(TwinSettings().min_count, float)
    assert isinstance(ComparisonSettings(control="healthy", min_cells=5.0).min_cells, int)
