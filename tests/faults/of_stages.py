"""Faults of a single stage: its files, its disk, its memory, its end."""

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from stages import OUTPUT, Ended, Stage, little_memory, run

#: Places of damage in a file; of zeros, and in a file without a checksum, where each costs a whole
#: stage; and moments at which a stage is killed.
PLACES, FEW_PLACES, MOMENTS = 10, 3, 3

#: Files that hold a checksum.
SEALED = (".h5ad", ".parquet", ".npz")


def _cuts(content: bytes, places: int, _: np.random.Generator) -> Iterator[bytes]:
    for length in np.linspace(0, len(content), places, endpoint=False, dtype=int):
        yield content[:length]


def _flips(content: bytes, places: int, random: np.random.Generator) -> Iterator[bytes]:
    for place in random.integers(len(content), size=places):
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        yield bytes(changed)


def _zeros(content: bytes, places: int, random: np.random.Generator) -> Iterator[bytes]:
    for place in random.integers(len(content), size=places):
        end = min(int(place) + 4096, len(content))
        yield content[:place] + bytes(end - int(place)) + content[end:]


Damage = Callable[[bytes, int, np.random.Generator], Iterator[bytes]]
DAMAGES: dict[str, Damage] = {
    "input cut": _cuts,
    "a bit flipped": _flips,
    "4 KB of zeros": _zeros,
}


def damaged(stage: Stage, folder: Path, damage: Damage, most: int) -> Counter[str]:
    """Read each input of a stage with damage, at so many places at most."""
    random, count = np.random.default_rng(1), Counter[str]()
    for path in stage.inputs:
        if not path.startswith(OUTPUT):
            continue
        few = damage is _zeros or not path.endswith(SEALED)
        places = min(FEW_PLACES if few else PLACES, most)
        for content in damage(stage.content(path), places, random):
            with tempfile.TemporaryDirectory() as scratch:
                file = Path(scratch, "in", Path(path).name)
                file.parent.mkdir()
                file.write_bytes(content)
                ended = run(stage, Path(scratch, "out"), folder=folder, instead={path: file})
                count[_of_file(ended.outcome(stage), path)] += 1
    return count


def _of_file(outcome: str, path: str) -> str:
    """Call by another name what only the job's record tells of a file without a checksum."""
    return "by its record" if outcome == "SILENT" and not path.endswith(SEALED) else outcome


def killed(stage: Stage, folder: Path) -> Counter[str]:
    """Kill a stage at random moments."""
    random, count = np.random.default_rng(2), Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        began = time.monotonic()
        run(stage, Path(scratch), folder=folder)
        took = time.monotonic() - began
    for share in random.uniform(0.02, 1, size=MOMENTS):
        with tempfile.TemporaryDirectory() as name:
            scratch = Path(name)
            ended = run(stage, scratch, folder=folder, kill_after=max(took * share, 0.01))
            count[ended.outcome(stage, cut_short=True)] += 1
    return count


def short_of_memory(stage: Stage, folder: Path) -> Counter[str]:
    """Give a stage 100 MB."""
    with tempfile.TemporaryDirectory() as scratch:
        ended = run(stage, Path(scratch), folder=folder, before=little_memory)
    return Counter([ended.outcome(stage)])


@contextmanager
def disk(size: int, *, beside: Path | None = None) -> Iterator[Path]:
    """Mount a disk of its own in memory, which root may; in a folder beside another, if asked."""
    with tempfile.TemporaryDirectory(dir=beside and beside.parent) as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _then_with_room(stage: Stage, folder: Path, out: Path, ended: Ended) -> str:
    """Say how a stage ended on a bad disk, and whether it ends well once that is mended."""
    outcome = ended.outcome(stage)
    again = run(stage, out, folder=folder).outcome(stage)
    return outcome if again == "same bytes" else f"{outcome}, THEN {again}"


def full_disk(stage: Stage, folder: Path, share: float) -> Counter[str]:
    """Leave a stage room for a share of what it writes."""
    with disk(2 * stage.size + (64 << 20)) as mounted:
        filler = mounted / "filler"
        free = os.statvfs(mounted).f_bavail * os.statvfs(mounted).f_frsize
        filler.write_bytes(bytes(max(free - int(share * stage.size), 0)))
        out = mounted / "out"
        out.mkdir(exist_ok=True)
        ended = run(stage, out, folder=folder)
        filler.unlink()
        return Counter([_then_with_room(stage, folder, out, ended)])


def read_only(stage: Stage, folder: Path) -> Counter[str]:
    """Let a stage write where nothing can be written."""
    with disk(2 * stage.size + (64 << 20)) as mounted:
        subprocess.run(["mount", "-o", "remount,ro", str(mounted)], check=True)
        ended = run(stage, mounted, folder=folder)
        subprocess.run(["mount", "-o", "remount,rw", str(mounted)], check=True)
        return Counter([_then_with_room(stage, folder, mounted, ended)])


#: Faults by name: what is done to a stage in a working directory.
Fault = Callable[[Stage, Path], Counter[str]]


def without_root(most: int = PLACES) -> dict[str, Fault]:
    """Give the faults that everybody can try, with damage at so many places at most."""
    return {
        **{
            name: lambda stage, folder, damage=damage: damaged(stage, folder, damage, most)
            for name, damage in DAMAGES.items()
        },
        "killed": killed,
        "100 MB of memory": short_of_memory,
    }


WITH_ROOT: dict[str, Fault] = {
    "disk full at once": lambda stage, folder: full_disk(stage, folder, 0),
    "disk full half-way": lambda stage, folder: full_disk(stage, folder, 0.5),
    "disk read-only": read_only,
}
