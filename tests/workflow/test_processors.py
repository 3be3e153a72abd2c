"""The same bytes on other processors: libraries that are told of one take the same instructions.

Each job runs as its record says, in an environment that has nothing of this one's: no setting for
BLAS, NumPy or numba but those of the test. Time zone, locale and the order of sets are others too.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tiny_cohort import ROOT, Study
from twinscreen.files import sha256
from twinscreen.processor import is_common
from twinscreen.records.chain import Chain
from twinscreen.records.record import Record, outside, split_word

#: Two processors: one that is later than those for which results are the same, one before.
LATER = {
    "OPENBLAS_CORETYPE": "SkylakeX",
    "OMP_NUM_THREADS": "4",
    "NUMBA_CPU_NAME": "skylake-avx512",
    "PYTHONHASHSEED": "7",
    "TZ": "Asia/Kathmandu",
}
EARLIER = {
    "OPENBLAS_CORETYPE": "Sandybridge",
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "sandybridge",
    "NUMBA_CPU_FEATURES": "",
    "PYTHONHASHSEED": "8",
    "LC_ALL": "POSIX",  # no letter beyond ASCII
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
}

pytestmark = pytest.mark.skipif(
    not is_common(), reason="only x86-64 processors with AVX2 are pinned"
)


def placed(word: str, record: Record, study: Study, folder: Path) -> str:
    """Put a word of a command where it belongs: results into another folder."""
    flag, path = split_word(word)
    place = outside(path, folder if path in record.outputs else study.output) if path else ""
    return f"{flag}{place}"


def made_again(study: Study, job: str, folder: Path, settings: dict[str, str]) -> list[bool]:
    """Do a job again on a processor; say of each result whether it has the same bytes."""
    record = Chain(study.output).records[job]
    words = record.command[: record.command.index("--job")]
    words = [placed(word, record, study, folder) for word in words]
    environment = {"PYTHONPATH": str(ROOT / "src"), "HOME": str(folder), **settings}
    if cache := os.environ.get("NUMBA_CACHE_DIR"):
        environment["NUMBA_CACHE_DIR"] = cache
    subprocess.run(
        [sys.executable, "-m", "twinscreen", *words],
        env=environment,
        cwd=study.folder,
        check=True,
    )
    return [sha256(outside(name, folder)) == facts.sha256 for name, facts in record.outputs.items()]


@pytest.mark.parametrize("settings", [LATER, EARLIER], ids=["later", "earlier"])
@pytest.mark.parametrize("job", ["twin/P2", "screen/P2"])
def test_results_are_the_same_on_a_later_and_an_earlier_processor(study, tmp_path, job, settings):
    assert all(made_again(study, job, tmp_path, settings))


def test_without_pins_they_would_not_be(study, tmp_path):
    native = {"TWINSCREEN_PROCESSOR": "native", **EARLIER}
    assert not all(made_again(study, "twin/P2", tmp_path, native))
