"""Evaluate rankings against known drug labels."""
