"""GWAS Catalog: associations of variants with traits, those that are significant.

Source: Cerezo et al., Nucleic Acids Research 2025;53:D998.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks
from twinscreen.knowledge.official.reading.tables import COLUMNS

#: Genome-wide significance, 5e-8, as -log10 P; P itself underflows.
SIGNIFICANT = 7.3


def gwas_catalog(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield significant associations in the Catalog's own columns, as many as are needed.

    Titles of studies hold stray quotation marks, which mean nothing.
    """
    columns = COLUMNS["gwas_catalog"]
    content = "associations of the GWAS Catalog"
    for part in text_chunks(files["associations"], columns, content=content, member="*.tsv"):
        mlog = pd.to_numeric(part["PVALUE_MLOG"], errors="coerce")
        yield part[(mlog >= SIGNIFICANT) & ~part["MAPPED_GENE"].isin(["", "NR", "NA"])]
