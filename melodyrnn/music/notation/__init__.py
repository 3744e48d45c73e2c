"""Text and the songs it spells."""
