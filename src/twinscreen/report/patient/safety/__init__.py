"""What speaks against drugs, what was checked, and what drugs are indicated for."""
