"""A release of knowledge in memory: each part under one name."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import anndata as ad
import pandas as pd

from twinscreen.data import TABLES
from twinscreen.files import (
    DISEASES,
    DRUG_INTERACTIONS,
    DRUG_TARGETS,
    DRUG_WARNINGS,
    DRUGS,
    GENE_NAMES,
    GENES,
    INTERACTOME,
    LIGAND_RECEPTOR,
    PATHWAYS,
    PHARMACOGENOMICS,
    PHENOTYPE_TERMS,
    PRECEDENTS,
    FilePath,
    GeneNames,
    InputError,
    TableContract,
    read_anndata,
    read_table,
    sources,
)
from twinscreen.files.text_table import read_text_table
from twinscreen.kb.diseases import Diseases
from twinscreen.kb.influence import Influence
from twinscreen.kb.precedents import Precedents
from twinscreen.kb.protein_edges import protein_edges
from twinscreen.kb.wiring import Wiring, read_wiring
from twinscreen.network import Interactome

#: What a part may be given as: a file, or what is in it.
Part: TypeAlias = FilePath | pd.DataFrame | ad.AnnData | Wiring

#: Parts and the files that the knowledge stage keeps them in.
FILES = {
    "genes": "genes.parquet",
    "names": "gene_names.parquet",
    "interactome": "interactome.parquet",
    "influence": "influence.h5ad",
    "wiring": "wiring.npz",
    "ligand_receptor": "ligand_receptor.parquet",
    "pathways": "pathways.parquet",
    "drugs": "drugs.parquet",
    "targets": "drug_targets.parquet",
    "warnings": "drug_warnings.parquet",
    "interactions": "drug_interactions.parquet",
    "pharmacogenomics": "pharmacogenomics.parquet",
    "terms": "phenotype_terms.parquet",
    "precedents": "precedents.h5ad",
    "diseases": "diseases.parquet",
}

#: Parts that a release may lack.
OPTIONAL = ("warnings", "interactions", "pharmacogenomics", "terms", "precedents", "diseases")


class Knowledge:
    """A release of knowledge, each part read when it is first asked for, and then kept.

    Parameters
    ----------
    parts
        By the names of `FILES`: a file of the knowledge stage, or its content. A part that is
        None, or is not named, is missing.
    read
        Function that reads a table by its path and contract.

    Examples
    --------
    >>> import twinscreen as ts
    >>> kb = ts.datasets.toy_knowledge()
    >>> kb
    Knowledge: genes, names, interactome, influence, wiring, ligand_receptor, pathways, drugs, \
