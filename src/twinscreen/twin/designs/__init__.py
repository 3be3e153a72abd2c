"""Compare compartments with healthy by the design of the cohort, with their replicates."""
