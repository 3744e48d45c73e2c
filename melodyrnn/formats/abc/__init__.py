"""ABC notation."""
