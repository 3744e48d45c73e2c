"""Sources that a person names, and the tunes they hold: gathered, cached, split."""
