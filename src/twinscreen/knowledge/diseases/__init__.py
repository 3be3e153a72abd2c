"""Diseases: how they are called and related, and their genes."""
