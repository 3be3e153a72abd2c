"""The Human Phenotype Ontology: terms with their information content, and the genes behind them.

Source: Gargano et al., Nucleic Acids Research 2024;52:D1333. Information content: Resnik,
Proceedings of IJCAI 1995:448; over annotated diseases: Koehler et al., American Journal of Human
Genetics 2009;85:457.
"""

import logging
import re
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from twinscreen.files import (
    PHENOTYPE_GENES,
    PHENOTYPE_TERMS,
    FilePath,
    GeneNames,
    InputError,
    write_table,
)
from twinscreen.knowledge.delimited import read_columns, require_file

logger = logging.getLogger(__name__)

#: The term below which symptoms stand; beside it are inheritance, onset, frequency, modifiers.
ABNORMALITY = "HP:0000118"
#: A synonym that means the same, in quotes; one with a bar could not stand in the table.
_EXACT = re.compile(r'"([^"|\\]+)" EXACT\b')


@dataclass
class Term:
    """One stanza of the ontology."""

    id: str = ""
    name: str = ""
    parents: list[str] = field(default_factory=list)
    alternatives: list[str] = field(default_factory=list)
    replaced_by: list[str] = field(default_factory=list)
    synonyms: set[str] = field(default_factory=set)
    obsolete: bool = False


def build_phenotypes(
    hp_obo: FilePath,
    genes_to_phenotype: FilePath,
    phenotype_hpoa: FilePath,
    *,
    names: FilePath,
    terms: FilePath,
    annotations: FilePath,
) -> None:
    """Write the terms and the phenotypic abnormalities of genes.

    Parameters
    ----------
    hp_obo, genes_to_phenotype, phenotype_hpoa
        Files of one release of the ontology under these names.
    names
        The table of gene names.
    terms
        Contract PHENOTYPE_TERMS, sorted. A term that no disease has counts as if one had it.
    annotations
        Contract PHENOTYPE_GENES, sorted; terms that are no phenotypic abnormality are left out.

    Raises
    ------
    InputError
        A file is missing or has another shape.
    """
    ontology = read_ontology(hp_obo)
    above = ancestors(ontology)
    meaning = {name: one.id for one in ontology.values() for name in [one.id, *one.alternatives]}
    content = information_content(_diseases(phenotype_hpoa, meaning), above)
    table = pd.DataFrame(
        {
            "id": one.id,
            "name": one.name,
            "parents": "|".join(one.parents) or None,
            "ancestors": "|".join(sorted(above[one.id])),
            "alternatives": "|".join(sorted(one.alternatives)) or None,
            "synonyms": "|".join(sorted(one.synonyms)) or None,
            "information_content": content[one.id],
        }
        for one in ontology.values()
    )
    write_table(table.sort_values("id"), terms, PHENOTYPE_TERMS)
    write_table(_genes(genes_to_phenotype, meaning, above, names), annotations, PHENOTYPE_GENES)


def read_ontology(path: FilePath) -> dict[str, Term]:
    """Read the terms in use, by id; former ids (merged or replaced) become alternatives.

    Raises
    ------
    InputError
        The file is missing, isn't text, or has no term.
    """
    require_file(path, content="the Human Phenotype Ontology (obo)")
    every: list[Term] = []
    reading = False
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith("["):
                    if reading := line.strip() == "[Term]":
                        every.append(Term())
                elif reading:
                    _read_tag(every[-1], *line.rstrip("\n").partition(": ")[::2])
    except UnicodeDecodeError as error:
        raise InputError(
            file=path, found=str(error), expected="text in UTF-8", remedy="fetch the file again"
        ) from error
    terms = {one.id: one for one in every if not one.obsolete and one.id}
    if ABNORMALITY not in terms:
        raise InputError(
            file=path,
            found=f"no term {ABNORMALITY}",
            expected="the Human Phenotype Ontology (obo)",
            remedy="fetch the file again",
        )
    for one in every:
        if one.obsolete and len(one.replaced_by) == 1 and one.replaced_by[0] in terms:
            terms[one.replaced_by[0]].alternatives += [one.id, *one.alternatives]
    return terms


def _read_tag(term: Term, tag: str, value: str) -> None:
    first = value.split(" ! ")[0].split(" {")[0].strip()
    if tag == "id":
        term.id = value
    elif tag == "name":
        term.name = value
    elif tag == "is_a":
        term.parents.append(first)
    elif tag == "alt_id":
        term.alternatives.append(value)
    elif tag == "synonym" and (match := _EXACT.match(value)):
        term.synonyms.add(match[1])
    elif tag == "replaced_by":
        term.replaced_by.append(first)
    elif tag == "is_obsolete":
        term.obsolete = value == "true"


def ancestors(terms: dict[str, Term]) -> dict[str, set[str]]:
    """Give all ancestors of each term, itself among them."""
    found: dict[str, set[str]] = {}

    def climb(name: str) -> set[str]:
        if name not in found:
            above = (climb(parent) for parent in terms[name].parents if parent in terms)
            found[name] = {name}.union(*above)
        return found[name]

    for name in terms:
        climb(name)
    return found


def information_content(
    annotated: dict[str, set[str]], above: dict[str, set[str]]
) -> dict[str, float]:
    """Give -ln of the share of diseases with a term or a descendant of it.

    Parameters
    ----------
    annotated
        Terms of each disease.
    above
        Ancestors of each term, itself among them.

    Returns
    -------
    In nats, by term; a term that no disease has counts as if one had it.
    """
    number: dict[str, int] = defaultdict(int)
    for terms in annotated.values():
        for name in set().union(*(above[term] for term in terms)):
            number[name] += 1
    total = max(len(annotated), 1)
    # adding 0 turns -0.0, of the root, into 0
    return {name: float(-np.log(max(number[name], 1) / total)) + 0.0 for name in above}


def _diseases(path: FilePath, meaning: dict[str, str]) -> dict[str, set[str]]:
    """Read the phenotypic abnormalities of each disease, without those it is said not to have."""
    table = read_columns(
        path,
        columns=["database_id", "qualifier", "hpo_id", "aspect"],
        content="phenotypes of diseases (phenotype.hpoa)",
    )
    kept = table[(table["aspect"] == "P") & (table["qualifier"] != "NOT")]
    kept = kept.assign(term=kept["hpo_id"].map(meaning)).dropna(subset="term")
    return {str(name): set(terms) for name, terms in kept.groupby("database_id")["term"]}


def _genes(
    path: FilePath, meaning: dict[str, str], above: dict[str, set[str]], names: FilePath
) -> pd.DataFrame:
    table = read_columns(
        path,
        columns={"ncbi_gene_id": "entrez", "gene_symbol": "symbol", "hpo_id": "term"},
        content="phenotypes of genes (genes_to_phenotype.txt)",
    )
    symbols = GeneNames(names)
    known = {
        (entrez, symbol): symbols.resolve(entrez) or symbols.resolve(symbol)
        for entrez, symbol in {*zip(table["entrez"], table["symbol"], strict=True)}
    }
    table["gene"] = [known[key] for key in zip(table["entrez"], table["symbol"], strict=True)]
    table["term"] = table["term"].map(meaning)
    logger.info(
        "%d of %d genes with phenotypes are lost: they mean no approved gene",
        sum(gene is None for gene in known.values()),
        len(known),
    )
    kept = table[["gene", "term"]].dropna().drop_duplicates()
    kept = kept[[ABNORMALITY in above[term] for term in kept["term"]]]
    return kept.sort_values(["gene", "term"], ignore_index=True)
