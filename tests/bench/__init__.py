"""How fast the bot is beside the barest script that does the same: `python -m tests.bench`."""
