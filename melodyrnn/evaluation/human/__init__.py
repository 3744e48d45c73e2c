"""How well generated tunes are told from those that people made."""
