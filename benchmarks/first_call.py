"""How long `twinscreen proximity` takes on a toy network, in new processes.

Twice each: compiled kernels have to be made in the first call, and are kept for the second. Then
the same with the home folder and the package on read-only file systems (Linux mount namespaces).
"""

import argparse
import os
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import twinscreen


def write_toy(folder: Path) -> list[str]:
    """Write a ring of 300 genes with chords, drugs and modules; give the arguments for them."""
    lines = [f"g{i}\tg{(i + hop) % 300}" for i in range(300) for hop in (1, 7 + i % 50)]
    (folder / "network.tsv").write_text("\n".join(["a\tb", *lines, ""]))
    for column, size in (("drug", 3), ("module", 15)):
        rows = [f"{column}{i}\tg{(i * 41 + j * 13) % 300}" for i in range(10) for j in range(size)]
        (folder / f"{column}.tsv").write_text("\n".join([f"{column}\tgene", *rows, ""]))
    return [
        *("--network", str(folder / "network.tsv"), "--targets", str(folder / "drug.tsv")),
        *("--modules", str(folder / "module.tsv"), "--output", str(folder / "out.tsv")),
    ]


def main() -> None:
    """Print seconds by the clock and of the processor."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--measure", default="closest")
    asked = given.parse_args()
    package = Path(twinscreen.__file__).resolve().parent
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        call = [sys.executable, "-m", "twinscreen", "proximity", *write_toy(folder)]
        call += ["--measure", asked.measure]
        mounts = "".join(
            f"mount --bind {place} {place} && mount -o remount,ro,bind {place} && "
            for place in (shlex.quote(str(place)) for place in (package, Path.home()))
        )
        read_only = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
        tests = (
            f"test ! -w {shlex.quote(str(package))} && test ! -w {shlex.quote(str(Path.home()))}"
        )
        ways = {
            "as installed": (call, {"NUMBA_CACHE_DIR": str(folder / "kernels")}),
            "read-only": ([*read_only, f"{mounts}{tests} && {shlex.join(call)}"], {}),
        }
        for way, (command, more) in ways.items():
            temporary = folder / f"temporary of {way}"
            temporary.mkdir()
            environment = {**os.environ, "TMPDIR": str(temporary), **more}
            for turn in ("first", "second", "third"):
                start, before = time.perf_counter(), children()
                subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
                clock, cpu = time.perf_counter() - start, children() - before
                print(f"{way}, {turn} call: {clock:.2f} s, {cpu:.2f} CPU-s", flush=True)


def children() -> float:
    """CPU-seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
