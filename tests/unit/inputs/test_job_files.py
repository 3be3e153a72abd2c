"""What jobs are told in files: by names that change with the content, and with nothing else."""

import json
from pathlib import Path

import pytest

from twinscreen.inputs.cohort import Cohort
from twinscreen.inputs.job_files import JobFiles
from twinscreen.inputs.validate import with_defaults
from twinscreen.settings.documents import json_schema
from twinscreen.settings.options import settings_for
from twinscreen.settings.stages import STAGES

SAMPLE = {"patient": "P1", "tissue": "blood", "batch": "", "select": "", "annotation": ""}
FINDINGS = dict.fromkeys(("phenotypes", "exposures", "medication", "variant_sample"), "")
FINDINGS |= {
    "variants": "p1.vcf",
    "star_alleles": "",
    "disease": "MONDO:1",
    "simulated": "",
    "deviations": "",
}


def files(folder, *, age="44", treatment="", **options):
    given = {"reference": {"control": "healthy"}, "observe": {"cell_type": "type"}} | options
    samples = {
        "a": SAMPLE
        | {"sample": "a", "condition": "ill", "time": "T0", "cells": "a", "treatment": ""},
        "b": SAMPLE
        | {"sample": "b", "condition": "ill", "time": "T1", "cells": "b", "treatment": treatment},
    }
    patients = {"P1": {"patient": "P1", "age": age, **FINDINGS}}
    cohort = Cohort(samples, patients, "healthy", "reference")
    return JobFiles(str(folder), with_defaults(given, json_schema()), cohort)


def changed(folder, **changes):
    """Which files have another name after a change."""

    def names(of):
        found = {verb: of.options(verb) for verb in STAGES}
        found |= {"patient": of.patient("P1"), "findings of P1": of.findings("P1")}
        return found | {name: of.sample(name) for name in "ab"}

    before, after = names(files(folder)), names(files(folder, **changes))
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("changes", "renamed"),
    [
        ({}, set()),
        ({"twin": {"growth_pvalue": 0.02}}, {"twin"}),
        ({"twin": {"min_cells": 20}}, {"twin", "reference"}),
        ({"screen": {"preset": "causal"}}, {"screen"}),
        ({"safety": {"penalties": {"withdrawn": 1}}}, {"screen"}),
        ({"safety": {"warnings": ["own.tsv"]}}, {"own-tables"}),  # else an input, and no option
        ({"evaluation": {"draws": 200}}, {"evaluate"}),
        ({"findings": {"assembly": "GRCh37"}}, {"findings", "known-variants"}),
        ({"age": "45"}, {"patient"}),
        ({"treatment": "aspirin"}, {"patient"}),  # no property of the cells
    ],
)
def test_a_change_gives_another_name_to_what_holds_it(tmp_path, changes, renamed):
    assert changed(tmp_path, **changes) == renamed


@pytest.mark.parametrize("verb", STAGES)
def test_verbs_take_the_files_of_their_options(tmp_path, verb):
    path = Path(files(tmp_path).options(verb))
    found = settings_for(verb, json.loads(path.read_text(encoding="utf-8")))
    assert set(found) == {path.partition(".")[0] for path in STAGES[verb]}


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    path = Path(files(tmp_path).patient("P1"))
    told = {"patient": "P1", "about": {"age": "44"}, "treatments": {}}
    assert json.loads(path.read_text(encoding="utf-8")) == told
    before = path.stat()
    files(tmp_path).patient("P1")
    assert path.stat() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]
