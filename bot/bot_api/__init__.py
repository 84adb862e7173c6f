"""The way updates come in and messages go out, whatever they say."""
