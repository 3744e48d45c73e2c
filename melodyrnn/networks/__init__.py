"""What learns. Knows no music."""
