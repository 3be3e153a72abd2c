"""A job runs again when a module that its verb imports changes: `code_id` of its rule names all."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "twinscreen"
#: What `code_id` always covers, and what only passes arguments on.
EVERYWHERE = {"files", "cli"}
RULES = {
    verb: re.search(r"code_id\(([^)]*)\)", text)
    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk"))
    for text in file.read_text(encoding="utf-8").split("\nrule ")
    for verb in re.findall(r'"twinscreen ([a-z-]+) ', text)
}


def imported(tree: ast.AST) -> set[Path]:
    """Files of ours that are imported anywhere in a piece of code, with their packages."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("twinscreen."):
            parts = node.module.split(".")[1:]
            names |= {tuple(parts), *((*parts, alias.name) for alias in node.names)}
    files = set()
    for parts in names:
        path = SOURCE.joinpath(*parts)
        files |= {path.with_suffix(".py"), path / "__init__.py"}
    return {file for file in files if file.is_file()}


def behind(verb: str) -> set[Path]:
    """All files of ours that a verb needs."""
    name = "_" + verb.replace("-", "_")
    functions = [
        node
        for file in sorted((SOURCE / "cli").glob("*.py"))
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    found: set[Path] = set()
    todo = {file for function in functions for file in imported(function)}
    while todo:
        file = todo.pop()
        found.add(file)
        todo |= imported(ast.parse(file.read_text(encoding="utf-8"))) - found
    assert found
    return found


@pytest.mark.parametrize("verb", [verb for verb in RULES if verb != "fetch"])
def test_every_module_behind_a_verb_is_in_the_code_identity_of_its_rule(verb):
    given = {SOURCE / part for part in re.findall(r'"([^"]+)"', RULES[verb][1])}
    assert all(part.exists() for part in given)
    lacking = {
        str(file.relative_to(SOURCE))
        for file in behind(verb)
        if file.relative_to(SOURCE).parts[0] not in EVERYWHERE
        and not given & {file, *file.parents}
        and ast.parse(file.read_text(encoding="utf-8")).body[1:]  # more than a docstring
    }
    assert lacking == set()
