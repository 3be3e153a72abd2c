"""Network proximity of sets of targets to modules, with exact null models."""
