"""What is stored about somebody: told, copied, deleted."""
