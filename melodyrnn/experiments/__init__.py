"""Many trainings side by side: comparisons, published tables, sweeps."""
