"""Drugs and their targets, with the direction of the action on each target.

The drugs are the ligands of the Guide to PHARMACOLOGY (`twinscreen.knowledge.gtopdb`); which way
an action moves its target is curated in `actions.tsv`.
"""

import logging

import pandas as pd

from twinscreen.files import DRUG_TARGETS, DRUGS, FilePath, GeneNames, InputError, write_table
from twinscreen.knowledge.delimited import read_columns, require_values
from twinscreen.knowledge.gtopdb import read_gtopdb

logger = logging.getLogger(__name__)

_ISOTOPE = r"^\[\d+[A-Z][a-z]?(?:,\d+[A-Z][a-z]?)*\]-?"


def build_drugs(
    gtopdb_tsv: FilePath,
    actions_tsv: FilePath,
    *,
    names: FilePath,
    drugs: FilePath,
    targets: FilePath,
) -> None:
    """Write the table of drugs and the table of their targets.

    Parameters
    ----------
    gtopdb_tsv
        The committed table of the Guide to PHARMACOLOGY.
    actions_tsv
        The meaning of each type and action: see `read_actions`.
    names
        The table of gene names.
    drugs
        Output, contract DRUGS, sorted by `drug_id` (`gtopdb:` and the ligand's number). An
        isotope-labelled tracer `[3H]X` is one with X, if X is in the table.
    targets
        Output, contract DRUG_TARGETS, sorted by its key. A complex is one target with several
        genes; its name is theirs joined by "|". The sign is that of the rows with a direction,
        or 0 if they disagree; `affinity` is the median, in p-units.

    Raises
    ------
    InputError
        A file is missing or has another shape, or a type or action has no stated meaning.
    """
    rows = read_gtopdb(gtopdb_tsv)
    rows["sign"] = signs(rows, read_actions(actions_tsv), file=actions_tsv)
    rows = _merged(rows)
    target_table = _target_table(_harmonised(rows, names=GeneNames(names)))
    own = _one_each(rows)
    drug_table = own[own["drug_id"].isin(target_table["drug_id"])].sort_values("drug_id")
    drug_table = drug_table.assign(synonyms=drug_table["synonyms"].replace("", None))
    drug_table["sources"] = target_table["sources"] = "Guide to PHARMACOLOGY"
    logger.info(
        "%d drugs (%d approved), %d drug-target pairs (%d with a known direction)",
        len(drug_table),
        drug_table["approved"].sum(),
        len(pairs := target_table.drop_duplicates(["drug_id", "target"])),
        (pairs["sign"] != 0).sum(),
    )
    write_table(drug_table, drugs, DRUGS)
    write_table(target_table, targets, DRUG_TARGETS)


def listed_drugs(gtopdb_tsv: FilePath) -> pd.DataFrame:
    """List all drugs of the Guide by id and name, before it is known which have a human target.

    Raises
    ------
    InputError
        The file is missing or has another shape.
    """
    return _one_each(_merged(read_gtopdb(gtopdb_tsv))).reset_index(drop=True)


