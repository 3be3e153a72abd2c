"""Render a template: escaped, strict."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from twinscreen.data.gene_sets import gene_set
from twinscreen.report import words
from twinscreen.report.known_genes import beware

#: Everything a page needs stands in it; the browser is told to refuse anything else.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'"
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates"), encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "before_colon": lambda text: text.split(": ")[0].rstrip("."),
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "beware": beware,
        "decimal": words.decimal,
        "gene_set": gene_set,
        "listed": words.listed,
        "lower_first": words.lower_first,
        "percent": words.percent,
        "probability": words.probability,
        "shown": words.text,
        "signed": words.signed,
        "whole": words.whole,
    }
    environment.globals |= {"plural": words.plural, "policy": POLICY, "active": words.ACTIVE}
    return environment


def render(template: str, **facts: Any) -> str:
    """Render `template` with `facts`."""
    html = _environment().get_template(template).render(facts)
    return re.sub(r"[ \t]*\n\s*\n", "\n", html)
