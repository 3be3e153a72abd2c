"""The virtual trial: a drug is given to all twins, and responders are predicted.

See docs/methods/cohort.md. What predicted responders have in common explains the prediction; only
responses that were observed can say whether it is right.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.cohort.trial.associations import judge_prediction, permutation_p, shares_of_pairs
from twinscreen.cohort.trial.features import (
    FEWEST_PATIENTS,
    Features,
    Told,
    features_of,
    gather,
)
from twinscreen.cohort.trial.features import OF_SCREEN as OF_PATIENT
from twinscreen.cohort.trial.responses import Responses, read_responses
from twinscreen.cohort.trial.treated import (
    CALLED,
    FIGURES,
    OF_DRUGS,
    Treated,
    WaitingScreens,
    treated_of,
)
from twinscreen.files import (
    COHORT_TRIAL,
    COHORT_TRIAL_DRUGS,
    InputError,
    generator,
)
from twinscreen.files.drug_names import DrugNames
from twinscreen.network import false_discovery_rate

#: Drugs of the trial where none is named: those that are first in most patients.
MOST_DRUGS = 5
UNSCORABLE = "unscorable"
NOT_TRIED = "not tried"

#: What the trial reads of a screen: its drugs, beside the features of the patient.
OF_SCREEN = replace(OF_PATIENT, obs=OF_DRUGS, uns=(*OF_PATIENT.uns, "unscorable", "call"))


@dataclass(frozen=True)
class Trial:
    """Tables of the virtual trial: contracts COHORT_TRIAL, _DRUGS and _FEATURES."""

    trial: pd.DataFrame
    drugs: pd.DataFrame
    features: pd.DataFrame


def run_trial(
    taken: Iterable[tuple[str, Told, Treated]], *, drugs: Sequence[str], responses: str, seed: int
) -> Trial:
    """Give a few drugs to all twins.

    Parameters
    ----------
    taken
        Of each patient what `take` gave.
    drugs
        Names or identifiers of the drugs to give; none for those that are first in most patients.
    responses
        Observed responses: a column of the patient sheet, or a file with the columns `patient`
        and `response`; "" for none.
    seed
        Seed of permutations and draws.

    Raises
    ------
    InputError
        A drug is in no screen, or a response can't be read.
    """
    of: dict[str, Told] = {}
    treated = WaitingScreens()
    for patient, its_features, screened in taken:
        of[patient] = its_features
        treated.add(patient, screened)
    told = {patient: of[patient] for patient in treated}  # no order of files changes a result
    observed = read_responses(responses, {patient: one.sheet for patient, one in told.items()})
    chosen = choose_drugs(treated, drugs)
    trial = give(chosen, treated, observed)
    drugs_of_trial = _drugs(chosen, trial, treated, seed)
    features = gather(told, without=[observed.column] if observed.column else [])
    return Trial(trial, drugs_of_trial, _features(chosen, trial, features, seed))


def choose_drugs(treated: Mapping[str, Treated], wanted: Sequence[str]) -> dict[str, str]:
    """Choose the drugs of the trial.

    Parameters
    ----------
    treated
        Screens by patient.
    wanted
        Names or identifiers; none for those that are first in most patients, drugs with the same
        targets counted once, up to five.

    Returns
    -------
    Names by id, in the order wanted, or those first in most patients first.

    Raises
    ------
    InputError
        A drug is in no screen.
    """
    names: dict[str, str] = {}
    firsts: Counter[str] = Counter()
    calling = []
    for of in treated.values():
        if not len(of.drugs):
            continue
        if (new := ~of.drugs.index.isin(list(names))).any():
            calling.append(of.drugs[new].reindex(columns=["name", *CALLED]))
        names |= dict(zip(of.drugs.index, of.drugs["name"], strict=True))
        firsts.update(of.first())
    if not names:  # nobody could be scored: that is said elsewhere, and stops no cohort
        return {}
    if not wanted:
        order = sorted(firsts, key=lambda drug_id: (-firsts[drug_id], names[drug_id], drug_id))
        return {drug_id: names[drug_id] for drug_id in order[:MOST_DRUGS]}
    known = DrugNames(pd.concat(calling).rename_axis("drug_id").reset_index())
    ids = {drug: known.ids(drug) for drug in wanted}
    for drug in wanted:
        if not ids[drug]:
            raise InputError(
                file="the configuration",
                place="trial.drugs",
                found=f"{drug}, which is in no screen",
                expected="a drug that was tried, by name or id",
                remedy="correct the name, or add the drug to screen.include",
            )
    return {drug_id: names[drug_id] for drug_id in (min(ids[drug]) for drug in wanted)}


def give(
    drugs: Mapping[str, str], treated: Mapping[str, Treated], observed: Responses
) -> pd.DataFrame:
    """Give every drug to every twin.

    Parameters
    ----------
    drugs
        Names by id.
    treated
        Screens by patient.
    observed
        Responses that were observed.

    Returns
    -------
    A row per drug and patient. `responder`: a call was made for the patient, and the interval of
    the drug's benefit is above 0; missing where a call was made but the drug has no interval, or
    was not ranked.
    """
    rows: dict[str, list[dict[str, Any]]] = {drug_id: [] for drug_id in drugs}
    for patient, of in treated.items():
        for drug_id, name in drugs.items():
            there = drug_id in of.drugs.index
            row: dict[Hashable, Any] = of.drugs.loc[drug_id].to_dict() if there else {}
            status = str(row["status"]) if there else UNSCORABLE if of.unscorable else NOT_TRIED
            figures = {key: float(row[key]) if there else np.nan for key in FIGURES}
            told = there and np.isfinite([figures["benefit_low"], figures["rank"]]).all()
            rows[drug_id].append(
                {
                    "drug_id": drug_id,
                    "name": name,
                    "patient": patient,
                    "status": status,
                    **figures,
                    "called": of.called,
                    "responder": bool(of.called and figures["benefit_low"] > 0)
                    if told or (not of.called and there)
                    else pd.NA,
                    "observed": observed.observed.get(patient, pd.NA),
                }
            )
    table = pd.DataFrame(chain.from_iterable(rows.values()), columns=COHORT_TRIAL.schema.names)
    types = dict.fromkeys(FIGURES, float) | dict.fromkeys(("responder", "observed"), "boolean")
    return table.astype({**types, "called": bool})


def take(twin: ad.AnnData, screen: ad.AnnData) -> tuple[str, Told, Treated]:
    """Take of one patient the name, the features and the drugs."""
    patient = str(twin.uns["patient"]["patient"])
    return patient, features_of(twin, screen), treated_of(screen)


def _drugs(
    chosen: Mapping[str, str], trial: pd.DataFrame, treated: Mapping[str, Treated], seed: int
) -> pd.DataFrame:
    """Sum up each drug, and compare its benefit with the responses observed."""
    rows = []
    leading = _leading(chosen, treated)
    for drug_id, name in chosen.items():
        given = trial[trial["drug_id"] == drug_id]
        ranked = given[given["rank"].notna()]
        quartiles = ranked["benefit"].quantile([0.25, 0.5, 0.75]).tolist()
        known = given[given["observed"].notna() & given["benefit"].notna()]
        responded = known["observed"].to_numpy(dtype=bool)
        prediction = judge_prediction(
            known["benefit"].to_numpy(), responded, rng=generator(seed, "trial", drug_id)
        )
        rows.append(
            {
                "drug_id": drug_id,
                "name": name,
                "same": leading[drug_id].same,
                "n_first": leading[drug_id].n_first,
                "n_ranked": len(ranked),
                "n_called": leading[drug_id].n_called,
                "n_responders": int(given["responder"].fillna(False).sum()),
                **dict(
                    zip(
                        ("lower_quartile", "median_benefit", "upper_quartile"),
                        quartiles,
                        strict=True,
                    )
                ),
                "n_observed": len(known),
                "n_observed_responders": int(responded.sum()),
                **asdict(prediction),
            }
        )
    table = pd.DataFrame(
        rows, columns=[n for n in COHORT_TRIAL_DRUGS.schema.names if n != "qvalue"]
    )
    return table.assign(qvalue=false_discovery_rate(table["pvalue"].to_numpy(dtype=float)))


@dataclass
class _Leading:
    """In how many patients a drug comes first, and how many of them have a call."""

    same: str
    n_first: int = 0
    n_called: int = 0


def _leading(chosen: Iterable[str], treated: Mapping[str, Treated]) -> dict[str, _Leading]:
    """Count of each drug the patients in whom it comes first."""
    found: dict[str, _Leading] = {}
    for of in treated.values():
        first = of.first()
        for drug_id in chosen:
            if drug_id not in of.drugs.index:
                continue
            mine = found.setdefault(drug_id, _Leading(str(of.drugs.loc[drug_id, "same"])))
            if of.drugs.loc[drug_id, "mechanism"] in first:
                mine.n_first += 1
                mine.n_called += of.called
    return found


def _features(
    chosen: Mapping[str, str], trial: pd.DataFrame, features: Features, seed: int
) -> pd.DataFrame:
    """List what predicted responders of each drug have more or less of, and observed ones."""
    asked = [("predicted", drug_id, name) for drug_id, name in chosen.items()]
    tables = []
    for outcome, drug_id, name in asked:
        given = trial[trial["drug_id"] == drug_id].set_index("patient")["responder"]
        tables.append(_compared(given, features, outcome, drug_id, name, seed))
    observed = trial.drop_duplicates("patient").set_index("patient")["observed"]
    tables.append(_compared(observed, features, "observed", "", "", seed))
    return pd.concat(tables, ignore_index=True)


def _compared(
    responder: pd.Series, features: Features, outcome: str, drug_id: str, name: str, seed: int
) -> pd.DataFrame:
    """Compare responders with others, feature by feature; none where a side has too few."""
    known = responder.dropna().astype(bool)
    values = features.table.loc[known.index]
    labels = known.to_numpy(dtype=bool)
    if min(labels.sum(), (~labels).sum()) < FEWEST_PATIENTS:
        values = values.iloc[:, :0]
    matrix = values.to_numpy(dtype=float)
    there = np.isfinite(matrix)
    sides = [there[labels].sum(axis=0), there[~labels].sum(axis=0)]
    kept = (sides[0] > 0) & (sides[1] > 0)
    matrix, values = matrix[:, kept], values.loc[:, kept]
    pvalue = permutation_p(labels, matrix, rng=generator(seed, "trial", outcome, drug_id))
    table = pd.DataFrame(
        {
            "outcome": outcome,
            "drug_id": drug_id,
            "name": name,
            "kind": [str(kind) for kind, _ in values.columns],
            "feature": [str(feature) for _, feature in values.columns],
            "n": np.isfinite(matrix).sum(axis=0),
            "n_responders": np.isfinite(matrix[labels]).sum(axis=0),
            "mean_responders": np.nanmean(matrix[labels], axis=0),
            "mean_others": np.nanmean(matrix[~labels], axis=0),
            "auc": shares_of_pairs(labels[None], matrix)[0],
            "pvalue": pvalue,
            "qvalue": false_discovery_rate(pvalue),
            "simulated": [key in features.simulated for key in values.columns],
        }
    )
    return table.astype({"simulated": bool}).sort_values(["pvalue", "kind", "feature"])
