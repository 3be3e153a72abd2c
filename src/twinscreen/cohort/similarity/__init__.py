"""How similar twins are, and which form groups."""