targets, precedents
    >>> len(kb.drugs)
    40
    """

    def __init__(
        self,
        parts: Mapping[str, Part | None],
        *,
        read: Callable[[FilePath, TableContract], pd.DataFrame] = read_table,
    ) -> None:
        self._read = read
        self._parts = {name: parts[name] for name in FILES if parts.get(name) is not None}

    def __repr__(self) -> str:
        return f"Knowledge: {', '.join(self._parts) or 'nothing'}"

    @cached_property
    def genes(self) -> pd.DataFrame:
        """Approved human genes, contract GENES."""
        return self._table("genes", GENES)

    @cached_property
    def names(self) -> pd.DataFrame:
        """Every name that means exactly one gene, contract GENE_NAMES."""
        return self._table("names", GENE_NAMES)

    def gene_names(self, kinds: Iterable[str]) -> GeneNames:
        """Map every name of these kinds to the approved symbol."""
        return GeneNames(self.names, kinds=set(kinds))

    @cached_property
    def edges(self) -> pd.DataFrame:
        """Directed interactions between genes with their sources, contract INTERACTOME."""
        return self._table("interactome", INTERACTOME)

    @cached_property
    def interactome(self) -> Interactome:
        """The undirected interactome of protein-coding genes."""
        return Interactome.from_indices(*protein_edges(self.genes, self.edges))

    @cached_property
    def influence(self) -> Influence:
        """How proteins influence genes."""
        part = self._part("influence")
        return Influence.of(part) if isinstance(part, ad.AnnData) else Influence.read(_path(part))

    @cached_property
    def wiring(self) -> Wiring:
        """The signed network and its rewired versions."""
        part = self._part("wiring")
        return part if isinstance(part, Wiring) else read_wiring(_path(part))

    @cached_property
    def ligand_receptor(self) -> pd.DataFrame:
        """Ligand-receptor pairs, contract LIGAND_RECEPTOR."""
        return self._table("ligand_receptor", LIGAND_RECEPTOR)

    @cached_property
    def secreted(self) -> frozenset[str]:
        """Genes of proteins that cells release, from a table that ships with the package."""
        table = read_text_table(
            TABLES / "secreted.tsv",
            content="released proteins with the column gene",
            required=["gene"],
            optional=(),
            separator="\t",
            comments=True,
            typed=False,
            remedy="install the package again",
        )
        return frozenset(table.frame()["gene"])

    @cached_property
    def pathways(self) -> pd.DataFrame:
        """Pathways and their genes, contract PATHWAYS."""
        return self._table("pathways", PATHWAYS)

    @cached_property
    def drugs(self) -> pd.DataFrame:
        """Drugs, contract DRUGS."""
        return self._table("drugs", DRUGS)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Drugs and the genes of their targets, contract DRUG_TARGETS."""
        return self._table("targets", DRUG_TARGETS)

    @cached_property
    def warnings(self) -> pd.DataFrame | None:
        """Warnings and indications, contract DRUG_WARNINGS; None where there is no such table."""
        return self._table_if_any("warnings", DRUG_WARNINGS)

    @cached_property
    def interactions(self) -> pd.DataFrame | None:
        """Interactions between drugs, contract DRUG_INTERACTIONS; None without a table."""
        return self._table_if_any("interactions", DRUG_INTERACTIONS)

    @cached_property
    def pharmacogenomics(self) -> pd.DataFrame | None:
        """What variants change in drugs, contract PHARMACOGENOMICS; None without a table."""
        return self._table_if_any("pharmacogenomics", PHARMACOGENOMICS)

    @cached_property
    def terms(self) -> pd.DataFrame | None:
        """Terms of phenotypes, contract PHENOTYPE_TERMS; None without a table."""
        return self._table_if_any("terms", PHENOTYPE_TERMS)

    @cached_property
    def diseases(self) -> pd.DataFrame | None:
        """Diseases and those above them, contract DISEASES; None without a table."""
        return self._table_if_any("diseases", DISEASES)

    @cached_property
    def ontology(self) -> Diseases | None:
        """The diseases by any name or identifier, with those above them; None without a table."""
        return None if self.diseases is None else Diseases(self.diseases)

    @cached_property
    def precedents(self) -> Precedents | None:
        """Reference states and what helped in them; None where there are none."""
        if "precedents" not in self._parts:
            return None
        part = self._part("precedents")
        known = part if isinstance(part, ad.AnnData) else read_anndata(_path(part), PRECEDENTS)
        return Precedents.of(known)

    def replaced(self, **parts: Part | None) -> "Knowledge":
        """Return the same knowledge with some parts in place of its own; None leaves one out."""
        return Knowledge({**self._parts, **parts}, read=self._read)

    def files(self, *names: str) -> list[FilePath]:
        """Return the files of some parts, those that are files; without names, of all."""
        chosen = [self._parts.get(name) for name in names or FILES]
        return [part for part in chosen if isinstance(part, str | Path)]

    def sources(self, *names: str) -> pd.DataFrame:
        """Return the name and the SHA-256 of these files: `file`, `sha256`."""
        return sources(self.files(*names))

    def file(self, name: str) -> FilePath:
        """Return the file of a part for messages: its path, or what stands in for it."""
        part = self._parts.get(name)
        return part if isinstance(part, str | Path) else f"knowledge: {name}"

    def _part(self, name: str) -> Part:
        if name not in self._parts:
            raise InputError(
                file="knowledge",
                found=f"no {name}",
                expected=f"the part {name} ({FILES[name]}) of a release of knowledge",
                remedy="read the whole folder that the knowledge stage wrote, or give this part",
            )
        return self._parts[name]

    def _table(self, name: str, contract: TableContract) -> pd.DataFrame:
        part = self._part(name)
        return part if isinstance(part, pd.DataFrame) else self._read(_path(part), contract)

    def _table_if_any(self, name: str, contract: TableContract) -> pd.DataFrame | None:
        return self._table(name, contract) if name in self._parts else None


def _path(part: Part) -> FilePath:
    """Return a part that must be a file."""
    if isinstance(part, str | Path):
        return part
    raise TypeError(f"a {type(part).__name__} stands for another part of knowledge")


def read(folder: FilePath) -> Knowledge:
    """Open the knowledge that a run of the workflow wrote.

    Parameters
    ----------
    folder
        Folder `knowledge` in the output of a run. Each file is read when it is first needed.

    Raises
    ------
    InputError
        A file that every release has is missing.

    Examples
    --------
    >>> kb = twinscreen.kb.read("output/knowledge")  # doctest: +SKIP
    """
    paths = {name: Path(folder) / file for name, file in FILES.items()}
    for name, path in paths.items():
        if name not in OPTIONAL and not path.is_file():
            raise InputError(
                file=path,
                found="no such file",
                expected="a folder of the knowledge stage, with " + ", ".join(FILES.values()),
                remedy="name the folder `knowledge` of a finished run, or run the workflow until"
                " its knowledge is there",
            )
    return Knowledge({name: path for name, path in paths.items() if path.is_file()})


def demo(output: FilePath = "output") -> Knowledge:
    """Open the knowledge that the demonstration made.

    Parameters
    ----------
    output
        Folder of its results.

    Raises
    ------
    InputError
        The demonstration was not run yet.

    Examples
    --------
    >>> kb = twinscreen.kb.demo()  # doctest: +SKIP
    """
    folder = Path(output) / "knowledge"
    if not folder.is_dir():
        raise InputError(
            file=folder,
            found="no such folder",
            expected="the knowledge of the demonstration",
            remedy="run `make demo`, or name by output= the folder of results of another run",
        )
    return read(folder)