def _merged(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row the id of its drug: that of the cold parent, for a labelled tracer."""
    merged = rows["ligand_id"].replace(cold_parents(rows))
    return rows.assign(merged_id=merged, drug_id="gtopdb:" + merged)


def _one_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of each drug, of the drug itself."""
    return rows[rows["merged_id"] == rows["ligand_id"]].drop_duplicates("drug_id")


def read_actions(path: FilePath) -> pd.DataFrame:
    """Read what each type and each action means.

    Returns
    -------
    By kind (`type`, `action`) and word: `sign` (+1 raises the target's activity, -1 lowers it,
    0 says nothing) and `weight` (who wins if type and action disagree), integers.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another value, or a word twice.
    """
    columns = ["kind", "word", "sign", "weight"]
    table = read_columns(
        path,
        columns={name: name for name in columns},
        delimiter="\t",
        content="the meaning of types and actions",
    )
    kinds = table["kind"].isin(["type", "action"])
    require_values(path, "kind", table["kind"], kinds, expected="type or action")
    once = ~table.duplicated(["kind", "word"])
    require_values(path, "word", table["word"], once, expected="each word of a kind once")
    signs_ = table["sign"].isin(["1", "-1", "0"])
    require_values(path, "sign", table["sign"], signs_, expected="1, -1 or 0")
    weights = table["weight"].str.fullmatch(r"\d")
    require_values(path, "weight", table["weight"], weights, expected="a digit")
    return table.astype({"sign": int, "weight": int}).set_index(["kind", "word"])


def signs(rows: pd.DataFrame, actions: pd.DataFrame, *, file: FilePath) -> pd.Series:
    """Return the direction of each interaction: the sign of type plus action, by their weights.

    Antibody (-1) and Binding (0) lower; Antibody (-1) and Agonist (+2) raise; Agonist (+2) and
    Inverse agonist (-3) lower; Agonist (+2) and Antagonist (-2) contradict each other: 0.

    Parameters
    ----------
    rows
        Interactions with their `type` and `action`.
    actions
        As `read_actions` gives them.
    file
        Where the actions came from, for the error message.

    Returns
    -------
    +1, -1 or 0 by the index of `rows`.

    Raises
    ------
    InputError
        A type or action has no stated meaning.
    """
    weighted = actions["sign"] * actions["weight"]
    total = pd.Series(0, index=rows.index)
    for kind in ("type", "action"):
        meaning = rows[kind].map(weighted[kind])
        if (unknown := meaning.isna()).any():
            raise InputError(
                file=file,
                found=f"no {kind} {rows.loc[unknown, kind].iloc[0]!r}",
                expected="each type and action of the interactions",
                remedy="add a line that says whether it raises or lowers the target's activity",
            )
        total += meaning.astype(int)
    return total.clip(-1, 1)


def cold_parents(rows: pd.DataFrame) -> dict[str, str]:
    """Find, for each isotope-labelled tracer `[3H]X`, the ligand X.

    Returns
    -------
    The number of X by the number of the tracer, where the table has an X.
    """
    ligands = rows.drop_duplicates("ligand_id")
    cold = ligands[~ligands["labelled"]].drop_duplicates("name").set_index("name")["ligand_id"]
    hot = ligands[ligands["labelled"]].set_index("ligand_id")["name"]
    parents = hot.str.replace(_ISOTOPE, "", regex=True).map(cold).dropna()
    return dict(zip(parents.index.astype(str), parents, strict=True))


def _harmonised(rows: pd.DataFrame, *, names: GeneNames) -> pd.DataFrame:
    """Give each row the approved symbols of its target; leave out rows without any."""
    resolved = {
        genes: "|".join(names.resolve_members(genes.split("|"))) for genes in set(rows["genes"])
    }
    members = {gene for genes in resolved for gene in genes.split("|")}
    unknown = sorted(gene for gene in members if names.resolve(gene) is None)
    rows = rows.assign(target=rows["genes"].map(resolved))
    lost = rows["target"] == ""
    logger.info(
        "%d of %d gene symbols mean no gene (%s); %d of %d interactions are lost with them",
        len(unknown),
        len(members),
        ", ".join(unknown) or "none",
        lost.sum(),
        len(rows),
    )
    return rows[~lost]


def _target_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Make one row per drug, target and gene of all interactions of a drug with a target."""
    rows = rows.assign(
        action=_action_text(rows),
        up=rows["sign"] > 0,
        down=rows["sign"] < 0,
    )
    pairs = (
        rows.groupby(["drug_id", "target"])
        .agg(
            up=("up", "any"),
            down=("down", "any"),
            action=("action", lambda texts: "; ".join(sorted(set(texts)))),
            primary=("primary", "any"),
            affinity=("affinity", "median"),
        )
        .reset_index()
    )
    # raised by one row and lowered by another is a contradiction, not an effect: 0
    pairs["sign"] = pairs["up"].astype(int) - pairs["down"].astype(int)
    pairs["conflict"] = pairs["up"] & pairs["down"]
    pairs["gene"] = pairs["target"].str.split("|", regex=False)
    return pairs.explode("gene").sort_values(["drug_id", "target", "gene"], ignore_index=True)


def _action_text(rows: pd.DataFrame) -> pd.Series:
    """Say type and action as one text for people: `Antibody (Binding)`, `Inhibitor`."""
    kind = rows["type"].replace("None", "Ligand")
    stated = (rows["action"] != "None") & (rows["action"] != rows["type"])
    return kind.mask(stated, kind + " (" + rows["action"] + ")")
