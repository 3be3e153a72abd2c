"""The answer of a patient's page: call, tier, certainty, what speaks against it."""
