"""`official:NAME` in a configuration: a table of an official release, where a file may be named."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from twinscreen.files import FilePath, InputError
from twinscreen.knowledge.official.registry import OfficialSource, choose, read_official
from twinscreen.settings.stages import OFFICIAL

#: Where releases may be named, and which of their tables are meant.
ACCEPTED: Mapping[str, tuple[str, ...]] = {
    **{
        f"{section}.{table}": (table,)
        for section in ("own", "instead")
        for table in ("interactions", "regulons", "ligand_receptor", "disease_genes")
    },
    "screen.drugs": ("drugs",),
    "findings.clinvar": ("clinvar",),
    "findings.gwas_catalog": ("gwas_catalog",),
    "safety.clinpgx": ("clinpgx_annotations", "clinpgx_genotypes"),
    "safety.warnings": ("warnings", "adverse_reactions"),
    "safety.interactions": ("drug_interactions",),
}

_ENDINGS = {"clinvar": "vcf.gz", "drug_interactions": "csv"}


class Table(NamedTuple):
    """A table of a release."""

    release: str
    table: str

    @property
    def file(self) -> str:
        """The name that it has in the knowledge of a run."""
        return f"{self.release}.{self.table}.{_ENDINGS.get(self.table, 'tsv.gz')}"


class Released(NamedTuple):
    """A configuration in which paths stand for releases.

    `tables` are those of releases by path, and `instead` says of embedded sources which release
    stands in their place.
    """

    config: dict[str, Any]
    tables: dict[str, Table]
    instead: dict[str, str]


def with_official(
    config: Mapping[str, Any], *, listed: FilePath, folder: str, file: FilePath
) -> Released:
    """Put the path of a table in place of each `official:NAME`.

    Parameters
    ----------
    config
        Configuration with defaults.
    listed
        The package's list of releases, which counts where the configuration names no other.
    folder
        Where tables of releases are made.
    file
        Where the configuration stands, for messages.

    Raises
    ------
    InputError
        A release is named where none may be, is unknown, has no such table, or must not be put to
        the use that the configuration names.
    """
    found = {
        section: dict(value) if isinstance(value, Mapping) else value
        for section, value in config.items()
    }
    tables: dict[str, Table] = {}
    places = list(_places(config))
    wanted = config["official"]
    needed = places or wanted["instead"]
    sources = read_official(wanted["list"] or listed) if needed else {}
    for section, key, values in places:
        place, paths = f"{section}.{key}", []
        for value in values:
            if not str(value).startswith(OFFICIAL):
                paths.append(value)
                continue
            for table in _tables_of(sources, value.removeprefix(OFFICIAL), place, wanted, file):
                tables[f"{folder}/{table.file}"] = table
                paths.append(f"{folder}/{table.file}")
        single = isinstance(config[section][key], str)
        found[section][key] = paths[0] if single else paths
    return Released(found, tables, _instead(sources, wanted, file))


def without_releases(config: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out whatever stands for a release: what is left can be looked at before a run."""
    found = dict(config)
    for section, key, values in _places(config):
        kept = [value for value in values if not str(value).startswith(OFFICIAL)]
        single = isinstance(config[section][key], str)
        found[section] = found[section] | {key: "" if single else kept}
    return found


def _places(config: Mapping[str, Any]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Find the options in which a release is named: section, key, and all their values."""
    for section, options in config.items():
        for key, given in options.items() if isinstance(options, Mapping) else ():
            values = [given] if isinstance(given, str) else given
            if isinstance(values, list | tuple) and any(
                str(value).startswith(OFFICIAL) for value in values
            ):
                yield section, key, values


def _tables_of(
    sources: Mapping[str, OfficialSource],
    name: str,
    place: str,
    wanted: Mapping[str, Any],
    file: FilePath,
) -> list[Table]:
    """List the tables of a release that are meant in a place."""
    meant = ACCEPTED.get(place, ())
    fit = [one.name for one in sources.values() if {*meant} & {*one.tables}]
    (source,) = choose(sources, [name], file=file, place=place)
    tables = [Table(name, table) for table in meant if table in source.tables]
    if not tables:
        raise InputError(
            file=file,
            place=place,
            found=f"{OFFICIAL}{name}",
            expected=f"a release with the table {' or '.join(meant)}: {', '.join(fit)}"
            if meant
            else f"a file; releases are taken by {', '.join(ACCEPTED)}",
            remedy="name the release where its table belongs (`twinscreen knowledge list`)",
        )
    source.require_use(wanted["use"], file=file, place=place)
    return tables


def _instead(
    sources: Mapping[str, OfficialSource], wanted: Mapping[str, Any], file: FilePath
) -> dict[str, str]:
    """Say of embedded sources which release stands in their place."""
    found: dict[str, str] = {}
    for source in choose(sources, wanted["instead"], file=file, place="official.instead"):
        replaced = [one.replaces for one in source.files.values() if one.replaces]
        if not replaced:
            fit = [
                one.name
                for one in sources.values()
                if any(part.replaces for part in one.files.values())
            ]
            raise InputError(
                file=file,
                place="official.instead",
                found=f"{source.name}, which has not the shape of an embedded source",
                expected=f"some of {', '.join(fit)}",
                remedy=f"name it as {OFFICIAL}{source.name} where its table belongs",
            )
        source.require_use(wanted["use"], file=file, place="official.instead")
        found |= dict.fromkeys(replaced, source.name)
    return found
