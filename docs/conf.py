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
from twinscreen.data import SOURCES
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
html_show_sphinx = False
html_copy_source = False
templates_path: list[str] = []

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 6
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
    "docs/reference/sources": lambda: "".join(sources()),
}
PLACE = "<!-- made from the package when the site is built -->"


def sources() -> Iterator[str]:
    """Write a section for every public source of knowledge."""
    listed: Mapping[str, Mapping[str, Any]] = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    for name, one in listed.items():
        yield f"\n## {name}\n\n{one['content'][0].upper()}{one['content'][1:]}.\n\n"
        for key in ("release", "licence", "citation", "attribution"):
            if key in one:
                yield f"- {key}: {one[key]}\n"


def put_generated(app: Sphinx, page: str, text: list[str]) -> None:
    """Put into a page what is made from the package."""
    if page in GENERATED:
        before, place, after = text[0].partition(PLACE)
        if not place:
            raise ValueError(f"{page} lacks the line {PLACE}")
        text[0] = before + GENERATED[page]() + after


def setup(app: Sphinx) -> None:
    """Join what is made here to the site."""
    app.connect("source-read", put_generated)


if not SOURCES.is_relative_to(Path(__file__).resolve().parents[1]):
    raise RuntimeError(f"the package is of another clone: {SOURCES}")
