"""Digital twins of patients, screened in silico with every drug."""

__version__ = "0.1.0"
