"""Pathways as sets of genes: Reactome, and gene sets that a user brings (GMT).

Source: Milacic et al., Nucleic Acids Research 2024;52:D672.
"""

import csv
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from twinscreen.files import PATHWAYS, FilePath, GeneNames, InputError, write_table
from twinscreen.knowledge.delimited import require_file

log = logging.getLogger(__name__)

_HUMAN = "Homo sapiens"
_COLUMNS = list(PATHWAYS.schema.names)


def build_pathways(
    members: FilePath,
    hierarchy: FilePath,
    pathway_names: FilePath,
    *,
    names: FilePath,
    gmt: Sequence[FilePath],
    output: FilePath,
    reactome: bool = True,
) -> None:
    """Write the genes of each human pathway of Reactome, and of the sets of a user.

    Parameters
    ----------
    members
        Reactome's UniProt2Reactome: protein, pathway, address, name, evidence, species. It names
        the lowest pathway of a protein only.
    hierarchy
        Reactome's ReactomePathwaysRelation: pathway, and pathway inside it. A gene of a pathway
        is a gene of every pathway around it.
    pathway_names
        Reactome's ReactomePathways: pathway, name, species.
    names
        The table of gene names.
    gmt
        Gene sets of a user, a line each: name, description, genes, separated by tabs. `source`
        is the file's name without its ending.
    output
        Contract PATHWAYS, sorted.
    reactome
        Whether Reactome's pathways are among them.

    Raises
    ------
    InputError
        A file is missing or has another shape, or two GMT files go by one name.
    """
    symbols = GeneNames(names)
    tables = []
    if reactome:
        tables.append(reactome_sets(members, hierarchy, pathway_names, names=symbols))
    sources = {"Reactome"}
    for path in gmt:
        source = Path(path).name.removesuffix(".gmt")
        if source in sources:
            raise InputError(
                file=path,
                found=f"a second source of pathways by the name {source}",
                expected="files of different names",
                remedy="rename one of the files",
            )
        sources.add(source)
        tables.append(gmt_sets(path, source=source, names=symbols))
    table = pd.concat(tables, ignore_index=True).sort_values(_COLUMNS, ignore_index=True)
    write_table(table, output, PATHWAYS)
    log.info("%d pathways of %d genes", table["pathway_id"].nunique(), table["gene"].nunique())


def reactome_sets(
    members: FilePath, hierarchy: FilePath, pathway_names: FilePath, *, names: GeneNames
) -> pd.DataFrame:
    """Read Reactome's human pathways, each with the genes of the pathways inside it.

    Returns
    -------
    Columns of PATHWAYS, no row twice. Proteins that mean no gene are left out.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    lowest = _read_lines(
        members, ["protein", "pathway_id", "address", "pathway", "evidence", "species"]
    )
    lowest = lowest.loc[lowest["species"] == _HUMAN, ["protein", "pathway_id"]]
    lowest = lowest.drop_duplicates()
    resolved = {protein: names.resolve(protein) for protein in lowest["protein"].unique()}
    lowest["gene"] = lowest["protein"].map(resolved)
    all_names = _read_lines(pathway_names, ["pathway_id", "pathway", "species"])
    human = all_names[all_names["species"] == _HUMAN]
    called = dict(zip(human["pathway_id"], human["pathway"].str.strip(), strict=True))
    around = _ancestors(_read_lines(hierarchy, ["outer", "inner"]), lowest["pathway_id"].unique())
    table = lowest.dropna(subset="gene").merge(around, on="pathway_id")
    table = table[["outer", "gene"]].rename(columns={"outer": "pathway_id"}).drop_duplicates()
    table["pathway"] = table["pathway_id"].map(called)
    if table["pathway"].isna().any():
        raise InputError(
            file=pathway_names,
            found=f"no name of {table.loc[table['pathway'].isna(), 'pathway_id'].iloc[0]}",
            expected="a name of each human pathway",
            remedy="take the three files of Reactome from one release",
        )
    return table.assign(source="Reactome")[_COLUMNS]


def gmt_sets(path: FilePath, *, source: str, names: GeneNames) -> pd.DataFrame:
    """Read gene sets from a GMT file; names that mean no gene are left out.

    Returns
    -------
    Columns of PATHWAYS; the name of a set is its id too.

    Raises
    ------
    InputError
        The file is missing, a line has fewer than three fields, a set stands twice, or no name
        of a whole set means a gene.
    """
    expected = "a line per set: name, description, genes, separated by tabs"
    require_file(path, content=f"gene sets (GMT), {expected}")
    rows: list[tuple[str, str, str, str]] = []
    seen: set[str] = set()
    genes_first: list[int] = []
    lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        name, *rest = (field.strip() for field in line.split("\t"))
        fault = ""
        if len(rest) < 2 or not name:
            fault = f"{len(rest) + 1} fields" if name else "a set without a name"
        elif name in seen:
            fault = f"the set {name} a second time"
        elif not (genes := names.resolve_members(rest[1:])):
            fault = f"no human gene among the members of {name}"
        if fault:
            raise InputError(
                file=path,
                place=f"line {number}",
                found=fault,
                expected=expected,
                remedy="mend or remove the line",
            )
        seen.add(name)
        if (described := names.find(rest[0])) and described == (rest[0], "symbol"):
            genes_first.append(number)
        rows += [(name, name, gene, source) for gene in genes]
    if 2 * len(genes_first) > len(seen):
        raise InputError(
            file=path,
            place=f"line {genes_first[0]}",
            found="a gene where the description of a set stands, as in most lines",
            expected=expected,
            remedy="put a field between name and genes, which may be empty: the first gene would"
            " be lost",
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


def _ancestors(relations: pd.DataFrame, pathways: Iterable[str]) -> pd.DataFrame:
    """Give each pathway with every pathway around it, itself among them."""
    parents = relations.groupby("inner")["outer"].agg(list).to_dict()
    rows = []
    for pathway in pathways:
        found, waiting = {pathway}, [pathway]
        while waiting:
            new = set(parents.get(waiting.pop(), ())) - found
            found |= new
            waiting += new
        rows += [(pathway, outer) for outer in sorted(found)]
    return pd.DataFrame(rows, columns=["pathway_id", "outer"])


def _read_lines(path: FilePath, columns: list[str]) -> pd.DataFrame:
    """Read a tab-separated file of Reactome, which has no header."""
    content = f"Reactome's table of {', '.join(columns)}"
    require_file(path, content=content)
    try:
        table = pd.read_csv(
            path,
            sep="\t",
            header=None,
            dtype=str,
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            encoding="utf-8",
        )
    except (UnicodeDecodeError, ValueError) as error:
        found = f"can't be read: {error}"
    else:
        if table.shape[1] == len(columns):
            return table.set_axis(columns, axis=1)
        found = f"{table.shape[1]} columns"
    raise InputError(
        file=path,
        found=found,
        expected=content,
        remedy="use the release of the source that sources.yaml names",
    )
