"""So that ``python cli.py train …`` works in a clone."""

from melodyrnn.cli import main

main()
