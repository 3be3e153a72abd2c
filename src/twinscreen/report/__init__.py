"""Pages for people: one per patient, one for the cohort; they load nothing from outside."""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """Import the pages when they are first used."""
    if name in ("cohort", "patient"):
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
