"""The lock installs from wheels on every platform that it is meant for, not on one alone."""

import importlib.util
from importlib import metadata
from pathlib import Path

import pytest
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

SCRIPT = Path(__file__).resolve().parents[2] / ".ci" / "environment.py"
specification = importlib.util.spec_from_file_location("environment_script", SCRIPT)
environment = importlib.util.module_from_spec(specification)
specification.loader.exec_module(environment)

CPYTHON = "cp311-cp311-manylinux_2_28_x86_64"


def fewest_hashes(tags: list[str]) -> int:
    """Count the wheels that a package has at least, seen from the tags of one of them.

    Compiled against one version of Python, it has a wheel for each and every platform; against
    the stable interface or none, one for each platform.
    """
    parsed = [tag for text in tags for tag in parse_tag(text)]
    if any(tag.platform == "any" for tag in parsed):
        return 1
    each = any(tag.abi not in ("abi3", "none") for tag in parsed)
    return len(environment.PLATFORMS) * (len(environment.PYTHONS) if each else 1)


def too_few(lock: str, wheels: dict[str, list[str]]) -> list[str]:
    """Name the packages of a lock with fewer hashes than their wheels call for."""
    return [
        f"{name}: {len(hashes)} hashes, fewer than {fewest_hashes(wheels[name])}"
        for name, hashes in environment.hashes(lock).items()
        if name in wheels and len(hashes) < fewest_hashes(wheels[name])
    ]


def made_up(**counts: int) -> str:
    """Write a lock of packages with so many hashes."""
    lines = []
    for name, count in counts.items():
        hashes = [f"    --hash=sha256:{number:064x}" for number in range(count)]
        lines.append(" \\\n".join([f"{name}==1.0 ; os_name == 'posix'", *hashes]))
        lines.append("    # via twinscreen (pyproject.toml)")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def wheels():
    """The tags of the wheels that were installed here."""
    found = {}
    for distribution in metadata.distributions():
        lines = (distribution.read_text("WHEEL") or "").splitlines()
        tags = [line.removeprefix("Tag: ") for line in lines if line.startswith("Tag: ")]
        if tags:
            found[canonicalize_name(distribution.name)] = tags
    return found


def test_every_compiled_package_has_hashes_for_all_platforms(wheels):
    lock = environment.LOCK.read_text(encoding="utf-8")
    compiled = {name for name, tags in wheels.items() if fewest_hashes(tags) > 1}
    assert {"numpy", "scikit-image", "uv"} <= compiled & set(environment.hashes(lock))
    assert too_few(lock, wheels) == []


def test_a_package_locked_for_one_machine_is_named():
    wheels = {
        "one": [CPYTHON],
        "all": [CPYTHON],
        "stable": ["cp39-abi3-manylinux_2_28_x86_64"],
        "program": ["py3-none-macosx_11_0_arm64"],
        "pure": ["py2.py3-none-any"],
    }
    lock = made_up(one=1, all=9, stable=3, program=2, pure=1)
    assert too_few(lock, wheels) == [
        "one: 1 hashes, fewer than 9",
        "program: 2 hashes, fewer than 3",
    ]


def test_a_new_lock_is_held_against_the_wheels_of_each_platform():
    def package(name: str, *digests: int) -> dict:
        wheels = [{"hashes": {"sha256": f"{digest:064x}"}} for digest in digests]
        return {"name": name, "version": "1.0", **({"wheels": wheels} if wheels else {})}

    resolved = {
        "Python 3.11, here": {"packages": [package("one", 0), package("connection-pool")]},
        "Python 3.13, there": {"packages": [package("one", 7), package("two")]},
    }
    assert environment.lacking(made_up(one=2, two=1), resolved) == [
        "one 1.0: no wheel for Python 3.13, there",
        "two 1.0: no wheel for Python 3.13, there",
    ]
