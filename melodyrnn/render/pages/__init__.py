"""Pages to look at and to listen to, each one self-contained file, and what notebooks show."""
