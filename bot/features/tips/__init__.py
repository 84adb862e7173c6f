"""A tip a day: asked for, changed, sent."""
