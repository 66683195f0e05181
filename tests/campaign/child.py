"""The bot's lives: `python -m tests.campaign.child VARIANT run --config …` imports the bot once and forks one life per byte.

A thousand starts then do not each wait two seconds for the imports. Forking is safe here and only here: this process has
imported and done nothing else, so no key and no chance of the crypto library is there to be had twice (`test_lives` holds it
to that). A life is gone when the campaign is.
"""

import os
import sys
import threading

from bot.__main__ import main
from tests.campaign.variants import VARIANTS


def _ends_with_campaign() -> None:
    os.read(0, 1)
    os._exit(1)


def _life() -> None:
    os.dup2(2, 1)
    threading.Thread(target=_ends_with_campaign, daemon=True).start()
    main()


def serve() -> None:
    """For each byte that comes in: one life; its process id goes out, and when it has ended how it did."""
    while os.read(0, 1):
        pid = os.fork()
        if pid == 0:
            _life()
            os._exit(0)
        os.write(1, f"{pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(1, f"{os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    VARIANTS[sys.argv.pop(1)]()
    serve()
