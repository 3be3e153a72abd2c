"""Write the reference states and what helped in them."""

import logging

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

logger = logging.getLogger(__name__)


def build_precedents(
    states: FilePath,
    diseases: FilePath,
    outcomes: FilePath,
    *,
    names: FilePath,
    drugs: FilePath,
    output: FilePath,
) -> None:
    """Write the reference states with the drugs of the drug table that helped in them.

    Parameters
    ----------
    states, diseases, outcomes
        The library of the package: see `read_library_states`, `read_library_diseases` and
        `read_library_outcomes`.
    names
        The table of gene names.
    drugs
        The drug table, among whose names and synonyms the drugs of the outcomes are sought.
    output
        Contract PRECEDENTS.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    scores = read_library_states(states, GeneNames(names))
    named = read_library_diseases(diseases).set_index("state").reindex(scores.index)
    helped = _of_drugs(read_library_outcomes(outcomes), DrugNames(read_table(drugs, DRUGS)))
    result = ad.AnnData(
        X=scores.to_numpy(dtype=np.float32),
        obs=named[["name", "diseases"]].assign(origin="library", patient=""),
        var=pd.DataFrame(index=scores.columns.astype(str)),
        uns={"outcomes": OUTCOMES.typed(helped)},
    )
    result.obs_names.name = result.var_names.name = None
    write_anndata(result, output, PRECEDENTS)
    logger.info(
        "%d reference states, %d drugs that helped in one", len(scores), helped["drug_id"].nunique()
    )


def _of_drugs(outcomes: pd.DataFrame, names: DrugNames) -> pd.DataFrame:
    """Bring outcomes to the drugs of the drug table: `state, drug_id, helped`, sorted."""
    found = outcomes.assign(drug_id=outcomes["drug"].map(names.ids))
    lost = found.loc[found["drug_id"].map(len) == 0, "drug"].drop_duplicates()
    if len(lost):
        logger.info(
            "%d drugs of outcomes are not in the drug table, for example %s",
            len(lost),
            ", ".join(lost.head(3)),
        )
    rows = found.explode("drug_id").dropna(subset="drug_id")[["state", "drug_id", "helped"]]
    return rows.drop_duplicates(["state", "drug_id"]).sort_values(
        ["state", "drug_id"], ignore_index=True
    )
