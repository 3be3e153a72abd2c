"""The filter of `snakemake --lint` lets one advice pass and nothing else."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("lint.py")
specification = importlib.util.spec_from_file_location("workflow_lint", SCRIPT)
lint = importlib.util.module_from_spec(specification)
specification.loader.exec_module(lint)

CLEAN = """\
rule a:
    output:
        "a",
    log:
        "a.log",
    shell:
        "touch {output}"
"""


@pytest.mark.parametrize(
    ("snakefile", "code", "says"),
    [
        (CLEAN, 0, "leaving out 1 times"),
        (CLEAN.replace('    log:\n        "a.log",\n', ""), 1, "No log directive defined"),
        (CLEAN.replace('"a",', '"/data/a",'), 1, "Absolute path"),
        ("rule a:\n    nonsense:\n        1\n", 1, "did not run"),
    ],
    ids=["clean", "no log", "absolute path", "not a Snakefile"],
)
def test_real_output_of_snakemake(tmp_path, snakefile, code, says):
    (tmp_path / "Snakefile").write_text(snakefile)
    ran = subprocess.run([sys.executable, SCRIPT], cwd=tmp_path, capture_output=True, text=True)
    assert says in ran.stdout
    assert ran.returncode == code


def test_a_workflow_without_advice_passes():
    assert lint.verdict("Congratulations, your workflow is in a good condition!\n", 0)[1] == 0
