"""One drug of what several sources have of it."""

from collections.abc import Iterator, Sequence

import pandas as pd

from twinscreen.files.drug_names import DrugNames
from twinscreen.knowledge.drugs.identifiers import join_values
from twinscreen.knowledge.drugs.source import DrugSource

_FLAGS = ("approved", "withdrawn")
_JOINED = ("synonyms", "elsewhere", "drugbank", "chembl", "chebi", "atc", "approval", "sources")


def join_sources(sources: Sequence[DrugSource]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one drug of those of several sources that are the same, and keep all interactions.

    Parameters
    ----------
    sources
        The first names a drug and gives it its id; see `same_drugs` for what is the same.

    Returns
    -------
    Drugs, the columns of sources with `approval` (who tells it, and of which date) and `sources`,
    names elsewhere among the synonyms; and all interactions with `source`.
    """
    drugs, rows = _told(sources[0])
    for source in sources[1:]:
        drugs, its_rows = _with_source(drugs, source)
        rows = pd.concat([rows, its_rows], ignore_index=True)
    drugs["synonyms"] = [
        join_values(*names) for names in zip(drugs["synonyms"], drugs["elsewhere"], strict=True)
    ]
    return drugs.assign(elsewhere=""), rows


def with_own(
    drugs: pd.DataFrame, rows: pd.DataFrame, own: DrugSource, *, replace: bool
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the drugs of a user's own; whether one is approved is as the user says.

    Parameters
    ----------
    drugs, rows
        As `join_sources` gives them.
    own
        The user's drugs.
    replace
        Keep these drugs alone, with the targets that the user gives; names and identifiers of the
        library stay theirs.
    """
    every, its_rows = _with_source(drugs, own)
    mine = every["drug_id"].isin(its_rows["drug_id"])
    approved = _approved_by(own, its_rows)
    known = zip(every["drug_id"], every["approved"], strict=True)
    every["approved"] = [approved.get(id_, bool(before)) for id_, before in known]
    every["approval"] = every["approval"].where(every["approved"], "")
    if replace:
        return every[mine].reset_index(drop=True), its_rows
    return every, pd.concat([rows, its_rows], ignore_index=True)


def own_word(rows: pd.DataFrame, own: str) -> pd.DataFrame:
    """Leave out what others say of a drug and `target` of which the source `own` says something."""
    pairs = pd.MultiIndex.from_frame(rows[["drug_id", "target"]])
    mine = (rows["source"] == own).to_numpy()
    return rows[mine | ~pairs.isin(pairs[mine])]


def _approved_by(own: DrugSource, rows: pd.DataFrame) -> dict[str, bool]:
    """Say whether each drug is approved, by its id among all drugs."""
    ids = dict(zip(own.rows["drug_id"], rows["drug_id"], strict=True))
    said = zip(own.drugs["drug_id"], own.drugs["approved"], strict=True)
    return {ids[id_]: bool(approved) for id_, approved in said}


def _with_source(drugs: pd.DataFrame, source: DrugSource) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the drugs of a source, and give its interactions by the ids that they have then."""
    more, rows = _told(source)
    ids = same_drugs(more, drugs)
    rows["drug_id"] = rows["drug_id"].replace(ids)
    known = more["drug_id"].isin(ids)
    same = more[known]
    drugs = _with(drugs, same.assign(drug_id=same["drug_id"].map(ids)))
    return pd.concat([drugs, more[~known]], ignore_index=True), rows


def same_drugs(drugs: pd.DataFrame, earlier: pd.DataFrame) -> dict[str, str]:
    """Find the drugs of a source that an earlier one has.

    A drug is the same if a name that its source gives is a name that the earlier source gives, as
    `DrugNames` compares them: by letters, else by sound and without its salt, a name before a
    synonym. Else it is the same as a drug that has a name elsewhere or an identifier of its, if no
    other of its source is that drug. Enantiomers and esters that have names of their own are drugs
    of their own.

    Parameters
    ----------
    drugs, earlier
        Drugs of the source, and of all earlier ones.

    Returns
    -------
    The earlier id by that of the drug.
    """
    own = DrugNames(earlier.drop(columns=["drugbank", "chembl", "chebi", "atc"]), esters=False)
    found = {}
    for id_, names in _values(drugs, "name", "synonyms"):
        if same := _first(own, names):
            found[id_] = same
    every = [
        join_values(*both) for both in zip(earlier["synonyms"], earlier["elsewhere"], strict=True)
    ]
    known = DrugNames(earlier.assign(synonyms=every).drop(columns=["chebi", "atc"]), esters=False)
    taken = {*found.values()}
    for id_, names in _values(drugs, "name", "synonyms", "elsewhere", "chembl", "drugbank"):
        same = "" if id_ in found else _first(known, names)
        if same and same not in taken:
            found[id_] = same
            taken.add(same)
    return found


def _values(drugs: pd.DataFrame, *columns: str) -> Iterator[tuple[str, list[str]]]:
    """Give the values of some columns by drug."""
    for id_, *texts in drugs[["drug_id", *columns]].itertuples(index=False, name=None):
        yield id_, join_values(*texts).split("|")


def _first(names: DrugNames, given: Sequence[str]) -> str:
    """Give the drug that the first of some names means which means one drug."""
    single = (ids[0] for name in given if name and len(ids := names.ids(name)) == 1)
    return next(single, "")


def _told(source: DrugSource) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Say of drugs and interactions which source they are from."""
    approval = source.drugs["approved"].map({True: source.told, False: ""})
    drugs = source.drugs.assign(approval=approval, sources=source.name)
    return drugs, source.rows.assign(source=source.name)


def _with(drugs: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """Add to drugs what another source has of the same: names, identifiers, approvals."""
    by_id = {row["drug_id"]: row for row in drugs.to_dict("records")}
    for other in more.to_dict("records"):
        row = by_id[other["drug_id"]]
        name = "" if other["name"] == row["name"] else other["name"]
        other["synonyms"] = join_values(name, other["synonyms"])
        row |= {column: join_values(row[column], other[column]) for column in _JOINED}
        row |= {column: row[column] or other[column] for column in _FLAGS}
    return pd.DataFrame([*by_id.values()], columns=drugs.columns)
