"""A release of knowledge is taken only if it is what a run would build."""

import json
import re
from pathlib import Path

import pytest

from twinscreen.data import SOURCES
from twinscreen.files import InputError
from twinscreen.inputs.release import (
    ALWAYS,
    PARTS,
    RELEASE,
    TABLES_OF,
    check_release,
    described,
    knowledge_of,
    write_release,
)
from twinscreen.inputs.validate import check_config, read_yaml
from twinscreen.knowledge.drugs import DrugFiles
from twinscreen.knowledge.precedents.build import LibraryFiles

RULES = Path(__file__).parents[3] / "workflow" / "rules"
#: Rules that make knowledge, and its sources.
MAKING = ("sources.smk", "knowledge.smk")


def configured(**sections):
    given = {"samples": "s.tsv", "patients": "p.tsv", "observe": {"cell_type": "type"}}
    given["reference"] = {"control": "HC"}
    return check_config(given | sections, file="c.yaml")


@pytest.fixture
def sources():
    return read_yaml(SOURCES)


@pytest.fixture
def release(tmp_path, sources):
    """A finished release, whose files hold no more than their names."""
    folder = tmp_path / "release"
    folder.mkdir()
    for name in ALWAYS:
        (folder / name).write_text(name)
    write_release(folder, ALWAYS, configured(), sources)
    return folder


def test_the_parts_are_those_of_the_rules():
    text = "".join((RULES / name).read_text(encoding="utf-8") for name in MAKING)
    rules = {
        verb[1]: block
        for block in re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
        if (verb := re.search(r'code_identity\("([a-z-]+)"\)', block))
    }
    assert {part.verb for part in PARTS} == set(rules) - {"own-tables", "official"}
    for part in PARTS:
        block = rules[part.verb]
        made = block.partition("output:")[2].partition("log:")[0]
        assert set(re.findall(r'<knowledge>/([\w.]+)"', made)) == {*part.files}
        assert set(re.findall(r'<knowledge>/sources/(\w+)"', block)) == {*part.sources}
        asked = re.findall(r'tables_of_package\("([a-z-]+)"\)', block)
        assert asked == ([part.verb] if part.tables else [])


@pytest.mark.parametrize(("verb", "files"), [("drugs", DrugFiles), ("precedents", LibraryFiles)])
def test_the_tables_of_a_part_are_those_that_its_verb_reads(verb, files):
    read = vars(files.of(Path())).values()
    assert {Path(path).name for path in read} == {*TABLES_OF[verb]}


def test_rules_that_use_knowledge_take_it_from_the_release():
    for path in RULES.glob("*.smk"):
        if path.name not in (*MAKING, "inputs.smk"):
            used = re.findall(r"<knowledge>/[\w./]+", path.read_text(encoding="utf-8"))
            assert set(used) <= {"<knowledge>/own_tables.tsv"}, path.name


def test_the_same_configuration_takes_it(release, sources):
    check_release(release, ALWAYS, configured(), sources)
    # what the twin or the screen alone is made by does not matter
    check_release(release, ALWAYS, configured(twin={"min_cells": 50}), sources)


@pytest.mark.parametrize(
    ("sections", "place", "found"),
    [
        ({"knowledge": {"damping": 0.7}}, "influence.h5ad, knowledge.damping", "0.5"),
        ({"seed": 2}, "wiring.npz, seed", "1 in"),
        ({"pathways": {"reactome": False, "gmt": ["x.gmt"]}}, "pathways.parquet, pathways", "True"),
    ],
)
def test_another_option_is_refused_by_name(release, sources, tmp_path, sections, place, found):
    (tmp_path / "x.gmt").write_text("x\tna\tA\n")
    with pytest.raises(InputError) as fault:
        check_release(release, ALWAYS, configured(**sections), sources)
    assert fault.value.place.startswith(place)
    assert found in fault.value.found


def test_tables_of_ones_own_are_compared_by_content(tmp_path, sources):
    folder = tmp_path / "release"
    folder.mkdir()
    for name in ALWAYS:
        (folder / name).write_text(name)
    for name, text in (("a.tsv", "same"), ("b.tsv", "same"), ("c.tsv", "other")):
        (tmp_path / name).write_text(text)

    def own(name):
        return configured(own={"interactions": [str(tmp_path / name)]})

    write_release(folder, ALWAYS, own("a.tsv"), sources)
    check_release(folder, ALWAYS, own("b.tsv"), sources)
    for other in (own("c.tsv"), configured()):
        with pytest.raises(InputError, match=r"table own\.interactions"):
            check_release(folder, ALWAYS, other, sources)


def test_another_source_table_or_code_is_refused(release, sources):
    pins = {**sources, "omnipath": {**sources["omnipath"], "sha256": "0" * 64}}
    with pytest.raises(InputError, match=r"interactome\.parquet, source omnipath"):
        check_release(release, ALWAYS, configured(), pins)
    content = json.loads((release / RELEASE).read_text())
    for key, value, place in (
        ("tables", {"signs.tsv": "1"}, "table signs.tsv of the package"),
        ("code", "0.3.0", "the code that makes it"),
    ):
        changed = json.loads(json.dumps(content))
        changed["parts"]["interactome"][key] = value
        (release / RELEASE).write_text(json.dumps(changed))
        with pytest.raises(InputError, match=place):
            check_release(release, ALWAYS, configured(), sources)


def test_a_release_that_is_not_whole_is_refused(release, sources, tmp_path):
    with pytest.raises(InputError, match="no such part of the release"):
        check_release(release, [*ALWAYS, "diseases.parquet"], configured(), sources)
    (release / "genes.parquet").write_text("made again since")
    with pytest.raises(InputError, match="another content"):
        check_release(release, ALWAYS, configured(), sources)
    (release / "genes.parquet").unlink()
    with pytest.raises(InputError, match=r"genes\.parquet"):
        check_release(release, ALWAYS, configured(), sources)
    write_release(release, ALWAYS, configured(seed=3), sources)  # not finished: stays as it was
    assert "wiring" in json.loads((release / RELEASE).read_text())["parts"]
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match=r"release\.json"):
            check_release(folder, ALWAYS, configured(), sources)


def test_where_knowledge_is(sources):
    assert knowledge_of(configured(output="out")) == Path("out/knowledge")
    assert knowledge_of(configured(knowledge={"folder": "shared"})) == Path("shared")
    assert described(["wiring.npz"], configured(), sources)["wiring"]["options"]["seed"] == 1
