"""A song, in and out of the world. Knows no network."""
