"""The bot before a client that is not ours: the Rust encryption that Element has, trusting cross-signed devices only."""
