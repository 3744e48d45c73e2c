"""Recurrent cells: one equation each."""
