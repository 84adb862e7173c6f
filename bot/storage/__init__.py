"""The database and everything in it."""
