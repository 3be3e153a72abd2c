"""Kinds of evidence of other packages: found by their entry points, without importing them.

A configuration may give them weights, as it does to the kinds that come with the package.
"""

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points

#: The group of entry points: each names a kind of evidence and leads to its `Kind`.
GROUP = "twinscreen.evidence"


def foreign_kinds() -> tuple[EntryPoint, ...]:
    """List the entry points of kinds of evidence that are installed, sorted by name."""
    return _found_on(tuple(sys.path))


@cache
def _found_on(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Look for them once for each path: it means to open a file of every package."""
    found = entry_points(group=GROUP)
    return tuple(sorted(found, key=lambda one: (one.name, one.value)))


def package_of(found: EntryPoint) -> str:
    """Name the package that an entry point is of, with its version: `my-kinds 1.2`."""
    return f"{found.dist.name} {found.dist.version}" if found.dist else found.value


def foreign_packages() -> list[str]:
    """Say which package has which kind, so that a screen can be made anew with another one."""
    return [f"{found.name}: {package_of(found)}" for found in foreign_kinds()]
