"""Which drug first, why, how sure, and what speaks against it."""
