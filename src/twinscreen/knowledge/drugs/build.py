"""The tables of drugs and of their signed targets, made of all sources of drugs."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from twinscreen.files import DRUG_TARGETS, DRUGS, FilePath, GeneNames, write_table
from twinscreen.knowledge.drugs.actions import read_actions
from twinscreen.knowledge.drugs.approvals import add_approvals, check_approvals, read_approvals
from twinscreen.knowledge.drugs.counts import count
from twinscreen.knowledge.drugs.diagnostics import read_diagnostics, with_use
from twinscreen.knowledge.drugs.drugcentral import drugcentral_source
from twinscreen.knowledge.drugs.gtopdb import gtopdb_source
from twinscreen.knowledge.drugs.identifiers import identified, read_identifiers
from twinscreen.knowledge.drugs.join import join_sources, own_word, with_own
from twinscreen.knowledge.drugs.own import own_name, own_source

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class DrugFiles:
    """The tables that the library of drugs is made of."""

    gtopdb: FilePath
    drugcentral: FilePath
    identifiers: FilePath
    approvals: FilePath
    diagnostics: FilePath
    actions: FilePath

    @classmethod
    def of(cls, folder: Path) -> "DrugFiles":
        """Name the committed tables."""
        return cls(
            gtopdb=folder / "gtopdb.tsv",
            drugcentral=folder / "drugcentral.tsv",
            identifiers=folder / "drug_identifiers.tsv",
            approvals=folder / "approvals.tsv",
            diagnostics=folder / "diagnostics.tsv",
            actions=folder / "actions.tsv",
        )


@dataclass(frozen=True)
class OwnDrugs:
    """What a user adds to the library: a table of drugs or "", and one of approvals or "".

    With `mode` replace the drugs of the table are all there are, and have its targets alone; with
    add its word on a drug and target goes before that of the library.
    """

    drugs: FilePath = ""
    mode: Literal["add", "replace"] = "add"
    approvals: FilePath = ""

    @classmethod
    def of(cls, section: Mapping[str, Any]) -> "OwnDrugs":
        """Take the tables out of the section `screen` of a configuration with defaults."""
        return cls(section["drugs"], section["drugs_mode"], section["approvals"])


def build_drugs(
    files: DrugFiles,
    own: OwnDrugs | None = None,
    *,
    names: FilePath,
    drugs: FilePath,
    targets: FilePath,
) -> None:
    """Write the table of drugs and the table of their targets.

    Parameters
    ----------
    files
        The tables of the library.
    own
        Tables of a user's own.
    names
        The table of gene names.
    drugs
        Output, contract DRUGS, sorted by `drug_id`.
    targets
        Output, contract DRUG_TARGETS, sorted by its key. A complex is one target with several
        genes; its name is theirs joined by "|". The sign is that of the rows with a direction,
        or 0 if they disagree; `affinity` is the median, in p-units.

    Raises
    ------
    InputError
        A file is missing or has another shape, or a type or action has no stated meaning.
    """
    genes = GeneNames(names)
    library, rows = _library(files, own or OwnDrugs(), genes)
    rows = _harmonised(rows, names=genes)
    if own and own.drugs:
        rows = own_word(rows, own_name(own.drugs))
    target_table = _target_table(rows)
    drug_table = library[library["drug_id"].isin(target_table["drug_id"])].sort_values("drug_id")
    texts = drug_table.select_dtypes(["object", "string"]).columns.difference(["kind"])
    drug_table[texts] = drug_table[texts].replace("", None)
    nothing = drug_table.loc[drug_table["use"].notna(), "name"]
    logger.info("%d drugs treat nothing: %s", len(nothing), ", ".join(nothing) or "none")
    logger.info("what is told by whom:\n%s", count(drug_table, target_table).to_string(index=False))
    write_table(drug_table, drugs, DRUGS)
    write_table(target_table, targets, DRUG_TARGETS)


def listed_drugs(
    files: DrugFiles, own: OwnDrugs | None = None, *, names: GeneNames | None = None
) -> pd.DataFrame:
    """List all drugs, before it is known which have a human target.

    Parameters
    ----------
    files, own
        As of `build_drugs`.
    names
        Of genes, for the targets of a user's table; None where they are not known yet.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    own = own or OwnDrugs()
    drugs, _ = _library(files, own, names)
    if own.approvals:
        check_approvals(own.approvals, drugs)
    return drugs


def embedded_drugs(files: DrugFiles) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the sources of the package: drugs as they told of them, and interactions.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    actions = read_actions(files.actions)
    known = read_identifiers(files.identifiers)
    sources = (
        gtopdb_source(files.gtopdb, actions, actions_file=files.actions),
        drugcentral_source(files.drugcentral, actions, actions_file=files.actions),
    )
    return join_sources([identified(source, known) for source in sources])


def _library(
    files: DrugFiles, own: OwnDrugs, names: GeneNames | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join all sources: drugs and interactions, with the approvals of all tables."""
    drugs, rows = embedded_drugs(files)
    drugs = add_approvals(drugs, read_approvals(files.approvals), told="")
    if own.drugs:
        mine = own_source(own.drugs, read_actions(files.actions), names)
        drugs, rows = with_own(drugs, rows, mine, replace=own.mode == "replace")
    if own.approvals:
        told = f" ({Path(own.approvals).name})"
        drugs = add_approvals(drugs, read_approvals(own.approvals), told=told)
    return with_use(drugs, read_diagnostics(files.diagnostics)), rows


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
    rows = rows.assign(up=rows["sign"] > 0, down=rows["sign"] < 0)
    pairs = (
        rows.groupby(["drug_id", "target"])
        .agg(
            up=("up", "any"),
            down=("down", "any"),
            action=("action", lambda texts: "; ".join(sorted(set(texts)))),
            primary=("primary", "any"),
            affinity=("affinity", "median"),
            sources=("source", lambda names: "|".join(dict.fromkeys(names))),
        )
        .reset_index()
    )
    # raised by one row and lowered by another is a contradiction, not an effect: 0
    pairs["sign"] = pairs["up"].astype(int) - pairs["down"].astype(int)
    pairs["conflict"] = pairs["up"] & pairs["down"]
    pairs["gene"] = pairs["target"].str.split("|", regex=False)
    return pairs.explode("gene").sort_values(["drug_id", "target", "gene"], ignore_index=True)
