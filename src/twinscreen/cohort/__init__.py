"""All twins together."""
