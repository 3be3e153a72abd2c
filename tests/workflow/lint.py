"""Run `snakemake --lint` and fail on any advice but one.

Left out is the advice to name a conda environment or container in each rule: TwinScreen is one
package in one environment, made from requirements.lock, so a second description per rule could
only disagree with it. Snakemake has no switch for a single advice, and ignores its own
`--lint json`, hence the reading of its text.
"""

import re
import subprocess
import sys

LEFT_OUT = "Specify a conda environment or container for each rule"


def advice(text: str) -> list[str]:
    """Cut the output of Snakemake into pieces of advice, each with its place and its reasons."""
    found: list[str] = []
    where, inside = "", False
    for line in text.splitlines():
        if header := re.fullmatch(r"Lints for (.*):", line.strip()):
            where, inside = header[1], False
        elif item := re.match(r" {4}\* (.*)", line):
            found.append(f"{where}\n    {item[1]}")
            inside = True
        elif inside and line.startswith(" " * 6):
            found[-1] += f"\n{line}"
        else:
            inside = False
    return found


def verdict(text: str, code: int) -> tuple[list[str], int]:
    """Give the lines to print and the exit code, for the output and exit code of Snakemake."""
    given = advice(text)
    kept = [piece for piece in given if not piece.split("\n")[1].strip().startswith(LEFT_OUT)]
    if code and not given:
        return [text, f"snakemake --lint did not run: exit code {code}"], code
    if kept:
        return [*kept, f"snakemake --lint: {len(kept)} pieces of advice"], 1
    return [f"snakemake --lint: fine, leaving out {len(given)} times: {LEFT_OUT}"], 0


def main() -> int:
    """Lint the workflow of the current folder."""
    command = [sys.executable, "-m", "snakemake", "--lint"]
    # Snakemake writes the advice to standard error.
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    lines, code = verdict(ran.stdout, ran.returncode)
    print("\n".join(lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
