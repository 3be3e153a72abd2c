"""Blocks of a page of the documentation, run as a reader pastes them."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


class Reader:
    """Somebody who pastes the blocks of a page into a folder, one after another."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.variables = variables

    def paste(self, language: str, block: str) -> str:
        """Run a block, which ends as it says; give what it printed."""
        command = ["bash", "-ec", block] if language == "sh" else [sys.executable, "-c", block]
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        expected = re.search(r"# exit code (\d)", block)
        assert ran.returncode == int(expected[1] if expected else 0), f"{block}\n{ran.stdout}"
        return ran.stdout


def blocks(part: str) -> list[tuple[str, str]]:
    """Give the blocks of a part of the page with their languages, in order."""
    return re.findall(r"^```(sh|python|text)\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
