"""What the bot tells its operators over HTTP: alive, ready, measured. Read only, on loopback unless set otherwise."""
