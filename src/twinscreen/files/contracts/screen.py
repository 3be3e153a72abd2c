"""The screen of one patient."""

from twinscreen.files.contracts.screen_tables import SCREEN_TABLES, STABILITY
from twinscreen.files.hdf import AnnDataContract

#: One patient's drugs x compartments: see docs/contracts.md.
SCREEN = AnnDataContract(
    "screen",
    obs=(
        *("name", "kind", "approved", "withdrawn", "status", "score", "rank"),
        *("n_targets", "n_scored", "targets"),
        *("score_low", "score_high", "rank_low", "rank_high"),
        *("mechanism", "same", "pvalue", "qvalue", "evidence"),
        *("rank_by_compartments", "rank_other_weights"),
        *("causal_z", "counteraction_z", "origin_z"),
        *("proximity_z", "centrality_z", "communication_z"),
        *("benefit", "benefit_low", "benefit_high", "residual"),
        *("harm", "reward", "adjusted_rank", "concerns", "untested", "indicated"),
        "indicated_simulated",
    ),
    layers=(
        "score",
        *("causal", "causal_z", "causal_p"),
        *("counteraction", "counteraction_z", "counteraction_p"),
        *("origin", "origin_z", "origin_p"),
        *("proximity", "proximity_distance", "proximity_p", "proximity_q"),
        "centrality",
        "benefit",
    ),
    uns=(
        "patient",
        "preset",
        "call",
        "spread",
        "kinds",
        "targets",
        "regulators",
        "evidence",
        "paths",
        "support",
        "proximity_targets",
        "proximity_evidence",
        "hypotheses",
        "treatment",
        "combinations",
        "concerns",
        "not_known",
        "ranking_course",
        "treatment_course",
        "unscorable",
        "provenance",
    ),
    uns_tables=(*SCREEN_TABLES, STABILITY),
)
