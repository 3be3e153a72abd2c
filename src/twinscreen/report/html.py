"""Render a template to a file: escaped, strict, whole or not at all."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from twinscreen.files import FilePath, atomic
from twinscreen.report import words

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
        "decimal": words.decimal,
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


def write_page(template: str, output: FilePath, **facts: Any) -> None:
    """Render `template` with `facts` and write it to `output`."""
    html = _environment().get_template(template).render(facts)
    html = re.sub(r"[ \t]*\n\s*\n", "\n", html)
    with atomic(output) as partial:
        partial.write_text(html, encoding="utf-8", newline="\n")
