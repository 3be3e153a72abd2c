"""A run as a package for a paper: an RO-Crate, by the profile Process Run Crate.

Each job is an action of a program upon files, with their hashes; what is not in the package is
named all the same. See https://www.researchobject.org/workflow-run-crate/profiles/process_run_crate.
"""

import json
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from twinscreen.files.atomic import atomic
from twinscreen.records.chain import Chain
from twinscreen.records.record import OUTPUT, Facts, Record, outside, record_path

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]

#: Every file in the package has this time, so that the same run gives the same bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def write_crate(
    chain: Chain, path: Path, *, name: str, licence: str, date: str, patients: bool = False
) -> int:
    """Write a run as an RO-Crate.

    Parameters
    ----------
    chain
        The records of the run.
    path
        The package, a zip file.
    name
        Title of the package.
    licence
        Under which it is given away: an address or an identifier of SPDX.
    date
        Day on which it is published: `2026-11-30`.
    patients
        Whether what is about single patients goes with it: observations, twins, screens, pages.

    Returns
    -------
    Number of files in the package, its description not counted.
    """
    records = [record for record in chain.in_order() if patients or not _of_a_patient(record)]
    files = {
        file: facts
        for record in records
        for file, facts in record.outputs.items()
        if not file.startswith((f"{OUTPUT}knowledge/sources/", f"{OUTPUT}knowledge/official/"))
        and outside(file, chain.output).is_file()
    }
    told = _settings(records, chain.output)
    told += [record_path(chain.output, record.name) for record in records]
    places = [outside(file, chain.output) for file in files] + told
    entities = [*_root(name, licence, date, records, places, chain.output)]
    entities += _files(records, files)
    entities += [_action(record, files) for record in records]
    entities += _programs(records)
    crate = json.dumps({"@context": _CONTEXT, "@graph": entities}, indent=1, ensure_ascii=False)
    with atomic(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("ro-crate-metadata.json", _TIME), crate + "\n")
        for place in places:
            inner = zipfile.ZipInfo(place.relative_to(chain.output).as_posix(), _TIME)
            with place.open("rb") as source, archive.open(inner, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target)
    return len(places)


def _of_a_patient(record: Record) -> bool:
    """Whether a job wrote what was measured in single people, patients or donors."""
    if record.unit:
        return record.rule not in ("fetch", "fetch_instead", "official")
    return record.rule in ("reference", "ligands", "treated_patients")


def _settings(records: Iterable[Record], output: Path) -> list[Path]:
    """Find the files of options that jobs were told."""
    named = {name for record in records for name in record.settings}
    return [path for path in sorted(outside(name, output) for name in named) if path.is_file()]


def _root(
    name: str,
    licence: str,
    date: str,
    records: Iterable[Record],
    places: Iterable[Path],
    output: Path,
) -> Iterator[dict[str, Any]]:
    """Describe the package itself."""
    yield {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    yield {
        "@id": "./",
        "@type": "Dataset",
        "conformsTo": {"@id": _PROFILE},
        "name": name,
        "description": "Digital twins of patients, screened in silico with drugs by TwinScreen."
        " Research use only.",
        "license": licence,
        "datePublished": date,
        "hasPart": [{"@id": place.relative_to(output).as_posix()} for place in places],
        "mentions": [{"@id": f"#{record.name}"} for record in records],
    }
    yield {"@id": _PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"}


def _files(records: Iterable[Record], files: dict[str, Facts]) -> Iterator[dict[str, Any]]:
    """Describe every file that a job read or wrote, in the package or not."""
    seen: set[str] = set()
    for record in records:
        for file, facts in (record.inputs | record.outputs).items():
            if (place := _id(file, facts, files)) not in seen:
                seen.add(place)
                yield {
                    "@id": place,
                    "@type": "File" if file in files else "CreativeWork",
                    "name": Path(file).name,
                    "contentSize": str(facts.size),
                    "sha256": facts.sha256,
                }


def _id(file: str, facts: Facts, files: dict[str, Facts]) -> str:
    """Name a file: by its place in the package, else by what it holds."""
    return file.removeprefix(OUTPUT) if file in files else f"#sha256-{facts.sha256}"


def _action(record: Record, files: dict[str, Facts]) -> dict[str, Any]:
    """Describe a job."""
    return {
        "@id": f"#{record.name}",
        "@type": "CreateAction",
        "name": record.name,
        "instrument": {"@id": f"#twinscreen-{record.rule}"},
        "object": [{"@id": _id(*item, files)} for item in record.inputs.items()],
        "result": [{"@id": _id(*item, files)} for item in record.outputs.items()],
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }


def _programs(records: Iterable[Record]) -> Iterator[dict[str, Any]]:
    """Describe the verbs, with code and packages."""
    for record in {record.rule: record for record in records}.values():
        packages = record.environment.get("packages", {})
        yield {
            "@id": f"#twinscreen-{record.rule}",
            "@type": "SoftwareApplication",
            "name": f"twinscreen {record.command[0]}",
            "version": record.environment["twinscreen"],
            "softwareRequirements": [f"{name} {version}" for name, version in packages.items()],
            "identifier": str(record.asked.get("code", "")),
        }
