"""Grids of settings: every combination run, for a lesson or for songs, and what came of them."""
