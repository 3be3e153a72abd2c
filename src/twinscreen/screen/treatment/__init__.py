"""Copies of the twin that drugs and pairs of drugs are given to."""
