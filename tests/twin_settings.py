"""Settings of the twin stage that tests start from; each changes what it is about."""

from twinscreen.twin.deviation.compartment import Settings

GENERAL = Settings(
    design="reference",
    control="healthy",
    min_cells=10,
    min_donors=3,
    min_count=10,
    min_genes=20,
    bootstrap_replicates=0,
    null_replicates=0,
    max_qvalue=0.05,
    min_fold_change=1.5,
    max_genes=500,
    background="expressed",
    random_sets=20,
    growth="none",
    grown_genes=50,
    growth_pvalue=0.01,
    centrality="eigenvector",
    seed=1,
)
