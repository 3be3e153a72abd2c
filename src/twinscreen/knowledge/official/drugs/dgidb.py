"""DGIdb: interactions of drugs and genes, collected from many sources.

Source: Cannon et al., Nucleic Acids Research 2024;52:D1227.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.drugs.lines import one_line_each
from twinscreen.knowledge.official.reading.chunks import text_chunks

_COLUMNS = {
    "gene_name": "target",
    "drug_concept_id": "id",
    "drug_name": "drug",
    "drug_is_approved": "approved",
    "interaction_types": "action",
}


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield drugs of a known concept with a gene and a type of interaction.

    Lines without a type, which are most of those mined from texts, are left out; so are short
    lines, whose drug was not recognised. Two quotation marks stand for nothing.
    """
    yield one_line_each(_parts(files["interactions"]))


def _parts(path: Path) -> Iterator[pd.DataFrame]:
    for part in text_chunks(path, _COLUMNS, content="DGIdb's interactions"):
        action = part["action"].replace('""', "")
        rows = part.assign(action=action)[(action != "") & (part["target"] != "")]
        rows = rows[rows["drug"] != ""]
        yield rows.assign(
            approved=rows["approved"].eq("true"),
            chembl=rows["id"].str.extract(r"^chembl:(CHEMBL\d+)$")[0].fillna(""),
        )
