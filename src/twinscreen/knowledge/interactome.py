"""The interactome: directed, signed interactions between genes, with regulons, from OmniPath.

Two layers are kept: PT, post-translational interactions between proteins, and TR, from a
transcription factor to the genes that it regulates. Where a publication says otherwise than the
consensus of the sources, a reviewed table (`signs.tsv`) has the sign.

Source: Türei et al., Molecular Systems Biology 2021;17:e9923.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from twinscreen.files import (
    INTERACTOME,
    FilePath,
    GeneNames,
    InputError,
    read_parquet,
    write_table,
)
from twinscreen.knowledge.delimited import read_columns, require_file, require_values
from twinscreen.knowledge.own.edges import with_own_edges

LAYERS = {"post_translational": "PT", "transcriptional": "TR"}

_COLUMNS = [
    "source",
    "target",
    "is_directed",
    "consensus_stimulation",
    "consensus_inhibition",
    "references",
    "sources",
    "type",
]
_KEY = ["layer", "source", "target"]
_COMPLEX = "COMPLEX:"

#: Source of a sign that was reviewed, beside those of the interaction.
REVIEWED = "TwinScreen"

logger = logging.getLogger(__name__)


def build_interactome(
    omnipath_parquet: FilePath,
    *,
    signs: FilePath,
    names: FilePath,
    output: FilePath,
    added: Mapping[str, Sequence[FilePath]] | None = None,
    instead: Mapping[str, Sequence[FilePath]] | None = None,
) -> None:
    """Write the interactome.

    Parameters
    ----------
    omnipath_parquet
        OmniPath's interactions. Identifiers are symbols, UniProt accessions, or complexes of
        these (`COMPLEX:P1_P2`).
    signs
        Reviewed signs of post-translational interactions: see `read_signs`.
    names
        The table of gene names.
    output
        Contract INTERACTOME, sorted by layer, source and target. A complex stands for each of
        its members. A sign is given where it was reviewed, or the consensus of the sources is
        exactly one sign and all rows that became one interaction agree on it. No gene interacts
        with itself.
    added, instead
        Tables of a user, by the names `interactions` and `regulons`: see `with_own_edges`.

    Raises
    ------
    InputError
        A file is missing or has another shape, or no interaction is left.
    """
    rows = _read_directed(omnipath_parquet)
    reviewed, symbols = read_signs(signs), GeneNames(names)
    edges = merge_duplicates(expand_to_genes(rows, names=symbols))
    edges = with_reviewed_signs(edges, reviewed)
    edges = with_own_edges(edges, symbols, added=added or {}, instead=instead or {})
    if edges.empty:
        raise InputError(
            file=omnipath_parquet,
            found="no directed interaction between known genes",
            expected="interactions of the types " + " and ".join(LAYERS),
            remedy="check that the table of gene names belongs to the same species",
        )
    for layer, part in edges.groupby("layer"):
        logger.info(
            "%s: %d interactions, %d of them signed", layer, len(part), part["sign"].count()
        )
    write_table(edges, output, INTERACTOME)


def _read_directed(path: FilePath) -> pd.DataFrame:
    """Read the directed rows of the two layers, with their sign.

    Returns
    -------
    Columns layer, source, target, sign (Int8, missing if unknown), sources, references.
    """
    require_file(path, content="OmniPath's interactions (Parquet)")
    rows = read_parquet(
        path,
        columns=_COLUMNS,
        expected="OmniPath's interactions (Parquet)",
        remedy="fetch it again, the release of the source that sources.yaml names",
    )
    rows = rows[rows["is_directed"].astype(bool) & rows["type"].isin(list(LAYERS))]
    up = rows["consensus_stimulation"].astype(bool)
    down = rows["consensus_inhibition"].astype(bool)
    sign = pd.Series(pd.NA, index=rows.index, dtype="Int8").mask(up & ~down, 1)
    return pd.DataFrame(
        {
            "layer": rows["type"].map(LAYERS),
            "source": rows["source"],
            "target": rows["target"],
            "sign": sign.mask(down & ~up, -1),
            "sources": rows["sources"].fillna(""),
            "references": rows["references"].fillna(""),
        }
    )


def expand_to_genes(rows: pd.DataFrame, *, names: GeneNames) -> pd.DataFrame:
    """Replace identifiers by gene symbols, and complexes by each of their members.

    Returns
    -------
    The columns of `rows`; a row for each pair of genes, none of a gene with itself, none of an
    identifier that means no gene. The number of those lost is logged.
    """
    identifiers = pd.unique(pd.concat([rows["source"], rows["target"]]))
    genes = pd.Series(
        [names.resolve_members(_members(identifier)) for identifier in identifiers],
        index=identifiers,
    )
    unknown = genes[genes.map(len) == 0].index
    lost = rows["source"].isin(unknown) | rows["target"].isin(unknown)
    logger.info(
        "%d of %d identifiers mean no gene (such as %s); %d of %d interactions are lost with them",
        len(unknown),
        len(genes),
        ", ".join(sorted(unknown)[:5]) or "none",
        lost.sum(),
        len(rows),
    )
    edges = rows[~lost].copy()
    for end in ("source", "target"):
        edges[end] = edges[end].map(genes)
        edges = edges.explode(end, ignore_index=True)
    return edges[edges["source"] != edges["target"]]


def _members(identifier: str) -> list[str]:
    if identifier.startswith(_COMPLEX):
        return identifier.removeprefix(_COMPLEX).split("_")
    return [identifier]


def merge_duplicates(edges: pd.DataFrame) -> pd.DataFrame:
    """Make one row of all rows of an interaction.

    Sources and references are united. The sign is kept if all signed rows agree, else missing.

    Returns
    -------
    Columns of the contract INTERACTOME, sorted by its key.
    """
    unite = cache(_unite)
    repeated = edges.duplicated(_KEY, keep=False)
    single = edges[~repeated].copy()
    groups = edges[repeated].groupby(_KEY)
    lowest, highest = groups["sign"].min(), groups["sign"].max()
    merged = pd.DataFrame({"sign": lowest.mask(lowest != highest)})
    group = groups.ngroup()  # numbers the groups in the order of `merged`
    for column in ("sources", "references"):
        single[column] = single[column].map(unite)
        texts: list[list[str]] = [[] for _ in merged.index]
        for number, text in zip(group, edges.loc[repeated, column], strict=True):
            texts[number].append(text)
        merged[column] = [_unite(";".join(several)) for several in texts]
    logger.info(
        "%d interactions have rows of opposite sign: theirs is left open", (lowest != highest).sum()
    )
    return pd.concat([single, merged.reset_index()]).sort_values(_KEY, ignore_index=True)


def read_signs(path: FilePath) -> pd.DataFrame:
    """Read signs that were reviewed.

    Returns
    -------
    One row per interaction: `source` and `target`, approved symbols, `sign`, +1 or -1, and
    `pubmed`, the publication that says so.

    Raises
    ------
    InputError
        The file is missing, lacks a column, or has another value, or an interaction twice.
    """
    table = read_columns(
        path,
        columns=["source", "target", "sign", "pubmed"],
        content="reviewed signs of interactions",
    )
    once = ~table.duplicated(["source", "target"])
    require_values(path, "target", table["target"], once, expected="each interaction once")
    signs = table["sign"].isin(["1", "-1"])
    require_values(path, "sign", table["sign"], signs, expected="1 or -1")
    numbers = table["pubmed"].str.fullmatch(r"[1-9]\d*")
    require_values(path, "pubmed", table["pubmed"], numbers, expected="a PubMed identifier")
    return table.astype({"sign": "Int8"})


def with_reviewed_signs(edges: pd.DataFrame, reviewed: pd.DataFrame) -> pd.DataFrame:
    """Give post-translational interactions the signs that were reviewed.

    The publication is added to the references and `REVIEWED` to the sources; an interaction that
    no source lists is not made.

    Parameters
    ----------
    edges
        As `merge_duplicates` gives them.
    reviewed
        As `read_signs` gives them.
    """
    key = pd.MultiIndex.from_frame(edges[_KEY])
    wanted = pd.MultiIndex.from_frame(reviewed.assign(layer="PT")[_KEY])
    place = key.get_indexer(wanted)
    there = reviewed[place >= 0]
    rows = edges.index[place[place >= 0]]
    edges = edges.copy()
    edges.loc[rows, "sign"] = there["sign"].array
    for column, added in (("sources", REVIEWED), ("references", REVIEWED + ":" + there["pubmed"])):
        joined = edges.loc[rows, column].array + ";" + added
        edges.loc[rows, column] = [_unite(one) for one in joined]
    logger.info("%d of %d reviewed signs are of interactions listed", len(there), len(reviewed))
    return edges


def _unite(joined: str) -> str:
    return ";".join(sorted(set(joined.split(";")) - {""}))
