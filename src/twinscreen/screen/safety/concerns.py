"""What speaks against each drug in this patient, and by how much it lowers the reward.

Warnings, contraindications, interactions with current medication, and the patient's own genotypes
are brought to the drugs. Each has a penalty in the unit of benefit, a share of the patient's
disease activity, so that reward = benefit - harm. What no table or file tells is said to be not
known: it is never taken for none.

The penalties are a convention that the configuration states; they are not estimates. Known
indications are no concerns: they stand beside, and take nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import CONCERNS
from twinscreen.kb import Diseases
from twinscreen.screen.safety.checks import KINDS, check, looked_up, what_is_known
from twinscreen.screen.safety.genotypes import genotype_concerns, untested_genes
from twinscreen.screen.safety.had import Had, had_of
from twinscreen.screen.safety.indications import Indications, indications_of, matched
from twinscreen.screen.safety.medication import Current, current_medication

#: Penalties, by what they are called in the configuration.
PENALTIES = (
    *("withdrawn", "boxed_warning", "contraindication"),
    *("interaction_major", "interaction_moderate", "interaction_minor", "interaction_unknown"),
    *("pharmacogenomic", "pharmacogenomic_other"),
)
_LEVELS = ("major", "moderate", "minor", "unknown")


@dataclass(frozen=True)
class Safety:
    """What is known against d drugs.

    `concerns` has one row per concern, a table CONCERNS; of several that say the same (two boxed
    warnings, two variants of a gene) only the gravest has a penalty. `harm`, shape (d,), is the
    sum of a drug's penalties, at most 1; it counts what is known alone. `known` says of each kind
    whether anything could have been found at all, `unknown` in sentences what could not.
    `checked` says of each drug, in d rows, and each kind whether a concern was found, none was, or
    it was not assessed; `looked_up`, a table LOOKED_UP, where.
    `untested`, shape (d,), names the genes that bear on a drug and of which the patient's file
    says nothing, joined by ", ".
    `indications` are prior knowledge, in neither `concerns` nor `harm`.
    """

    concerns: pd.DataFrame
    harm: np.ndarray
    known: dict[str, bool]
    unknown: tuple[str, ...]
    checked: pd.DataFrame
    looked_up: pd.DataFrame
    untested: np.ndarray
    indications: Indications

    def words(self, drug_ids: Iterable[str]) -> np.ndarray:
        """Say the concerns of each drug in short, gravest first, joined by "; "; "" if none.

        Of several that have one subject the first is said, which has the largest penalty.
        """
        rows = self.concerns.drop_duplicates(["drug_id", "kind", "subject"])
        rows = rows.assign(order=rows["kind"].map(KINDS.index))
        rows = rows.sort_values("order", kind="stable")
        texts: dict[str, dict[str, None]] = {}
        parts = (rows[name].astype(str) for name in ("drug_id", "kind", "subject", "severity"))
        for id_, kind, subject, severity in zip(*parts, strict=True):
            text = f"{kind}: {subject}" if subject else kind
            texts.setdefault(id_, {})[text + (f" ({severity})" if severity else "")] = None
        return np.array(["; ".join(texts.get(id_, ())) for id_ in drug_ids], dtype=object)


def assess(
    *,
    drugs: pd.DataFrame,
    drug_table: pd.DataFrame,
    findings: pd.DataFrame,
    warnings: pd.DataFrame | None,
    interactions: pd.DataFrame | None,
    pharmacogenomics: pd.DataFrame | None,
    terms: pd.DataFrame | None,
    diseases: Diseases | None,
    penalties: Mapping[str, float],
) -> Safety:
    """Collect what speaks against drugs in a patient.

    Parameters
    ----------
    drugs
        The d drugs that are tried, contract DRUGS.
    drug_table
        All drugs, contract DRUGS, among which current medication is sought by name.
    findings
        What was found of the patient, contract FINDINGS.
    warnings, interactions, pharmacogenomics
        Contracts DRUG_WARNINGS, DRUG_INTERACTIONS, PHARMACOGENOMICS; None where the user names no
        such table.
    terms, diseases
        Contract PHENOTYPE_TERMS, and the diseases of an ontology: a contraindication or indication
        by a term holds for all terms below it. None: only the patient's very terms and names count.
    penalties
        What each concern takes from the reward, by PENALTIES; 0 to 1.

    Returns
    -------
    Concerns, harm in shares of the patient's disease activity, and known indications.
    """
    had = Had(had_of(findings), terms, diseases)
    current = current_medication(findings, drug_table)
    parts = [_withdrawn(drugs, penalties)]
    if warnings is not None:
        parts.append(_warned(warnings, penalties))
        parts.append(_contraindicated(warnings, had, penalties))
    if interactions is not None:
        parts.append(_interacting(interactions, current, penalties))
    if pharmacogenomics is not None:
        parts.append(genotype_concerns(pharmacogenomics, findings, penalties))
    every = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    every = every[every["drug_id"].isin(drugs["drug_id"])]
    every["penalty"] = every["penalty"].astype(float)
    every = every.sort_values(
        ["drug_id", "penalty", "kind", "subject", "detail", "source"],
        ascending=[True, False, True, True, True, True],
        ignore_index=True,
    ).drop_duplicates(["drug_id", "kind", "subject", "detail", "source"], ignore_index=True)
    again = every.duplicated(["drug_id", "kind", "once"])
    every["penalty"] = every["penalty"].mask(again, 0.0)
    total = every.groupby("drug_id")["penalty"].sum().reindex(drugs["drug_id"]).fillna(0)
    concerns = CONCERNS.typed(every)
    tables = {
        "warnings": warnings,
        "interactions": interactions,
        "pharmacogenomics": pharmacogenomics,
    }
    known, unknown = what_is_known(findings, bool(had), current, **tables)
    return Safety(
        concerns=concerns,
        harm=total.clip(upper=1).to_numpy(dtype=float),
        known=known,
        unknown=unknown,
        checked=check(drugs, concerns, known, findings=findings, **tables),
        looked_up=looked_up(**tables),
        untested=untested_genes(drugs, pharmacogenomics, findings),
        indications=indications_of(drugs, warnings, had),
    )


def _withdrawn(drugs: pd.DataFrame, penalties: Mapping[str, float]) -> pd.DataFrame:
    rows = drugs.loc[drugs["withdrawn"].astype(bool), ["drug_id"]]
    return rows.assign(
        kind="withdrawn",
        subject="",
        detail="withdrawn from the market, in some country at least",
        severity="",
        penalty=penalties["withdrawn"],
        source="drug table",
        simulated=False,
        once="",
    )


def _warned(warnings: pd.DataFrame, penalties: Mapping[str, float]) -> pd.DataFrame:
    rows = warnings[warnings["kind"].isin(["boxed_warning", "withdrawn"])]
    return rows.assign(
        kind=rows["kind"].str.replace("_", " "),
        severity="",
        penalty=rows["kind"].map(dict(penalties)),
        simulated=False,
        once="",
    )


def _contraindicated(
    warnings: pd.DataFrame, had: Had, penalties: Mapping[str, float]
) -> pd.DataFrame:
    """Find the contraindications by what the patient has."""
    rows = matched(warnings, "contraindication", had)
    told = "the patient has " + rows["had"]
    return rows.assign(
        kind="contraindication",
        subject=rows["subject"].map(had.words),
        detail=told.where(rows["detail"] == "", rows["detail"] + "; " + told),
        severity="",
        penalty=penalties["contraindication"],
        once=rows["id"],
    )[[*CONCERNS.names, "once"]]


def _interacting(
    interactions: pd.DataFrame, current: list[Current], penalties: Mapping[str, float]
) -> pd.DataFrame:
    """Find the interactions of drugs with what the patient takes; the strongest of each pair."""
    parts = []
    for one in current:
        rows = interactions[
            (interactions["other"].isin(one.names) | interactions["other_id"].isin(one.ids))
            & ~interactions["drug_id"].isin(one.ids)
        ]
        rows = rows.assign(order=rows["level"].map(_LEVELS.index))
        rows = rows.sort_values(["order", "drug_id"]).drop_duplicates("drug_id")
        told = rows["level"] + f" interaction with {one.label}, which the patient takes"
        through = rows["through"].fillna("")
        parts.append(
            rows.assign(
                kind="interaction",
                subject=one.label,
                detail=told.where(through == "", told + "; by the class " + through),
                severity=rows["level"],
                penalty=("interaction_" + rows["level"]).map(dict(penalties)),
                simulated=one.simulated,
                once=one.label,
            )
        )
    return pd.concat(parts) if parts else _rows([])


def _rows(rows: list[dict[str, object]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[*CONCERNS.names, "once"])
