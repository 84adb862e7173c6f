"""A question is answered, and whether that helped."""
