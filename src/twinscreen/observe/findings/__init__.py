"""What was found of a patient beside cells: variants, phenotypes, exposures, diseases."""
