"""Changes of the input, each with what it may change in a patient's twin and screen.

The patient is P1 of the made-up cohort of `twinscreen.datasets`, with another patient beside them.
A change gives other cells, other knowledge, or another place to compute in; what is compared is
each array and table of twin, screen and cohort, in the order and by the names of the unchanged run.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd
from scipy import sparse

import twinscreen as ts
from twinscreen.kb import Knowledge
from twinscreen.kb.wiring import Wiring
from twinscreen.knowledge.signalling.influence import influence_of
from twinscreen.knowledge.signalling.wiring import wiring_of

#: Facts by key, such as `screen.obs.rank`, as texts that are equal if they are.
Facts = dict[str, str]


@dataclass(frozen=True)
class Given:
    """What a run is given: raw cells, knowledge, and the names that were changed in them."""

    cells: ad.AnnData
    kb: Knowledge
    #: New names and those that they stand for.
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A change of the input: `may` says what it may change, in words, and `keys` by facts."""

    name: str
    of: Callable[[Given], Given]
    may: str = "nothing"
    keys: tuple[str, ...] = ()

    def beyond(self, changed: Iterable[str]) -> list[str]:
        """Of facts that changed, give those that may not."""
        return [key for key in changed if not any(fnmatch(key, one) for one in self.keys)]


def shuffled(number: int, seed: int) -> np.ndarray:
    """Give an order of so many things that is not theirs."""
    return np.random.default_rng(seed).permutation(number)


def plain() -> Given:
    """Give the made-up cohort as it stands."""
    return Given(ts.datasets.toy(), ts.datasets.toy_knowledge())


# --- cells ----------------------------------------------------------------------------------


def _with_cells(change: Callable[[ad.AnnData], ad.AnnData]) -> Callable[[Given], Given]:
    return lambda given: dataclasses.replace(given, cells=change(given.cells).copy())


def _with_obs(cells: ad.AnnData, **columns: object) -> ad.AnnData:
    cells = cells.copy()
    cells.obs = cells.obs.assign(**columns)
    return cells


def _barcodes_renamed(cells: ad.AnnData) -> ad.AnnData:
    cells = cells.copy()
    cells.obs_names = [f"c{number}" for number in shuffled(cells.n_obs, 9)]
    return cells


def _samples_permuted(cells: ad.AnnData) -> ad.AnnData:
    donors = cells.obs["donor"].unique()
    return ad.concat([cells[cells.obs["donor"] == donors[i]] for i in shuffled(len(donors), 3)])


def _renamed(**names: str) -> Callable[[Given], Given]:
    def change(given: Given) -> Given:
        donor = given.cells.obs["donor"].astype(str).replace(names)
        back = {new: old for old, new in names.items()}
        return Given(_with_obs(given.cells, donor=donor), given.kb, back)

    return change


def _without_the_other(cells: ad.AnnData) -> ad.AnnData:
    return cells[cells.obs["donor"] != "P2"]


def _with_a_third(cells: ad.AnnData) -> ad.AnnData:
    third = cells[cells.obs["donor"] == "P2"].copy()
    third.X = third.X[shuffled(third.n_obs, 4)][:, shuffled(third.n_vars, 5)]
    third.obs["donor"] = "P3"
    third.obs_names = [name.replace("P2", "P3") for name in third.obs_names]
    return ad.concat([cells, third])


def _doubled(cells: ad.AnnData) -> ad.AnnData:
    cells = cells.copy()
    cells.X = cells.X * 2
    return cells


# --- knowledge ------------------------------------------------------------------------------


def _with_parts(change: Callable[[Knowledge], Mapping[str, Any]]) -> Callable[[Given], Given]:
    return lambda given: dataclasses.replace(given, kb=given.kb.replaced(**change(given.kb)))


