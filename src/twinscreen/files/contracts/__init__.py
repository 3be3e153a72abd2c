"""Declared shapes of all files that pass between stages."""
