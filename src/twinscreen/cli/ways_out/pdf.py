"""Printing pages by a browser that is installed."""

import argparse
from collections.abc import Callable


def _describe_pdf(add: Callable[..., argparse.Action]) -> None:
    add("pages", nargs="+", metavar="PAGE", help="pages to print (html)")
    add("--output", help="file (pdf) of a single page, or folder; by default beside each page")
    add("--browser", help="Chromium, Chrome or Edge; by default one that is found")


def _pdf(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.export.pdf import find_browser, print_page

    browser = find_browser(given.browser)
    single = bool(given.output) and Path(given.output).suffix.lower() == ".pdf"
    if single and len(given.pages) > 1:
        from twinscreen.files import InputError

        raise InputError(
            file=given.output,
            place="--output",
            found=f"one file for {len(given.pages)} pages",
            expected="a folder",
            remedy="name a folder, or print one page at a time",
        )
    for page in map(Path, given.pages):
        folder = Path(given.output) if given.output else page.parent
        output = folder if single else folder / f"{page.stem}.pdf"
        print_page(page, output, browser)
        print(output, flush=True)


VERBS = {"pdf": (_describe_pdf, _pdf, "print pages as PDF, by a browser that is installed")}
