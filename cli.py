"""So that ``python cli.py train …`` works in a clone."""

from melodyrnn.cli import main

if __name__ == "__main__":  # which the processes of a comparison are not
    main()
