"""Where music and networks meet: songs, tunes and texts as tasks."""
