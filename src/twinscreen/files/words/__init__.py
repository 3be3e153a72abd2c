"""Words that are none, and letters that nobody sees."""
