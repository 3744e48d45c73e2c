"""Published tables beside what this machine measures."""
