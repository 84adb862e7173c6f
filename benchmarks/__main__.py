"""Run every benchmark; exit 1 when a promise does not hold."""

import sys

from benchmarks import answers, speed, throughput

if __name__ == "__main__":
    codes = [answers.main(), speed.main([]), throughput.main([])]
    sys.exit(max(codes))
