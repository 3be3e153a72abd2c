"""Configuration and sheets: defaults from the schema, faults said with their place."""

import json
import re
from pathlib import Path

import pytest
import yaml

from twinscreen.data import SCHEMAS
from twinscreen.files import InputError, time_order
from twinscreen.inputs.cohort import read_cohort
from twinscreen.inputs.select import parse_select
from twinscreen.inputs.validate import RENAMED, check_config, read_yaml

ROOT = Path(__file__).resolve().parents[3]


def cohort(tmp_path, samples, patients, **changes):
    for name, text in (("samples", samples), ("patients", patients)):
        (tmp_path / f"{name}.tsv").write_text(text.replace(" ", "\t"), encoding="utf-8")
    config = {
        "samples": str(tmp_path / "samples.tsv"),
        "patients": str(tmp_path / "patients.tsv"),
        "observe": {"cell_type": "type"},
        "reference": {"control": "HC"},
        "twin": {"design": "paired"},
    } | changes
    filled = check_config(config, file="c.yaml")
    return read_cohort(filled, file="c.yaml")


SAMPLES = "sample patient condition time cells\ns1 p1 HC T0 a.h5ad\ns2 p1 ill T1 b.h5ad\n"
PATIENTS = "patient age\np1 44\n"


def test_defaults_come_from_the_schema():
    config = check_config(
        read_yaml(ROOT / "config" / "config.yaml"),
        file="config.yaml",
    )
    schema = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
    expected = schema["properties"]["twin"]["properties"]["max_qvalue"]["default"]
    assert config["twin"]["max_qvalue"] == expected
    assert config["screen"]["library"] == "approved"


def test_the_demonstration_has_30_patients_and_13_donors():
    config = check_config(
        read_yaml(ROOT / "config" / "config.yaml"),
        file="config.yaml",
    )
    config |= {key: str(ROOT / config[key]) for key in ("samples", "patients")}
    found = read_cohort(config, file="config.yaml")
    assert len(found.treated) == 30
    assert len({found.samples[name]["patient"] for name in found.reference}) == 13
    assert len(found.samples) == 63
    # the disease of all patients is known; of five, variants and symptoms are made up
    assert found.with_findings == found.treated
    made_up = [row for row in found.patients.values() if row["simulated"] == "yes"]
    assert len(made_up) == 5
    for row in made_up:
        assert (ROOT / row["variants"]).is_file()
        assert (ROOT / row["phenotypes"]).is_file()


def test_every_key_of_the_schema_is_described_for_people():
    schema = json.loads((SCHEMAS / "config.schema.json").read_text(encoding="utf-8"))
    text = (ROOT / "config" / "README.md").read_text(encoding="utf-8")

    def leaves(part, path):
        for name, below in part["properties"].items():
            if below.get("type") == "object":
                yield from leaves(below, [*path, name])
            else:
                yield ".".join([*path, name]), below

    table = text[text.index("## All parameters") :]
    rows = dict(re.findall(r"^\| `([^`]+)` (\|.*)$", table, re.MULTILINE))
    rules = dict(leaves(schema, []))
    assert list(rows) == list(rules), "config/README.md: other keys, or another order"
    for key, rule in rules.items():
        assert rule["description"] in rows[key], f"config/README.md: {key} is explained otherwise"
        if "default" in rule:
            shown = yaml.safe_dump(rule["default"], default_flow_style=True).split("\n")[0]
            assert f"`{shown}`" in rows[key], f"config/README.md: default of {key} is {shown}"


@pytest.mark.parametrize("sheet", ["samples", "patients"])
def test_every_column_of_the_sheets_is_described_for_people(sheet):
    schema = json.loads((SCHEMAS / f"{sheet}.schema.json").read_text(encoding="utf-8"))
    text = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
    heading = {"samples": "## The sample sheet", "patients": "## The patient sheet"}[sheet]
    part = text[text.index(heading) :].split("\n## ")[0]
    for name in schema["properties"]:
        assert f"`{name}`" in part, f"config/README.md does not explain the column {name}"


def test_optional_columns_have_their_defaults(tmp_path):
    found = cohort(tmp_path, SAMPLES, PATIENTS)
    assert found.samples["s1"]["tissue"] == "blood"
    assert found.samples["s1"]["select"] == ""
    assert found.treated == ["p1"]
    assert found.samples_of("p1") == ["s1", "s2"]
    assert found.reference == []


def test_samples_are_observed_for_a_twin_or_the_reference(tmp_path):
    """A patient with deviations of their own needs neither; who is not run needs no samples."""
    samples = "sample patient condition cells\n" + "".join(
        f"d{n} d{n} HC d{n}.h5ad\n" for n in range(3)
    )
    patients = "patient deviations\nd0 \nd1 \nd2 \np1 \np2 p2.tsv\n"
    settings = {"twin": {"design": "reference"}}
    ill = samples + "s1 p1 ill a.h5ad\n"
    both = cohort(tmp_path, ill, patients, **settings)
    assert both.observed == ["d0", "d1", "d2", "s1"]
    assert both.with_deviations == ["p2"]
    given = cohort(tmp_path, ill, patients, only=["p2"], **settings)
    assert given.observed == []
    group = cohort(tmp_path, ill, patients.replace("p2.tsv", ""), twin={"design": "group"})
    assert group.observed == ["d0", "d1", "d2", "s1"]
    assert group.with_deviations == []


