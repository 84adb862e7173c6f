"""Clock times and places as people write them."""
