"""The program `skinbot`, which is `python -m bot`, too."""

import sys

UNIX_ONLY = "skinbot runs on Linux and macOS; on Windows, run it inside WSL"


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.platform == "win32":
        print(UNIX_ONLY, file=sys.stderr)  # noqa: T201 - a command line prints
        return 1
    if "run" in sys.argv[1:]:
        # First of all: the modules alone take longer than a supervisor waits before a reload.
        from bot import hangups

        hangups.note()
    from bot import cli

    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
