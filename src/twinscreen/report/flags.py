"""What flags of compartments, and of a patient as a whole, mean in words."""

import anndata as ad
import pandas as pd

from twinscreen.files.contracts.patient import BATCH, FindingStatus
from twinscreen.files.contracts.twin import Flag, PatientFlag
from twinscreen.files.contracts.twin_tables import NotUsed, Source, WhyNot
from twinscreen.files.errors import with_remedy
from twinscreen.report import words
from twinscreen.report.standard import OTHER_PATIENTS, Standard, standard_of
from twinscreen.report.tables import table

_SHORT = {
    Flag.TOO_FEW_CELLS: "too few cells",
    Flag.TOO_FEW_CONTROL_CELLS: "too few control cells",
    Flag.TOO_FEW_DONORS: "too few donors to compare",
    Flag.TOO_FEW_GENES: "too few genes to compare",
    Flag.ALL_BATCHES: "donors of all batches",
    Flag.FEW_DONORS: "few reference donors",
    Flag.NOT_CALIBRATED: "not calibrated",
    Flag.CONTROL_OF_OTHER_TIME: "control sample of another time point",
    Flag.BATCH_NOT_A_COVARIATE: "batch is no covariate: it can't be told from the group",
    Flag.COMPUTED_ELSEWHERE: "deviations computed elsewhere",
    Flag.SIGNIFICANT_GENES_ALONE: (
        "significant genes alone were given: what else was tested is unknown"
    ),
    Flag.TREATED_COPY: "treated in silico",
}


def in_short(
    flag: Flag, *, n_donors: float, calibration: float, control_times: str, standard: Standard
) -> str:
    """Say in a few words what a flag means, for a cell of a table.

    Parameters
    ----------
    flag
        The flag.
    n_donors, calibration, control_times
        The compartment's columns `n_reference_donors`, `calibration` and `control_times`.
    standard
        What to call those compared with.
    """
    if flag is Flag.FEW_DONORS:
        return f"only {standard.count(n_donors)}"
    if flag is Flag.NOT_CALIBRATED:
        return f"not calibrated: p < 0.05 in {calibration:.0%} of genes of {standard.donors}"
    if flag is Flag.CONTROL_OF_OTHER_TIME and control_times:
        return f"control sample of {control_times.replace('|', ', ')}"
    return _SHORT[flag]


def as_a_weakness(flag: Flag, *, n_donors: float, short: str, standard: Standard) -> str:
    """Say what a flag means for a reader, so that it follows "2 of 3 cell types are"."""
    if flag is Flag.ALL_BATCHES:
        return (
            f"compared with {standard.donors} of other batches too, for want of enough of their own"
            " batch, so part of what deviates may be the batch"
        )
    if flag is Flag.NOT_CALIBRATED:
        return (
            f"less certain than the p values say: {standard.donors} differ from each other there"
            " more than they should"
        )
    if flag is Flag.FEW_DONORS:
        return f"compared with only {standard.count(n_donors)}"
    return f"marked: {short}"


#: What findings of a kind are called in a sentence.
_FINDINGS = {
    "variant": "variants",
    "phenotype": "phenotypes",
    "exposure": "exposures",
    "medication": "medication",
    "disease": "disease",
    "pharmacogenomic": "pharmacogenomic variants",
}


def of_patient(twin: ad.AnnData) -> list[str]:
    """Say in sentences what a reader should know of a twin as a whole."""
    flags = words.texts(twin.uns["flags"])
    said = []
    if PatientFlag.TREATED_COPY in flags:
        said.append(
            f"A copy treated in silico with {twin.uns['treatment']['name']}: predicted, not"
            " measured. Modules and the tables of the twin are those before treatment."
        )
    said += _of_batch(twin, flags)
    rows = table(twin, "not_used", *NotUsed._fields)
    said += [_not_used(NotUsed(*row)) for row in rows.itertuples(index=False)]
    found = table(twin, "findings", "kind", "id", "label", "status", "used", "simulated")
    if lacking := diseases_without_genes(found):
        said.append(
            f"No genes are known of {words.listed(lacking)}: this disease tells the ranking nothing"
            " about what the illness comes from."
        )
    if PatientFlag.SIMULATED in flags:
        made_up = found.loc[found["simulated"].astype(bool), "kind"].astype(str)
        kinds = sorted({_FINDINGS[kind] for kind in made_up})
        said.append(f"Simulated for the demonstration, not measured: {', '.join(kinds)}.")
    return said


