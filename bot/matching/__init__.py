"""Scores that tell how near a question stands to each possible reply."""
