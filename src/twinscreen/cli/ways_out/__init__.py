"""Verbs that take pages and tables of a finished run elsewhere."""
