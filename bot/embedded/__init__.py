"""A real homeserver on this machine, for the demo and the tests."""
