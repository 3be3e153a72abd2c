"""What is due by records alone: jobs that write files, without Snakemake."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from twinscreen.files import InputError
from twinscreen.records import environment as environment_module
from twinscreen.records import plan as plan_module
from twinscreen.records.keep import recording
from twinscreen.records.plan import Plan
from twinscreen.records.record import Facts, Job, Record, outside, record_path


class Run:
    """Two jobs in a row, of which the second reads what the first wrote."""

    def __init__(self, folder: Path) -> None:
        self.output = folder / "output"
        self.output.mkdir()
        self.cells = folder / "cells.txt"
        self.cells.write_text("cells")
        first = Job("observe", "S", {"code": "1"}, {str(self.cells): ""}, ("<output>/S.txt",))
        second = Job(
            "twin", "P", {"code": "1"}, {"<output>/S.txt": "observe/S"}, ("<output>/P.txt",)
        )
        self.jobs = {job.name: job for job in (first, second)}

    def plan(self) -> Plan:
        return Plan(str(self.output), {out: j for j in self.jobs.values() for out in j.outputs}.get)

    def due(self) -> list[str]:
        plan = self.plan()
        return [name for name, job in self.jobs.items() if plan.is_due(job)]

    def run(self, name: str, text: str = "result") -> None:
        description = self.plan().describe(self.jobs[name], decide=True)
        with recording(description, [name]):
            outside(self.jobs[name].outputs[0], self.output).write_text(text)

    def ask(self, name: str, **asked: str) -> None:
        self.jobs[name] = replace(self.jobs[name], asked=self.jobs[name].asked | asked)


@pytest.fixture
def run(tmp_path):
    made = Run(tmp_path)
    assert made.due() == ["observe/S", "twin/P"]
    made.run("observe/S")
    made.run("twin/P")
    assert made.due() == []
    return made


def test_what_is_asked_decides_and_what_rests_on_it_follows(run):
    run.ask("twin/P", code="2")
    assert run.due() == ["twin/P"]
    run.ask("twin/P", code="1")
    assert run.due() == []
    run.ask("observe/S", code="2")
    assert run.due() == ["observe/S", "twin/P"]


def test_the_same_result_of_other_code_makes_nothing_due_that_rests_on_it(run):
    run.ask("observe/S", code="2")
    run.run("observe/S")
    assert run.due() == []
    run.ask("observe/S", code="3")
    run.run("observe/S", "another result")
    assert run.due() == ["twin/P"]


def test_bytes_decide_and_not_times(run):
    os.utime(run.cells)
    assert run.due() == []
    size, facts = len("cells"), run.cells.stat()
    run.cells.write_text("c3lls")
    assert len("c3lls") == size
    os.utime(run.cells, ns=(facts.st_atime_ns, facts.st_mtime_ns - 1))
    assert run.due() == ["observe/S", "twin/P"]


def test_a_touched_file_is_hashed_once(run, monkeypatch):
    hashed = []
    of = Facts.of
    monkeypatch.setattr(Facts, "of", lambda path: hashed.append(path.name) or of(path))
    os.utime(run.cells)
    assert run.due() == []
    assert run.due() == []
    assert hashed == ["cells.txt"]


def test_what_snakemake_touched_in_a_run_is_known_after_it(run, monkeypatch):
    run.ask("observe/S", code="2")
    plan = run.plan()
    assert plan.is_due(run.jobs["observe/S"])
    run.run("observe/S")
    os.utime(outside("<output>/S.txt", run.output))
    plan.settle()
    monkeypatch.setattr(Facts, "of", lambda path: pytest.fail(f"{path} is hashed"))
    assert run.due() == []


def test_outputs_get_the_order_in_which_they_were_made(run):
    first, second = (outside(job.outputs[0], run.output) for job in run.jobs.values())
    os.utime(first, (2e9, 2e9))
    os.utime(second, (1e9, 1e9))
    assert run.due() == []
    assert second.stat().st_mtime == first.stat().st_mtime == 2e9


def test_a_description_is_new_only_where_the_job_is_due(run):
    newest = max(path.stat().st_mtime for path in run.output.glob("*.txt"))
    done = Path(run.plan().describe(run.jobs["twin/P"], decide=True))
    assert done.stat().st_mtime < newest
    run.ask("twin/P", code="2")
    due = Path(run.plan().describe(run.jobs["twin/P"], decide=True))
    assert due != done
    assert due.stat().st_mtime >= newest
    before = due.read_bytes()
    assert Path(run.plan().describe(run.jobs["twin/P"], decide=True)).read_bytes() != before
    assert run.plan().describe(run.jobs["twin/P"], decide=False) == str(due)


def test_a_job_that_fails_leaves_no_record(run):
    description = run.plan().describe(run.jobs["twin/P"], decide=True)
    with pytest.raises(ZeroDivisionError), recording(description, ["twin"]):
        raise ZeroDivisionError
    assert run.due() == ["twin/P"]


def test_a_file_that_changes_while_it_is_read_leaves_no_record(run):
    description = run.plan().describe(run.jobs["observe/S"], decide=True)
    with recording(description, ["observe"]):
        run.cells.write_text("other cells")
    assert run.due() == ["observe/S", "twin/P"]


def test_what_is_lost_is_the_same_when_it_is_made_again_with_the_same_packages(run, monkeypatch):
    outside("<output>/S.txt", run.output).unlink()
    assert run.due() == []  # Snakemake makes what is missing, and nothing rests on other bytes
    monkeypatch.setattr(plan_module, "environment", lambda: {"packages": {"numpy": "other"}})
    assert run.due() == ["observe/S", "twin/P"]


def test_a_record_that_was_cut_short_is_none(run):
    path = record_path(run.output, "twin/P")
    path.write_text(path.read_text()[:-20])
    assert run.due() == ["twin/P"]


def test_records_name_the_code_the_packages_and_the_lock(run):
    record = Record.read(record_path(run.output, "twin/P"))
    assert record.asked["code"] == "1"
    environment = record.environment
    assert {"numpy", "scipy", "pandas", "anndata", "numba"} <= set(environment["packages"])
    assert len(environment["lock"]) == 64
    again = json.loads(json.dumps(environment_module.environment()))
    assert environment == again


def test_a_job_that_is_due_is_so_too_where_its_outputs_are_of_a_fast_clock(run):
    out = outside("<output>/P.txt", run.output)
    os.utime(out, (2e9, 2e9))
    run.ask("twin/P", code="2")
    path = Path(run.plan().describe(run.jobs["twin/P"], decide=True))
    assert path.stat().st_mtime > out.stat().st_mtime


@pytest.mark.parametrize("damaged", ["result, cut"[:4], "rEsult", ""])
def test_a_job_reads_no_file_that_is_not_as_another_job_left_it(run, damaged):
    """Whatever its format: a text has no checksum inside."""
    (run.output / "S.txt").write_text(damaged)
    with pytest.raises(InputError, match="other bytes than the job observe/S wrote") as error:
        run.run("twin/P")
    assert "made anew" in error.value.remedy
    assert run.due() == ["observe/S", "twin/P"]
    run.run("observe/S")
    run.run("twin/P")
    assert run.due() == []


def test_a_file_that_was_written_again_as_it_was_is_read(run):
    (run.output / "S.txt").write_text("result")
    run.run("twin/P")
    assert run.due() == []
