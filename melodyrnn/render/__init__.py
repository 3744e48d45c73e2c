"""A song made visible and audible."""
