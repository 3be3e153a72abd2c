"""What the calibrated screen is held against on real data, part by part."""
