"""People see what is stored about them, and delete it."""
