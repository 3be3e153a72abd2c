"""A release of knowledge in memory, read from what the knowledge stage wrote."""
