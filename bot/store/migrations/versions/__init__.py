"""One module per step; `log_entry` is made in the first and never touched again."""