def test_empty_lines_and_blanks_around_names_of_columns(tmp_path):
    """As spreadsheet programs leave them: a line of tabs alone below the last."""
    patients = PATIENTS.replace("patient", "patient\u00a0") + "  \n"
    assert list(cohort(tmp_path, SAMPLES, patients).patients) == ["p1"]


@pytest.mark.parametrize("batch", ['"A', 'A"', '2"tube'])
def test_a_stray_quotation_mark_costs_no_sample(tmp_path, batch):
    samples = "sample patient condition time cells batch\ns1 p1 HC T0 a.h5ad B1\n"
    samples += f"s2 p1 ill T1 b.h5ad {batch}\ns3 p1 ill T2 c.h5ad B1\n"
    found = cohort(tmp_path, samples, PATIENTS).samples
    assert list(found) == ["s1", "s2", "s3"]
    assert found["s2"]["batch"] == batch


def test_environment_variables_in_paths_are_filled_in(tmp_path, monkeypatch):
    monkeypatch.setenv("COHORT_DATA", "somewhere")
    found = cohort(tmp_path, SAMPLES.replace("a.h5ad", "$COHORT_DATA/a.h5ad"), PATIENTS)
    assert found.samples["s1"]["cells"] == "somewhere/a.h5ad"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("02.03.2021", "10.02.2021"),
        ("3/2/2021", "2/10/2021"),
        ("T1,5", "T1,25"),
        ("2021-13-01", "2021-02-30"),
    ],
)
def test_time_points_that_may_be_read_two_ways_are_refused(tmp_path, first, second):
    samples = f"{SAMPLES.replace('T1', second)}s3 p1 ill {first} c.h5ad\n"
    with pytest.raises(InputError, match="more than one number"):
        cohort(tmp_path, samples, PATIENTS)


@pytest.mark.parametrize(("first", "second"), [("2021-02-10", "2021-03-02"), ("T1.25", "T1.5")])
def test_dates_and_decimals_are_in_order(tmp_path, first, second):
    samples = f"{SAMPLES.replace('T1', first)}s3 p1 ill {second} c.h5ad\n"
    assert len(cohort(tmp_path, samples, PATIENTS).samples) == 3
    assert time_order(first) < time_order(second)


