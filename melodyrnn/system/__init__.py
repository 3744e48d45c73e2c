"""The machine, our own process, and workers beside it."""
