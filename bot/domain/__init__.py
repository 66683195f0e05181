"""The rules of the brigade: pure functions over frozen values; nothing here reads a clock, a file or a network."""
