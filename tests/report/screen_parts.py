"""Tables of a screen made by hand: kinds of evidence, paths, findings of layers, pairs."""

import anndata as ad
import numpy as np
import pandas as pd

from twinscreen.files.contracts.screen_tables import (
    COMBINATIONS,
    KINDS,
    PATHS,
    PRECEDENT_REASONS,
    STATES,
    SUPPORT,
)
from twinscreen.screen.evidence.registry import OURS
from twinscreen.screen.kinds import about

THERE = "CD14 monocytes|blood|day 3"

#: z of the kinds of evidence on ruxolitinib and baricitinib.
KINDS_OF_D1 = {
    "causal": 4.1,
    "counteraction": -2.2,
    "origin": 2.0,
    "precedent": float("nan"),
    "proximity": 0.4,
    "centrality": 0.0,
    "communication": float("nan"),
}


def kinds(most: int | None = None, *, in_score: bool = False) -> pd.DataFrame:
    """Say what each kind is; those that the preset calibrated combines make up the score or not."""
    rows = [
        {
            **about(kind),
            "weight": kind.weight,
            "score_weight": kind.weight if in_score else 0.0,
            "share": 1.0,
            "package": "",
            **dict.fromkeys(("n", "best", "supports"), 0),
        }
        for kind in OURS
    ]
    return KINDS.typed(pd.DataFrame(rows))[:most]


def paths(most: int | None = None) -> pd.DataFrame:
    """Give two paths of ruxolitinib, and one of the steroid."""
    rows = [
        *[("D1", "JAK1", -1, "ISG15", "JAK1 > STAT1 > ISG15", "++", 0.9, 8.0)],
        *[("D1", "JAK2", -1, "MX1", "JAK2 > STAT1 > IRF7 > MX1", "+++", 0.6, 7.0)],
        *[("D3", "NR3C1", 1, "IFIT1", "NR3C1 > IFIT1", "-", 1.0, 6.0)],
    ]
    names = ["drug_id", "target", "sign", "gene", "path", "signs", "share", "effect"]
    table = pd.DataFrame(rows, columns=names).assign(compartment=THERE, expected=-1, agrees=True)
    table["sources"] = ["SIGNOR;KEGG > CollecTRI", "SIGNOR > KEGG > DoRothEA", "CollecTRI"]
    table["references"] = ["2 > 5", "1 > 0 > 3", "4"]
    return PATHS.typed(table)[:most]


def support(most: int | None = None) -> pd.DataFrame:
    """Give a finding for, one against, and one without direction."""
    rows = [
        ("D1", "transcript", THERE, "JAK1", 2.5, "JAK1 is raised, effect 2.5", "for"),
        ("D1", "protein", THERE, "JAK2", -3.0, "JAK2 is lowered, z -3.0", "against"),
        ("D1", "relevance", THERE, "JAK1", 3.5, "JAK1 is 3.5 times as relevant", "either"),
    ]
    return SUPPORT.of(rows[:most])


def pairs(most: int | None = None) -> pd.DataFrame:
    """Give two pairs: the first beats twice the dose of its better drug, the second does not."""
    table = pd.DataFrame(
        {
            "drug_id_a": ["D1", "D2"],
            "drug_id_b": "D3",
            "name_a": ["ruxolitinib", "baricitinib"],
            "name_b": "old-steroid",
            "residual": [0.9, 0.91],
            "benefit": [0.1, 0.09],
            "gain": [0.031, 0.02],
            "gain_low": [0.02, 0.01],
            "gain_high": [0.04, 0.03],
            "beyond_dose": [0.01, -0.01],
            "separation": [0.4, -0.2],
            "proximity_a": [-1.0, 1.0],
            "proximity_b": [-0.5, 1.0],
            "complementary": [True, False],
            "interaction": ["major", "none listed"],
            "shared": ["infections", ""],
            "penalty": [0.3, 0.0],
            "score": [0.1, 0.09],
            "rank": [1, 2],
        }
    )
    return COMBINATIONS.typed(table)[:most]


#: state, name, similarity, null range, genes and drugs, left out; the most similar first.
STATES_OF_P1 = [
    ("S1", "psoriasis", 0.393, -0.032, 0.041, 9_100, 4, ""),
    ("S2", "Crohn's disease", 0.228, -0.031, 0.044, 8_300, 2, ""),
    ("S3", "asthma", 0.029, -0.05, 0.05, 8_900, 3, ""),
    ("S4", "gout", -0.21, -0.04, 0.04, 8_700, 1, ""),
    ("S5", "systemic lupus erythematosus", np.nan, np.nan, np.nan, 0, 0, "lupus (MONDO:1)"),
    ("S6", "discoid lupus", np.nan, np.nan, np.nan, 0, 0, "lupus (MONDO:1)"),
]

#: Of ruxolitinib two for and one against it, of the steroid one; mean similarity 0.11.
PRECEDENTS = [
    ("D1", "S2", 0.228, 0.08, "yes", "ruxolitinib", "ISG15|CCL2", "+|-"),
    ("D1", "S1", 0.393, 0.05, "inherited", "tofacitinib", "MX1", "+"),
    ("D1", "S4", -0.21, -0.04, "yes", "ruxolitinib", "IRF7", "+"),
    ("D3", "S1", 0.393, -0.2, "no", "old-steroid", "", ""),
]


def states() -> tuple[pd.DataFrame, np.ndarray]:
    """Give six known states, two of which take no part, and how alike three cell types are."""
    names = ["state", "name", "similarity", "null_low", "null_high", "n_genes", "n_drugs"]
    table = pd.DataFrame(STATES_OF_P1, columns=[*names, "left_out"]).assign(origin="library")
    whole = table["similarity"].to_numpy()
    return STATES.typed(table), np.array([whole + 0.1, whole - 0.15, whole])


def precedents() -> pd.DataFrame:
    """Give what the known states say of ruxolitinib and the steroid."""
    return PRECEDENT_REASONS.of(PRECEDENTS)


def compare_with_states(screen: ad.AnnData) -> None:
    """Give a screen known states."""
    screen.uns["states"], screen.varm["states"] = states()
    screen.uns["precedents"] = precedents()
