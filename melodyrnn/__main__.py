"""The command, so that ``python -m melodyrnn train …`` works where it is not on the path."""

import sys

INTERRUPTED = 130  # the exit status of what Ctrl-C ended: 128 and the signal's number


def main() -> None:
    """Run the command; Ctrl-C ends it in one word from its first moment on."""
    try:
        from melodyrnn.cli import main as command
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        sys.exit(INTERRUPTED)
    command()


if __name__ == "__main__":
    main()
