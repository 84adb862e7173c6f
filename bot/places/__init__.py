"""Reading clock times and places as people write them."""
