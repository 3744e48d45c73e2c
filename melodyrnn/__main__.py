"""So that ``python -m melodyrnn train …`` works where the command is not on the path."""

from melodyrnn.cli import main

if __name__ == "__main__":
    main()
