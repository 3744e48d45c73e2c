"""How good a model is, and how new a song: measures over songs."""
