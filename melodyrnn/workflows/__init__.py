"""What a person asks, one module each: here the music and the networks meet."""
