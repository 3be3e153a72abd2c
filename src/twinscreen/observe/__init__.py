"""From what was measured to observations: read, check, harmonise."""
