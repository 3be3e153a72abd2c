"""What is known to have helped in states that were measured: reference states, outcomes."""
