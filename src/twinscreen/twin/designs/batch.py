"""What a twin says about the donors of another study with which it is compared."""

import anndata as ad
import pandas as pd

from twinscreen.files.contracts.patient import BATCH
from twinscreen.files.contracts.twin import PatientFlag
from twinscreen.settings.twin import ComparisonSettings
from twinscreen.twin.deviation.batch import MOST_BY_CHANCE


def batch_of(
    twin: ad.AnnData, reference: ad.AnnData | None, settings: ComparisonSettings
) -> tuple[pd.DataFrame, list[str]]:
    """Take the batch of the compartments that a twin is scored in, and flag it.

    Parameters
    ----------
    twin
        The twin, laid out.
    reference
        What it is compared with, in the reference design.
    settings
        How it is compared.

    Returns
    -------
    BATCH, and the flags of the patient: compared with donors of another study alone, so that a
    batch can't be told from the disease; or that own donors deviate from the others by more genes
    than chance lets them.
    """
    if reference is None or not settings.public or settings.design != "reference":
        return BATCH.empty(), []
    scored = twin.obs[twin.obs["scorable"].astype(bool) & twin.obs["latest"].astype(bool)]
    places = pd.MultiIndex.from_frame(scored[["cell_type", "tissue"]].astype(str))
    table = pd.DataFrame(reference.uns["batch"])
    table = BATCH.typed(
        table[pd.MultiIndex.from_frame(table[["cell_type", "tissue"]].astype(str)).isin(places)]
    ).reset_index(drop=True)
    base = reference.obs[reference.obs["base"].astype(bool)]
    alone = base.loc[base["condition"].astype(str) == settings.public, "tissue"].astype(str)
    flags = []
    if set(alone) & set(scored["tissue"].astype(str)):
        flags.append(str(PatientFlag.PUBLIC_ALONE))
    if len(table) and table["own_share"].mean() > MOST_BY_CHANCE:
        flags.append(str(PatientFlag.BATCH))
    return table, flags
