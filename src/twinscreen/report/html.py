"""Render a template: escaped, strict."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from twinscreen.data.gene_sets import gene_set
from twinscreen.report import words
from twinscreen.report.known_genes import beware, marked
from twinscreen.report.links import of_identifier

_TEMPLATES = Path(__file__).with_name("templates")

#: The one script of a page: it looks up, sorts, filters and saves what stands in its tables.
SCRIPT = re.sub(r"\s*\n\s*", "\n", (_TEMPLATES / "lookup.js").read_text(encoding="utf-8"))

#: Everything a page needs stands in it; the browser is told to refuse anything else, and any
#: script but that one.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    f" script-src 'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}';"
    " base-uri 'none'; form-action 'none'"
)


def _without_commands(value: Any) -> Any:
    """Leave what a text commands out of what a page shows of it."""
    return words.without_commands(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES, encoding="utf-8"),
        autoescape=True,
        finalize=_without_commands,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "address": of_identifier,
        "before_colon": lambda text: text.split(": ")[0].rstrip("."),
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "beware": beware,
        "decimal": words.decimal,
        "exact": words.exact,
        "gene_set": gene_set,
        "listed": words.listed,
        "lower_first": words.lower_first,
        "marked": marked,
        "percent": words.percent,
        "probability": words.probability,
        "ranked": words.ranked,
        "shown": words.text,
        "signed": words.signed,
        "whole": words.whole,
    }
    environment.globals |= {
        "plural": words.plural,
        "policy": POLICY,
        "script": SCRIPT,
        "active": words.ACTIVE,
    }
    return environment


def render(template: str, **facts: Any) -> str:
    """Render `template` with `facts`."""
    html = _environment().get_template(template).render(facts)
    return re.sub(r"[ \t]*\n\s*\n", "\n", html)
