"""One script for each claim of the README; `make bench` runs them all."""
