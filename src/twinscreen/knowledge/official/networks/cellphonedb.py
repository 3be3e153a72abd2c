"""CellPhoneDB: ligands and receptors, complexes with their members.

Source: Troulé et al., Nature Protocols 2025 (version 5).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.reading.chunks import text_chunks

_MEMBERS = [f"uniprot_{number}" for number in range(1, 6)]
_PAIRS = {
    "partner_a": "ligand",
    "partner_b": "receptor",
    "is_ppi": "proteins",
    "directionality": "direction",
    "source": "references",
}


def ligand_receptor(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield pairs of proteins by UniProt accession, members of a complex joined by "_".

    Pairs in which a small molecule binds (`is_ppi` is false) are left out, and so are those that
    are not from a ligand to a receptor (adhesion, gap junctions).
    """
    members = _complexes(files["complexes"])
    secreted = _secreted(files["proteins"])
    for part in _chunks(files["interactions"], _PAIRS, "CellPhoneDB's interactions"):
        rows = part[(part["proteins"] == "True") & (part["direction"] == "Ligand-Receptor")]
        ends = {
            end: [members.get(one, [one]) for one in rows[end]] for end in ("ligand", "receptor")
        }
        yield pd.DataFrame(
            {end: ["_".join(sorted(parties)) for parties in ends[end]] for end in ends}
            | {"secreted": [_answer(secreted, parties) for parties in ends["ligand"]]}
            | {"references": rows["references"].to_numpy()},
            dtype=str,
        )


def _complexes(path: Path) -> dict[str, list[str]]:
    columns = ("complex_name", *_MEMBERS)
    return {
        row[0]: [member for member in row[1:] if member]
        for part in _chunks(path, columns, "CellPhoneDB's complexes")
        for row in part.itertuples(index=False)
    }


def _secreted(path: Path) -> dict[str, bool]:
    parts = _chunks(path, ("uniprot", "secreted"), "CellPhoneDB's proteins")
    return {name: told == "TRUE" for part in parts for name, told in part.itertuples(index=False)}


def _answer(secreted: Mapping[str, bool], parties: list[str]) -> str:
    """Say whether all members are secreted, "" where that is not known of one."""
    told = [secreted.get(one) for one in parties]
    return "no" if False in told else "" if None in told else "yes"


def _chunks(
    path: Path, columns: Mapping[str, str] | Sequence[str], content: str
) -> Iterator[pd.DataFrame]:
    return text_chunks(path, columns, content=content, delimiter=",", quoted=True)
