"""The in-silico trial: one drug given to all twins, and who responds."""
