"""Kinds of evidence: one file per kind, each with a null model of its own."""
