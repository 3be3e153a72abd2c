"""What was measured and what it was computed from: tables at the end of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.errors import with_remedy
from twinscreen.report import words


@dataclass(frozen=True)
class Source:
    """The provenance of one file: version, parameters and inputs."""

    title: str
    version: str
    parameters: list[tuple[str, str]]
    inputs: list[tuple[str, str]]


def samples(twin: ad.AnnData) -> list[dict[str, Any]]:
    """List the samples of a patient, one dictionary per sample; `why_not` has the remedy too."""
    table = pd.DataFrame(twin.uns["samples"])
    why_not = map(with_remedy, table["unscorable"].astype(str), table["remedy"].astype(str))
    table = table.assign(why_not=list(why_not))
    return [
        {str(name): value for name, value in zip(table.columns, row, strict=True)}
        for row in table.itertuples(index=False)
    ]


def why_unscorable(twin: ad.AnnData, screen: ad.AnnData) -> tuple[str, list[str]]:
    """Take why a patient can't be scored, or "", and what to do about it, in sentences."""
    uns = twin.uns if twin.uns["unscorable"] else screen.uns
    remedies = words.texts(uns["remedies"])
    return str(uns["unscorable"]), [f"{text[:1].upper()}{text[1:]}." for text in remedies]


def quality(rows: list[dict[str, Any]]) -> list[str]:
    """Say how cell types came about, what became of doublets, and what was lost."""
    said = []
    for name, what in (("cell_types_by", "Cell types"), ("doublets", "Doublets")):
        ways: dict[str, list[str]] = {}
        for row in rows:
            if words.is_missing(row["unscorable"]):
                ways.setdefault(words.text(row.get(name)), []).append(str(row["sample"]))
        for way, which in ways.items():
            known = "it is not recorded" if way == words.MISSING else way
            those = "" if len(ways) == 1 else f" ({words.listed(which, most=4)})"
            said.append(f"{what}{those}: {known}.")
    for row in rows:
        if not words.is_missing(lost := row.get("lost")):
            said.append(f"Not used of {row['sample']}: {lost}.")
    return said


def further_columns(patient: Mapping[str, Any]) -> list[tuple[str, str]]:
    """List what the patient sheet says beyond the patient and the condition."""
    known = ("patient", "condition")
    return [
        (str(name).replace("_", " "), words.text(value))
        for name, value in patient.items()
        if name not in known and not words.is_missing(value)
    ]


def _flat(values: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, np.ndarray) and value.ndim:
            rows.append((f"{prefix}{name}", ", ".join(map(str, value.tolist()))))
        else:
            rows.append((f"{prefix}{name}", words.text(value)))
    return rows


def source(title: str, provenance: Mapping[str, Any]) -> Source:
    """Read the provenance that a stage left in its file."""
    inputs = pd.DataFrame(provenance.get("inputs", {}))
    pairs = (
        list(zip(inputs["file"].astype(str), inputs["sha256"].astype(str), strict=True))
        if len(inputs)
        else []
    )
    rest = {
        name: value
        for name, value in provenance.items()
        if name not in ("version", "parameters", "inputs")
    }
    return Source(
        title=title,
        version=words.text(provenance.get("version")),
        parameters=_flat(dict(provenance.get("parameters", {}))) + _flat(rest),
        inputs=pairs,
    )


def own_knowledge(version: str, tables: pd.DataFrame) -> Source:
    """Give the provenance of knowledge that the group brought: `key, file, sha256`."""
    rows = tables[["key", "file", "sha256"]].itertuples(index=False)
    inputs = [(f"{file} ({key})", sha) for key, file, sha in rows]
    return Source("Knowledge of the group's own", version, [], inputs)


def this_page(version: str, inputs: pd.DataFrame | None) -> Source:
    """Give the provenance of the page itself, of the files behind it: `kind, file, sha256`."""
    rows = [] if inputs is None else inputs[["kind", "file", "sha256"]].itertuples(index=False)
    return Source("This page", version, [], [(f"{file} ({kind})", sha) for kind, file, sha in rows])


def not_ranked(screen: ad.AnnData) -> list[tuple[str, int]]:
    """Count the drugs that were not ranked, by reason, most frequent first."""
    status = screen.obs["status"].astype(str)
    counts = status[status != "ranked"].value_counts()
    return sorted(
        ((str(reason), int(count)) for reason, count in counts.items() if count),
        key=lambda pair: (-pair[1], pair[0]),
    )
