"""Treat copies of a twin with every drug: evidence, scores, ranks."""
