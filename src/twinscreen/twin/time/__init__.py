"""The course over time points."""
