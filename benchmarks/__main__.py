"""Run every benchmark, one after the other; exit 1 when a promise does not hold.

    python -m benchmarks [--quick]

Each runs in a process of its own, with the sizes of docs/figures.md. That takes a quarter of an
hour on two cores, and wants a machine that has nothing else to do. `--quick` takes small sizes: it
shows in some six minutes that all of them work, and its figures say little.
"""

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence

FULL: Mapping[str, str] = {
    "answers": "",
    "unseen": "",
    "foreign": "",
    "foreign_folder": "",
    "dangers": "",
    "speed": "",
    "throughput": "",
    "pace": "",
    "scale": "",
    "reload": "--reloads 0 --shipped 60 --rate 100",
    "crash": "",
    "broadcast": "",
    "attacks": "",
    "broken_files": "",
}
"""Benchmark → its arguments."""
QUICK: Mapping[str, str] = {
    "answers": "",
    "unseen": "",
    "foreign": "0.02",
    "foreign_folder": "",
    "dangers": "",
    "speed": "",
    "throughput": "",
    "pace": "--tips 300",
    "scale": "--sizes 10000 50000",
    "reload": "--reloads 0 --shipped 6",
    "crash": "--subscribers 300 --kills 4 --faults 0",
    "broadcast": "--subscribers 150 --kills 3",
    "attacks": "",
    "broken_files": "",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all, even where one fails; the worst exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="take small sizes")
    given = parser.parse_args(arguments)
    sizes = QUICK if given.quick else FULL
    return max(_run(name, sizes[name].split()) for name in sizes)


def _run(name: str, arguments: Sequence[str]) -> int:
    command = ["-m", f"benchmarks.{name}", *arguments]
    print("\n## python", *command, flush=True)
    return abs(subprocess.run([sys.executable, *command], check=False).returncode)


if __name__ == "__main__":
    sys.exit(main())
