"""Which voice is the melody, and on which grid its notes lie."""
