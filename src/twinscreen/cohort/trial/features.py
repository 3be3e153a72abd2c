"""What patients may have in common: features of twins, as numbers, a column each."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import Parts
from twinscreen.files.contracts.patient import FindingStatus
from twinscreen.files.words.missing import is_missing

#: Regulators and surface proteins: those that deviate most over all patients, up to so many each.
MOST_PROTEINS = 50
#: A feature counts if at least so many patients differ from its commonest value, and twice as many
#: have any.
FEWEST_PATIENTS = 3

#: Kinds of findings that a patient has or has not, where that kind was recorded at all.
FINDING_KINDS = ("phenotype", "exposure", "medication", "disease")

#: Kinds of features that are numbers of single genes, of which the strongest are kept.
_OF_PROTEINS = ("regulator", "surface protein")

#: What features are made of.
OF_TWIN = Parts(
    obs=("latest", "scorable", "cell_type", "tissue", "n_cells", "module_size"),
    var=("variant",),
    layers=("protein",),
    uns=("patient", "samples", "findings"),
)
OF_SCREEN = Parts(var=("weight",), varm=("regulators",), uns=("patient", "regulators"))

Key = tuple[str, str]


@dataclass(frozen=True)
class Features:
    """`table`, patients x features; the columns are pairs of kind and feature, NaN is not known.

    `simulated` are those made up, in part or whole, for a demonstration.
    """

    table: pd.DataFrame
    simulated: frozenset[Key]


class Numbers:
    """Thousands of numbers of one patient, in a quarter of the memory that a dict takes."""

    def __init__(self, numbers: Mapping[Key, float]) -> None:
        self._keys = tuple(numbers)
        self._values = np.fromiter(numbers.values(), dtype=float, count=len(numbers))

    def items(self) -> Iterator[tuple[Key, float]]:
        """Give every key with its number."""
        return zip(self._keys, self._values.tolist(), strict=True)


@dataclass
class Told:
    """Features of one patient.

    `numbers`; things the patient `has`; kinds of things that were `asked` for; the row of the
    patient `sheet`; and which of all these are `simulated`.
    """

    numbers: Mapping[Key, float] | Numbers = field(default_factory=dict)
    has: set[Key] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    sheet: dict[str, str] = field(default_factory=dict)
    simulated: set[Key] = field(default_factory=set)


def features_of(twin: ad.AnnData, screen: ad.AnnData) -> Told:
    """Read the features of one patient.

    Parameters
    ----------
    twin, screen
        Of the same patient.

    Returns
    -------
    Module sizes of the treated compartments (kind `module size`); the share of each cell type
    among the cells of its tissue (`cells`); z of every regulator over the treated compartments
    (`regulator`) and mean deviation of every surface protein (`surface protein`); genes with
    variants (`variant`); findings by kind; batches (`batch`); columns of the sheet (`patient`).
    """
    told = Told()
    told.numbers = Numbers({**_numbers_of_cells(twin), **_numbers_of_regulators(screen)})
    _from_findings(twin, told)
    told.sheet = {
        str(name): str(value).strip()
        for name, value in twin.uns["patient"].items()
        if name != "patient"
    }
    return told


def gather(told: Mapping[str, Told], *, without: Iterable[str] = ()) -> Features:
    """Put the features of all patients side by side.

    Parameters
    ----------
    told
        Features by patient.
    without
        Columns of the patient sheet that are no features, such as the response itself.

    Returns
    -------
    Features in which three patients differ from the commonest value. Things had are 1 or 0, and
    missing in patients of whom that kind was never asked. A column of the sheet is a number if all
    its values are, else 1 or 0 for each of its values. Of regulators and surface proteins those
    that deviate most over all patients, whoever responded.
    """
    columns: dict[Key, np.ndarray] = defaultdict(lambda: np.full(len(told), np.nan))
    for row, of in enumerate(told.values()):
        for key, number in of.numbers.items():
            columns[key][row] = number
    carriers = Counter(key for of in told.values() for key in of.has)
    # of the thousands of things that one patient or two have, none is a feature
    for key in (key for key, number in carriers.items() if number >= FEWEST_PATIENTS):
        asked = [row for row, of in enumerate(told.values()) if key[0] in of.asked]
        has = [key in of.has for of in told.values()]
        columns[key][asked] = np.array(has, dtype=float)[asked]
    for name in set().union(*(of.sheet for of in told.values())) - set(without):
        texts = {patient: of.sheet.get(name, "") for patient, of in told.items()}
        for key, values in _of_sheet(name, texts).items():
            columns[key] = pd.Series(values, dtype=float).reindex(list(told)).to_numpy()
    kept = _strongest({key: of for key, of in columns.items() if _varies(of)})
    table = pd.DataFrame(
        np.array([columns[key] for key in kept]).reshape(len(kept), len(told)).T, index=list(told)
    )
    table.columns = pd.MultiIndex.from_arrays(
        [[kind for kind, _ in kept], [name for _, name in kept]], names=["kind", "feature"]
    )
    simulated = set().union(*(of.simulated for of in told.values()))
    return Features(table, frozenset(simulated & set(kept)))


@cache
def _key(kind: str, name: str) -> Key:
    """Name a feature; of the thousands that every patient has, the name is kept once."""
    return kind, name


def _numbers_of_cells(twin: ad.AnnData) -> dict[Key, float]:
    """Take module sizes, shares of cells and surface proteins of the treated state."""
    numbers: dict[Key, float] = {}
    latest = twin.obs["latest"].to_numpy(dtype=bool)
    treated = latest & twin.obs["scorable"].to_numpy(dtype=bool)
    names = (twin.obs["cell_type"].astype(str) + ", " + twin.obs["tissue"].astype(str)).to_numpy()
    cells = twin.obs["n_cells"].astype(float).where(latest, 0)
    of_tissue = cells.groupby(twin.obs["tissue"].astype(str)).transform("sum")
    for row in np.flatnonzero(latest):
        if of_tissue.iloc[row] > 0:
            numbers["cells", names[row]] = float(cells.iloc[row] / of_tissue.iloc[row])
    for row in np.flatnonzero(treated):
        numbers["module size", names[row]] = float(twin.obs["module_size"].iloc[row])
    protein = np.asarray(twin.layers["protein"])[treated]
    for gene in np.flatnonzero(np.isfinite(protein).any(axis=0)):
        key = _key("surface protein", str(twin.var_names[gene]))
        numbers[key] = float(np.nanmean(protein[:, gene]))
    return numbers


def _numbers_of_regulators(screen: ad.AnnData) -> dict[Key, float]:
    """Take the over-activity of each regulator, combined over the treated compartments."""
    numbers: dict[Key, float] = {}
    z = screen.varm.get("regulators")
    if z is None or not screen.n_vars:
        return numbers
    treated = np.asarray(z, dtype=float)[screen.var["weight"].to_numpy(dtype=float) > 0]
    n_known = np.isfinite(treated).sum(axis=0)
    total = np.nansum(treated, axis=0)
    for row in np.flatnonzero(n_known):
        key = _key("regulator", str(screen.uns["regulators"][row]))
        numbers[key] = float(total[row] / np.sqrt(n_known[row]))
    return numbers


def _from_findings(twin: ad.AnnData, told: Told) -> None:
    """Take genes with variants, findings and batches."""
    findings = pd.DataFrame(twin.uns["findings"])
    variants = twin.var["variant"].to_numpy(dtype=float)
    told.has |= {("variant", str(gene)) for gene in twin.var_names[variants > 0]}
    if np.isfinite(variants).any():
        told.asked.add("variant")
    for row in findings.to_dict("records"):
        kind = str(row["kind"])
        if kind == "variant":
            told.asked.add(kind)
            if row["simulated"]:
                told.simulated |= {key for key in told.has if key[0] == "variant"}
        known = row["status"] in (FindingStatus.PRESENT, FindingStatus.ABSENT)
        if kind in FINDING_KINDS and known:
            told.asked.add(kind)
        if kind in FINDING_KINDS and row["status"] == FindingStatus.PRESENT:
            key = kind, str(row["label"] or row["id"])
            told.has.add(key)
            if row["simulated"]:
                told.simulated.add(key)
    batches = pd.DataFrame(twin.uns["samples"]).get("batch", pd.Series(dtype=str)).astype(str)
    if (batches.str.strip() != "").any():
        told.asked.add("batch")
        told.has |= {("batch", batch) for batch in batches.str.strip() if batch}


def _of_sheet(name: str, texts: Mapping[str, str]) -> dict[Key, dict[str, float]]:
    """Make numbers of a column of the patient sheet."""
    # none in small letters is an answer, as of drugs and other diseases
    filled = {
        patient: text for patient, text in texts.items() if text == "none" or not is_missing(text)
    }
    numbers = pd.to_numeric(pd.Series(filled, dtype=str), errors="coerce")
    if len(numbers) and np.isfinite(numbers).all():
        return {("patient", name): {str(patient): float(n) for patient, n in numbers.items()}}
    return {
        ("patient", f"{name}: {value}"): {
            patient: float(text == value) for patient, text in filled.items()
        }
        for value in set(filled.values())
    }


def _varies(column: np.ndarray) -> bool:
    """Say whether enough patients differ from the commonest value, or have the same."""
    known = column[np.isfinite(column)]
    if len(known) < 2 * FEWEST_PATIENTS:
        return False
    _, count = np.unique(known, return_counts=True)
    return bool(len(known) - count.max() >= FEWEST_PATIENTS)


def _strongest(columns: Mapping[Key, np.ndarray]) -> list[Key]:
    """Keep, of kinds with thousands of proteins, those that deviate most."""
    kinds: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(columns):
        kinds[key[0]].append(key)
    kept: list[Key] = []
    for kind, keys in kinds.items():
        if kind in _OF_PROTEINS:
            strength = {
                key: round(float(np.abs(columns[key][~np.isnan(columns[key])]).mean()), 9)
                for key in keys
            }
            keys = sorted(sorted(keys, key=lambda key: -strength[key])[:MOST_PROTEINS])
        kept += keys
    return kept
