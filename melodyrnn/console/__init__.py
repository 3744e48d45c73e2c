"""What a person sees on a terminal: progress, tables, colours. 80 columns hold it."""
