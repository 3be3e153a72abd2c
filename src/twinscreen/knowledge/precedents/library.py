"""The reference states that ship with the package, and the drugs known to modify them.

`resources/derive/precedents.py` makes the tables. States are meta-analyses of public arrays, cases
against controls, of STARGEO; outcomes are the disease-modifying indications of PharmacotherapyDB.

Sources: Hadley et al., Scientific Data 2017;4:170125; Himmelstein et al., eLife 2017;6:e26726.
"""

import numpy as np
import pandas as pd

from twinscreen.files import FilePath, GeneNames, InputError
from twinscreen.files.text_table import read_text_table

#: Steps of a normal score of 1: scores are kept as whole numbers.
STEP = 25


def read_library_states(path: FilePath, names: GeneNames) -> pd.DataFrame:
    """Read the deviation of the states.

    Parameters
    ----------
    path
        Genes (`entrez_id`) x states, normal scores in steps of 1 / STEP; empty: not measured.
    names
        Of genes; two identifiers of one gene give it the mean of both.

    Returns
    -------
    States x approved genes, normal scores, NaN where not measured.

    Raises
    ------
    InputError
        The file is missing, lacks the column of genes, or has a value that is no number.
    """
    table = read_text_table(
        path,
        content="reference states",
        required=["entrez_id"],
        comments=True,
        separator="\t",
        typed=False,
    ).frame()
    try:
        scores = table.drop(columns="entrez_id").replace("", "nan").astype(float) / STEP
    except ValueError as error:
        raise InputError(
            file=path,
            found=str(error),
            expected="whole numbers, or nothing where a gene was not measured",
            remedy="take the table of the package, or derive it again",
        ) from error
    gene = table["entrez_id"].map(names.resolve)
    known = gene.notna()
    states = scores[known].groupby(gene[known]).mean().T
    return states.astype(np.float32)


def read_library_diseases(path: FilePath) -> pd.DataFrame:
    """Read what the states are called: `state, name, diseases`.

    `diseases` are all names and identifiers by which a patient may be known to have the disease, or
    one above or below it, joined by "|".

    Raises
    ------
    InputError
        The file is missing or lacks a column.
    """
    rows = read_text_table(
        path,
        content="diseases of the reference states",
        required=["state", "disease", "also"],
        comments=True,
        separator="\t",
        typed=False,
    ).frame()
    joined = rows["state"] + "|" + rows["disease"] + "|" + rows["also"]
    return pd.DataFrame(
        {"state": rows["state"], "name": rows["disease"], "diseases": joined.str.strip("|")}
    ).reset_index(drop=True)


def read_library_outcomes(path: FilePath) -> pd.DataFrame:
    """Read which drugs modify the diseases of the states: `state, drug, helped`.

    Raises
    ------
    InputError
        The file is missing or lacks a column.
    """
    rows = read_text_table(
        path,
        content="what helped in the reference states",
        required=["state", "drug"],
        comments=True,
        separator="\t",
        typed=False,
    ).frame()
    return rows[["state", "drug"]].assign(helped=True).reset_index(drop=True)
