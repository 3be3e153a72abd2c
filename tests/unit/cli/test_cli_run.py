"""`twinscreen run` hands everything to Snakemake, with the workflow of the package."""

import os
import sys

import pytest

from twinscreen.cli import main
from twinscreen.data import workflow


@pytest.fixture
def called(monkeypatch):
    """Commands that would take the place of this process."""
    commands: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda program, command: commands.append(command))
    monkeypatch.setenv("PATH", "/usr/bin")
    return commands


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-n"],
        ["--configfile", "a.yaml", "--cores", "2", "--config", "seed=2", "--", "target"],
        ["--help", "-n"],
        ["--version"],
    ],
)
def test_all_arguments_are_passed_on_untouched(called, arguments, tmp_path, monkeypatch):
    (tmp_path / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    main(["run", *arguments])
    start = [sys.executable, "-m", "snakemake", "--snakefile", str(workflow())]
    assert called == [[*start, *arguments]]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--configfile", "none.yaml", "--cores", "2"],
        ["-n", "--configfile=none.yaml"],
        ["--configfiles", "a.yaml", "none.yaml"],
    ],
)
def test_a_configuration_that_is_not_there_is_told(
    called, arguments, tmp_path, monkeypatch, capsys
):
    (tmp_path / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    assert main(["run", *arguments]) == 2
    said = capsys.readouterr().err
    assert "none.yaml\n  found:    no such file" in said
    assert called == []


def test_jobs_find_the_command_line_that_runs_them(called):
    main(["run", "-n"])
    first, *others = os.environ["PATH"].split(os.pathsep)
    assert os.path.dirname(sys.executable) == first
    assert others == ["/usr/bin"]


def test_in_a_clone_it_is_the_workflow_of_the_clone():
    assert workflow().is_file()
    assert workflow().parent.parent.joinpath("pyproject.toml").is_file()


def test_without_snakemake_it_says_what_to_install(called, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "snakemake", None)
    assert main(["run", "-n"]) == 2
    assert "pip install 'twinscreen[workflow]'" in capsys.readouterr().err
    assert called == []
