"""How models learn: one trainer, and a compiled program for each framing."""
