"""Random and broken inputs for everything that reads what may come from anybody."""
