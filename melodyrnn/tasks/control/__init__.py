"""What a musician asks of new songs, as constraints on tokens."""
