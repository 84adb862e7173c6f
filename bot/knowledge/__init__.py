"""A knowledge base, and what is wrong with its files."""
