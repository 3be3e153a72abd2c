"""DrugCentral's table of targets, made into one small table of mechanisms of action.

It is `drugcentral.tsv` in src/twinscreen/data/tables:

    python resources/derive/drugcentral.py drug.target.interaction.tsv.gz --output drugcentral.tsv

Source: Ursu et al., Nucleic Acids Research 2019;47:D963, release of 2019.
"""

import argparse

import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.drugs.drugcentral import COLUMNS

_NOTICE = """\
# Active ingredients and the human targets by which they act, from DrugCentral, release of 2019,
# https://drugcentral.org. Ursu O et al., Nucleic Acids Research 2019;47:D963.
# Creative Commons Attribution-ShareAlike 4.0 International. This derived table stands under the
# same licence. Made by resources/derive/drugcentral.py: rows of other species, without a gene,
# without an action or that are no mechanism of action, and most columns are left out; affinities
# (p-units) are rounded. told_by: who says that it is the mechanism.
"""
_COLUMNS = {
    "DRUG_NAME": "name",
    "STRUCT_ID": "struct_id",
    "GENE": "genes",
    "ACT_VALUE": "affinity",
    "MOA": "moa",
    "MOA_SOURCE": "told_by",
    "ACT_SOURCE_URL": "url",
    "MOA_SOURCE_URL": "moa_url",
    "ACTION_TYPE": "action",
    "ORGANISM": "organism",
}


def derive_drugcentral(targets_tsv: FilePath, *, output: FilePath) -> None:
    """Make the small table of mechanisms of action that is committed.

    Parameters
    ----------
    targets_tsv
        DrugCentral's drug.target.interaction.tsv, plain or compressed (`.gz`).
    output
        Tab-separated text, one row per drug, target and action, sorted: the same input gives the
        same bytes. First lines: attribution and licence. `genes` of a target are joined by "|";
        `chembl` is the identifier in the addresses that the table gives; `affinity` is the median.

    Raises
    ------
    InputError
        The file is missing or has another shape.
    """
    table = read_columns(targets_tsv, columns=_COLUMNS, content="DrugCentral's targets")
    table["chembl"] = _chembl(table)
    acting = (table["moa"] == "1") & (table["action"] != "") & (table["genes"] != "")
    rows = table[acting & (table["organism"] == "Homo sapiens")].copy()
    rows["action"] = rows["action"].str.capitalize()
    rows["genes"] = ["|".join(sorted(set(genes.split("|")))) for genes in rows["genes"]]
    try:
        rows["affinity"] = pd.to_numeric(rows["affinity"].replace("", None))
    except ValueError as error:
        raise InputError(
            file=targets_tsv,
            place="column ACT_VALUE",
            found=str(error),
            expected="numbers",
            remedy="fetch the table again",
        ) from error
    keys = ["struct_id", "name", "chembl", "genes", "action"]
    found = rows.groupby(keys, as_index=False).agg(
        told_by=("told_by", lambda names: "|".join(sorted({*names} - {""}))),
        affinity=("affinity", "median"),
    )
    found["affinity"] = found["affinity"].map("{:.2f}".format, na_action="ignore").fillna("")
    order = found["struct_id"].astype(int)
    found = found.assign(order=order).sort_values(["order", *COLUMNS])[COLUMNS]
    with atomic(output) as partial:
        lines = ["\t".join(COLUMNS), *("\t".join(row) for row in found.to_numpy())]
        partial.write_text(_NOTICE + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _chembl(table: pd.DataFrame) -> pd.Series:
    """Find the identifier of each drug in ChEMBL in the addresses of all its rows."""
    addresses = table["url"] + " " + table["moa_url"]
    stated = addresses.str.extract(r"compound/inspect/(CHEMBL\d+)", expand=False).dropna()
    of_drug = table["struct_id"].reindex(stated.index)
    ids = stated.groupby(of_drug).agg(lambda some: "|".join(sorted({*some})))
    return table["struct_id"].map(ids).fillna("")


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", help="drug.target.interaction.tsv of DrugCentral")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_drugcentral(given.targets, output=given.output)


if __name__ == "__main__":
    main()
