"""Whether a file is what it is called and as it was written, told before a library reads it."""
