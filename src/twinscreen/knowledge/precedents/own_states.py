"""Reference states of one's own: tables of differential expression, or up and down genes (GMT)."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import special, stats

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.text_table import (
    ANY_SEPARATOR,
    read_header,
    read_lines,
    read_text_table,
    require_fitting,
    require_once,
)

logger = logging.getLogger(__name__)

#: Endings of the names of gene sets, in any case of letters, and the direction of their genes.
DIRECTIONS = {"_UP": 1.0, "_DN": -1.0, "_DOWN": -1.0}

_SETS = "up and down genes (GMT): name ending in _UP, _DN or _DOWN, description, genes, by tabs"
_TABLE = "a reference state with the columns gene, effect (or logfc) and pvalue"
_OPTIONAL = ("state", "diseases", "patient")


@dataclass(frozen=True)
class OwnState:
    """A reference state as its file has it, before its genes are brought to approved symbols.

    `figures` has one per name of a gene; their ranks are those of the deviation; `sparse` says
    that genes which are not named did not deviate, instead of not having been measured.
    """

    file: FilePath
    place: str
    name: str
    figures: Mapping[str, float]
    diseases: tuple[str, ...] = ()
    patient: str = ""
    sparse: bool = False

    def fault(self, *, found: str, expected: str, remedy: str) -> InputError:
        """Say what is wrong with it."""
        return InputError(
            file=self.file, place=self.place, found=found, expected=expected, remedy=remedy
        )


@dataclass
class _Found:
    """What a GMT file has of one state so far."""

    line: int
    figures: dict[str, float] = field(default_factory=dict)
    diseases: dict[str, None] = field(default_factory=dict)
    directions: set[float] = field(default_factory=set)


def read_own_states(paths: Sequence[FilePath]) -> list[OwnState]:
    """Read reference states from all files, each state once.

    Parameters
    ----------
    paths
        Files whose name ends in `.gmt` hold gene sets, all others are tables.

    Raises
    ------
    InputError
        A file is missing or at fault, or a state is named twice.
    """
    found: dict[str, OwnState] = {}
    for path in paths:
        is_sets = Path(path).name.endswith((".gmt", ".gmt.gz"))
        for state in _read_sets(path) if is_sets else _read_table(path):
            if state.name in found:
                raise state.fault(
                    found=f"the state {state.name} a second time, after {found[state.name].file}",
                    expected="each state once",
                    remedy="rename one of them, or leave it out",
                )
            found[state.name] = state
    return list(found.values())


def scores_of(state: OwnState, names: GeneNames, known: pd.Index) -> pd.Series:
    """Give the normal scores of a state by approved gene.

    Parameters
    ----------
    state
        As it was read.
    names
        Of genes; several names of one gene give it the mean of their figures.
    known
        Approved genes of all states: of a sparse state these did not deviate, unless named.

    Raises
    ------
    InputError
        Most names mean no human gene.
    """
    symbol = {name: names.resolve(name) for name in state.figures}
    lost = [name for name, one in symbol.items() if one is None]
    if 2 * len(lost) > len(symbol):
        raise state.fault(
            found=f"{len(lost)} of {len(symbol)} names are no human gene, for example "
            + ", ".join(lost[:5]),
            expected="HGNC symbols, or Ensembl or Entrez ids",
            remedy="name the genes so",
        )
    if lost:
        logger.info(
            "%s: %d of %d names are no gene, for example %s",
            *(state.name, len(lost), len(symbol), ", ".join(lost[:3])),
        )
    figures = pd.Series(state.figures, dtype=float).groupby(pd.Series(symbol)).mean()
    if state.sparse:
        figures = figures.reindex(known.union(figures.index), fill_value=0.0)
    ranks = stats.rankdata(figures.to_numpy())
    return pd.Series(special.ndtri((ranks - 0.5) / len(ranks)), index=figures.index)


def _read_table(path: FilePath) -> Iterator[OwnState]:
    """Read the states of a table: several by the column `state`, else one called as the file."""
    header = read_header(path, content=_TABLE, separator=ANY_SEPARATOR, remedy="correct the path")
    effect = "effect" if "effect" in header else "logfc"
    table = read_text_table(
        path,
        content=_TABLE,
        required=("gene", effect, "pvalue"),
        optional=_OPTIONAL,
        separator=ANY_SEPARATOR,
        row_names=True,
        empty=False,
    )
    table.require_filled(["gene", *(["state"] if "state" in header else [])], genes=["gene"])
    rows = table.frame().rename(columns={effect: "effect"})
    for name in ("effect", "pvalue"):
        rows[name] = _numbers(path, rows[name], effect if name == "effect" else name)
    stem = re.sub(r"\.(tsv|csv|txt)(\.gz)?$", "", Path(path).name)
    rows["state"] = rows["state"].replace("", stem)
    require_once(
        path,
        rows,
        ["state", "gene"],
        say=lambda row: f"{row['gene']} in {row['state']}",
        expected="each gene once per state",
    )
    for state, own in rows.groupby("state", sort=False):
        yield OwnState(
            path,
            f"state {state}",
            _name(path, f"line {own.index[0]}", str(state)),
            dict(zip(own["gene"], _signed(own["effect"], own["pvalue"]), strict=True)),
            tuple(one for text in own["diseases"].unique() for one in _split(text)),
            _one_patient(path, own),
        )


def _read_sets(path: FilePath) -> Iterator[OwnState]:
    """Read the states of a GMT file: each has genes that are up, genes that are down, or both."""
    found: dict[str, _Found] = {}
    for number, line in read_lines(path, content=_SETS):
        if not line.strip():
            continue
        fields = [text.strip() for text in line.split("\t")]
        name, direction = _direction(fields[0])
        state = found.setdefault(name, _Found(number))
        genes = [gene for gene in fields[2:] if gene]
        fault = ""
        if not name or not direction:
            fault = f"the set {fields[0]!r}"
        elif not genes:
            fault = "no gene"
        elif direction in state.directions:
            fault = f"a second set of {name} in this direction"
        elif both := [gene for gene in genes if gene in state.figures]:
            fault = f"{both[0]} as up and down in {name}"
        if fault:
            raise InputError(
                file=path,
                place=f"line {number}",
                found=fault,
                expected=_SETS,
                remedy="correct or remove the line",
            )
        state.directions.add(direction)
        state.figures |= dict.fromkeys(genes, direction)
        if not re.match(r"(na$|-$|https?:)", fields[1], re.IGNORECASE):
            state.diseases |= dict.fromkeys(_split(fields[1]))
    if not found:
        raise InputError(
            file=path, found="no set", expected=_SETS, remedy="add sets, or leave the file out"
        )
    for name, state in found.items():
        place = f"line {state.line}"
        yield OwnState(
            *(path, place, _name(path, place, name), state.figures, tuple(state.diseases)),
            sparse=True,
        )


def _direction(name: str) -> tuple[str, float]:
    """Split the name of a set into that of its state and a direction, 0 if it has none."""
    for ending, direction in DIRECTIONS.items():
        if name.upper().endswith(ending):
            return name[: -len(ending)], direction
    return name, 0.0


def _signed(effect: pd.Series, pvalue: pd.Series) -> np.ndarray:
    """Give figures in the order of sign(effect) x |z of p|; of one p, by the size of the effect."""
    size = pd.DataFrame({"p": -pvalue, "effect": effect.abs()})
    rank = size.groupby(["p", "effect"], sort=True).ngroup() + 1
    signed: np.ndarray = (np.sign(effect) * rank).to_numpy(dtype=float)
    return signed


def _numbers(path: FilePath, texts: pd.Series, column: str) -> pd.Series:
    """Turn the texts of a column into numbers, and check them."""
    values = pd.to_numeric(texts, errors="coerce")
    fits = values.between(0, 1) if column == "pvalue" else np.isfinite(values)
    require_fitting(
        path,
        texts.rename(column),
        fits,
        expected="a p-value: from 0 to 1" if column == "pvalue" else "a finite number",
        remedy="correct it, or leave out the rows of genes that were not tested",
    )
    return values


def _one_patient(path: FilePath, rows: pd.DataFrame) -> str:
    """Give the patient whose state it is, "" if it is nobody's."""
    named = rows["patient"]
    require_fitting(
        path,
        named,
        named == named.iloc[0],
        expected=f"{named.iloc[0]!r}, as in the line before of the same state",
        remedy="name one patient per state, or none",
    )
    return str(named.iloc[0])


def _name(path: FilePath, place: str, name: str) -> str:
    """Check the name of a state, which stands in lists joined by "|"."""
    if not name or "|" in name:
        raise InputError(
            file=path,
            place=place,
            found=f"the state {name!r}",
            expected="a name, without |",
            remedy="rename the state",
        )
    return name


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split("|") if one.strip()]
