"""The Guide to PHARMACOLOGY: its tables of ligands and interactions, made into one small table.

It is `gtopdb.tsv` in src/twinscreen/data/tables, committed because the distribution that carries
the Guide's tables is a source distribution, whose build script pip would run:

    python resources/derive/gtopdb.py interactions.csv ligands.csv --output gtopdb.tsv

Source: Armstrong et al., Nucleic Acids Research 2020;48:D1006, release 2020.5.
"""

import argparse
import html
import re

import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.drugs.gtopdb import COLUMNS, FLAGS

_NOTICE = """\
# Ligands and their human targets from the IUPHAR/BPS Guide to PHARMACOLOGY, release 2020.5,
# https://www.guidetopharmacology.org. Armstrong JF et al., Nucleic Acids Research 2020;48:D1006.
# Database: Open Data Commons Open Database License (ODbL) 1.0. Contents: Creative Commons
# Attribution-ShareAlike 4.0 International. This derived table stands under the same licences.
# Made by resources/derive/gtopdb.py: rows of other species or without a gene and
# most columns are left out, markup is removed from names, affinities (p-units) are rounded.
"""
_INTERACTIONS = {
    "ligand_id": "ligand_id",
    "target_species": "target_species",
    "target_gene_symbol": "target_genes",
    "target_ligand_gene_symbol": "target_ligand_genes",
    "type": "type",
    "action": "action",
    "primary_target": "primary",
    "affinity_units": "affinity_units",
    "affinity_high": "affinity_high",
    "affinity_median": "affinity_median",
    "affinity_low": "affinity_low",
}
# interactions.csv repeats the approval (`approved_drug`): both say the same of every ligand,
# but only ligands.csv says no where the other is blank, and only it knows what was withdrawn.
_LIGANDS = {
    "Ligand id": "ligand_id",
    "Name": "name",
    "Species": "species",
    "Type": "kind",
    "Approved": "approved",
    "Withdrawn": "withdrawn",
    "Labelled": "labelled",
    "INN": "inn",
    "Synonyms": "synonyms",
}
# with two misspellings of the registered sign that unescaping leaves
_MARKUP = re.compile(r"</?(?:sub|sup|small|i|em|b|u)>|&(?:Reg|rg);")


def derive_gtopdb(interactions_csv: FilePath, ligands_csv: FilePath, *, output: FilePath) -> None:
    """Make the small table of ligands and human targets that is committed.

    Parameters
    ----------
    interactions_csv, ligands_csv
        The Guide's tables of these names, release 2020.5, plain or compressed (`.gz`).
    output
        Tab-separated text, one row per interaction with a human target that has a gene, sorted:
        the same input gives the same bytes. First lines: attribution and licence. Flags are 1 or
        0; `genes` of a target and `synonyms` are joined by "|"; `affinity` is the median, or the
        middle of the range, in p-units. Ligands of one name get their species in brackets.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    interactions = read_columns(
        interactions_csv, columns=_INTERACTIONS, delimiter=",", content="the Guide's interactions"
    )
    ligands = read_columns(
        ligands_csv, columns=_LIGANDS, delimiter=",", content="the Guide's ligands"
    )
    # a secreted target is itself a ligand: infliximab has no target but a target ligand, TNF
    interactions["genes"] = [
        "|".join(sorted(set((target or ligand).split("|"))))
        for target, ligand in zip(
            interactions["target_genes"], interactions["target_ligand_genes"], strict=True
        )
    ]
    human = interactions[
        (interactions["target_species"] == "Human") & (interactions["genes"] != "")
    ]
    rows = human.assign(
        affinity=_affinity(human, file=interactions_csv), primary=human["primary"] == "t"
    ).merge(_named_ligands(ligands[ligands["ligand_id"].isin(human["ligand_id"])]), on="ligand_id")
    rows[FLAGS] = rows[FLAGS].astype(int).astype(str)
    rows = (
        rows[COLUMNS]
        .assign(order=rows["ligand_id"].astype(int))
        .sort_values(["order", *COLUMNS])[COLUMNS]
    )
    with atomic(output) as partial:
        lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows.to_numpy())]
        partial.write_text(_NOTICE + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def plain_text(marked: str) -> str:
    """Remove markup and surplus white space from a name: `TXA<sub>2</sub>` is TXA2."""
    return " ".join(html.unescape(_MARKUP.sub("", marked)).split())


def _named_ligands(ligands: pd.DataFrame) -> pd.DataFrame:
    ligands = ligands.assign(
        name=ligands["name"].map(plain_text),
        **{flag: ligands[flag] == "yes" for flag in ("approved", "withdrawn", "labelled")},
    )
    ligands["synonyms"] = [
        _other_names(name, f"{inn}|{synonyms}")
        for name, inn, synonyms in zip(
            ligands["name"], ligands["inn"], ligands["synonyms"], strict=True
        )
    ]
    shared = ligands["name"].duplicated(keep=False) & (ligands["species"] != "")
    species = " (" + ligands["species"].str.lower() + ")"
    ligands["name"] = ligands["name"].mask(shared, ligands["name"] + species)
    return ligands


def _other_names(name: str, synonyms: str) -> str:
    names = (
        plain_text(synonym).translate({ord(mark): None for mark in "®™"}).strip()
        for synonym in synonyms.split("|")
    )
    return "|".join(sorted({*names} - {name, ""}))


def _affinity(rows: pd.DataFrame, *, file: FilePath) -> pd.Series:
    """Return the affinity in p-units as text with two decimals, empty where not measured."""
    columns = ["affinity_median", "affinity_low", "affinity_high"]
    try:
        value = rows[columns].replace("", None).astype(float)
    except ValueError as error:
        raise InputError(
            file=file,
            place=f"columns {', '.join(columns)}",
            found=str(error),
            expected="numbers",
            remedy="fetch the table again",
        ) from error
    middle = (value["affinity_low"] + value["affinity_high"]) / 2
    measured = value["affinity_median"].fillna(middle)
    measured = measured.where(rows["affinity_units"].str.startswith("p"))
    return measured.map("{:.2f}".format, na_action="ignore").fillna("")


def main() -> None:
    """Read the arguments of the command line and derive the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("interactions", help="interactions.csv of the Guide to PHARMACOLOGY")
    parser.add_argument("ligands", help="ligands.csv of the Guide to PHARMACOLOGY")
    parser.add_argument("--output", required=True, help="table to write (tsv)")
    given = parser.parse_args()
    derive_gtopdb(given.interactions, given.ligands, output=given.output)


if __name__ == "__main__":
    main()
