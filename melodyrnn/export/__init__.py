"""A run as a file that plays without this package: a page, or the model of another program."""
