"""One node of campaign C12: stands by, rules, writes, and ends when it lost.

Started as `python -m tests.campaign.holder VARIANT URL NAME SECONDS`; it says `took` and `lost` on its output. What it writes
is a row with its epoch, in a transaction of the bot's own database: sometimes it dawdles in the middle of one, so that a signal
can come there.
"""

import asyncio
import random
import sys
import time
from typing import Final

from sqlalchemy import text

from bot.store.database import AWAY, Database, Fenced, Node, open_database
from tests.campaign.variants import VARIANTS

LOST: Final = 3  # exit code
_WRITE: Final = text("INSERT INTO written (epoch) VALUES (:epoch)")


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


async def _write(database: Database) -> None:
    while True:
        try:
            async with database.begin() as conn:
                await conn.execute(_WRITE, {"epoch": database.epoch})
                await asyncio.sleep(random.choice((0, 0, 0.02)))
        except AWAY:
            pass
        await asyncio.sleep(0.005)


async def main(url: str, name: str, seconds: float) -> int:
    database = await open_database(url)
    _say("stands by")
    while True:
        try:
            if await database.take_lease(Node(name, seconds)):
                break
        except AWAY:
            pass
        await asyncio.sleep(0.2)
    _say("took")
    keeping = asyncio.create_task(database.keep_lease(asyncio.sleep, time.monotonic))
    writing = asyncio.create_task(_write(database))
    await asyncio.wait((keeping, writing), return_when=asyncio.FIRST_COMPLETED)
    for task in (keeping, writing):
        task.cancel()
    both = await asyncio.gather(keeping, writing, return_exceptions=True)
    ended = [error for error in both if not isinstance(error, asyncio.CancelledError)]
    if all(isinstance(error, Fenced) for error in ended):
        _say("lost")
        return LOST
    raise ExceptionGroup("not by losing its lease", [error for error in ended if isinstance(error, Exception)])


if __name__ == "__main__":
    VARIANTS[sys.argv[1]]()
    sys.exit(asyncio.run(main(sys.argv[2], sys.argv[3], float(sys.argv[4]))))
