"""A knowledge base is built, checked, swapped and kept."""
