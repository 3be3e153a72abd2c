"""Comparing all twins of a cohort: similarity, trial, evaluation, summary."""
