"""Another knowledge base, asked for and told."""
