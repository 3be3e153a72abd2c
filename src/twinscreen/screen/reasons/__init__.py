"""Why a drug ranks where it ranks."""
