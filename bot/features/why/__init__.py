"""Operators see why a question gets its reply."""
