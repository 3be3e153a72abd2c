"""How Sphinx makes the site of the documentation: `make docs`.

The sources are the Markdown files of the whole repository, where they stand, so that links work
in a clone, where the repository is hosted, and on the site alike. The reference is made here from
the settings, the command line, the list of sources and the docstrings.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx

import twinscreen
from twinscreen.data import OFFICIAL_SOURCES, SOURCES
from twinscreen.settings.documents import options_by_section

project = "TwinScreen"
author = "The TwinScreen developers"
version = release = twinscreen.__version__
html_title = f"TwinScreen {release}"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinxarg.ext",
]
root_doc = "docs/index"
default_role = "code"  # of `words` in docstrings
smartquotes = False
include_patterns = [
    "*.md",
    "benchmarks/*.md",
    "config/*.md",
    "docs/**",
    "resources/*.md",
]
exclude_patterns = [".*", "build", "dist", "output*", "src", "tests", "workflow"]

html_theme = "furo"
html_theme_options = {"top_of_page_buttons": []}
html_show_sphinx = html_show_copyright = False
html_copy_source = False

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 6
suppress_warnings = ["myst.domains"]  # sphinx-argparse's answers no question of any kind
nb_execution_mode = "off"

autodoc_typehints = "none"  # they stand in the signature
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_custom_sections = ["Returns"]  # a text, in which no type comes first
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88

#: Pages with a line that is replaced by what is made from the package.
GENERATED = {
    "docs/reference/options": options_by_section,
    "docs/reference/sources": lambda: "".join([*listed(SOURCES), *listed(OFFICIAL_SOURCES)]),
}
PLACE = "<!-- made from the package when the site is built -->"


def listed(path: Path) -> Iterator[str]:
    """Write a section for every public source of a list."""
    sources: Mapping[str, Mapping[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    yield f"\n## {'Embedded' if path == SOURCES else 'Official releases'}\n"
    for name, one in sources.items():
        yield f"\n### {name}\n\n{one['content'][0].upper()}{one['content'][1:]}.\n\n"
        for key in ("release", "date", "licence", "commercial", "citation", "attribution", "note"):
            if one.get(key):
                yield f"- {key}: {one[key]}\n"


def put_generated(app: Sphinx, page: str, text: list[str]) -> None:
    """Put into a page what is made from the package."""
    if page in GENERATED:
        before, place, after = text[0].partition(PLACE)
        if not place:
            raise ValueError(f"{page} lacks the line {PLACE}")
        text[0] = before + GENERATED[page]() + after


def lead_to_the_first_page(app: Sphinx, error: Exception | None) -> None:
    """Write the page that stands at the top of the site, and leads to the first one."""
    if not error and app.builder.format == "html":
        first = f"{root_doc}.html"
        Path(app.outdir, "index.html").write_text(
            f'<!doctype html><title>{html_title}</title><meta http-equiv="refresh" content="0; '
            f'url={first}"><a href="{first}">{html_title}</a>\n',
            encoding="utf-8",
        )


def setup(app: Sphinx) -> None:
    """Join what is made here to the site."""
    app.connect("source-read", put_generated)
    app.connect("build-finished", lead_to_the_first_page)


if not SOURCES.is_relative_to(Path(__file__).resolve().parents[1]):
    raise RuntimeError(f"the package is of another clone: {SOURCES}")
