"""What is known of drugs beforehand: warnings, indications, interactions with other drugs."""
