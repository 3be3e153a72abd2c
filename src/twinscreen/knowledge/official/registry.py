"""The official releases that a group may use beside what the package embeds, or in its place.

`data/sources.official.yaml` has one entry for each: release, licence, whether a company may use
it, its files, and the tables that a reader makes of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from twinscreen.files import FilePath, InputError
from twinscreen.knowledge.described import read_described

#: What an entry may say of commercial use; "unclear" is no permission.
COMMERCIAL = ("allowed", "forbidden", "unclear")

_TEXT = {"type": "string", "minLength": 1}
_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_MAYBE_DATE = {"type": ["string", "null"], "pattern": r"^\d{4}(-\d{2}){0,2}$"}
_FILE = {
    "type": "object",
    "properties": {
        "url": {"type": "string", "pattern": "^https?://[^ ]+$"},
        "sha256": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"},
        "name": {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9._-]*$"},
        "by_hand": _TEXT,
        "replaces": _NAME,
    },
    "required": ["url", "sha256"],
    "additionalProperties": False,
}
_TERMS = ("content", "release", "licence", "citation", "attribution")
_SCHEMA = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": _NAME,
    "additionalProperties": {
        "type": "object",
        "properties": {
            **dict.fromkeys((*_TERMS, "note"), _TEXT),
            "date": _MAYBE_DATE,
            "commercial": {"enum": list(COMMERCIAL)},
            "tables": {"type": "array", "items": _NAME, "minItems": 1, "uniqueItems": True},
            "files": {
                "type": "object",
                "minProperties": 1,
                "propertyNames": _NAME,
                "additionalProperties": _FILE,
            },
            "folder": _NAME,
        },
        "required": [*_TERMS, "date", "commercial", "tables", "files"],
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class OfficialFile:
    """One file of a release.

    Attributes
    ----------
    role
        What the file is to its reader.
    url
        Where the source publishes it; an address that ends with "/" is a folder of Parquet parts.
    sha256
        SHA-256 of the file; None where nobody has pinned it: then no other file than the first one
        fetched is taken.
    name
        The name it is kept by.
    by_hand
        How a person gets it, where no program can; else "".
    replaces
        The embedded source in whose place it may stand, since it has the same shape; or "".
    """

    role: str
    url: str
    sha256: str | None
    name: str
    by_hand: str = ""
    replaces: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder of parts."""
        return self.url.endswith("/")

    def part(self, name: str) -> "OfficialFile":
        """Return a part of the folder that it is; nobody pins parts."""
        return OfficialFile(self.role, urljoin(self.url, name), None, name, self.by_hand)


@dataclass(frozen=True)
class OfficialSource:
    """One release; `date` is when it came out, None where it is always the newest.

    `folder` is where its files are kept below the cache; releases may share one.
    """

    name: str
    content: str
    release: str
    date: str | None
    licence: str
    commercial: str
    citation: str
    attribution: str
    tables: tuple[str, ...]
    files: Mapping[str, OfficialFile] = field(default_factory=dict)
    folder: str = ""
    note: str = ""

    def require_use(self, use: str, *, file: FilePath, place: str = "") -> None:
        """Check that the release may be put to a use.

        Parameters
        ----------
        use
            "any" asks for nothing, "commercial" for a licence that allows commercial use.
        file, place
            Where the source was asked for.

        Raises
        ------
        InputError
            The licence forbids it or leaves it open; the message names source and licence.
        """
        if use == "commercial" and self.commercial != "allowed":
            said = "forbids" if self.commercial == "forbidden" else "does not clearly allow"
            raise InputError(
                file=file,
                place=place,
                found=f"{self.name}, whose licence {said} commercial use: {self.licence}",
                expected="releases that may be used commercially, as `use: commercial` says",
                remedy=f"leave {self.name} out, or get a licence of {self.attribution} and put"
                " your own list of official sources in place of the package's",
            )


def read_official(path: FilePath) -> dict[str, OfficialSource]:
    """Read the list of official releases, by name.

    Raises
    ------
    InputError
        The file is missing, isn't YAML, or an entry lacks a field or has one of another shape.
    """
    described = read_described(path, _SCHEMA, content="the list of official releases")
    return {name: _source(name, fields) for name, fields in described.items()}


def _source(name: str, fields: Mapping[str, Any]) -> OfficialSource:
    files = {
        role: OfficialFile(role=role, **{"name": _file_name(one["url"], role), **one})
        for role, one in fields["files"].items()
    }
    folder = fields.get("folder", name)
    release = re.sub(r"[^A-Za-z0-9.]+", "-", fields["release"]).strip("-.")
    others = {key: value for key, value in fields.items() if key not in ("files", "folder")}
    return OfficialSource(
        name=name,
        **(others | {"tables": tuple(fields["tables"])}),
        files=files,
        folder=f"{folder}-{release}",
    )


def _file_name(url: str, role: str) -> str:
    """Name a file as its address does, where that names one."""
    last = url.partition("?")[0].rstrip("/").rpartition("/")[2]
    return last if re.fullmatch(r"[A-Za-z0-9][\w.-]*", last) else role


def choose(
    sources: Mapping[str, OfficialSource], names: Iterable[str], *, file: FilePath, place: str = ""
) -> list[OfficialSource]:
    """Take releases by name.

    Raises
    ------
    InputError
        There is no such release.
    """
    found = []
    for name in names:
        if name not in sources:
            raise InputError(
                file=file,
                place=place,
                found=f"no official release by the name {name}",
                expected="one of " + ", ".join(sorted(sources)),
                remedy="correct the name; `twinscreen knowledge list` shows all of them",
            )
        found.append(sources[name])
    return found
