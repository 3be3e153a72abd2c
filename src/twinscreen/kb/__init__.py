"""A release of knowledge as one object in memory."""

from twinscreen.kb.knowledge import FILES, Knowledge, demo, read

__all__ = ["FILES", "Knowledge", "demo", "read"]
