"""Everything that a person or an operator can do."""
