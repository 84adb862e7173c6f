"""Operators are told of faults and of other news."""
