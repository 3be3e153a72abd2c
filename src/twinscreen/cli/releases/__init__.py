"""Verbs for the official releases of public databases."""
