"""The command line answers at once, and tells whose fault a failure is."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from twinscreen.cli import ALONE, VERBS, main

HEAVY = {"numpy", "pandas", "scipy", "anndata", "scanpy", "snakemake", "matplotlib", "pyarrow"}


def test_version_imports_nothing_heavy():
    program = (
        "import sys\nfrom twinscreen.cli import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    version, modules = result.stdout.splitlines()
    assert version.startswith("twinscreen 0.")
    assert not HEAVY & set(eval(modules))


def test_help_answers_within_half_a_second():
    def seconds():
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "twinscreen", "--help"], check=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(5)) < 0.5


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"twinscreen {verb}" in capsys.readouterr().out


def test_every_verb_is_one_of_a_rule_or_stands_alone():
    rules = (Path(__file__).parents[3] / "workflow" / "rules").glob("*.smk")
    text = "".join(path.read_text(encoding="utf-8") for path in rules)
    assert set(VERBS) - ALONE == set(re.findall(r'"twinscreen ([a-z-]+) ', text))


def test_input_errors_end_with_2(tmp_path, capsys):
    code = main(["check", str(tmp_path / "none.yaml")])
    assert code == 2
    assert "remedy:" in capsys.readouterr().err


def test_a_flag_that_there_is_not_is_told_by_its_verb(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["summary", "output", "--colour"])
    told = capsys.readouterr().err
    assert told.startswith("usage: twinscreen summary ")
    assert "twinscreen summary: error: unrecognized arguments: --colour" in told
