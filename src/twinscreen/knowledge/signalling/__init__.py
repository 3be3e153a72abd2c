"""What follows from the signed interactome alone, computed once per release."""
