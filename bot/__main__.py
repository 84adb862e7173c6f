"""The program `skinbot`, which is `python -m bot`, too."""

import sys

from bot import garbage


def main() -> int:
    """Run the command line; returns the exit code."""
    # To look through what a start imports for garbage costs a tenth of it.
    with garbage.spared():
        from bot import cli
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
