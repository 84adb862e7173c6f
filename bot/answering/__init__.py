"""The reply that a question gets, and why."""
