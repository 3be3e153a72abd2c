"""A release of knowledge that was built before, and whether it is what a run would build.

Each part of a release was made by a verb from its options, sources, tables of the package and
tables of the user. A run that takes a release of another folder compares all that with what it
would make itself, part by part, and takes nothing that differs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twinscreen.data import TABLES, WARNING_TABLES
from twinscreen.files.atomic import atomic
from twinscreen.files.code_identity import code_identity
from twinscreen.files.errors import InputError
from twinscreen.files.paths import FilePath
from twinscreen.files.provenance import sha256
from twinscreen.settings.stages import OFFICIAL, STAGES, taken_by

#: The file of a release that says what its parts were made from.
RELEASE = "release.json"


@dataclass(frozen=True)
class Part:
    """Files of a release that one verb makes, and what they are made from.

    `own` are keys of the configuration that name files, beside those that are options of the verb.
    Only some cohorts need what is not `always` there.
    """

    verb: str
    files: tuple[str, ...]
    sources: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    always: bool = True


#: The parts of every release, and those that only some cohorts need, in the order they are made.
PARTS = (
    Part("genes", ("genes.parquet", "gene_names.parquet"), ("hgnc",)),
    Part("interactome", ("interactome.parquet",), ("omnipath",), ("signs.tsv",)),
    Part("influence", ("influence.h5ad",)),
    Part("wiring", ("wiring.npz",)),
    Part(
        "drugs",
        ("drugs.parquet", "drug_targets.parquet"),
        (),
        (
            *("gtopdb.tsv", "drugcentral.tsv", "drug_identifiers.tsv"),
            *("approvals.tsv", "diagnostics.tsv", "actions.tsv"),
        ),
    ),
    Part(
        "ligand-receptor",
        ("ligand_receptor.parquet",),
        ("ligand_receptor", "secreted_proteins"),
    ),
    Part(
        "precedents",
        ("precedents.h5ad",),
        (),
        ("precedent_states.tsv.gz", "precedent_diseases.tsv", "precedent_outcomes.tsv"),
    ),
    Part(
        "pathways",
        ("pathways.parquet",),
        ("reactome", "reactome_hierarchy", "reactome_names"),
        own=("pathways.gmt",),
    ),
    Part(
        "phenotypes",
        ("phenotype_terms.parquet", "phenotype_genes.parquet"),
        ("hpo", "hpo_genes", "hpo_diseases"),
        always=False,
    ),
    Part(
        "disease-genes",
        ("disease_genes.parquet", "diseases.parquet"),
        ("mondo", "hpo_genes"),
        ("gwas_genes.tsv", "disease_genes.tsv"),
        always=False,
    ),
    Part("known-variants", ("known_variants.parquet",), always=False),
    Part(
        "pharmacogenomics",
        ("pharmacogenomics.parquet",),
        (),
        ("pharmacogenomics.tsv", "haplotypes.tsv"),
        ("safety.clinpgx",),
    ),
    Part(
        "drug-warnings",
        ("drug_warnings.parquet",),
        (),
        WARNING_TABLES,
        own=("safety.warnings", "safety.molecules"),
        always=False,
    ),
    Part(
        "drug-interactions",
        ("drug_interactions.parquet",),
        own=("safety.interactions",),
        always=False,
    ),
)

#: Files that every release has.
ALWAYS = tuple(name for part in PARTS if part.always for name in part.files)

#: Tables of the package that a verb makes a part from, by the verb.
TABLES_OF = {part.verb: part.tables for part in PARTS}

_BY_FILE = {name: part for part in PARTS for name in part.files}


def knowledge_of(config: Mapping[str, Any]) -> Path:
    """Return the folder of the knowledge that a run takes: one built before, or its own."""
    return Path(config["knowledge"]["folder"] or Path(config["output"], "knowledge"))


def described(
    files: Iterable[str], config: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Say what parts of a release are made from.

    Parameters
    ----------
    files
        Names of the files; their parts are described.
    config
        Configuration with defaults.
    sources
        The list of sources.

    Returns
    -------
    By verb: `files`; `options`; `own`, SHA-256 of the user's tables by key; `sources` as they are
    pinned; `tables` of the package by SHA-256; and `code`, the identity of what makes them.
    """
    parts = {part.verb: part for name in files if (part := _BY_FILE.get(name))}
    return {verb: _of_part(part, config, sources) for verb, part in parts.items()}


