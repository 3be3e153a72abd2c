"""The verb that compares rankings with known answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from twinscreen.cli.arguments import pair
from twinscreen.cli.options import add_options, options_from

if TYPE_CHECKING:
    from pathlib import Path

    import anndata as ad

    from twinscreen.cohort.evaluation.evaluate import Ranked

    #: A twin and its screens by preset, and files of screens by preset, then patient.
    Pair: TypeAlias = tuple[ad.AnnData, dict[str, ad.AnnData]]
    Screens: TypeAlias = dict[str, dict[str, Path]]


def _describe_evaluate(add: Callable[..., argparse.Action]) -> None:
    add("--screens", nargs="*", default=[], help="screens of patients; each tells its preset")
    add(
        "--preset",
        action="append",
        type=pair,
        default=[],
        metavar="NAME=FOLDER",
        help="further screens, of a preset of that name; may be given several times. The first"
        " preset of all says which drugs take part",
    )
    add("--twins", nargs="+", required=True, help="twins of the same patients")
    add_options(add, "evaluate")
    add("--output", required=True, help="folder for evaluation.parquet and evaluation.tsv")


def _evaluate(given: argparse.Namespace) -> None:
    from pathlib import Path

    from twinscreen.cohort.evaluation.evaluate import evaluate, widen
    from twinscreen.cohort.evaluation.labels import read_diseases, read_labels
    from twinscreen.files import COHORT_EVALUATION, InputError, write_table, write_tsv

    options = options_from(given)
    asked = options["evaluation"]
    if not asked["labels"]:
        raise InputError(
            file=given.settings or "command line",
            found="no known answers",
            expected="a table (tsv: drug, label, and perhaps patient or disease)",
            remedy="name it by --labels, or as evaluation.labels in the configuration",
        )
    known = read_labels(asked["labels"])
    table = evaluate(
        _ranked(find_screens(given.screens, dict(given.preset)), given.twins),
        known,
        diseases=read_diseases(asked["diseases"]) if asked["diseases"] else None,
        negatives=asked["negatives"],
        seed=options["seed"],
        draws=asked["draws"],
    )
    write_table(table, Path(given.output) / "evaluation.parquet", COHORT_EVALUATION)
    write_tsv(widen(table), Path(given.output) / "evaluation.tsv")


def _ranked(groups: Screens, twins: Sequence[str]) -> Iterator[Ranked]:
    """Go through the patients of the first preset; files are read when they are asked for."""
    from twinscreen.cohort.evaluation.evaluate import OF_TWIN, Ranked
    from twinscreen.files import TWIN, InputError, Parts, read_parts

    whose = Parts(uns=("patient",))
    people = {str(read_parts(path, TWIN, whose).uns["patient"]["patient"]): path for path in twins}

    def reader(twin: str, screens: Mapping[str, Path]) -> Callable[[], Pair]:
        return lambda: (
            read_parts(twin, TWIN, OF_TWIN),
            {preset: _read_screen(path) for preset, path in screens.items()},
        )

    for patient in next(iter(groups.values()), {}):
        if patient not in people:
            raise InputError(
                file="--twins",
                found=f"no twin of patient {patient}, whom a screen is of",
                expected="a twin for each screen",
                remedy="name the twins of the same patients",
            )
        mine = {preset: group[patient] for preset, group in groups.items() if patient in group}
        yield Ranked(patient, reader(people[patient], mine))


def find_screens(screens: Sequence[str], presets: Mapping[str, str]) -> Screens:
    """Sort screens by preset and patient; those without a ranked drug are left out.

    Raises
    ------
    InputError
        A file is missing or no screen, a folder has none, or two are of one patient and preset.
    """
    from pathlib import Path

    from twinscreen.files import InputError

    named = [("", Path(path)) for path in screens]
    for preset, folder in presets.items():
        paths = sorted(Path(folder).glob("*.h5ad"))
        if not paths:
            raise InputError(
                file=folder,
                found="no screen",
                expected=f"screens (h5ad) of the preset {preset}",
                remedy="correct the folder",
            )
        named += [(preset, path) for path in paths]
    found: Screens = {}
    without: set[Path] = set()
    for name, path in named:
        patient, own, ranked = _whose(path)
        preset = name or own
        group = found.setdefault(preset, {})
        if patient in group:
            raise InputError(
                file=path,
                found=f"a second screen of patient {patient} by the preset {preset}",
                expected="one",
                remedy="leave one out, or give them names: --preset NAME=FOLDER",
            )
        group[patient] = path
        if not ranked:
            without.add(path)
    return {
        preset: {patient: path for patient, path in group.items() if path not in without}
        for preset, group in found.items()
    }


def _read_screen(path: Path) -> ad.AnnData:
    """Read what a case is made of from a screen."""
    from dataclasses import replace

    from twinscreen.cohort.evaluation.evaluate import OF_SCREEN
    from twinscreen.files import SCREEN, Parts, read_parts

    kinds = read_parts(path, SCREEN, Parts(uns=("kinds",))).uns["kinds"]["kind"]
    columns = (*OF_SCREEN.obs, *(f"{kind}_z" for kind in kinds))
    return read_parts(path, SCREEN, replace(OF_SCREEN, obs=columns))


def _whose(path: Path) -> tuple[str, str, bool]:
    """Name patient and preset of a screen, and say whether it ranks any drug."""
    from twinscreen.files import SCREEN, Parts, read_parts

    screen = read_parts(path, SCREEN, Parts(obs=("rank",), uns=("patient", "preset")))
    ranked = bool(screen.obs["rank"].notna().any())
    return str(screen.uns["patient"]["patient"]), str(screen.uns["preset"]), ranked


VERBS = {
    "evaluate": (_describe_evaluate, _evaluate, "evaluate rankings against known drug labels"),
}
