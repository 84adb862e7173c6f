"""A question gets its reply, the person votes on it, and an operator asks why."""
