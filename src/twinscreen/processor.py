"""One kind of processor for all: the same bytes, whichever a node of the cluster has.

BLAS, NumPy and numba take other instructions on other processors, and then sums round in another
order. Verbs take those that every x86-64 processor of the last ten years has. It costs nothing that
was measured (benchmarks/RESULTS.md); `TWINSCREEN_PROCESSOR=native` takes what is fastest here.
"""

import os
import platform
import sys
from importlib import metadata
from pathlib import Path

#: Parts of NumPy for later processors, as it names them from a version on.
_LATER = {
    (2, 4): "X86_V4 AVX512_ICL AVX512_SPR",
    (0, 0): "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
}

_CPUINFO = Path("/proc/cpuinfo")


def pin() -> None:
    """Make the libraries of this process, and of those that it starts, take the same instructions.

    Settings of the user's own for these libraries count for nothing, as bytes must not depend on
    them. Nothing is done once NumPy is there.
    """
    if pinned() and "numpy" not in sys.modules:
        os.environ.update(pins())


def pinned() -> bool:
    """Whether verbs take the same instructions here as elsewhere."""
    return is_common() and os.environ.get("TWINSCREEN_PROCESSOR", "") != "native"


def pins() -> dict[str, str]:
    """Return the settings that make each library take AVX2 and FMA, and nothing later."""
    version = tuple(map(int, metadata.version("numpy").split(".")[:2]))
    return {
        "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "1",  # sums are parted among threads, and then round otherwise
        "NPY_DISABLE_CPU_FEATURES": next(
            names for since, names in _LATER.items() if version >= since
        ),
        "NUMBA_CPU_NAME": "haswell",
        "NUMBA_CPU_FEATURES": "",
    }


def is_common() -> bool:
    """Whether this is an x86-64 processor with AVX2 and FMA."""
    if platform.machine() != "x86_64" or not _CPUINFO.is_file():
        return False
    with _CPUINFO.open(encoding="utf-8", errors="replace") as file:
        flags = next((line for line in file if line.startswith("flags")), "")
    return {"avx2", "fma"} <= set(flags.split())
