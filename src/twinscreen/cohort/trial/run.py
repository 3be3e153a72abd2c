"""The virtual trial: a drug is given to all twins, and who responds is asked.

See docs/methods/cohort.md. What predicted responders have in common explains the prediction; only
responses that were observed can say whether it is right.
"""

import sys
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
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
from twinscreen.files import (
    COHORT_TRIAL,
    COHORT_TRIAL_DRUGS,
    InputError,
    generator,
)
from twinscreen.files.contracts.screen import may_be_called
from twinscreen.files.drug_names import IDENTIFIERS, DrugNames
from twinscreen.network import false_discovery_rate

#: Drugs of the trial where none is named: those that are first in most patients.
MOST_DRUGS = 5
UNSCORABLE = "unscorable"
NOT_TRIED = "not tried"

_FIGURES = ("benefit", "benefit_low", "benefit_high", "reward", "rank")
_TEXTS = ("name", "status", "mechanism", "same", "presence")
_CALLED = ("synonyms", *IDENTIFIERS)

#: What the trial reads of a screen: its drugs, beside the features of the patient.
OF_SCREEN = replace(
    OF_PATIENT, obs=(*_FIGURES, *_TEXTS, *_CALLED), uns=(*OF_PATIENT.uns, "unscorable", "call")
)


@dataclass(frozen=True)
class Treated:
    """What one screen says: its drugs (index their ids), and whether a call was made."""

    drugs: pd.DataFrame
    called: bool
    unscorable: bool


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
    of = {patient: (told, treated) for patient, told, treated in taken}
    # No order of files changes a result.
    told = {patient: of[patient][0] for patient in sorted(of)}
    treated = {patient: of[patient][1] for patient in told}
    observed = read_responses(responses, {patient: one.sheet for patient, one in told.items()})
    chosen = choose_drugs(treated, drugs)
    trial = give(chosen, treated, observed)
    features = gather(told, without=[observed.column] if observed.column else [])
    return Trial(
        trial, _drugs(chosen, trial, treated, seed), _features(chosen, trial, features, seed)
    )


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
    tables = [of.drugs for of in treated.values() if len(of.drugs)]
    if not tables:  # nobody could be scored: that is said elsewhere, and stops no cohort
        return {}
    names: dict[str, str] = {}
    for table in tables:
        names |= dict(zip(table.index, table["name"], strict=True))
    if wanted:
        every = pd.concat([table.reindex(columns=["name", *_CALLED]) for table in tables])
        known = DrugNames(every[~every.index.duplicated()].rename_axis("drug_id").reset_index())
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
        found = dict.fromkeys(min(ids[drug]) for drug in wanted)
        return {drug_id: names[drug_id] for drug_id in found}
    firsts = Counter(drug_id for table in tables for drug_id in _first(table))
    order = sorted(firsts, key=lambda drug_id: (-firsts[drug_id], names[drug_id], drug_id))
    return {drug_id: names[drug_id] for drug_id in order[:MOST_DRUGS]}


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
    rows = []
    for drug_id, name in drugs.items():
        for patient, of in treated.items():
            there = drug_id in of.drugs.index
            row: dict[Hashable, Any] = of.drugs.loc[drug_id].to_dict() if there else {}
            status = str(row["status"]) if there else UNSCORABLE if of.unscorable else NOT_TRIED
            figures = {key: float(row[key]) if there else np.nan for key in _FIGURES}
            told = there and np.isfinite([figures["benefit_low"], figures["rank"]]).all()
            rows.append(
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
    table = pd.DataFrame(rows, columns=COHORT_TRIAL.schema.names)
    types = dict.fromkeys(_FIGURES, float) | dict.fromkeys(("responder", "observed"), "boolean")
    return table.astype({**types, "called": bool})


def take(twin: ad.AnnData, screen: ad.AnnData) -> tuple[str, Told, Treated]:
    """Take of one patient the name, the features and the drugs."""
    patient = str(twin.uns["patient"]["patient"])
    return patient, features_of(twin, screen), _treated(screen)


def _treated(screen: ad.AnnData) -> Treated:
    """Take from a screen what a trial needs."""
    if screen.uns["unscorable"] or not screen.n_obs:
        return Treated(pd.DataFrame(), called=False, unscorable=bool(screen.uns["unscorable"]))
    drugs = screen.obs[list(_FIGURES)].astype(float)
    drugs.index = pd.Index([sys.intern(str(drug_id)) for drug_id in drugs.index])
    for name in (*_TEXTS, *_CALLED):  # those of thousands of screens, kept once
        drugs[name] = [sys.intern(str(text)) for text in screen.obs[name]]
    return Treated(drugs, called=bool(screen.uns["call"]["called"]), unscorable=False)


def _first(drugs: pd.DataFrame) -> set[str]:
    """Give the drugs that come first of those that may be called, one for each set of targets.

    The best rank is not 1 where equal drugs share the mean of their ranks.
    """
    possible = drugs[may_be_called(drugs)]
    return set(possible.loc[possible["rank"] == possible["rank"].min(), "mechanism"])


def _drugs(
    chosen: Mapping[str, str], trial: pd.DataFrame, treated: Mapping[str, Treated], seed: int
) -> pd.DataFrame:
    """Sum up each drug, and compare its benefit with the responses observed."""
    rows = []
    for drug_id, name in chosen.items():
        given = trial[trial["drug_id"] == drug_id]
        there = [of for of in treated.values() if drug_id in of.drugs.index]
        leads = [of.drugs.loc[drug_id, "mechanism"] in _first(of.drugs) for of in there]
        called = sum(of.called and leading for of, leading in zip(there, leads, strict=True))
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
                "same": str(there[0].drugs.loc[drug_id, "same"]),
                "n_first": sum(leads),
                "n_ranked": len(ranked),
                "n_called": called,
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
