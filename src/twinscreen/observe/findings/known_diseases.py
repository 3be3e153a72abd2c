"""Which diseases are known, by which identifiers, and of how many genes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

import pandas as pd

from twinscreen.observe.findings.disease_genes import DiseaseGenes, identifier_and_name, spelled

#: Vocabularies whose identifiers are listed beside that of Mondo.
ELSEWHERE = ("EFO", "DOID", "MESH", "OMIM", "ORPHA")


def list_diseases(
    diseases: pd.DataFrame, genes: pd.DataFrame, words: Sequence[str] = ()
) -> pd.DataFrame:
    """List diseases with the number of their genes.

    Parameters
    ----------
    diseases, genes
        Contracts DISEASES and DISEASE_GENES.
    words
        An identifier (PREFIX:NUMBER); else words, all of which stand in the name or the synonyms,
        in any case of letters. Without words all diseases that have genes.

    Returns
    -------
    `id`, `name`, `genes`, how many are known of it or of a disease below it, and identifiers
    elsewhere; the most genes first.
    """
    known = DiseaseGenes(diseases, genes)
    table = pd.DataFrame({"id": diseases["id"], "name": diseases["name"]})
    table["genes"] = known.number_of_genes()
    named = diseases["xrefs"].fillna("").str.split("|")
    for prefix in ELSEWHERE:
        table[prefix] = named.map(
            lambda names, of=prefix: "|".join(name for name in names if name.startswith(f"{of}:"))
        )
    if not words:
        chosen = table[table["genes"] > 0]
    elif len(words) == 1 and ":" in words[0]:
        chosen = table.iloc[known.find(words[0])]
    else:
        text = (diseases["name"] + "|" + diseases["synonyms"].fillna("")).str.casefold()
        has = [text.str.contains(word.casefold(), regex=False) for word in words]
        chosen = table[pd.concat(has, axis=1).all(axis=1)]
    return chosen.sort_values(["genes", "id"], ascending=[False, True], ignore_index=True)


def without_genes(
    told: Iterable[tuple[str, str]], diseases: pd.DataFrame, genes: pd.DataFrame
) -> dict[str, list[str]]:
    """Name the diseases of patients that have no known genes, neither their own nor of relatives.

    Parameters
    ----------
    told
        Patient, and what the sheet says of diseases: `MONDO:0100096 COVID-19|EFO:0003885`.
    diseases, genes
        Contracts DISEASES and DISEASE_GENES.

    Returns
    -------
    Patients by disease.
    """
    known = DiseaseGenes(diseases, genes)
    return _lacking(told, lambda id_, label: bool(known.weights(id_, label)))


def not_listed(told: Iterable[tuple[str, str]], listed: Collection[str]) -> dict[str, list[str]]:
    """Name the diseases of patients of which neither the identifier nor the name is listed.

    As `without_genes`, with the identifiers and names that are listed.
    """
    return _lacking(told, lambda id_, label: id_ in listed or label.lower() in listed)


def _lacking(
    told: Iterable[tuple[str, str]], is_known: Callable[[str, str], bool]
) -> dict[str, list[str]]:
    """Gather the patients of each disease that is not known; each is judged once."""
    patients: dict[str, list[str]] = defaultdict(list)
    for patient, text in told:
        for one in dict.fromkeys(filter(None, (part.strip() for part in text.split("|")))):
            patients[one].append(patient)
    lacking = {}
    for one, whose in patients.items():
        id_, label = identifier_and_name(one)
        if not is_known(spelled(id_), label):
            lacking[one] = whose
    return lacking
