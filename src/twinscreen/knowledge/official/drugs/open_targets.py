"""Open Targets: drugs by their parent molecule, and what they act on.

Source: Buniello et al., Nucleic Acids Research 2025;53:D1467.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.drugs.lines import one_line_each
from twinscreen.knowledge.official.reading.chunks import part_chunks
from twinscreen.knowledge.official.reading.molecules import Molecules, read_molecules

_MECHANISM = ("chemblIds", "actionType", "targets")


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield a line per drug and set of targets (Ensembl genes); salts are their parents.

    A mechanism without a target of its own (of a bacterium, of DNA) is left out. A drug counts as
    approved by the highest clinical stage of the parent or of the salt.
    """
    yield one_line_each(_parts(files["mechanisms"], read_molecules(files["molecules"])))


def _parts(path: Path, molecules: Molecules) -> Iterator[pd.DataFrame]:
    content = "Open Targets' drug_mechanism_of_action"
    for part in part_chunks(path, _MECHANISM, content=content):
        lines = [
            (parent, "|".join(sorted(targets)), action or "")
            for ids, action, targets in part.itertuples(index=False, name=None)
            if targets
            for parent in sorted({molecules.parent(one) for one in ids})
        ]
        table = pd.DataFrame(lines, columns=["chembl", "target", "action"], dtype=str)
        yield table.assign(
            drug=table["chembl"].map(molecules.name),
            approved=table["chembl"].isin(molecules.approved),
            synonyms=table["chembl"].map(molecules.synonyms),
        )
