"""Operators reload the knowledge base, and hear of its changes."""
