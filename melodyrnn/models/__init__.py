"""What predicts the next token: one registry, networks and n-gram models alike."""
