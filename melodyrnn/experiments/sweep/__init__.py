"""Grids of settings."""
