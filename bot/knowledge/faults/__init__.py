"""Mistakes of people who write YAML, each found where it was made."""
