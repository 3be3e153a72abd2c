"""Diseases: how they are called and related, their genes, and variants known to matter."""
