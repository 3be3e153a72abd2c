"""A patient taken out of an output folder: what goes, what stays, and that nothing is left."""

import base64
import gzip
import json
import zipfile

import anndata as ad
import numpy as np
import pandas as pd
import pytest

from twinscreen.records.chain import Chain
from twinscreen.records.forget import holding, left, samples_of
from twinscreen.records.record import Facts, Record, record_path
from twinscreen.records.traces import Traces

RUN = {
    "observations/S_P1_T0.h5ad": "cells",
    "observations/S_P10_T0.h5ad": "cells",
    "twins/P1.h5ad": "twin of P1",
    "twins/P10.h5ad": "twin of P10",
    "cohort/patients.tsv": "patient\nP1\nP10\n",
    "knowledge/genes.parquet": "P1 is a word here",
    "reports/P10.html": "beside P10 stands P1",
    "settings/twin.1.json": "{}",
    "settings/of.1.json": '{"patients": ["P1", "P10"]}',
    "logs/cohort.log": "P1 was read",
    "logs/twin/P10.log": "twin/P10 was made",
}


@pytest.fixture
def output(tmp_path):
    """The output of a cohort of P1 and P10, whose page names P1."""
    folder = tmp_path / "P1 and others" / "output"
    samples = {"S_P1_T0": "P1", "S_P10_T0": "P10"}
    rows = {
        f"settings/samples/{one}.1.json": json.dumps({"patient": who})
        for one, who in samples.items()
    }
    for name, text in (RUN | rows).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    def leave(rule, unit, inputs, outputs, asked=None):
        facts = [
            {f"<output>/{name}": Facts.of(folder / name) for name in names}
            for names in (inputs, outputs)
        ]
        facts[0] |= {f"{unit}.h5ad": Facts("5" * 64, 5, 0)} if rule == "observe" else {}
        record = Record(rule, unit, asked or {}, [rule], {}, *facts)
        record.write(record_path(folder, record.name))

    leave("genes", "", [], ["knowledge/genes.parquet"])
    for sample, patient in samples.items():
        row = {"row": f"<output>/settings/samples/{sample}.1.json"}
        leave("observe", sample, ["knowledge/genes.parquet"], [f"observations/{sample}.h5ad"], row)
        leave("twin", patient, [f"observations/{sample}.h5ad"], [f"twins/{patient}.h5ad"])
    leave("cohort", "", ["twins/P1.h5ad", "twins/P10.h5ad"], ["cohort/patients.tsv"])
    leave("report", "P10", ["twins/P10.h5ad"], ["reports/P10.html"])
    return folder


def test_their_own_jobs_go_and_all_that_read_of_them_or_names_them(output, tmp_path):
    found = holding(Chain(output), "P1", tmp_path / "none")
    assert found.samples == ("S_P1_T0",)
    assert found.own == ("observe/S_P1_T0", "twin/P1")
    assert set(found.jobs) - set(found.own) == {"cohort", "report/P10"}
    assert found.given == ("S_P1_T0.h5ad",)
    found.forget()
    there = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    assert there == {
        *("knowledge/genes.parquet", "observations/S_P10_T0.h5ad", "twins/P10.h5ad"),
        *("settings/twin.1.json", "settings/samples/S_P10_T0.1.json", "logs/twin/P10.log"),
        *("records/genes.json", "records/observe/S_P10_T0.json", "records/twin/P10.json"),
    }
    assert left(output, tmp_path / "none", found.traces) == (8, [])


def test_what_names_them_afterwards_is_found(output, tmp_path):
    notes = tmp_path / ".snakemake"
    found = holding(Chain(output), "P1", notes)
    found.forget()
    late = output / "cohort" / "again.tsv.gz"
    late.parent.mkdir(exist_ok=True)
    late.write_bytes(gzip.compress(b"patient\nS_P1_T0\n"))
    note = notes / "metadata" / base64.b64encode(b"output/twins/P1.h5ad").decode()
    note.parent.mkdir(parents=True)
    note.write_text("{}")
    assert left(output, notes, found.traces)[1] == sorted([note, late])


def test_samples_are_those_of_the_sheet_not_of_their_names(output):
    assert samples_of(Chain(output), "P10") == ("S_P10_T0",)
    assert samples_of(Chain(output), "S") == ()


@pytest.mark.parametrize(
    ("text", "holds"),
    [("P1", True), ("S_P1_T0", True), ("P1.h5ad", True), ("P10", False), ("xP1", False)],
)
def test_a_name_counts_where_no_letter_or_digit_stands_beside_it(text, holds):
    assert Traces(["P1"]).in_text(text) is holds


def written(kind, name, path):
    """Write a file of a kind that holds a name somewhere."""
    table = pd.DataFrame({"z": [1.5, 2.5], "patient": ["other", name]})
    if kind == "parquet":
        table.to_parquet(path)
    elif kind == "categories":
        table.astype({"patient": "category"}).to_parquet(path)
    elif kind == "compressed":
        ad.AnnData(np.ones((2, 1)), obs=table.set_index("patient")).write_h5ad(
            path, compression="gzip"
        )
    elif kind == "uns":
        ad.AnnData(np.ones((2, 1)), uns={"of": {"who": name}}).write_h5ad(path)
    elif kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("table.tsv", f"patient\n{name}\n")
    else:
        path.write_bytes(b" " * ((1 << 22) - 3) + name.encode())  # across two blocks


@pytest.mark.parametrize("kind", ["parquet", "categories", "compressed", "uns", "zip", "text"])
def test_a_name_is_found_in_files_of_every_kind_that_a_run_writes(kind, tmp_path):
    traces = Traces(["HGR0000391"])
    written(kind, "HGR0000391", tmp_path / "with")
    written(kind, "HGR0000392", tmp_path / "without")
    assert traces.in_file(tmp_path / "with")
    assert not traces.in_file(tmp_path / "without")
