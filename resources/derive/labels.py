"""What drugs are indicated for and contraindicated in, made into two small tables.

They are `medic.tsv.gz` and `pharmacotherapydb.tsv` in src/twinscreen/data/tables, committed because
no distribution carries their sources:

    python resources/derive/labels.py medic_indications.tsv medic_contraindications.tsv \
        pharmacotherapydb_indications.tsv --medic medic.tsv.gz \
        --pharmacotherapydb pharmacotherapydb.tsv

Both are tables of warnings as `safety.warnings` of the configuration takes them; a drug has
several names, joined by "|", of which the first that a drug table knows counts.

Source: MeDIC, Every Cure 2025; PharmacotherapyDB 1.0, Himmelstein et al., eLife 2017;6:e26726.
"""

import argparse
import re
import zlib
from collections.abc import Iterable

import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import read_columns

_MEDIC_NOTICE = """\
# MeDIC: what the labels of FDA, EMA and PMDA say that drugs are indicated for and contraindicated
# in; read automatically from the labels, and checked by people. Every Cure, 2025
# (https://github.com/everycure-org/matrix-indication-list). CC0 1.0.
# Made by resources/derive/labels.py: drugs with several ingredients and contraindications in those
# who are allergic to the drug itself are left out; names of salts stand beside those without.
"""
_PHARMACOTHERAPYDB_NOTICE = """\
# PharmacotherapyDB 1.0 (https://doi.org/10.15363/thinklab.d182): indications that physicians
# judged to modify a disease or to relieve its symptoms. Himmelstein DS et al. eLife 2017;6:e26726.
# CC0 1.0.
# Made by resources/derive/labels.py: pairs judged to be no indications are left out.
"""
_COLUMNS = ["drug", "kind", "subject", "detail", "source"]
_MEDIC = {
    "final normalized drug id": "drug_id",
    "final normalized drug label": "drug",
    "final normalized disease id": "disease_id",
    "final normalized disease label": "disease",
}
_PHARMACOTHERAPYDB = {
    "doid_id": "disease_id",
    "drugbank_id": "drug_id",
    "disease": "disease",
    "drug": "drug",
    "category": "category",
}
_CATEGORIES = {"DM": "disease-modifying", "SYM": "symptomatic", "NOT": ""}
#: Several ingredients: what is said of them together is not said of each.
_SEVERAL = re.compile(r" / |/[A-Za-z]| and | combination", re.IGNORECASE)
#: Of the drug itself, which every label says of some.
_ALLERGIC = re.compile(r"\b(?:hypersensitiv|allerg)\w*\b.*\b(?:to|reaction)\b|^hypersensitivity$")
_SALTS = (
    *("acetate", "besylate", "bromide", "calcium", "chloride", "citrate", "dihydrate"),
    *("dihydrochloride", "dimaleate", "dimeglumine", "disodium", "esylate", "fumarate"),
    *("hemihydrate", "hydrate", "hydrobromide", "hydrochloride", "lactate", "magnesium"),
    *("maleate", "meglumine", "mesylate", "methanesulfonate", "monohydrate", "nitrate"),
    *("phosphate", "potassium", "sodium", "succinate", "sulfate", "tartrate", "tosylate"),
    *("trihydrate", "trisodium", "xinafoate"),
)
#: What may stand behind the name of a drug, and before it: salt, charge, product, stereochemistry.
_BEHIND = re.compile(
    rf"(?: (?:{'|'.join(_SALTS)})| ?\(\d[+-]\)| cation| anion| salt|, .*"
    r"| (?:\d\S* \S+ )?(?:Oral|Topical|Injectable|Inhalant|Ophthalmic|Nasal) [A-Z].*)$",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^(?:\([RSEZ\d,+-]+\)|\d+[RS])-")


def derive_medic(indications: FilePath, contraindications: FilePath, *, output: FilePath) -> None:
    """Make the small table of MeDIC that is committed.

    Parameters
    ----------
    indications, contraindications
        The two lists of MeDIC, separated by tabs: drug and disease by identifier and label; of a
        contraindication also the words of the label.
    output
        A table of warnings, sorted, compressed if the name ends in `.gz`.

    Raises
    ------
    InputError
        A file is missing or lacks a column.
    """
    for_ = read_columns(indications, columns=_MEDIC, content="indications (MeDIC)").assign(
        kind="indication", detail=""
    )
    against = read_columns(
        contraindications,
        columns=_MEDIC | {"disease contraindicated": "detail"},
        content="contraindications (MeDIC)",
    ).assign(kind="contraindication")
    against = against[~against["detail"].str.casefold().str.contains(_ALLERGIC)]
    every = pd.concat([for_, against], ignore_index=True)
    every = every[~every["drug"].str.contains(_SEVERAL)]
    same = every["detail"].str.casefold() == every["disease"].str.casefold()
    every["detail"] = every["detail"].mask(same, "")
    _write(every, notice=_MEDIC_NOTICE, source="MeDIC 2025", output=output)


def derive_pharmacotherapydb(indications: FilePath, *, output: FilePath) -> None:
    """Make the small table of PharmacotherapyDB that is committed.

    Parameters
    ----------
    indications
        Its indications.tsv.
    output
        A table of warnings, sorted.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another category.
    """
    table = read_columns(
        indications,
        columns=_PHARMACOTHERAPYDB,
        content="indications (PharmacotherapyDB)",
    )
    table["detail"] = table["category"].map(_CATEGORIES)
    if (other := table["detail"].isna()).any():
        raise InputError(
            file=indications,
            place="column category",
            found=str(table.loc[other, "category"].iloc[0]),
            expected="DM, SYM or NOT",
            remedy="take indications.tsv of PharmacotherapyDB 1.0",
        )
    table = table[table["detail"] != ""].assign(kind="indication")
    source = "PharmacotherapyDB 1.0"
    _write(table, notice=_PHARMACOTHERAPYDB_NOTICE, source=source, output=output)


def names_of(identifier: str, label: str) -> str:
    """Name a drug: by its identifier, its label, and the label without salt, product and the like.

    >>> names_of("CHEBI:66917", "ruxolitinib phosphate")
    'CHEBI:66917|ruxolitinib phosphate|ruxolitinib'
    """
    names = [identifier, label]
    while (bare := _BEHIND.sub("", _BEFORE.sub("", names[-1]))) not in ("", names[-1]):
        names.append(bare)
    return "|".join(dict.fromkeys(name for name in names if "|" not in name))


def _write(table: pd.DataFrame, *, notice: str, source: str, output: FilePath) -> None:
    """Write rows of `drug_id, drug, disease_id, disease, kind, detail` as a table of warnings."""
    drugs = zip(table["drug_id"], table["drug"], strict=True)
    rows = pd.DataFrame(
        {
            "drug": [names_of(*drug) for drug in drugs],
            "kind": table["kind"],
            "subject": table["disease_id"] + " " + table["disease"],
            "detail": table["detail"],
            "source": source,
        }
    )
    rows = rows.apply(lambda column: column.str.split().str.join(" "))
    lines = ["\t".join(_COLUMNS), *sorted({*map("\t".join, _texts(rows))})]
    content = (notice + "\n".join(lines) + "\n").encode()
    with atomic(output) as partial:
        packed = str(output).endswith(".gz")
        # as gzip, and not by it, which writes another header since Python 3.13
        partial.write_bytes(zlib.compress(content, 9, wbits=31) if packed else content)


def _texts(rows: pd.DataFrame) -> Iterable[tuple[str, ...]]:
    return rows[_COLUMNS].itertuples(index=False, name=None)


def main() -> None:
    """Read the arguments of the command line and derive the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("indications", help="MeDIC's indications (tsv)")
    parser.add_argument("contraindications", help="MeDIC's contraindications (tsv)")
    parser.add_argument("pharmacotherapydb", help="PharmacotherapyDB's indications.tsv")
    parser.add_argument("--medic", required=True, help="table of MeDIC to write (tsv.gz)")
    parser.add_argument("--pharmacotherapydb", dest="other", required=True, help="the other")
    given = parser.parse_args()
    derive_medic(given.indications, given.contraindications, output=given.medic)
    derive_pharmacotherapydb(given.pharmacotherapydb, output=given.other)


if __name__ == "__main__":
    main()
