"""N-gram models, which count."""
