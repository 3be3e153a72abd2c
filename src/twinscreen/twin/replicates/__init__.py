"""Bootstrap replicates and null replicates of compartments."""
