"""Verbs about what knowledge is made of: official releases, tables of one's own, diseases."""
