"""Readers of drugs and what they act on."""
