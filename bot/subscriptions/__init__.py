"""When a tip is due, to whom, and which one: values without a clock and a database."""