def diseases_without_genes(findings: pd.DataFrame) -> list[str]:
    """Name the diseases that a patient is said to have, and of which no genes are known.

    Parameters
    ----------
    findings
        Columns `kind, id, label, status, used` of contract FINDINGS.
    """
    lacking = findings[
        (findings["kind"] == "disease")
        & (findings["status"] == FindingStatus.PRESENT)
        & ~findings["used"].astype(bool)
    ]
    names = dict(zip(lacking["id"], lacking["label"], strict=True))
    return [id_ if name in ("", id_) else f"{name} ({id_})" for id_, name in names.items()]


def of_comparison(twin: ad.AnnData) -> str:
    """Say in short what a comparison with other patients, or with another study, can't tell."""
    settings, flags = twin.uns["settings"], words.texts(twin.uns["flags"])
    if standard_of(settings, flags) is OTHER_PATIENTS:
        return "What all patients have in common, perhaps most of the disease, does not show."
    if PatientFlag.PUBLIC_ALONE in flags:
        return "All are of another study: what deviates may be how that was made, not a disease."
    batch = table(twin, "batch", *BATCH.names)
    if not len(batch):
        return ""
    named = str(settings["public"]).replace("_", " ")
    others = f"{words.between(batch['n_public'].tolist())} donors of another study ({named})"
    apart = ", which a batch sets apart" if PatientFlag.BATCH in flags else ""
    return f"How much people differ is told by {others}{apart}, and not what is usual."


def _of_batch(twin: ad.AnnData, flags: list[str]) -> list[str]:
    """Say what donors of another study are compared with for, and what sets them apart."""
    public = str(twin.uns["settings"].get("public", "")).replace("_", " ")
    said = []
    if PatientFlag.PUBLIC_ALONE in flags:
        said.append(
            f"Compared with donors of another study alone ({public}): what deviates may be how that"
            " study was made, and not a disease; so no drug is called. Two donors of the patient's"
            " own study would tell the two apart."
        )
    batch = table(twin, "batch", *BATCH.names)
    if len(batch):
        if PatientFlag.BATCH in flags:
            seen = "a batch sets the two apart"
        elif batch["own_share"].isna().all():
            seen = "a batch can't be measured with so few donors"
        else:
            seen = "no batch is seen"
        said.append(
            f"Donors of another study ({public}) say how much people differ, and donors of the"
            f" patient's own study what is usual: {seen}{_shares(batch)}."
        )
    return said


#: Of whom the shares of genes in the table of the batch are.
_SHARES = {
    "own_share": "of own donors against the others",
    "public_share": "among the others",
    "left_share": "of own donors as the patient is compared",
}


def _shares(batch: pd.DataFrame) -> str:
    """Say in brackets in how many genes donors deviate, as far as that was measured."""
    known = batch[list(_SHARES)].mean().dropna()
    shares = [f"{words.percent(share)} %" for share in known]
    shares[:1] = [f"{share} of genes" for share in shares[:1]]
    told = (f"in {share} {_SHARES[name]}" for name, share in zip(known.index, shares, strict=True))
    return f" (p < 0.05 {', '.join(told)})" if shares else ""


def _not_used(row: NotUsed) -> str:
    """Say of one thing that was given why it is not used, and what to do about it."""
    why = with_remedy(row.reason, row.remedy)
    if row.what == Source.DEVIATIONS:
        return f"Not used: table of deviations: {why}."
    if row.what == Source.FINDINGS:
        return f"The patient's {_FINDINGS[row.name]} could not be used: {why}."
    if row.kind == WhyNot.NO_CONTROL:
        return f"Not compared: sample {row.name}: {why}."
    return f"Sample {row.name} could not be used: {why}."
