"""N-gram models, which count what followed."""
