"""A release of knowledge as one object in memory."""

from twinscreen.kb.diseases import Diseases
from twinscreen.kb.knowledge import FILES, Knowledge, demo, read

__all__ = ["FILES", "Diseases", "Knowledge", "demo", "read"]