def _permuted(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    return table.iloc[shuffled(len(table), seed)].reset_index(drop=True)


def _edges_permuted(kb: Knowledge) -> dict[str, Any]:
    edges = _permuted(kb.edges, 1)
    wiring = wiring_of(edges, damping=0.5, steps=3, rewirings=99, seed=1)
    return {
        "interactome": edges,
        "influence": influence_of(edges, damping=0.5, steps=3),
        "wiring": Wiring.of(wiring),
    }


def _drugs_permuted(kb: Knowledge) -> dict[str, Any]:
    return {"drugs": _permuted(kb.drugs, 2), "targets": _permuted(kb.targets, 3)}


def _drug_renamed(given: Given) -> Given:
    new = {"drug 7": "A drug by another name"}
    drugs = given.kb.drugs.assign(name=given.kb.drugs["name"].replace(new))
    return Given(given.cells, given.kb.replaced(drugs=drugs), {new["drug 7"]: "drug 7"})


# --- what is compared -----------------------------------------------------------------------


def facts(given: Given) -> Facts:
    """Build the twin and the screen of P1, and compare the patients, as far as there are others."""
    new = {old: name for name, old in given.renamed.items()}
    twins = {}
    for patient in ("P1", "P2"):
        if new.get(patient, patient) in set(given.cells.obs["donor"]):
            twins[patient] = ts.tl.twin(
                given.cells,
                given.kb,
                patient=new.get(patient, patient),
                control="healthy",
                communication={"permutations": 100},
                bootstrap_replicates=6,
                null_replicates=6 if patient == "P1" else 0,
                random_sets=20,
            )
    twin = twins["P1"]
    screen = ts.tl.screen(twin, given.kb, pairs=3)
    found: Facts = {}
    for name, part in (("twin", twin), ("screen", screen)):
        part = part[np.argsort(part.obs_names), np.argsort(part.var_names)]
        _flatten(name, {kind: getattr(part, kind) for kind in KINDS}, found)
    _flatten("ranking", ts.get.ranking(screen), found)
    if len(twins) > 1:
        alike = ts.tl.similarity(list(twins.values()))
        _flatten("cohort", dataclasses.asdict(alike), found)
    back = given.renamed
    return {key: _told(value, back) for key, value in found.items()}


KINDS = ("X", "obs", "var", "layers", "obsp", "varm", "uns")


def _flatten(key: str, value: object, found: dict[str, Any]) -> None:
    """Name each array and column of a nest of tables and dictionaries."""
    if isinstance(value, ad.AnnData):
        value = {kind: getattr(value, kind) for kind in KINDS}
    if isinstance(value, Mapping):
        for name, part in value.items():
            _flatten(f"{key}.{name}", part, found)
    elif isinstance(value, pd.DataFrame):
        for name in value:
            found[f"{key}.{name}"] = value[name]
    else:
        found[key] = value


def _told(value: object, back: Mapping[str, str]) -> str:
    """Write a value to the last digit, with the names that it would have had."""
    if isinstance(value, sparse.sparray | sparse.spmatrix):
        value = value.toarray()
    if isinstance(value, np.ndarray) and value.ndim > 1:
        value = pd.DataFrame(value.reshape(len(value), -1))
    text = value.to_csv() if isinstance(value, pd.Series | pd.DataFrame) else repr(value)
    for name, old in back.items():
        text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", old, text)
    return text


def changed(before: Facts, after: Facts) -> list[str]:
    """Name the facts that are other than before, also those that came or went."""
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


#: What is drawn for bootstrap replicates, and what rests on them.
_REPLICATES = (
    *("twin.*_low", "twin.*_high", "twin.layers.module_support", "twin.uns.replicates.*"),
    *("screen.*_low", "screen.*_high", "ranking.*_low", "ranking.*_high"),
    *("*.benefit", "*.residual", "*.reward", "screen.uns.combinations.*"),
)
#: What adds up over donors, or lists them.
_SUMS = (
    *("*.pvalue", "*.qvalue", "screen.uns.call.threshold", "screen.uns.spread.null"),
    *("twin.obs.communication_*", "twin.obsp.communication", "twin.uns.communication.*"),
)
_OF_PATIENTS = (
    *("cohort.pairs.patient_?", "cohort.clusters.patient"),
    *("cohort.nearest.patient", "cohort.nearest.other"),
)

CHANGES = (
    Change("cells permuted", _with_cells(lambda cells: cells[shuffled(cells.n_obs, 7)])),
    Change("genes permuted", _with_cells(lambda cells: cells[:, shuffled(cells.n_vars, 8)])),
    Change("samples permuted", _with_cells(_samples_permuted)),
    Change("barcodes renamed", _with_cells(_barcodes_renamed)),
    Change(
        "the patient renamed, to another place in the alphabet",
        _renamed(P1="Z99"),
        "the order of patients in tables of the cohort",
        _OF_PATIENTS,
    ),
    Change(
        "another patient renamed, likewise",
        _renamed(P2="A01"),
        "the order of patients in tables of the cohort",
        _OF_PATIENTS,
    ),
    Change("an unrelated patient added", _with_cells(_with_a_third)),
    Change(
        "the other patient taken away",
        _with_cells(_without_the_other),
        "tables of the cohort",
        ("cohort.*",),
    ),
    Change(
        "a donor renamed",
        _renamed(D2="D2b"),
        "intervals and benefit: a donor has weights of its own in bootstrap replicates, by name",
        _REPLICATES,
    ),
    Change(
        "a donor renamed, to another place in the alphabet",
        _renamed(D2="Z98"),
        "likewise, and the last digits of what is summed over donors",
        (*_REPLICATES, *_SUMS),
    ),
    Change("edges of the interactome permuted", _with_parts(_edges_permuted)),
    Change("drugs and their targets permuted", _with_parts(_drugs_permuted)),
    Change("a drug renamed", _drug_renamed),
    Change(
        "all counts doubled",
        _with_cells(_doubled),
        "deviations, as a count of 2 is surer than one of 1, and what rests on them",
        ("twin.*", "screen.*", "ranking.*", "cohort.*"),
    ),
)
