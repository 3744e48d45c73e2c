"""Humdrum, its **kern spines."""
