"""The documentation builds without a warning, and every link in it leads somewhere, offline."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
import yaml

import twinscreen as ts
from shared_runs import once
from twinscreen.cli import VERBS, parser
from twinscreen.data import OFFICIAL_SOURCES, SOURCES
from twinscreen.settings.documents import options_by_section, options_table

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

#: What a page loads when it is opened, by element and attribute.
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href"}


class Page(HTMLParser):
    """Anchors, links and loaded files of one page, and the words on it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.words: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and LOADED[tag] in values:
            self.loaded.append(values[LOADED[tag]])

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(scope="module")
def site(shared) -> Path:
    """The site, as `make docs` builds it, into a folder of this test session."""

    def build(folder: Path) -> None:
        command = next(line for line in MAKEFILE.splitlines() if "sphinx-build" in line)
        arguments = command.split("sphinx-build ")[1].replace("build/docs", str(folder)).split()
        ran = subprocess.run(
            [sys.executable, "-m", "sphinx", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr

    return once(shared / "site", build)


@pytest.fixture(scope="module")
def pages(site) -> dict[Path, Page]:
    return {path.resolve(): Page(path) for path in site.rglob("*.html")}


def test_every_link_and_anchor_leads_somewhere(pages):
    dead = []
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            address, anchor = urldefrag(unquote(link))
            if "://" in address or address.startswith(("mailto:", "data:")):
                continue
            aim = (path.parent / address.partition("?")[0]).resolve() if address else path
            aim = aim / "index.html" if aim.is_dir() else aim
            if not aim.is_file() or (anchor and aim in pages and anchor not in pages[aim].anchors):
                dead.append(f"{path.name}: {link}")
    assert not dead


def test_nothing_is_loaded_from_outside(pages):
    loaded = {link for page in pages.values() for link in page.loaded}
    assert not [link for link in loaded if "//" in link.partition("?")[0]]


def page_of(pages: dict[Path, Page], site: Path, name: str) -> str:
    return pages[(site / f"{name}.html").resolve()].text


def test_the_reference_has_every_option_with_its_default(pages, site):
    told = page_of(pages, site, "docs/reference/options")
    rows = options_table().splitlines()[2:]
    assert sorted(rows) == sorted(r for r in options_by_section().splitlines() if r[:3] == "| `")
    for row in rows:
        assert row.split("`")[1] in told


def test_the_reference_has_every_verb_with_its_flags(pages, site):
    told = page_of(pages, site, "docs/reference/commands")
    [verbs] = [action for action in parser()._actions if action.dest == "verb"]
    assert set(verbs.choices) == set(VERBS)
    for name, verb in verbs.choices.items():
        assert f"twinscreen {name}" in told
        flags = {flag for action in verb._actions for flag in action.option_strings}
        assert not [flag for flag in flags - {"-h", "--help"} if flag not in told]


def test_the_reference_has_every_function_of_the_interface(pages, site):
    anchors = pages[(site / "docs" / "reference" / "python.html").resolve()].anchors
    functions = [f"twinscreen.tl.{name}" for name in ts.tl.__all__]
    for part in ("pp", "get", "pl", "datasets"):
        module = getattr(ts, part)
        functions += [
            f"twinscreen.{part}.{name}"
            for name, one in vars(module).items()
            if getattr(one, "__module__", "") == module.__name__ and name[0] != "_"
        ]
    functions += ["twinscreen.kb.read", "twinscreen.kb.demo"]
    functions += [f"twinscreen.report.{part}.compose" for part in ("patient", "cohort")]
    assert len(functions) > 20
    assert not [name for name in functions if name not in anchors]


def test_the_list_of_sources_is_the_one_that_is_fetched(pages, site):
    told = page_of(pages, site, "docs/reference/sources")
    for path in (SOURCES, OFFICIAL_SOURCES):
        for name, one in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            assert name in told
            assert one["licence"] in told
