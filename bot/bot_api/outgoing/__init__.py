"""Requests on their way out: those that need not be made, and the meaning of a refusal."""
