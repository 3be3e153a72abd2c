"""How alike twins are, and which form groups."""
