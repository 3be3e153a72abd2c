"""Photograph the demonstration's pages for README: `make pictures`.

Each picture is the page of the workflow in a headless Chromium, cut at elements of the page. What
it shows is written beside it, to pictures.json: the first drug, the ranking's checksum and the
code that made it. tests/report/test_pictures.py fails where the code has changed since.
"""

import argparse
import base64
import csv
import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from twinscreen.files.code_identity import code_identity

HERE = Path(__file__).parent
STAMP = HERE / "pictures.json"

#: The patient of the demonstration in whom a drug is called.
PATIENT = "HGR0000391"

#: The steps behind a ranking, as verbs of the command line.
RANKING = (
    *("genes", "interactome", "influence", "wiring", "drugs", "ligand-receptor", "pathways"),
    *("phenotypes", "disease-genes", "known-variants", "pharmacogenomics", "precedents"),
    *("observe", "findings", "reference", "twin", "screen"),
)

#: Pixels of a page: wide enough for its layout on a screen, narrow enough to be read in README;
#: and of a picture for each of them.
WIDTH, SCALE = 1040, 1.6


@dataclass(frozen=True)
class Picture:
    """A part of a page: from the top of one element to the bottom of another (CSS selectors)."""

    name: str
    page: str
    first: str
    last: str


PICTURES = (
    Picture("patient.png", PATIENT, "header", ".answer"),
    Picture("why.png", PATIENT, "#why", "#paths + figure"),
    Picture("cohort.png", "cohort", "header", ".answer"),
    Picture("map.png", "cohort", "#map", "#map ~ figure"),
)


def code_behind_rankings() -> dict[str, str]:
    """Return today's identity of the code of every step behind a ranking."""
    return {verb: code_identity(verb) for verb in RANKING}


def sha256(path: Path) -> str:
    """Return the checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make(output: Path) -> None:
    """Take all pictures of an output folder, and write what they show.

    Parameters
    ----------
    output
        Output folder of the demonstration; its pages and its rankings.
    """
    ranking = output / "screens" / f"{PATIENT}.ranking.tsv"
    patients = output / "cohort" / "patients.tsv"
    with _browser() as browser:
        shown = {one.name: _photograph(browser, output, one) for one in PICTURES}
    first = _rows(ranking)[0]
    if shown["patient.png"]["first"].casefold() != first["drug"].casefold():
        sys.exit(f"{PATIENT}: the page and {ranking.name} do not name the same first drug")
    stamp = {
        "code": code_behind_rankings(),
        "patient": {
            "patient": PATIENT,
            **{name: first[name] for name in ("drug", "call", "rank", "score", "pvalue")},
            "ranking": sha256(ranking),
        },
        "cohort": {
            "called": {
                row["patient"]: row["first_drug"]
                for row in _rows(patients)
                if row["called"] == "True"
            },
            "patients": sha256(patients),
        },
        "pictures": {one.name: sha256(HERE / one.name) for one in PICTURES},
    }
    STAMP.write_text(json.dumps(stamp, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rows(table: Path) -> list[dict[str, str]]:
    """Read a table whose columns are separated by tabs."""
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _photograph(browser: Any, output: Path, picture: Picture) -> dict[str, str]:
    """Take one picture; return the facts that its page marks."""
    page = (output / "reports" / f"{picture.page}.html").resolve()
    if not page.is_file():
        sys.exit(f"{page}: no such page; `make demo` makes it")
    browser.get(page.as_uri())
    edges = "const e = document.querySelector(arguments[0]).getBoundingClientRect();"
    top = browser.execute_script(f"{edges} return e.top + scrollY", picture.first)
    bottom = browser.execute_script(f"{edges} return e.bottom + scrollY", picture.last)
    top, margin = (0, 24) if top < 100 else (top - 16, 16)
    cut = {"x": 0, "y": top, "width": WIDTH, "height": bottom + margin - top, "scale": SCALE}
    image = browser.execute_cdp_cmd(
        "Page.captureScreenshot", {"captureBeyondViewport": True, "clip": cut}
    )
    _write(image["data"], HERE / picture.name)
    return browser.execute_script(
        "return Object.fromEntries([...document.querySelectorAll('[data-fact]')]"
        ".map(e => [e.dataset.fact, e.textContent.trim()]))"
    )


def _write(encoded: str, path: Path) -> None:
    """Write a picture with a palette: a third of the size, and no difference to the eye."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


@contextmanager
def _browser() -> Iterator[Any]:
    """Start a Chromium that shows nothing and asks nobody."""
    os.environ["SE_OFFLINE"] = os.environ["SE_AVOID_STATS"] = "true"
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        sys.exit("needs chromium and chromedriver (Debian: chromium-driver)")
    with tempfile.TemporaryDirectory() as profile:
        options = ChromeOptions()
        options.binary_location = chromium
        for argument in (
            *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"),
            *(f"--window-size={WIDTH},1200", f"--user-data-dir={profile}"),
        ):
            options.add_argument(argument)
        browser = Chrome(options=options, service=Service(executable_path=driver))
        try:
            yield browser
        finally:
            browser.quit()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--output", type=Path, required=True, help="the demonstration's output")
    make(arguments.parse_args().output)
