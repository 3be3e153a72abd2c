"""What was tried to improve the ranking: the kinds of evidence in other ways, and both truths."""
