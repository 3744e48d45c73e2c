"""What several lessons share: their data, and how they fit networks to it."""
