"""A Telegram bot that answers questions from a knowledge base in YAML, by fuzzy matching."""
