"""A page as PDF, printed by the user's own browser: with page numbers and the patient's id."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from twinscreen.files import FilePath, InputError, atomic

#: Browsers that print from the command line, by the names of their programs.
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable"),
)

#: So long a page may take, in seconds.
_LONGEST = 180

#: What keeps a browser from asking for anything, and from writing into the user's profile.
_ALONE = (
    *("--headless=new", "--disable-gpu", "--no-first-run", "--no-default-browser-check"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-extensions", "--disable-dev-shm-usage", "--no-pdf-header-footer"),
)


def find_browser(wanted: str | None = None) -> str:
    """Find a browser that can print.

    Parameters
    ----------
    wanted
        A program by name or path; by default the first of BROWSERS that is installed.

    Raises
    ------
    InputError
        There is none.
    """
    found = next(filter(None, map(shutil.which, [wanted] if wanted else BROWSERS)), None)
    if found:
        return found
    raise InputError(
        file=wanted or "this computer",
        place="--browser",
        found="no such program" if wanted else "none of " + ", ".join(BROWSERS),
        expected="Chromium, Google Chrome or Microsoft Edge",
        remedy="install one (Debian: chromium), name it with --browser, or print the page from any"
        " browser",
    )


def print_page(page: FilePath, output: FilePath, browser: str) -> None:
    """Print a page.

    Parameters
    ----------
    page
        The page.
    output
        The PDF to write.
    browser
        Program, see `find_browser`.

    Raises
    ------
    InputError
        There is no such page, or the browser does not print it.
    """
    path = Path(page)
    if not path.is_file():
        raise InputError(
            file=page,
            found="no such file",
            expected="a page of a finished run (html)",
            remedy="correct the path; pages are in reports/ of the output",
        )
    with atomic(output) as partial, tempfile.TemporaryDirectory(prefix="twinscreen-") as profile:
        flags = [*_ALONE, f"--user-data-dir={profile}", f"--print-to-pdf={partial}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # as root, in a container, there is none
        said = _run([browser, *flags, path.resolve().as_uri()])
        if not partial.read_bytes().startswith(b"%PDF"):
            raise InputError(
                file=page,
                found=f"{Path(browser).name} wrote no PDF: {said or 'it says nothing'}",
                expected="a browser of the last years, and space for its profile",
                remedy="name another browser with --browser, or print the page from any browser",
            )


def _run(command: list[str]) -> str:
    """Run a browser; give the last line of what it complains about."""
    try:
        done = subprocess.run(  # noqa: S603  # a list of words, no shell
            command, capture_output=True, text=True, errors="replace", timeout=_LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {_LONGEST} seconds"
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else ""
