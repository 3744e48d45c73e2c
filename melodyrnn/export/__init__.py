"""A run as one page that plays by itself, in any browser."""
