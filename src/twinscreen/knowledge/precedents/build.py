"""Write the reference states and what helped in them."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files import DRUGS, FilePath, GeneNames, read_table, write_anndata
from twinscreen.files.contracts.knowledge import OUTCOMES, PRECEDENTS
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.precedents.library import (
    read_library_diseases,
    read_library_outcomes,
    read_library_states,
)
from twinscreen.knowledge.precedents.own_outcomes import of_known_states, read_own_outcomes
from twinscreen.knowledge.precedents.own_states import OwnState, read_own_states, scores_of

logger = logging.getLogger(__name__)

#: A state of fewer genes is compared with nobody.
LEAST_GENES = 100


@dataclass(frozen=True)
class LibraryFiles:
    """The library of the package.

    See `read_library_states`, `read_library_diseases` and `read_library_outcomes`.
    """

    states: FilePath
    diseases: FilePath
    outcomes: FilePath

    @classmethod
    def of(cls, folder: FilePath) -> "LibraryFiles":
        """Name the files as they ship with the package, in its folder of tables."""
        return cls(
            Path(folder, "precedent_states.tsv.gz"),
            Path(folder, "precedent_diseases.tsv"),
            Path(folder, "precedent_outcomes.tsv"),
        )


def build_precedents(
    library: LibraryFiles | None,
    *,
    own_states: Sequence[FilePath] = (),
    own_outcomes: FilePath = "",
    patients: Collection[str] | None = (),
    names: FilePath,
    drugs: FilePath,
    output: FilePath,
) -> None:
    """Write the reference states with the drugs of the drug table that helped in them.

    Parameters
    ----------
    library
        The library of the package; None for none of it.
    own_states
        Files with reference states of a user: see `read_own_states`.
    own_outcomes
        What helped in states of either: see `read_own_outcomes`. Of a state and drug it goes before
        the library.
    patients
        Whom lines of it may name besides, and are left out; None: anybody.
    names
        The table of gene names.
    drugs
        The drug table, among whose names and synonyms the drugs of the outcomes are sought.
    output
        Contract PRECEDENTS.

    Raises
    ------
    InputError
        A file is missing or at fault, or a state is named twice.
    """
    known, known_drugs = GeneNames(names), DrugNames(read_table(drugs, DRUGS))
    own = read_own_states(own_states)
    states = named_states(library, own)
    scores = _scores(library, own, known).reindex(states.index)
    tables = []
    if own_outcomes:
        rows = of_known_states(own_outcomes, read_own_outcomes(own_outcomes), states, patients)
        states["diseases"] = _with_more(states["diseases"], rows)
        tables.append(rows)
        if lost := not_drugs(rows, known_drugs):
            logger.warning("%s: not in the drug table: %s", own_outcomes, ", ".join(lost))
    if library:
        tables.append(read_library_outcomes(library.outcomes))
        if lost := not_drugs(tables[-1], known_drugs):
            logger.info("%d drugs of the library are not in the drug table", len(lost))
    helped = outcomes_of_drugs(tables, known_drugs)
    result = ad.AnnData(
        X=scores.to_numpy(dtype=np.float32),
        obs=states,
        var=pd.DataFrame(index=scores.columns.astype(str)),
        uns={"outcomes": OUTCOMES.typed(helped)},
    )
    result.obs_names.name = result.var_names.name = None
    write_anndata(result, output, PRECEDENTS)
    logger.info(
        "%d reference states, %d of them your own; %d drugs of known outcome",
        *(len(states), len(own), helped["drug_id"].nunique()),
    )


def named_states(library: LibraryFiles | None, own: Sequence[OwnState]) -> pd.DataFrame:
    """Say what all states are called: index their identifiers, columns as in PRECEDENTS.

    Raises
    ------
    InputError
        A state of a user is called as one of the package.
    """
    columns = ["name", "diseases", "origin", "patient"]
    rows = pd.DataFrame(columns=columns, index=pd.Index([], name="state"), dtype=str)
    if library:
        table = read_library_diseases(library.diseases).set_index("state").sort_index()
        rows = table.assign(origin="library", patient="")[columns]
    taken = {*rows.index, *rows["name"].str.casefold()}
    for state in own:
        if {state.name, state.name.casefold()} & taken:
            raise state.fault(
                found=f"the state {state.name}, which is one of the package's, too",
                expected="each state once",
                remedy="rename it, or leave out the package's by precedent.library: false",
            )
        diseases = "|".join(dict.fromkeys([state.name, *state.diseases]))
        rows.loc[state.name] = [state.name, diseases, "own", state.patient]
    return rows


def outcomes_of_drugs(tables: Sequence[pd.DataFrame], names: DrugNames) -> pd.DataFrame:
    """Bring outcomes to the drugs of the drug table: `state, drug_id, helped`, sorted.

    Parameters
    ----------
    tables
        `state, drug, helped`; of a state and drug, an earlier table goes before a later one.
    names
        Of the drugs.
    """
    if not tables:
        return OUTCOMES.empty()
    outcomes = pd.concat(tables, ignore_index=True)
    found = outcomes.assign(drug_id=outcomes["drug"].map(names.ids))
    rows = found.explode("drug_id").dropna(subset="drug_id")[["state", "drug_id", "helped"]]
    return rows.drop_duplicates(["state", "drug_id"]).sort_values(
        ["state", "drug_id"], ignore_index=True
    )


def not_drugs(outcomes: pd.DataFrame, names: DrugNames) -> list[str]:
    """Name the drugs of outcomes that are none of the drug table, each once."""
    return [drug for drug in outcomes["drug"].drop_duplicates() if not names.ids(drug)]


def _scores(
    library: LibraryFiles | None, own: Sequence[OwnState], names: GeneNames
) -> pd.DataFrame:
    """Give the normal scores of all states, states x approved genes, NaN where not measured."""
    parts = [read_library_states(library.states, names)] if library else []
    # of gene sets, genes that another state has, or another set of the file, did not deviate
    genes = pd.Index([]) if not parts else parts[0].columns
    for state in own:
        genes = genes.union([one for name in state.figures if (one := names.resolve(name))])
    found = {state.name: scores_of(state, names, genes) for state in own}
    for name, scores in found.items():
        if len(scores) < LEAST_GENES:
            logger.warning(
                "state %s has %d genes, fewer than %d: it is compared with nobody",
                *(name, len(scores), LEAST_GENES),
            )
    if found:
        parts.append(pd.DataFrame(found).T)
    if not parts:
        return pd.DataFrame(dtype=np.float32)
    return pd.concat(parts).sort_index(axis=1)


def _with_more(diseases: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Add the names of diseases that outcomes tell to those of the states."""
    more = rows[rows["diseases"] != ""].groupby("state")["diseases"].agg("|".join)
    joined = diseases + "|" + more.reindex(diseases.index).fillna("")
    return joined.map(lambda text: "|".join(dict.fromkeys(filter(None, text.split("|")))))
