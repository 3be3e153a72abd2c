"""The page of a patient in short, as JSON for programs: data/schemas/summary.schema.json."""

from collections.abc import Mapping
from typing import Any

from twinscreen import __version__
from twinscreen.report import words
from twinscreen.report.patient.drugs.first_drugs import RankedMechanism

#: Version of the shape of the summary; a change that breaks readers raises it.
SUMMARY_VERSION = 1

#: Known states, and drugs, that the summary has.
MOST_STATES, MOST_DRUGS = 10, 50


def patient_summary(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Sum up a patient's page.

    Parameters
    ----------
    facts
        What the page says, as `facts_of` gives it.

    Returns
    -------
    What data/schemas/summary.schema.json describes; a figure that is not known is null.
    """
    summary = {
        "summary_version": SUMMARY_VERSION,
        "twinscreen": __version__,
        "patient": facts["patient"],
        "condition": facts["condition"],
        "simulated": list(facts["simulated"]),
        "scored": not facts["reason"],
        "reason": facts["reason"],
        "inputs": [
            {"file": file, "sha256": digest}
            for source in facts["sources"]
            for file, digest in source.inputs
        ],
    }
    return summary if facts["reason"] else summary | _of_scored(facts)


def _of_scored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Sum up what only a scored patient has."""
    call, first, tiered = facts["call"], facts["first"], facts["tiered"]
    return {
        "call": {
            "made": call.made,
            "drug": first.name if call.made else None,
            "evidence": str(tiered.tier) if tiered else "none",
            "lacks": list(tiered.lacks) if tiered else [],
            "pvalue": _number(call.pvalue),
            "extrapolated": bool(call.extrapolated),
            "fit_pvalue": _number(call.fit_pvalue),
            "max_pvalue": _number(call.max_pvalue),
            "null_replicates": call.n_null,
            "why_not": list(call.why),
        },
        "screened": facts["screened"],
        "mechanisms": [_mechanism(one) for one in facts["mechanisms"]],
        "drugs": [
            {
                "rank": _number(row.rank),
                "name": row.name,
                "score": _number(row.score),
                "pvalue": _number(row.pvalue),
                "benefit": _number(row.benefit),
                "z": dict(zip(facts["every"].kinds, map(_number, row.z), strict=True)),
                "status": row.status,
                "indicated": row.indicated,
                "concerns": list(row.concerns),
            }
            for row in facts["every"].rows[:MOST_DRUGS]
        ],
        "resembles": [
            {
                "state": state.name,
                "similarity": _number(state.similarity),
                "null_low": _number(state.null_low),
                "null_high": _number(state.null_high),
            }
            for state in facts["alike"].compared[:MOST_STATES]
        ],
        "measure_next": [one.text for one in facts["next"]],
        "speaks_against": list(facts["against"]),
    }


def _mechanism(one: RankedMechanism) -> dict[str, Any]:
    """Sum up a mechanism."""
    return {
        "rank": one.rank,
        "rank_low": _number(one.rank_low),
        "rank_high": _number(one.rank_high),
        "drug": one.name,
        "drug_id": one.drug_id,
        "same_targets": [drug.name for drug in one.same],
        "class": one.kind_of_drug,
        "targets": [{"genes": list(part.genes), "sign": part.sign} for part in one.targets],
        "score": _number(one.score),
        "may_be_called": one.possible,
        "supported_by": list(one.outlook.supports),
    }


def _number(value: Any) -> float | None:
    """Give a number that JSON can hold; null where it is missing."""
    return None if words.is_missing(value) else float(f"{float(value):.6g}")
