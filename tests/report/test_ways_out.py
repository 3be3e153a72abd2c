"""What leaves a page for other programs: its summary, and the paths as a network."""

import json

import jsonschema
import networkx as nx
import pytest
from page_reader import Page

from twinscreen.data import SCHEMAS

SCHEMA = json.loads((SCHEMAS / "summary.schema.json").read_text(encoding="utf-8"))


def written(case, *suffixes):
    """Write a page by its verb with what else it can write, and give the paths."""
    ways = {".json": "--summary", ".graphml": "--network", ".cyjs": "--network"}
    paths = [case.folder / f"P1{suffix}" for suffix in suffixes]
    more = [part for path in paths for part in (ways[path.suffix], path)]
    return [case.render_files("P1.html", *more), *paths]


@pytest.mark.parametrize("kind", ["called", "uncalled"])
def test_the_summary_says_what_the_page_says(request, kind):
    case = request.getfixturevalue(kind)
    page, path = written(case, ".json")
    said = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    assert said["call"]["made"] == (kind == "called")
    assert said["call"]["drug"] == ("ruxolitinib" if kind == "called" else None)
    assert said["call"]["evidence"] == str(case.evidence.tier)
    assert said["mechanisms"][0]["class"] == "JAK1/2 inhibitor"
    assert [drug["rank"] for drug in said["drugs"]] == sorted(
        (drug["rank"] for drug in said["drugs"]), key=lambda rank: (rank is None, rank)
    )
    assert all(text in Page(page).text for text in said["measure_next"])
    assert "P1.json" in Page(page).attributes("href")


def test_a_patient_who_was_not_scored_has_a_reason(unscorable):
    _, path = written(unscorable, ".json")
    said = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(said)
    assert said["scored"] is False
    assert "found 4 cells" in said["reason"]
    assert "call" not in said


def test_the_network_opens_in_networkx_with_signs_and_effects(case):
    _, path = written(case, ".graphml")
    network = nx.read_graphml(path)
    assert network.nodes["D1"] | {"score": 0} == {
        "label": "ruxolitinib",
        "kind": "drug",
        "score": 0,
        "rank": float(case.screen.obs.loc["D1", "rank"]),
    }
    assert network.edges["D1", "JAK1"]["sign"] == -1
    for step in str(case.screen.uns["paths"]["path"].iloc[0]).split(" > "):
        assert network.nodes[step]["kind"] == "protein"
    told = [
        name for facts in network.nodes.values() for name in facts if name.startswith("effect_")
    ]
    assert told


def test_the_same_network_for_cytoscape(case):
    _, path = written(case, ".graphml")
    _, other = written(case, ".cyjs")
    elements = json.loads(other.read_text(encoding="utf-8"))["elements"]
    network = nx.read_graphml(path)
    assert {node["data"]["id"] for node in elements["nodes"]} == set(network)
    assert len(elements["edges"]) == network.number_of_edges()
