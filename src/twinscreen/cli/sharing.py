"""The verb that writes what a site may share."""

import argparse
from collections.abc import Callable


def _describe_share(add: Callable[..., argparse.Action]) -> None:
    add("output", help="output folder of a finished run")
    add(
        "--to",
        required=True,
        metavar="FOLDER",
        help="folder for what is shared; what was shared there before stays where few people came"
        " or went since",
    )
    add("--site", required=True, help="name of the site: letters, digits, _ and -")
    add(
        "--min-group",
        type=int,
        default=5,
        help="fewest people of whom a number is shared (default: 5)",
    )
    add(
        "--exact",
        action="store_true",
        help="share how many molecules each donor has in a cell type, too, without saying whose it"
        " is: then comparisons are those with all donors to the last digits",
    )


def _share(given: argparse.Namespace) -> None:
    from pathlib import Path

    output, reference = Path(given.output), Path(given.output, "reference", "reference.h5ad")
    patients, ranks = (output / "cohort" / f"{name}.parquet" for name in ("patients", "ranks"))
    _check(given, any(path.is_file() for path in (reference, patients)))
    written = []
    if reference.is_file():
        written += _share_reference(given, str(reference))
    if patients.is_file() and ranks.is_file():
        written += _share_cohort(given, str(patients), str(ranks))
    print("\n".join(written))


def _check(given: argparse.Namespace, anything: bool) -> None:
    """Check the name of the site, the size of a group, and that there is something to share."""
    import re

    from twinscreen.files import InputError

    faults = [
        (
            not re.fullmatch(r"[A-Za-z0-9_-]+", given.site),
            *("command line", "--site", repr(given.site)),
            "letters, digits, _ and - alone",
        ),
        (
            given.min_group < 3,
            *("command line", "--min-group", str(given.min_group)),
            "at least 3: a sum over two tells each what the other has",
        ),
        (
            not anything,
            *(given.output, "", "neither reference/reference.h5ad nor cohort/patients.parquet"),
            "the output of a finished run",
        ),
    ]
    for wrong, file, place, found, expected in faults:
        if wrong:
            raise InputError(
                file=file, place=place, found=found, expected=expected, remedy="correct it"
            )


def _share_reference(given: argparse.Namespace, path: str) -> list[str]:
    """Write the sums of the donors; say where."""
    from pathlib import Path

    from twinscreen.files import REFERENCE, SHARED, read_anndata, sources, write_anndata
    from twinscreen.files.words.counting import plural
    from twinscreen.twin.deviation.sharing import share_reference, unless_few_changed

    shared = share_reference(
        read_anndata(path, REFERENCE),
        site=given.site,
        min_donors=given.min_group,
        exact=given.exact,
        sources=sources([path]),
        file=path,
    )
    target = Path(given.to, f"{given.site}.reference.h5ad")
    kept: list[str] = []
    if target.is_file():
        earlier = read_anndata(target, SHARED)
        shared, kept = unless_few_changed(shared, earlier, min_donors=given.min_group)
    write_anndata(shared, target, SHARED)
    left = shared.uns["left_out"]
    return [
        f"{target}: {plural(shared.n_obs, 'cell type and tissue', 'cell types and tissues')}"
        f" of at least {plural(given.min_group, 'donor')}"
        + (f"; {left} with fewer left out" if left else "")
        + (f"; as they were, since fewer came or went: {', '.join(kept)}" if kept else "")
    ]


def _share_cohort(given: argparse.Namespace, patients: str, ranks: str) -> list[str]:
    """Write where drugs stand over the patients; say where."""
    from pathlib import Path

    from pandas import read_csv

    from twinscreen.cohort.sharing import few_changed, share_counts, share_drugs
    from twinscreen.files import COHORT_PATIENTS, COHORT_RANKS, read_table, write_tsv
    from twinscreen.files.words.counting import plural

    drugs = share_drugs(read_table(ranks, COHORT_RANKS), min_group=given.min_group)
    counts = share_counts(read_table(patients, COHORT_PATIENTS), min_group=given.min_group)
    places = [Path(given.to, f"{given.site}.{name}.tsv") for name in ("drugs", "cohort")]
    if places[0].is_file() and few_changed(
        drugs, read_csv(places[0], sep="\t"), min_group=given.min_group
    ):
        return [f"{place}: as it was, since few patients came or went" for place in places]
    for table, place in zip((drugs, counts), places, strict=True):
        write_tsv(table, place)
    return [f"{places[0]}: {plural(len(drugs), 'drug')}", f"{places[1]}: numbers of patients"]


VERBS = {
    "share": (
        _describe_share,
        _share,
        "write what may be shared with other sites: sums, no people",
    ),
}
