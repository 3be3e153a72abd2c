"""Reference states and what helped in them, made into three small tables.

They are `precedent_states.tsv.gz`, `precedent_diseases.tsv` and `precedent_outcomes.tsv` in
src/twinscreen/data/tables:

    python resources/derive/precedents.py signatures diseases.tsv indications.tsv --output tables

Sources: Hadley et al., Scientific Data 2017;4:170125 (STARGEO: meta-analyses of public arrays,
cases against controls, as Hetionet took them); Himmelstein et al., eLife 2017;6:e26726 (Hetionet,
PharmacotherapyDB 1.0). By which other names a disease is known is written by hand, in
`precedent_diseases.tsv` beside this file.
"""

import argparse
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from twinscreen.files import FilePath, InputError, atomic
from twinscreen.knowledge.delimited import read_columns
from twinscreen.knowledge.precedents.library import STEP
from twinscreen.screen.evidence.screened_state import normal_scores

_HERE = Path(__file__).resolve().parent
_NOTICE = """\
# {what}
# Made by resources/derive/precedents.py. CC0 1.0, as its sources: {source}
"""
_STARGEO = (
    "STARGEO (Hadley D et al., Scientific Data 2017;4:170125) as Hetionet took it (Himmelstein DS"
    " et al., eLife 2017;6:e26726)."
)
_PHARMACOTHERAPYDB = (
    "PharmacotherapyDB 1.0 (Himmelstein DS et al., eLife 2017;6:e26726,"
    " doi:10.15363/thinklab.d182)."
)


def derive_precedents(
    signatures: FilePath, diseases: FilePath, indications: FilePath, *, output: FilePath
) -> None:
    """Make the small tables that are committed.

    Parameters
    ----------
    signatures
        Folder with the differential expression of each disease, `DOID_*.tsv.gz`: entrez_id,
        effect, pvalue (case minus control).
    diseases
        Their identifiers and names (tsv: doid, disease).
    indications
        PharmacotherapyDB's indications (tsv: doid_id, drugbank_id, drug, category).
    output
        Folder of the tables. `precedent_states.tsv.gz`: genes (Entrez) x states, normal scores of
        sign(effect) x |z of p|, ties by effect, in steps of 1 / STEP. `precedent_diseases.tsv`:
        state, disease, and other names and identifiers joined by "|".
        `precedent_outcomes.tsv`: state, drug, its DrugBank identifier, of drugs that modify it.

    Raises
    ------
    InputError
        A file is missing, has another shape, or a disease has no row in the table of names.
    """
    named = read_columns(
        diseases,
        columns={"doid": "state", "disease": "disease"},
        content="diseases",
    ).sort_values("state")
    also = read_columns(
        _HERE / "precedent_diseases.tsv",
        columns={"state": "state", "also": "also"},
        content="other names of diseases",
    ).set_index("state")["also"]
    if lacking := sorted({*named["state"]} - {*also.index}):
        raise InputError(
            file=_HERE / "precedent_diseases.tsv",
            found=f"no row of {lacking[0]}",
            expected="a row of every state",
            remedy="add by which other names the disease is known",
        )
    folder = Path(output)
    states = {
        state: _state(Path(signatures) / f"{state.replace(':', '_')}.tsv.gz")
        for state in named["state"]
    }
    genes = sorted({gene for state in states.values() for gene in state.index}, key=int)
    table = pd.DataFrame(states).reindex(genes).astype("Int16")
    text = table.to_csv(sep="\t", index_label="entrez_id", lineterminator="\n")
    what = f"Deviation of {len(genes)} genes in {len(states)} diseases, in 1/{STEP} normal scores"
    with atomic(folder / "precedent_states.tsv.gz") as partial:
        whole = (_NOTICE.format(what=what, source=_STARGEO) + text).encode()
        # as gzip, and not by it, which writes another header since Python 3.13
        partial.write_bytes(zlib.compress(whole, 9, wbits=31))
    named["also"] = named["state"].map(also)
    _write(named, folder / "precedent_diseases.tsv", "Diseases of the reference states", _STARGEO)
    modify = read_columns(
        indications,
        columns={
            "doid_id": "state",
            "drug": "drug",
            "drugbank_id": "drugbank_id",
            "category": "category",
        },
        content="PharmacotherapyDB",
    )
    kept = modify["category"].eq("DM") & modify["state"].isin(named["state"])
    rows = modify[kept].drop(columns="category").sort_values(["state", "drugbank_id"])
    what = "Drugs that modify the diseases of the reference states"
    _write(rows, folder / "precedent_outcomes.tsv", what, _PHARMACOTHERAPYDB)


def _state(path: Path) -> pd.Series:
    """Read the differential expression of a disease: scores in steps by Entrez identifier."""
    columns = ("entrez_id", "effect", "pvalue")
    rows = read_columns(path, columns=columns, content="differential expression")
    rows = rows.drop_duplicates("entrez_id").set_index("entrez_id").astype(float)
    order = np.lexsort([rows["effect"].abs(), -rows["pvalue"]])
    size = np.empty(len(rows))
    size[order] = np.arange(1, len(rows) + 1)
    tied = rows.assign(size=size).groupby(["pvalue", rows["effect"].abs()])["size"]
    signed = np.sign(rows["effect"]) * tied.transform("mean")
    scores = normal_scores(signed.to_numpy()[None, :])[0]
    return pd.Series(np.round(scores * STEP).astype(int), index=rows.index)


def _write(table: pd.DataFrame, path: Path, what: str, source: str) -> None:
    with atomic(path) as partial:
        text = table.to_csv(sep="\t", index=False, lineterminator="\n")
        partial.write_text(_NOTICE.format(what=what, source=source) + text, encoding="utf-8")


def main() -> None:
    """Read the arguments of the command line and derive the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("signatures", help="folder with DOID_*.tsv.gz")
    parser.add_argument("diseases", help="identifiers and names of the diseases (tsv)")
    parser.add_argument("indications", help="indications of PharmacotherapyDB (tsv)")
    parser.add_argument("--output", required=True, help="folder to write the tables to")
    given = parser.parse_args()
    derive_precedents(given.signatures, given.diseases, given.indications, output=given.output)


if __name__ == "__main__":
    main()
