"""One sample: its cells, their types and quality, genes by approved symbol."""
