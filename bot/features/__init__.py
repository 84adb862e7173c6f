"""What a person or an operator can do."""
