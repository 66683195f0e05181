"""Runs Synapse for as long as the program that started it holds our standard input open."""

import os
import signal
import sys
import threading


def stop_with_parent() -> None:
    sys.stdin.buffer.read()  # returns only when the other end is closed, also when the parent was killed outright
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    from synapse.app.homeserver import main

    threading.Thread(target=stop_with_parent, daemon=True).start()
    main()
