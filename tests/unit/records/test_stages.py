"""Several verbs in one process: each with its log and measure, until one fails."""

import os
import sys

import pytest

from twinscreen.files import InputError
from twinscreen.records.stages import read_stages, run_stages

LINES = ["twinscreen first 2> logs/first.log", "twinscreen second --flag 'a b' 2> logs/second.log"]


@pytest.fixture
def stages(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return read_stages(LINES, file="lines")


@pytest.mark.parametrize(
    "line",
    [
        "twinscreen twin P1",
        "twinscreen 2> log",
        "rm -r output 2> log",
        "twinscreen twin 'P1 2> log",
    ],
)
def test_a_line_that_is_no_verb_with_its_log_is_named(line):
    with pytest.raises(InputError) as fault:
        read_stages([LINES[0], line], file="standard input")
    assert "standard input, line 2" in str(fault.value)
    assert line in str(fault.value)


def test_each_verb_writes_its_own_log_and_says_nothing_else(stages, tmp_path, capfd):
    def run(command):
        print(*command, file=sys.stderr)
        os.write(2, b"by a library\n")
        return 0

    assert run_stages(stages, run, benchmarks=None) == 0
    assert (tmp_path / "logs/first.log").read_text() == "first\nby a library\n"
    assert (tmp_path / "logs/second.log").read_text() == "second --flag a b\nby a library\n"
    assert capfd.readouterr().err == ""


def fails(command):
    raise ZeroDivisionError


def ends(command):
    sys.exit(2)


@pytest.mark.parametrize(
    ("run", "code", "said"), [(fails, 1, "ZeroDivisionError"), (ends, 2, ""), (lambda _: 2, 2, "")]
)
def test_the_first_that_fails_is_the_last_and_its_log_is_shown(
    stages, tmp_path, capfd, run, code, said
):
    assert run_stages(stages, run, benchmarks=None) == code
    shown = capfd.readouterr().err
    assert shown.startswith(f"first ended with exit code {code}:\n")
    assert said in shown
    assert said in (tmp_path / "logs/first.log").read_text()
    assert not (tmp_path / "logs/second.log").exists()
