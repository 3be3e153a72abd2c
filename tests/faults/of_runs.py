"""Faults of whole runs: killed, out of room, twice at once, with results that were damaged."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree

import numpy as np
from of_stages import disk

from tiny_cohort import KEPT, PATIENTS, Study, files_below

#: Moments at which a run is killed, each with all of its jobs.
MOMENTS = 3

_CHANGED = PATIENTS.replace("P2 55", "P2 56")


def _updated(study: Study) -> tuple[Study, Path]:
    """Give a finished run, and a change after which a patient and the cohort are due."""
    other = study.finished()
    return other, other.configure(patients=_CHANGED)


@cache
def _undisturbed(study: Study) -> tuple[Study, float]:
    """Run that update without any fault; give it with the seconds that it took."""
    other, config = _updated(study)
    began = time.monotonic()
    other.run(config)
    return other, time.monotonic() - began


def _as(study: Study, expected: Study) -> bool:
    """Whether all results of a run are those of another."""
    for part in KEPT:
        if files_below(study.output / part) != files_below(expected.output / part):
            return False
    paths = [path for part in KEPT for path in (study.output / part).rglob("*") if path.is_file()]
    same = (path.relative_to(study.output) for path in paths)
    return all(
        (study.output / one).read_bytes() == (expected.output / one).read_bytes() for one in same
    )


def _ends(study: Study, config: Path, expected: Study) -> str:
    """Run to the end, and hold the results against those of an undisturbed run."""
    ran = study.snakemake(config)
    if ran.returncode:
        return f"NOT FINISHED ({ran.stdout[-300:]})"
    return "then the same bytes" if _as(study, expected) else "then OTHER BYTES"


def _begun(study: Study, config: Path) -> subprocess.Popen[bytes]:
    """Begin a run as the leader of a group of processes."""
    return subprocess.Popen(
        [*study.command(config), "--cores", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=study.variables(),
        start_new_session=True,
    )


def killed_at_random(study: Study) -> str:
    """Kill an update with all of its jobs at random moments, and run again."""
    expected, took = _undisturbed(study)
    told = []
    for share in np.random.default_rng(3).uniform(0.2, 0.95, MOMENTS):
        other, config = _updated(study)
        run = _begun(other, config)
        time.sleep(took * share)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        other.snakemake(config, "--unlock")
        told.append(_ends(other, config, expected))
    return f"{MOMENTS} times: {', '.join(sorted(set(told)))}"


def two_at_once(study: Study) -> str:
    """Start a second run in the folder of one that is under way."""
    expected, _ = _undisturbed(study)
    other, config = _updated(study)
    run = _begun(other, config)
    while not list((other.folder / ".snakemake" / "locks").glob("*")) and run.poll() is None:
        time.sleep(0.1)
    second = other.snakemake(config)
    locked = "the second is told" if "LockException" in second.stdout else "SECOND NOT TOLD"
    first = "the first ends" if run.wait() == 0 else "FIRST FAILS"
    same = "the same bytes" if _as(other, expected) else "OTHER BYTES"
    return f"{locked}, {first}, {same}"


def damaged_results(study: Study) -> str:
    """Cut results of every kind in a finished run in half, and run again."""
    other = study.finished()
    names = (
        *("knowledge/sources/hgnc", "knowledge/influence.h5ad", "knowledge/drugs.parquet"),
        *("observations/P1_T0.h5ad", "twins/P2.h5ad", "screens/P3.h5ad", "cohort/patients.parquet"),
        *("screens/P3.ranking.tsv", "reports/P1.html", "reference/reference.h5ad"),
    )
    for name in names:
        path = other.output / name
        content = path.read_bytes()
        path.unlink()  # it is linked to the first run's
        path.write_bytes(content[: len(content) // 2])
    return f"{len(names)} files: {_ends(other, other.configure(), study)}"


def full_disk(study: Study) -> str:
    """Run on a disk that is full, and again once there is room."""
    expected, _ = _undisturbed(study)
    finished = study.finished().folder
    size = sum(path.stat().st_size for path in finished.rglob("*") if path.is_file())
    with disk(2 * size + (64 << 20), beside=finished) as small:
        copytree(finished, small, dirs_exist_ok=True)
        other = Study(small, study.cache)
        config = other.configure(patients=_CHANGED)
        filler = small / "filler"
        free = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
        filler.write_bytes(bytes(free - (1 << 20)))
        ran = other.snakemake(config)
        said = "the run says so" if "is full" in ran.stdout and ran.returncode else "NOT SAID"
        filler.unlink()
        other.snakemake(config, "--unlock")
        return f"{said}, {_ends(other, config, expected)}"


def damaged_archive(study: Study) -> str:
    """Damage an archive of the cache, without a network to fetch another."""
    cache = study.folder.parent / "damaged-cache"
    copytree(study.cache, cache, dirs_exist_ok=True)
    for archive in cache.glob("*.whl"):
        archive.write_bytes(archive.read_bytes()[:-100])
    other = Study(study.finished().folder, cache)
    (other.output / "knowledge" / "sources" / "hgnc").unlink()
    config = other.configure()
    ran = other.snakemake(config, "output/knowledge/sources/hgnc")
    told = "remedy:" in ran.stdout or "remedy:" in _logs(other)
    left = (other.output / "knowledge" / "sources" / "hgnc").exists()
    return "FILE LEFT" if left else "told" if ran.returncode and told else "NOT TOLD"


def _logs(study: Study) -> str:
    return "".join(path.read_text(errors="replace") for path in study.output.rglob("*.log"))


#: Faults by name: what is done to a finished run, and what came of it.
RUNS: dict[str, Callable[[Study], str]] = {
    "killed with all its jobs": killed_at_random,
    "two runs in one folder": two_at_once,
    "results damaged": damaged_results,
    "run on a full disk": full_disk,
    "archive damaged, no network": damaged_archive,
}
