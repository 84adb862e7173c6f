"""Operators see the questions that found no answer, and teach the bot."""
