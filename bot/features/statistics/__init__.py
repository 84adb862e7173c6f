"""Counts of what happened, and the figures that operators see."""
