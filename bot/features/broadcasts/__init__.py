"""A message from an operator to all subscribers."""
