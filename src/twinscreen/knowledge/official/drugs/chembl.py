"""ChEMBL: mechanisms, ATC codes, indications and warnings of drugs, from its SQLite database.

Source: Zdrazil et al., Nucleic Acids Research 2024;52:D1180.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from twinscreen.knowledge.official.drugs.lines import one_line_each
from twinscreen.knowledge.official.reading.sqlite import query
from twinscreen.knowledge.official.reading.tables import WARNING_KINDS

# A mechanism may stand at the salt and an indication at its parent, so both go by the parent.
_PARENT = """
    WITH parents AS (
        SELECT md.molregno, COALESCE(mh.parent_molregno, md.molregno) AS parent
        FROM molecule_dictionary md LEFT JOIN molecule_hierarchy mh USING (molregno)
    ), drugs AS (
        SELECT p.molregno, md.chembl_id AS id, COALESCE(md.pref_name, md.chembl_id) AS drug,
               COALESCE(md.max_phase, 0) AS phase, p.parent
        FROM parents p JOIN molecule_dictionary md ON md.molregno = p.parent
    )
"""
_MECHANISMS = f"""{_PARENT}
    SELECT d.id, d.drug, dm.action_type AS action, d.phase, td.tid,
           GROUP_CONCAT(DISTINCT cs.accession) AS targets
    FROM drug_mechanism dm
    JOIN drugs d USING (molregno)
    JOIN target_dictionary td USING (tid)
    JOIN target_components tc USING (tid)
    JOIN component_sequences cs USING (component_id)
    WHERE td.tax_id = 9606 AND COALESCE(dm.disease_efficacy, 1) = 1
    GROUP BY d.id, dm.action_type, td.tid ORDER BY d.id, td.tid
"""  # noqa: S608  # constants alone
_SYNONYMS = f"""{_PARENT}
    SELECT d.id, ms.synonyms AS name FROM molecule_synonyms ms JOIN drugs d USING (molregno)
    WHERE d.parent IN (SELECT parent FROM drug_mechanism JOIN parents USING (molregno))
    UNION
    SELECT d.id, md.chembl_id FROM drugs d JOIN molecule_dictionary md USING (molregno)
    WHERE d.parent IN (SELECT parent FROM drug_mechanism JOIN parents USING (molregno))
"""  # noqa: S608  # constants alone
_CODES = f"""{_PARENT}
    SELECT d.id, mac.level5 AS code
    FROM molecule_atc_classification mac JOIN drugs d USING (molregno) ORDER BY d.id, mac.level5
"""  # noqa: S608  # constants alone
_INDICATIONS = f"""{_PARENT}
    SELECT d.drug, d.id, COALESCE(di.efo_id, '') AS efo,
           COALESCE(di.efo_term, di.mesh_heading) AS term
    FROM drug_indication di JOIN drugs d USING (molregno)
    WHERE di.max_phase_for_ind = 4 AND d.phase = 4 ORDER BY d.id, term
"""  # noqa: S608  # constants alone
_WARNINGS = f"""{_PARENT}
    SELECT d.drug, d.id, dw.warning_type AS kind, COALESCE(dw.warning_class, '') AS subject,
           COALESCE(dw.warning_country, '') AS country, COALESCE(dw.warning_year, '') AS year
    FROM drug_warning dw JOIN drugs d USING (molregno) ORDER BY d.id
"""  # noqa: S608  # constants alone


def drugs(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield a line per drug and target; the members of a complex are one target."""
    called = _by_drug(files["database"], _SYNONYMS)
    codes = _by_drug(files["database"], _CODES)
    yield one_line_each(_mechanisms(files["database"], called, codes))


def _by_drug(path: Path, text: str) -> dict[str, set[str]]:
    """Collect the values of a query by drug."""
    found: dict[str, set[str]] = {}
    for part in query(path, text):
        for id_, value in part.itertuples(index=False):
            if value and "|" not in value:
                found.setdefault(id_, set()).add(value)
    return found


def _mechanisms(
    path: Path, called: Mapping[str, set[str]], codes: Mapping[str, set[str]]
) -> Iterator[pd.DataFrame]:
    for part in query(path, _MECHANISMS):
        yield part.assign(
            target=["|".join(sorted(targets.split(","))) for targets in part["targets"]],
            action=part["action"].fillna(""),
            approved=part["phase"].astype(float).eq(4),
            synonyms=["|".join(sorted(called.get(id_, set()) - {id_})) for id_ in part["id"]],
            chembl=part["id"],
            atc=["|".join(sorted(codes.get(id_, ()))) for id_ in part["id"]],
        )


def warnings(files: Mapping[str, Path]) -> Iterator[pd.DataFrame]:
    """Yield indications that are approved, boxed warnings and withdrawals."""
    for part in query(files["database"], _INDICATIONS):
        efo = part["efo"].str.replace("_", ":", regex=False)
        yield part.assign(
            drug=part["drug"] + "|" + part["id"],
            kind="indication",
            subject=efo.where(efo != "", part["term"]),
            detail=part["term"],
            source="ChEMBL",
        )
    for part in query(files["database"], _WARNINGS):
        kind = part["kind"].str.casefold().map(WARNING_KINDS)
        detail = (part["country"] + "; " + part["year"].astype(str)).str.strip("; ")
        rows = part.assign(drug=part["drug"] + "|" + part["id"], kind=kind, detail=detail)
        yield rows.dropna(subset="kind").assign(source="ChEMBL")
