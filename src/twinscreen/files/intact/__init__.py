"""Whether a file is as it was written, told before a library reads it."""
