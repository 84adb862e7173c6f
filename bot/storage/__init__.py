"""All that is in the database."""
