"""What speaks against a drug, and what it is indicated for."""
