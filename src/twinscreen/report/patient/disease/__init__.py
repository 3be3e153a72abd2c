"""What deviates in the patient, and where it comes from."""
