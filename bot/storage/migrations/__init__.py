"""Steps from the tables of each version to those of the next."""
