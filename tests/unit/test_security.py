"""No code of other people is run, and SECURITY.md names a test for each of its lines."""

import ast
import re
from pathlib import Path

import pytest

from twinscreen.data import SCHEMAS
from twinscreen.files import InputError
from twinscreen.inputs.validate import read_sheet

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))

#: What runs code that stands in a file or a text.
RUNS_CODE = {"eval", "exec", "os.system", "os.popen", "yaml.load", "yaml.unsafe_load"}
PICKLES = {"pickle", "marshal", "shelve", "dill", "joblib", "cloudpickle"}


def test_nothing_is_unpickled_and_no_text_is_run():
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not {name.partition(".")[0] for name in imported} & PICKLES
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    assert not {ast.unparse(node.func) for node in calls} & RUNS_CODE
    given = [keyword for node in calls for keyword in node.keywords]
    shells = [one for one in given if one.arg in ("shell", "allow_pickle")]
    assert {ast.unparse(one.value) for one in shells} == {"False"}


def test_the_shell_sees_no_attribute_and_every_text_between_quotes():
    rules = [path.read_text(encoding="utf-8") for path in (ROOT / "workflow").rglob("*.smk")]
    lines = re.findall(r"^    shell:\n((?:        .*\n)+)", "".join(rules), re.MULTILINE)
    shown = {name for line in lines for name in re.findall(r"\{([^{}]+)\}", line)}
    assert len(shown) > 50
    # an id of letters, digits, _ and -, and lines of quoted words that no shell expands
    bare = {name for name in shown if not name.endswith(":q")}
    assert bare == {"wildcards.patient", "params.stages"}
    assert all("<<'END'" in line for line in lines if "{params.stages}" in line)
    # what a sheet says of a person stands in a file: `ps` shows command lines to everybody
    of_people = "about|disease|treatments?|select|condition|tissue|times?|batch|age"
    assert not [line for line in lines if re.search(rf"--({of_people})[ =]", line)]


@pytest.mark.parametrize("name", ["../x", "a/b", "/etc/x", "--seed", "{x}", "$(x)", "a b", "a;b"])
def test_a_name_leads_to_no_other_folder_and_means_nothing_to_a_shell(tmp_path, name):
    for sheet, key in (("samples", "sample"), ("patients", "patient")):
        row = {"sample": name, "patient": name, "condition": "ill", "cells": "c.h5ad"}
        columns = [key] if key == "patient" else list(row)
        text = "\t".join(columns) + "\n" + "\t".join(row[one] for one in columns) + "\n"
        (tmp_path / "sheet.tsv").write_text(text)
        with pytest.raises(InputError, match="letters, digits"):
            read_sheet(tmp_path / "sheet.tsv", SCHEMAS / f"{sheet}.schema.json", key=key)


def test_the_rules_of_bandit_hold():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"S"' in re.search(r"^select = .*", settings, re.MULTILINE)[0]


def test_every_line_of_the_table_has_a_test_that_is_there():
    table = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("## Each line and its")[2]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/\S+\.py)::(\w+)`", row)
        assert named, row
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), row
