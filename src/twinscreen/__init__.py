"""Digital twins of patients, screened in silico with every drug.

The interface for notebooks; each part is imported when it is first used:

kb
    A release of knowledge as one object: `kb.read`, `kb.demo`.
pp
    From cells to observations.
tl
    Twins, screens, treated copies, cohorts.
pl
    Figures, on any matplotlib axes.
get
    Tables out of twins and screens.
report
    Pages of a patient and of a cohort.
datasets
    A small made-up cohort with its own knowledge, to try things out.
"""

from importlib import import_module
from types import ModuleType

__version__ = "0.2.0"

__all__ = ["datasets", "get", "kb", "pl", "pp", "report", "tl"]


def __getattr__(name: str) -> ModuleType:
    """Import a part of the interface when it is first used."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
