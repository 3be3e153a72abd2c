"""How long official releases of full size take to read, and in how much memory.

    python benchmarks/official.py string     13.7 million links of 19,622 proteins, made up
    python benchmarks/official.py chembl     a database of 100,000 molecules, made up

Each is made in a temporary folder (150 MB and 60 MB) and read in a process of its own, as
`twinscreen official` does it. Needed: 60 s and 1.5 GiB; 20 s.
"""

import argparse
import gzip
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

#: As many as STRING 12.0 has.
PROTEINS, LINKS = 19_622, 13_715_404
MOLECULES = 100_000

READ = """
import resource, sys
from pathlib import Path
from twinscreen.knowledge.official.build import build_official
name, table, output, *files = sys.argv[1:]
places = {role: Path(path) for role, path in (one.split("=", 1) for one in files)}
build_official(name, table, places, output=output)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def make_string(folder: Path) -> dict[str, Path]:
    """Write a file of the size and shape of STRING's links, and one of its proteins."""
    rng = np.random.default_rng(1)
    ids = [f"9606.ENSP{number:011d}" for number in range(PROTEINS)]
    links, proteins = folder / "links.txt.gz", folder / "info.txt.gz"
    with gzip.open(proteins, "wt") as file:
        file.write("#string_protein_id\tpreferred_name\tprotein_size\tannotation\n")
        file.writelines(f"{id_}\tGENE{number}\t300\ttext\n" for number, id_ in enumerate(ids))
    header = "protein1 protein2 neighborhood fusion cooccurence coexpression experimental database"
    with gzip.open(links, "wt", compresslevel=1) as file:
        file.write(f"{header} textmining combined_score\n")
        for start in range(0, LINKS // 2, 100_000):
            n = min(100_000, LINKS // 2 - start)
            ends = rng.integers(PROTEINS, size=(n, 2))
            channels = (rng.beta(0.3, 2.5, size=(n, 8)) * 999).astype(int)
            lines = []
            for (one, other), scores in zip(ends.tolist(), channels.tolist(), strict=True):
                told = " ".join(map(str, scores))
                lines.append(f"{ids[one]} {ids[other]} {told}\n{ids[other]} {ids[one]} {told}\n")
            file.writelines(lines)
    return {"links": links, "proteins": proteins}


def make_chembl(folder: Path) -> dict[str, Path]:
    """Write a database of ChEMBL's shape: parents and salts, mechanisms, indications, warnings."""
    draw = random.Random(1)
    tests = Path(__file__).parents[1] / "tests"
    sys.path[:0] = [str(tests), str(tests / "unit/knowledge/official")]
    from test_official_drugs import CHEMBL

    tables = CHEMBL[: CHEMBL.index("INSERT")]
    path = folder / "chembl.db"
    half, targets = MOLECULES // 2, 5_000
    with closing(sqlite3.connect(path)) as base:
        base.executescript(tables)
        rows = [(n, f"DRUG {n}", f"CHEMBL{n}", draw.choice((None, 1, 4))) for n in range(MOLECULES)]
        base.executemany("INSERT INTO molecule_dictionary VALUES (?, ?, ?, ?)", rows)
        pairs = [(n, n % half) for n in range(MOLECULES)]
        base.executemany("INSERT INTO molecule_hierarchy VALUES (?, ?)", pairs)
        names = [(n, "TRADE_NAME", f"NAME {n}.{k}") for n in range(MOLECULES) for k in range(3)]
        base.executemany("INSERT INTO molecule_synonyms VALUES (?, ?, ?)", names)
        codes = [(n, f"A{n % 100:02d}AA{n // 100 % 100:02d}", n) for n in range(half)]
        base.executemany("INSERT INTO molecule_atc_classification VALUES (?, ?, ?)", codes)
        proteins = [(n, "SINGLE PROTEIN", 9606) for n in range(targets)]
        base.executemany("INSERT INTO target_dictionary VALUES (?, ?, ?)", proteins)
        parts = [(n, n + k) for n in range(targets) for k in range(2)]
        base.executemany("INSERT INTO target_components VALUES (?, ?)", parts)
        sequences = [(n, f"P{n:05d}") for n in range(targets + 1)]
        base.executemany("INSERT INTO component_sequences VALUES (?, ?)", sequences)
        acts = [
            (n, draw.randrange(targets), draw.choice(("INHIBITOR", "AGONIST")), 1)
            for n in range(MOLECULES)
        ]
        base.executemany("INSERT INTO drug_mechanism VALUES (?, ?, ?, ?)", acts)
        base.commit()
    return {"database": path}


def measure(name: str, table: str, files: dict[str, Path], output: Path) -> str:
    """Read a release in a process of its own; say time, memory and lines."""
    words = [name, table, str(output), *(f"{role}={path}" for role, path in files.items())]
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    told = subprocess.run(
        [sys.executable, "-c", READ, *words], check=True, capture_output=True, text=True
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    wall = time.perf_counter() - start
    with gzip.open(output, "rt") as file:
        lines = sum(1 for _ in file) - 1
    memory = float(told.stdout)
    return f"{name} {table}: {wall:.1f} s, {cpu:.1f} CPU-s, {memory:.2f} GiB, {lines:,} lines"


def main() -> None:
    """Run one of the two."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("release", choices=("string", "chembl"))
    release = parser.parse_args().release
    make, table = (make_string, "interactions") if release == "string" else (make_chembl, "drugs")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(measure(release, table, make(folder), folder / "made.tsv.gz"))


if __name__ == "__main__":
    main()
