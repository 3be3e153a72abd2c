"""From evidence to ranks: presets, combination, call and intervals."""