def _of_part(
    part: Part, config: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    keys = [*_keys(part.verb, config), *part.own]
    own = {key: _digests(_value(config, key)) for key in keys if _is_file(key)}
    pins = {name: sources.get(name) or {} for name in part.sources}
    return {
        "files": list(part.files),
        "options": {key: _plain(_value(config, key)) for key in keys if not _is_file(key)},
        "own": {key: digests for key, digests in own.items() if digests},
        "sources": {
            name: [str(pin.get(key, "")) for key in ("sha256", "member")]
            for name, pin in pins.items()
        },
        "tables": {name: sha256(TABLES / name) for name in part.tables},
        "code": code_identity(part.verb),
    }


def write_release(
    folder: FilePath,
    files: Iterable[str],
    config: Mapping[str, Any],
    sources: Mapping[str, Mapping[str, str]],
) -> None:
    """Write what the parts of a finished release were made from, with the SHA-256 of its files.

    A release that lacks a file is not finished, and nothing is written.
    """
    parts = described(files, config, sources)
    paths = {name: Path(folder, name) for part in parts.values() for name in part["files"]}
    if all(path.is_file() for path in paths.values()):
        content = {"parts": parts, "sha256": {name: sha256(path) for name, path in paths.items()}}
        with atomic(Path(folder, RELEASE)) as partial:
            partial.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def check_release(
    folder: FilePath,
    files: Iterable[str],
    config: Mapping[str, Any],
    sources: Mapping[str, Mapping[str, str]],
) -> None:
    """Check that a release has the files that a run needs, made as the run would make them.

    Parameters
    ----------
    folder
        The release.
    files
        Names of the files that are needed.
    config, sources
        As for `described`.

    Raises
    ------
    InputError
        The folder is no release, lacks a part, or a part was made in another way; the message
        says which and how.
    """
    wanted, (there, digests) = described(files, config, sources), _read(folder)
    for verb, mine in wanted.items():
        lacking = [name for name in mine["files"] if not Path(folder, name).is_file()]
        if verb not in there or lacking:
            raise InputError(
                file=folder,
                place=(lacking or mine["files"])[0],
                found="no such part of the release",
                expected="all parts that this cohort needs",
                remedy="build the release with the configuration of a cohort that needs them, too"
                " (patients with findings, tables of warnings or interactions), or leave"
                " knowledge.folder out",
            )
        for place, theirs, ours in _differences(there[verb], mine):
            raise InputError(
                file=folder,
                place=f"{mine['files'][0]}, {place}",
                found=f"{theirs} in the release",
                expected=f"{ours}, as this run would make it",
                remedy="configure it as it was for the release, build another release, or leave"
                " knowledge.folder out",
            )
        for name in mine["files"]:
            if sha256(Path(folder, name)) != digests.get(name):
                raise InputError(
                    file=Path(folder, name),
                    found="another content than the release was described with",
                    expected="files of one finished run",
                    remedy="run the cohort that builds the release to its end",
                )


def _read(folder: FilePath) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what the parts of a release were made from, and the SHA-256 of its files."""
    path = Path(folder, RELEASE)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["parts"]), dict(content["sha256"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InputError(
        file=path,
        found="no such file" if not path.is_file() else "no description of a release (JSON)",
        expected="the folder `knowledge` in the output of a finished run",
        remedy="correct knowledge.folder, or run the cohort that builds it to its end",
    )


def _differences(
    theirs: Mapping[str, Any], ours: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """Name what differs between a part of a release and what a run would make."""
    for kind, name in (("options", ""), ("own", "table "), ("sources", "source ")):
        for key in sorted({*theirs.get(kind, {}), *ours[kind]}):
            one, other = theirs.get(kind, {}).get(key), ours[kind].get(key)
            if one != other:
                yield f"{name}{key}", _shown(one), _shown(other)
    for key, digest in ours["tables"].items():
        if theirs.get("tables", {}).get(key) != digest:
            yield f"table {key} of the package", "another version", "that of this package"
    if theirs.get("code") != ours["code"]:
        yield "the code that makes it", f"version {theirs.get('code')}", f"version {ours['code']}"


def _shown(value: Any) -> str:
    """Show a value, or checksums by their beginnings."""
    if value in (None, [], ""):
        return "nothing"
    some = value if isinstance(value, list) else [value]
    return ", ".join(str(one)[:12] if len(str(one)) == 64 else str(one) for one in some)


def _keys(verb: str, config: Mapping[str, Any]) -> list[str]:
    """List the keys of the options of a verb."""
    taken = taken_by(verb, config) if verb in STAGES else {}
    return [
        f"{section}.{key}" if isinstance(below, Mapping) else section
        for section, below in taken.items()
        for key in (below if isinstance(below, Mapping) else [section])
    ]


def _value(config: Mapping[str, Any], key: str) -> Any:
    section, _, name = key.partition(".")
    return config[section][name] if name else config[section]


def _plain(value: Any) -> Any:
    """Give a value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def _digests(named: Any) -> list[str]:
    """Give the SHA-256 of the files that a key names, of folders file by file.

    A table of an official release (`official:NAME`) goes by its name.
    """
    named = [named] if isinstance(named, str) else named
    official = [one for one in named if one.startswith(OFFICIAL)]
    paths = [Path(one) for one in named if one and one not in official]
    files = [file for one in paths for file in (sorted(one.iterdir()) if one.is_dir() else [one])]
    return [*official, *(sha256(file) for file in files if file.is_file())]


def _is_file(key: str) -> bool:
    """Whether a key names files: what they hold matters, and not what they are called."""
    own = STAGES["own-tables"]
    return key in own or key.partition(".")[0] in own or key == "safety.molecules"
