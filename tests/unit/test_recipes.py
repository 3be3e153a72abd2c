"""The recipes of CONTRIBUTING.md lead somewhere, and what follows them is whole."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("CONTRIBUTING.md", "SECURITY.md")
WRITTEN = (
    "README.md",
    "config/README.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_is_there(page):
    named = re.findall(
        r"`([\w.]+(?:/[\w.-]+)+|[\w-]+\.(?:md|lock|yaml)|\.[\w-]+\.yaml)`", read(page)
    )
    links = re.findall(r"\]\(([^)#:]+)\)", read(page))
    missing = [path for path in (*named, *links) if not (ROOT / path).exists()]
    assert not missing


def slug(heading: str) -> str:
    """Return the anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", [*PAGES, *WRITTEN])
def test_every_link_leads_somewhere(page):
    for path, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)", read(page)):
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), path
        if anchor and file.suffix == ".md":
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in map(slug, headings), f"{path}#{anchor}"


@pytest.mark.parametrize("page", WRITTEN)
def test_every_module_that_a_page_names_is_there(page):
    named = re.findall(r"`((?:\w+/)+\w+\.py)`", read(page))
    assert not [
        m for m in named if not any((ROOT / f / m).exists() for f in ("", "src/twinscreen"))
    ]


@pytest.mark.parametrize("page", [*PAGES, "README.md", "docs/reading_a_twin.md"])
def test_every_target_of_make_that_a_page_names_is_there(page):
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, flags=re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", read(page), flags=re.MULTILINE)) <= targets


def test_every_source_is_fetched_by_a_rule_or_ships_with_the_package():
    sources = yaml.safe_load(read("src/twinscreen/data/sources.yaml"))
    code = "".join(
        path.read_text("utf-8")
        for folder in ("workflow", "src/twinscreen", "config")
        for pattern in ("*.smk", "*.py", "*.yaml", "*.tsv")
        for path in (ROOT / folder).rglob(pattern)
        if path.name != "sources.yaml"
    )
    unused = [
        name
        for name, one in sources.items()
        if "path" not in one and not re.search(rf"\b{name}\b", code)
    ]
    assert not unused


def test_a_commit_is_checked_by_the_tools_of_make_lint():
    hooks = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert [one["repo"] for one in hooks] == ["local"]
    checked = {hook["entry"].removeprefix(".venv/bin/") for hook in hooks[0]["hooks"]}
    lint = MAKEFILE[MAKEFILE.index("\nlint:") : MAKEFILE.index("\nformat:")]
    tools = set(re.findall(r"^\t\$\(IN\) (?!python)(.+)$", lint, flags=re.MULTILINE))
    assert checked == {tool.removesuffix(" .") for tool in tools}


def test_the_pythons_that_the_project_names_are_those_that_are_locked():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    named = [
        name.rsplit(" ", 1)[1]
        for name in project["classifiers"]
        if re.search(r"Python :: 3\.\d+$", name)
    ]
    assert named == ["3.11", "3.12", "3.13"]
    assert project["requires-python"] == f">={named[0]}"
