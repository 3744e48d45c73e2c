"""Songs, their notation, and what can be said of them. Nothing here knows of networks."""
