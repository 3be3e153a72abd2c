"""Knowledge of one's own, beside what comes with the package or in its place."""
