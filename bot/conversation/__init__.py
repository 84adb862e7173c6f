"""Messages that lean on what was said before, and dangers that outlast a message."""
