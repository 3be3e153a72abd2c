"""Where what a page names is described elsewhere: addresses, followed only by a click."""

import re

#: The form of an identifier and the address of its page, by the prefix of the identifier.
_PLACES = {
    "gtopdb": (
        r"\d+",
        "https://www.guidetopharmacology.org/GRAC/LigandDisplayForward?ligandId={}",
    ),
    "drugcentral": (r"\d+", "https://drugcentral.org/drugcard/{}"),
    "chembl": (r"CHEMBL\d+", "https://www.ebi.ac.uk/chembl/explore/compound/{}"),
    "HP": (r"\d{7}", "https://hpo.jax.org/browse/term/HP:{}"),
    "MONDO": (r"\d{7}", "https://monarchinitiative.org/MONDO:{}"),
    "PMID": (r"\d+", "https://pubmed.ncbi.nlm.nih.gov/{}/"),
    "HGNC": (r"\d+", "https://www.genenames.org/data/gene-symbol-report/#!/hgnc_id/HGNC:{}"),
}
_VARIANT = re.compile(r"rs\d+")
_PATHWAY = re.compile(r"R-HSA-\d+")


def of_identifier(identifier: str) -> str:
    """Give the address of what an identifier names, or nothing.

    Examples
    --------
    >>> of_identifier("HP:0001945")
    'https://hpo.jax.org/browse/term/HP:0001945'
    >>> of_identifier("rs429358")
    'https://www.ncbi.nlm.nih.gov/snp/rs429358'
    >>> of_identifier("own:7")
    ''
    """
    if _VARIANT.fullmatch(identifier):
        return f"https://www.ncbi.nlm.nih.gov/snp/{identifier}"
    if _PATHWAY.fullmatch(identifier):
        return f"https://reactome.org/content/detail/{identifier}"
    prefix, _, rest = identifier.partition(":")
    form, address = _PLACES.get(prefix, ("", ""))
    return address.format(rest) if form and re.fullmatch(form, rest) else ""
