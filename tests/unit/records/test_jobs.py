"""Rules as jobs, by stand-ins that have what Snakemake's rules have."""

from types import SimpleNamespace
from typing import ClassVar

import pytest

from twinscreen.records.jobs import RuleJobs


class File(str):
    """A path with flags, as those of Snakemake."""

    flags: ClassVar[dict[str, bool]] = {}


class Params(dict):
    """Parameters by name."""


def rule(inputs, outputs, benchmark=None, constraint="[A-Za-z0-9_-]+", **params):
    files = [File(path) for path in outputs]
    constrained = [File(path.replace("}", f",{constraint}}}")) for path in outputs]
    return SimpleNamespace(
        input=["description", *inputs],
        output=files,
        params=Params(params),
        benchmark="out/benchmarks/{patient}.tsv",
        rule=SimpleNamespace(output=constrained, shellcmd="twinscreen verb", benchmark=benchmark),
    )


class Wildcards(list):
    def __init__(self, **given):
        super().__init__(given.values())
        self.__dict__.update(given)


@pytest.fixture
def jobs():
    rules = {
        "observe": rule(
            [lambda wildcards: f"cells/{wildcards.sample}.h5ad"], ["out/observations/{sample}.h5ad"]
        ),
        "twin": rule(
            [lambda wildcards: ["<results>/observations/S1.h5ad"], "out/knowledge/genes.parquet"],
            ["out/twins/{patient}.h5ad", "out/replicates/{patient}.h5ad"],
            options="out/settings/twin.1.json",
            row=lambda wildcards: f"out/settings/{wildcards.patient}.json",
            reference=lambda wildcards, input: ["--reference", "x"],
            code="c0de",
        ),
        "report": rule(["out/twins/{patient}.h5ad"], ["out/reports/{patient}.html"], "told"),
        "page": rule([], ["out/reports/cohort.html"]),
        "fetch": rule([], ["out/sources/{source}"], constraint="(?!hgnc$)[a-z_]+"),
        "instead": rule([], ["out/sources/{source}"], constraint="hgnc"),
        "table": rule([], ["out/tables/{release}.{table}.{ending}"], constraint="[a-z]+"),
    }
    found = RuleJobs("out", {"results": "out"}, rules.__getitem__)
    for name in rules:
        found.add(name)
    return found


def test_inputs_are_named_with_the_jobs_that_make_them(jobs):
    job = jobs.job("twin", Wildcards(patient="P1"))
    assert job.inputs == {
        "<output>/observations/S1.h5ad": "observe/S1",
        "<output>/knowledge/genes.parquet": "",
    }
    assert job.outputs == ("<output>/twins/P1.h5ad", "<output>/replicates/P1.h5ad")
    assert job.benchmark == ""
    assert jobs.job("report", Wildcards(patient="P1")).benchmark == "<output>/benchmarks/P1.tsv"
    assert jobs.making("<output>/observations/S1.h5ad").inputs == {"cells/S1.h5ad": ""}


def test_what_is_asked_is_what_depends_on_wildcards_alone(jobs):
    assert jobs.job("twin", Wildcards(patient="P1")).asked == {
        "shell": "twinscreen verb",
        "options": "<output>/settings/twin.1.json",
        "row": "<output>/settings/P1.json",
        "code": "c0de",
    }


def test_a_rule_without_wildcard_comes_first(jobs):
    assert jobs.making("<output>/reports/cohort.html").name == "page"
    assert jobs.making("<output>/reports/P1.html").name == "report/P1"
    assert jobs.making("<output>/logs/P1.log") is None


def test_a_rule_takes_what_its_constraints_allow(jobs):
    assert jobs.making("<output>/sources/hgnc").name == "instead/hgnc"
    assert jobs.making("<output>/sources/hpo").name == "fetch/hpo"


def test_a_job_of_several_wildcards_is_named_by_all(jobs):
    job = jobs.making("<output>/tables/hgnc.genes.tsv")
    assert job.name == "table/hgnc.genes.tsv"
    assert job.outputs == ("<output>/tables/hgnc.genes.tsv",)
    assert jobs.job("table", Wildcards(release="hgnc", table="genes", ending="tsv")) is job
