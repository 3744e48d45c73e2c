"""Learn from melodies, make new ones, and see honestly how good a model is."""
