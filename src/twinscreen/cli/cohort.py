"""Verbs on all twins together: tables, similarity, the virtual trial, and the page."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from twinscreen.cli.options import add_options, options_from

if TYPE_CHECKING:
    import anndata as ad
    import pandas as pd

    from twinscreen.files import TableContract

#: What the page takes from the comparison of twins, and from the virtual trial: all or none.
SIMILARITY = {
    "similarity": "how alike the patients are (parquet)",
    "clusters": "their groups (parquet)",
    "cluster-numbers": "numbers of groups that were tried (parquet)",
    "neighbours": "whether patients with something in common are more alike (parquet)",
}
TRIAL = {
    "trial": "every drug of the virtual trial in every patient (parquet)",
    "trial-drugs": "every drug of the virtual trial (parquet)",
    "trial-features": "features of responders (parquet)",
}


def _describe_cohort(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add("--observations", help="folder of the observations, for the quality of the samples")
    add("--output", required=True, help="folder for the tables of the cohort")


def _cohort(given: argparse.Namespace) -> None:
    from pathlib import Path

    import pandas as pd

    from twinscreen.cohort import samples
    from twinscreen.cohort.multiqc import patients_for_multiqc, samples_for_multiqc
    from twinscreen.cohort.summary import OF_SCREEN, OF_TWIN, Places, take
    from twinscreen.files import (
        COHORT_PATIENTS,
        COHORT_RANKS,
        COHORT_SAMPLES,
        OBSERVATION,
        read_parts,
        read_twins_and_screens,
        write_table,
        write_text,
        write_tsv,
        writing_table,
    )

    folder, rows, places = Path(given.output), [], Places()
    sampled: list[str] = []
    stated_sex: dict[str, str] = {}

    def take_all(twin: ad.AnnData, screen: ad.AnnData) -> tuple[dict[str, object], pd.DataFrame]:
        sampled.extend(twin.uns["samples"]["sample"].astype(str))
        patient = twin.uns["patient"]
        stated_sex[str(patient["patient"])] = str(patient.get("sex", ""))
        return take(twin, screen)

    with writing_table(folder / "ranks.parquet", COHORT_RANKS) as write:
        for patient, ranked in read_twins_and_screens(
            given.twins, given.screens, take_all, of_twin=OF_TWIN, of_screen=OF_SCREEN
        ):
            rows.append(patient)
            places.add(patient["patient"], ranked)
            write(ranked)
    patients = pd.DataFrame(rows)
    write_table(patients, folder / "patients.parquet", COHORT_PATIENTS)
    write_tsv(patients, folder / "patients.tsv")
    write_tsv(places.table(), folder / "percentiles.tsv")
    write_text(patients_for_multiqc(patients), folder / "twinscreen_patients_mqc.json")
    observed = samples.sample_table(
        [
            samples.take(read_parts(path, OBSERVATION, samples.OF_OBSERVATION))
            for sample in dict.fromkeys(sampled)
            if given.observations
            and (path := Path(given.observations) / f"{sample}.h5ad").is_file()
        ],
        stated_sex,
    )
    write_table(observed, folder / "samples.parquet", COHORT_SAMPLES)
    write_tsv(observed, folder / "samples.tsv")
    write_text(samples_for_multiqc(observed), folder / "twinscreen_samples_mqc.json")


def _describe_similarity(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add_options(add, "similarity")
    add("--output", required=True, help="folder for the tables of the cohort")


def _similarity(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.cohort.similarity.profiles import OF_TWIN, profiles_of, take
    from twinscreen.cohort.similarity.tables import compare_twins
    from twinscreen.files import (
        COHORT_CLUSTER_NUMBERS,
        COHORT_CLUSTERS,
        COHORT_NEAREST,
        COHORT_NEIGHBOURS,
        COHORT_SIMILARITY,
        TWIN,
        read_parts,
        write_table,
        write_tsv,
    )

    folder = Path(given.output)
    profiles = profiles_of(take(read_parts(path, TWIN, OF_TWIN), file=path) for path in given.twins)
    found = compare_twins(profiles, seed=options_from(given)["seed"])
    for name, table, contract in (
        ("similarity", found.pairs, COHORT_SIMILARITY),
        ("clusters", found.clusters, COHORT_CLUSTERS),
        ("cluster_numbers", found.numbers, COHORT_CLUSTER_NUMBERS),
        ("neighbours", found.neighbours, COHORT_NEIGHBOURS),
        ("nearest", found.nearest, COHORT_NEAREST),
    ):
        write_table(table, folder / f"{name}.parquet", contract)
    write_tsv(found.clusters, folder / "clusters.tsv")


def _describe_trial(add: Callable[..., argparse.Action]) -> None:
    add("--twins", nargs="+", required=True, help="twins of all patients")
    add("--screens", nargs="+", required=True, help="screens of all patients, in the same order")
    add_options(add, "trial")
    add("--output", required=True, help="folder for the tables of the cohort")


def _trial(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.cohort.trial.features import OF_TWIN
    from twinscreen.cohort.trial.run import OF_SCREEN, run_trial, take
    from twinscreen.files import (
        COHORT_TRIAL,
        COHORT_TRIAL_DRUGS,
        COHORT_TRIAL_FEATURES,
        read_twins_and_screens,
        write_table,
        write_tsv,
    )

    options = options_from(given)
    found = run_trial(
        read_twins_and_screens(
            given.twins, given.screens, take, of_twin=OF_TWIN, of_screen=OF_SCREEN
        ),
        **options["trial"],
        seed=options["seed"],
    )
    folder = Path(given.output)
    for name, table, contract in (
        ("trial", found.trial, COHORT_TRIAL),
        ("trial_drugs", found.drugs, COHORT_TRIAL_DRUGS),
        ("trial_features", found.features, COHORT_TRIAL_FEATURES),
    ):
        write_table(table, folder / f"{name}.parquet", contract)
        write_tsv(table[contract.schema.names], folder / f"{name}.tsv")


def _describe_cohort_report(add: Callable[..., argparse.Action]) -> None:
    add("--patients", required=True, help="patients of the cohort (parquet)")
    add("--ranks", required=True, help="ranks of the cohort (parquet)")
    add("--samples", help="samples of the cohort (parquet)")
    add("--evaluation", help="what the evaluation against known answers found (parquet)")
    for name, content in (SIMILARITY | TRIAL).items():
        add(f"--{name}", help=content)
    add("--costs", default="", help="where the page of costs is, seen from this one, to link to it")
    add("--output", required=True, help="page to write (html)")


def _cohort_report(given: argparse.Namespace) -> None:
    from twinscreen.files import (
        COHORT_CLUSTER_NUMBERS,
        COHORT_CLUSTERS,
        COHORT_EVALUATION,
        COHORT_NEIGHBOURS,
        COHORT_PATIENTS,
        COHORT_RANKS,
        COHORT_SAMPLES,
        COHORT_SIMILARITY,
        COHORT_TRIAL,
        COHORT_TRIAL_DRUGS,
        COHORT_TRIAL_FEATURES,
        read_table,
        sources_by_kind,
        write_text,
    )
    from twinscreen.report.cohort.page import cohort_page
    from twinscreen.report.cohort.similarity import SimilarityTables
    from twinscreen.report.cohort.trial import TrialTables

    similarity = trial = None
    if given.similarity:
        similarity = SimilarityTables(
            _read_large(given.similarity, COHORT_SIMILARITY),
            read_table(given.clusters, COHORT_CLUSTERS),
            read_table(given.cluster_numbers, COHORT_CLUSTER_NUMBERS),
            read_table(given.neighbours, COHORT_NEIGHBOURS),
        )
    if given.trial:
        trial = TrialTables(
            read_table(given.trial, COHORT_TRIAL),
            read_table(given.trial_drugs, COHORT_TRIAL_DRUGS),
            read_table(given.trial_features, COHORT_TRIAL_FEATURES),
        )
    kinds = ["patients", "ranks", "samples", "evaluation"]
    kinds += [name.replace("-", "_") for name in (*SIMILARITY, *TRIAL)]
    page = cohort_page(
        read_table(given.patients, COHORT_PATIENTS),
        _read_large(given.ranks, COHORT_RANKS),
        samples=read_table(given.samples, COHORT_SAMPLES) if given.samples else None,
        evaluation=read_table(given.evaluation, COHORT_EVALUATION) if given.evaluation else None,
        similarity=similarity,
        trial=trial,
        costs=given.costs,
        sources=sources_by_kind({kind: path for kind in kinds if (path := getattr(given, kind))}),
    )
    write_text(page, given.output)


def _read_large(path: str, contract: TableContract) -> pd.DataFrame:
    """Read a table of millions of rows column by column; its texts become categories."""
    import pandas as pd

    from twinscreen.files import read_table

    columns = {}
    for name in contract.schema.names:
        column = read_table(path, contract, columns=[name])[name]
        columns[name] = column.astype("category") if column.dtype == object else column
    return pd.DataFrame(columns, copy=False)


def _describe_scored(add: Callable[..., argparse.Action]) -> None:
    add("patients", help="patients of the cohort (parquet)")
    add("--output", required=True, help="text to write, which counts them")


def _scored(given: argparse.Namespace) -> None:
    from twinscreen.files import COHORT_PATIENTS, InputError, read_table, write_text
    from twinscreen.files.words.counting import plural

    status = read_table(given.patients, COHORT_PATIENTS)["status"]
    scored, every = int((status == "scored").sum()), plural(len(status), "patient")
    if not scored:
        raise InputError(
            file=given.patients,
            place="column status",
            found=f"not one of {every} could be scored",
            expected="at least one",
            remedy="see the page of the cohort, and each patient's: they say why, and what to do",
        )
    write_text(f"{scored} of {every} scored\n", given.output)


VERBS = {
    "cohort": (_describe_cohort, _cohort, "put all twins and screens side by side"),
    "similarity": (_describe_similarity, _similarity, "compare all twins, and find their groups"),
    "trial": (_describe_trial, _trial, "give a drug to all twins, and ask who responds"),
    "cohort-report": (_describe_cohort_report, _cohort_report, "write the page of the cohort"),
    "scored": (_describe_scored, _scored, "end with an error if not one patient was scored"),
}
