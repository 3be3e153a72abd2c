"""Evidence other than transcripts, and the multilayer relevance of proteins."""
