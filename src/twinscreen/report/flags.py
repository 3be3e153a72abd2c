"""What flags of compartments mean, in words."""

from twinscreen.files.contracts.twin import Flag
from twinscreen.report import words

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


def in_short(flag: Flag, *, n_donors: float, calibration: float, control_times: str) -> str:
    """Say in a few words what a flag means, for a cell of a table.

    Parameters
    ----------
    flag
        The flag.
    n_donors, calibration, control_times
        The compartment's columns `n_reference_donors`, `calibration` and `control_times`.
    """
    if flag is Flag.FEW_DONORS:
        return f"only {words.plural(int(n_donors), 'reference donor')}"
    if flag is Flag.NOT_CALIBRATED:
        return f"not calibrated: p < 0.05 in {calibration:.0%} of genes of healthy donors"
    if flag is Flag.CONTROL_OF_OTHER_TIME and control_times:
        return f"control sample of {control_times.replace('|', ', ')}"
    return _SHORT[flag]


def as_a_weakness(flag: Flag, *, n_donors: float, short: str) -> str:
    """Say what a flag means for a reader, so that it follows "2 of 3 cell types are"."""
    if flag is Flag.ALL_BATCHES:
        return (
            "compared with healthy donors of other batches too, for want of enough of their own"
            " batch, so part of what deviates may be the batch"
        )
    if flag is Flag.NOT_CALIBRATED:
        return (
            "less certain than the p values say: healthy donors differ from each other there more"
            " than they should"
        )
    if flag is Flag.FEW_DONORS:
        return f"compared with only {words.plural(int(n_donors), 'healthy donor')}"
    return f"marked: {short}"
