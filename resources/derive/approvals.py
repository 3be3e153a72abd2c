"""Approvals since the sources of drugs were released, as one small table.

It is `approvals.tsv` in src/twinscreen/data/tables:

    python resources/derive/approvals.py TABLES medic_indications.tsv.gz --output approvals.tsv

A drug with an indication in MeDIC has a label of the FDA, the EMA or the PMDA, read in 2025; which
of them is not told. `reviewed_approvals.tsv` beside this script has dates that were looked up.

Source: Every Cure, MeDIC (Medical Indications and Contraindications), 2025.
"""

import argparse
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, atomic
from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.drugs.approvals import COLUMNS, read_approvals
from twinscreen.knowledge.drugs.build import DrugFiles, embedded_drugs

_NOTICE = """\
# Approvals of drugs of the library, known from their labels or looked up.
# MeDIC 2025 (Every Cure, CC0 1.0): drugs with an indication, which were read automatically from
# labels of the FDA, the EMA and the PMDA. Drugs@FDA: dates looked up, resources/derive/
# reviewed_approvals.tsv. Names of drugs: Guide to PHARMACOLOGY (ODbL 1.0, CC BY-SA 4.0) and
# DrugCentral (CC BY-SA 4.0). This derived table stands under CC BY-SA 4.0.
# Made by resources/derive/approvals.py.
"""
_MEDIC = {"final normalized drug id": "id", "final normalized drug label": "label"}
# What the body or the soil has is on labels as a nutrient or a salt: no drug with all its targets.
_NO_DRUGS = ("Metabolite", "Inorganic")
# Labels of another substance than the label says: NAN-190 was never a medicine, colchiceine stands
# for colchicine, and podofilox has the identifier of its epimer.
_MISTAKEN = ("Nan-190 hydrochloride", "Colchiceine", "Podofilox")
_REVIEWED = Path(__file__).with_name("reviewed_approvals.tsv")


def derive_approvals(tables: Path, indications: FilePath, *, output: FilePath) -> None:
    """Make the table of approvals that is committed.

    Parameters
    ----------
    tables
        The folder of the committed tables of drugs.
    indications
        MeDIC's indications.
    output
        Tab-separated text, sorted: the same input gives the same bytes.
    """
    drugs, _ = embedded_drugs(DrugFiles.of(tables))
    told = ("FDA, EMA or PMDA", "2025", "MeDIC 2025")
    found = [(name, *told) for name in _labelled(drugs, indications)]
    reviewed = read_approvals(_REVIEWED)
    rows = pd.concat([reviewed, pd.DataFrame(found, columns=list(COLUMNS))])
    rows = rows.sort_values(["drug", "date"], key=lambda one: one.str.casefold(), kind="stable")
    with atomic(output) as partial:
        lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows.to_numpy())]
        partial.write_text(_NOTICE + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _labelled(drugs: pd.DataFrame, indications: FilePath) -> set[str]:
    """Name the drugs of the library that have a label with an indication."""
    table = read_columns(indications, columns=_MEDIC, content="drugs (MeDIC)")
    table = table[~table["label"].isin(_MISTAKEN)].drop_duplicates()
    names = DrugNames(drugs[~drugs["kind"].isin(_NO_DRUGS)])
    called = dict(zip(drugs["drug_id"], drugs["name"], strict=True))
    found = {}
    for id_, label in table.itertuples(index=False):
        if len(ids := names.ids(label) or names.ids(id_)) == 1:
            ours = called[ids[0]]
            # by its name, not by its code
            coded = any(map(str.isdigit, ours)) and not any(map(str.isdigit, label))
            found.setdefault(ids[0], label.lower() if coded else ours)
    return {*found.values()}


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=Path, help="folder of the committed tables of drugs")
    parser.add_argument("indications", help="MeDIC's indications")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_approvals(given.tables, given.indications, output=given.output)


if __name__ == "__main__":
    main()
