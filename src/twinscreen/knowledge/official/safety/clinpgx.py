"""ClinPGx (once PharmGKB): what variants change in drugs, level of evidence 2B or better.

Source: Whirl-Carrillo et al., Clinical Pharmacology & Therapeutics 2021;110:563.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks
from twinscreen.knowledge.official.reading.tables import COLUMNS

_LEVELS = ("1A", "1B", "2A", "2B")


def clinpgx_annotations(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield the annotations."""
    for part in _parts(files, "clinpgx_annotations", "*summary_annotations.tsv"):
        yield part[part["Level of Evidence"].isin(_LEVELS)]


def clinpgx_genotypes(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield what each genotype or allele of the annotations means."""
    kept = {id_ for part in clinpgx_annotations(files) for id_ in part["Summary Annotation ID"]}
    for part in _parts(files, "clinpgx_genotypes", "*summary_ann_alleles.tsv"):
        yield part[part["Summary Annotation ID"].isin(kept)]


def _parts(files: Mapping[str, Path], table: str, member: str) -> Iterator[pd.DataFrame]:
    content = f"{table.removeprefix('clinpgx_')} of ClinPGx"
    return text_chunks(files["archive"], COLUMNS[table], content=content, member=member)
