"""Readers of the genes and variants of diseases."""