@pytest.mark.parametrize(
    ("samples", "patients", "changes", "said"),
    [
        (SAMPLES.replace("s2", "s1"), PATIENTS, {}, ["line 3", "'s1' a second time"]),
        (SAMPLES.replace("s2", "a/../b"), PATIENTS, {}, ["line 3, column sample", "'a/../b'"]),
        (SAMPLES.replace("p1", ".."), PATIENTS, {}, ["line 2, column patient", "'..'"]),
        (SAMPLES.replace(" ", ","), PATIENTS, {}, ["line 1", "tabs"]),
        (SAMPLES, "patient\np2\n", {}, ["sample s1", "'p1'"]),
        (SAMPLES, PATIENTS, {"reference": {"control": "CTRL"}}, ["reference.control", "'HC'"]),
        (SAMPLES, PATIENTS, {"only": ["p9"]}, ["only", "'p9'"]),
        (SAMPLES, PATIENTS, {"sed": 1}, ["sed", "seed"]),
        (SAMPLES, PATIENTS, {"seed": "one"}, ["key seed", "a whole number"]),
        (SAMPLES + "s3 p1 ill after c.h5ad\n", PATIENTS, {}, ["'T1' and 'after'", "number alone"]),
        (SAMPLES + "s3 p1 ill T01 c.h5ad\n", PATIENTS, {}, ["'T1' and 'T01'"]),
        (SAMPLES + "s3 p1 LPS T1 c.h5ad\n", PATIENTS, {}, ["'ill' and 'LPS' at time 'T1'"]),
        (SAMPLES.replace("a.h5ad", "$NOT_SET_1/a"), PATIENTS, {}, ["NOT_SET_1", "not set"]),
        (SAMPLES.replace("a.h5ad", "source:nope"), PATIENTS, {}, ["source:nope", "covid19_pbmc"]),
        (SAMPLES.replace("cells", "cells selct"), PATIENTS, {}, ["'selct'", "write 'select'"]),
        (SAMPLES + "s3 p1 ill T2 a.h5ad\n", PATIENTS, {}, ["same cells as sample s1", "select"]),
        (SAMPLES + "s3 p1 ill T2 ./x/../a.h5ad\n", PATIENTS, {}, ["same cells as sample s1"]),
        (SAMPLES + "s3 p1 ill T2,5 c.h5ad\n", PATIENTS, {}, ["'T2,5'", "more than one number"]),
        (SAMPLES.replace("s2", "-s2"), PATIENTS, {}, ["line 3, column sample", "'-s2'"]),
        (SAMPLES.replace("s2", "s" * 101), PATIENTS, {}, ["line 3, column sample"]),
        (SAMPLES.replace("p1", "costs"), "patient\ncosts\n", {}, ["'costs'", "other text than"]),
        (
            SAMPLES.replace("ill", "cohort"),
            PATIENTS,
            {"twin": {"design": "group"}},
            ["column condition", "'cohort'", "rename"],
        ),
        (SAMPLES, "patient age/sex\np1 4\n", {}, ["'age/sex'", "rename"]),
        (SAMPLES, "patient condition\np1 ill\n", {}, ["'condition'", "rename"]),
        (SAMPLES, "patient age age\np1 4 4\n", {}, ["'age' twice"]),
        (
            SAMPLES,
            "patient deviations\np1 d.tsv\n",
            {"twin": {"design": "group"}},
            ["p1", "group design"],
        ),
        (SAMPLES, "patient variants\np1 $NOT_SET_1/v\n", {}, ["column variants", "NOT_SET_1"]),
        (SAMPLES, f"patient age\np1 {'x' * 2_000_000}\n", {}, ["more than 1 MiB in one line"]),
        (SAMPLES, "patient simulated\np1 maybe\n", {}, ["column simulated", "'maybe'"]),
        (SAMPLES, PATIENTS, {"findings": {"clinvar": "no.vcf"}}, ["findings.clinvar", "no.vcf"]),
        (SAMPLES, PATIENTS, {"findings": {"eqtl": ["no.txt"]}}, ["findings.eqtl.0", "no.txt"]),
        (SAMPLES, PATIENTS, {"pathways": {"gmt": ["no.gmt"]}}, ["pathways.gmt.0", "no.gmt"]),
        (
            SAMPLES,
            PATIENTS,
            {"observe": {"cell_type": "", "markers": "no.tsv"}},
            ["observe.markers", "no.tsv"],
        ),
        (SAMPLES + "s3 p1 hc T0 c.h5ad\n", PATIENTS, {}, ["sample s3", "'hc'", "control 'HC'"]),
        (SAMPLES + "s3 p1 'HC' T0 c.h5ad\n", PATIENTS, {}, ["sample s3", "control 'HC'"]),
        (SAMPLES, "patient\np3\np2\n", {}, ["sample s1", "'p1'", "for each healthy donor, too"]),
        (
            SAMPLES + "s3 p3 ill T0 c.h5ad\n",
            "patient\np2\n",
            {},
            ["column patient", "'p1', 'p3'", "add a row for each of them"],
        ),
        (SAMPLES, "patient Variants\np1 v.vcf\n", {}, ["'Variants'", "write 'variants'"]),
        (SAMPLES, PATIENTS, {"findings": {"assembly": "hg19"}}, ["assembly", "GRCh37, GRCh38"]),
    ],
)
def test_faults_are_said_with_place_found_and_remedy(tmp_path, samples, patients, changes, said):
    with pytest.raises(InputError) as error:
        cohort(tmp_path, samples, patients, **changes)
    message = str(error.value)
    for text in [*said, "found:", "expected:", "remedy:"]:
        assert text in message


def test_select_names_columns_and_values():
    assert parse_select("donor=d 1; visit=T0;", file="s.tsv", place="line 2") == {
        "donor": "d 1",
        "visit": "T0",
    }
    assert parse_select("", file="s.tsv", place="line 2") == {}
    with pytest.raises(InputError, match="column=value"):
        parse_select("donor d1", file="s.tsv", place="line 2")
    with pytest.raises(InputError, match="the column donor twice"):
        parse_select("donor=H1; visit=T0; donor = P1", file="s.tsv", place="line 2")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: 1\ntwin:\n  min_cells: 5\nseed: 2\n", ["line 4", "'seed'", "after line 1"]),
        ("twin:\n  min_cells: 5\n  min_cells: 9\n", ["line 3", "'min_cells'", "after line 2"]),
        ("twin: {min_cells: 5, min_cells: 9}\n", ["line 1", "'min_cells'"]),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(tmp_path, text, said):
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_yaml(path)
    assert all(part in str(error.value) for part in (str(path), *said))


def test_a_key_may_override_what_an_anchor_brings(tmp_path):
    path = tmp_path / "config.yaml"
    text = "a: &one\n  x: 1\n  y: 1\nb:\n  <<: *one\n  x: 2\nc:\n  x: 3\n"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path) == {"a": {"x": 1, "y": 1}, "b": {"x": 2, "y": 1}, "c": {"x": 3}}


@pytest.mark.parametrize(("section", "old"), RENAMED)
def test_a_key_of_an_earlier_version_is_refused_with_its_new_name(section, old):
    new = RENAMED[section, old]
    with pytest.raises(InputError, match=f"{section}.{new}"):
        check_config({section: {old: 1}}, file="config.yaml")
