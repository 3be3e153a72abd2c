"""Write a software bill of materials, CycloneDX 1.6 as JSON, from requirements.lock.

    python .ci/sbom.py [--output build/sbom.json]    what `make sbom` does

It names every package of the lock by version and package URL, with the SHA-256 of each file that
may be installed, the condition under which it is, what asks for it and, where it is installed here,
its licence. Standard library only; the same lock and environment give the same bytes.
"""

import argparse
import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"

#: How the package itself is called, as the lock calls it and as others do.
ITSELF, NAME = "twinscreen (pyproject.toml)", "twinscreen"

#: A package of the lock with all its lines: `name==version ; condition`, hashes, and who asks.
_PACKAGE = re.compile(
    r"^([a-z0-9][^\s=;]*)==([^\s;\\]+)(?: ; ([^\\\n]+?))? \\\n((?:[ #].*\n?)*)", re.MULTILINE
)


@dataclass(frozen=True)
class Package:
    """A package of the lock, with the SHA-256 of its files and what asks for it."""

    name: str
    version: str
    condition: str
    hashes: list[str]
    asked_by: list[str]

    @property
    def url(self) -> str:
        """Its package URL, by which advisories name it."""
        return f"pkg:pypi/{self.name.replace('_', '-')}@{self.version}"

    def component(self) -> dict[str, Any]:
        """Describe it as CycloneDX does."""
        found: dict[str, Any] = {
            "type": "library",
            "bom-ref": self.url,
            "name": self.name,
            "version": self.version,
            "purl": self.url,
            "hashes": [{"alg": "SHA-256", "content": one} for one in self.hashes],
        }
        if licence := _licence(self.name, self.version):
            found["licenses"] = [{"license": {"name": licence}}]
        if self.condition:
            found["properties"] = [{"name": "twinscreen:condition", "value": self.condition}]
        return found


def packages(lock: str) -> Iterator[Package]:
    """Read the packages of a lock."""
    for name, version, condition, rest in _PACKAGE.findall(lock):
        asked_by = re.findall(r"^ +# +(?:via +)?(\S.*)$", rest, re.MULTILINE)
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
        yield Package(name, version, condition, hashes, [by for by in asked_by if by != "via"])


def bill(lock: str, version: str) -> dict[str, Any]:
    """Make the bill of a lock, for a version of the package."""
    every = list(packages(lock))
    itself = f"pkg:pypi/{NAME}@{version}"
    urls: dict[str, list[str]] = {ITSELF: [itself]}
    for one in every:
        urls.setdefault(one.name, []).append(one.url)
    asks: dict[str, set[str]] = {url: set() for some in urls.values() for url in some}
    for one in every:
        for by in one.asked_by:
            for url in urls[by]:
                asks[url].add(one.url)
    digest = hashlib.sha256(f"{version}\n{lock}".encode()).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(digest[:32], version=4)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": NAME,
                "version": version,
                "purl": itself,
                "licenses": [{"license": {"id": "BSD-3-Clause"}}],
            }
        },
        "components": [one.component() for one in every],
        "dependencies": [{"ref": url, "dependsOn": sorted(asks[url])} for url in sorted(asks)],
    }


def _licence(name: str, version: str) -> str:
    """Give the licence that an installed package says it has, nothing where it is not installed."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    if told["Version"] != version:
        return ""
    classified = [
        text.rpartition(" :: ")[2]
        for text in told.get_all("Classifier") or []
        if text.startswith("License :: ")
    ]
    short = (told["License"] or "").partition("\n")[0].strip()
    return told["License-Expression"] or " AND ".join(classified) or short[:100]


def version() -> str:
    """Read the version of the package from its source."""
    text = (ROOT / "src" / NAME / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "([^"]+)"', text, re.MULTILINE)[0]


def main() -> None:
    """Write the bill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build" / "sbom.json")
    output = parser.parse_args().output
    made = bill(LOCK.read_text(encoding="utf-8"), version())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{output}: {len(made['components'])} packages")


if __name__ == "__main__":
    main()
