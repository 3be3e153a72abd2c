"""What the user gives: configuration, sheets, and the cohort that they describe."""
