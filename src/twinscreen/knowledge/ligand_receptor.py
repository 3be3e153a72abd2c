"""Ligand-receptor pairs, through which compartments communicate, from liana's collection.

Sources: Dimitrov et al., Nature Cell Biology 2024;26:1613 and Nature Communications 2022;13:3224;
which proteins are secreted: CellPhoneDB, Efremova et al., Nature Protocols 2020;15:1484.
"""

import logging
from collections.abc import Sequence
from functools import cache

import pandas as pd

from twinscreen.files import LIGAND_RECEPTOR, FilePath, GeneNames, InputError, write_table
from twinscreen.files.own_tables import LIGAND_RECEPTOR_PAIRS, read_own_tables
from twinscreen.knowledge.delimited import read_columns, require_values

logger = logging.getLogger(__name__)


def build_ligand_receptor(
    omni_resource_csv: FilePath,
    *,
    proteins: FilePath,
    names: FilePath,
    output: FilePath,
    resource: str = "consensus",
    added: Sequence[FilePath] = (),
    instead: Sequence[FilePath] = (),
) -> None:
    """Write the ligand-receptor pairs of one resource.

    Parameters
    ----------
    omni_resource_csv
        liana's collection; one row per resource and pair, members of a complex joined by "_".
    proteins
        CellPhoneDB's curated proteins, by UniProt accession, with `secreted` True or False.
    names
        The table of gene names.
    output
        Contract LIGAND_RECEPTOR, sorted. Members of a complex are sorted; `sources` names every
        resource of the collection that has the pair; `secreted` says of the ligand whether cells
        release all of its members (a ligand of the membrane that is also shed is released),
        missing where that is not known. A pair with a member that means no gene is
        left out, and counted in the log.
    resource
        Which resource of the collection to use.
    added, instead
        Tables of a user with further pairs, and with pairs in place of the collection's; what they
        say of a pair goes before what the collection says.

    Raises
    ------
    InputError
        A file is missing or has another shape, or the collection has no such resource.
    """
    columns = {
        "source_genesymbol": "ligand",
        "target_genesymbol": "receptor",
        "resource": "resource",
    }
    table = read_columns(
        omni_resource_csv, columns=columns, delimiter=",", content="liana's ligand-receptor pairs"
    )
    chosen = table["resource"] == resource
    if not chosen.any():
        raise InputError(
            file=omni_resource_csv,
            place="column resource",
            found=f"no pair of the resource {resource}",
            expected="one of " + ", ".join(sorted(table["resource"].unique())),
            remedy="choose another resource",
        )
    symbols = GeneNames(names)
    harmonise = cache(lambda name: harmonised_complex(name, names=symbols))
    table["ligand"] = table["ligand"].map(harmonise)
    table["receptor"] = table["receptor"].map(harmonise)
    known = table["ligand"].notna() & table["receptor"].notna()
    logger.info(
        "%d of %d pairs of %s are lost: a member means no gene",
        (chosen & ~known).sum(),
        chosen.sum(),
        resource,
    )
    key = ["ligand", "receptor"]
    sources = table[known].groupby(key)["resource"].agg(lambda names_: ";".join(sorted({*names_})))
    pairs = table.loc[chosen & known, key].drop_duplicates().sort_values(key, ignore_index=True)
    pairs["sources"] = sources.reindex(pd.MultiIndex.from_frame(pairs)).to_numpy()
    if own := [*added, *instead]:
        pairs = _with_own(pairs[:0] if instead else pairs, own, symbols)
    pairs["secreted"] = _are_secreted(pairs["ligand"], proteins, names=symbols)
    if own:
        said = pairs.pop("said")
        pairs["secreted"] = said.where(said.notna(), pairs["secreted"])
    write_table(pairs, output, LIGAND_RECEPTOR)


def _with_own(pairs: pd.DataFrame, files: Sequence[FilePath], names: GeneNames) -> pd.DataFrame:
    """Add pairs of a user; `said` is what the user says of the ligand, None where nothing."""
    rows = read_own_tables(LIGAND_RECEPTOR_PAIRS, files, names)
    key = ["ligand", "receptor"]
    own = rows[key].assign(sources="own table", said=rows["secreted"])
    others = pairs[~pd.MultiIndex.from_frame(pairs[key]).isin(pd.MultiIndex.from_frame(own[key]))]
    logger.info("%d ligand-receptor pairs of your own", len(own))
    both = pd.concat([others.assign(said=None), own])
    return both.sort_values(key, ignore_index=True)


def _are_secreted(ligands: pd.Series, proteins: FilePath, *, names: GeneNames) -> list[bool | None]:
    """Say of each ligand whether it is secreted; None where a member is not known to be or not."""
    table = read_columns(
        proteins,
        columns={"uniprot": "uniprot", "secreted": "secreted"},
        delimiter=",",
        content="CellPhoneDB's curated proteins",
    )
    said = table["secreted"].str.lower()
    require_values(
        proteins, "secreted", said, said.isin(["true", "false", ""]), expected="True or False"
    )
    known: dict[str, bool] = {}
    for accession, word in zip(table["uniprot"], said, strict=True):
        if word and (symbol := names.resolve(accession)):
            known[symbol] = known.get(symbol, False) or word == "true"

    def secreted(ligand: str) -> bool | None:
        members = [ligand] if names.resolve(ligand) else ligand.split("_")
        states = [known.get(member) for member in members]
        # one member held by the membrane holds the whole complex, whatever the others are
        return False if False in states else None if None in states else True

    return [secreted(ligand) for ligand in ligands]


def harmonised_complex(name: str, *, names: GeneNames) -> str | None:
    """Return the approved symbols of a complex's members, sorted and joined by "_".

    A name that is a gene as it stands (a few symbols hold a "_") is one member.

    Returns
    -------
    None if a member means no gene: half a complex binds nothing.
    """
    if symbol := names.resolve(name):
        return symbol
    members = name.split("_")
    symbols = {names.resolve(member) for member in members}
    return None if None in symbols else "_".join(sorted(filter(None, symbols)))
