"""One script for each figure of docs/figures.md; `make bench` runs them all."""
