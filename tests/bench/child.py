"""The bot's own process, telling when it was ready, its first page accepted, all logs verified, a round of the clock done."""

import asyncio
import json
import sys
import time
from functools import wraps
from pathlib import Path

from bot.app import run
from bot.config import load_settings
from bot.running import Bot
from bot.wake import Wake
from tests.bench.wire import Stopwatch

MARK = "bench "


def tell(what: str, **more: float) -> None:
    sys.stdout.write(MARK + json.dumps({"what": what, "at": time.monotonic(), **more}) + "\n")
    sys.stdout.flush()


def memory() -> dict[str, float]:
    """Resident memory now and at its highest, MiB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
    return {"rss": int(lines["VmRSS"].split()[0]) / 1024, "highest": int(lines["VmHWM"].split()[0]) / 1024}


class Telling(Stopwatch):
    """Says so when the homeserver accepts the first page."""

    told = False

    async def _answered(self, session, ctx, answer) -> None:  # type: ignore[no-untyped-def]
        await super()._answered(session, ctx, answer)
        if not self.told and ".PageText" in self.seen[-1].path and self.seen[-1].status == 200:
            self.told = True
            tell("page")


def main() -> None:
    start, verify, round_ = Bot.start, Bot._verify_rest, Wake.once

    @wraps(start)
    async def started(self: Bot) -> None:
        assert self.client._http is not None
        Telling().attach(self.client._http)
        await start(self)
        tell("ready")

    @wraps(verify)
    async def verified(self: Bot) -> None:
        began = time.monotonic()
        await verify(self)
        tell("verified", seconds=time.monotonic() - began, **memory())

    @wraps(round_)
    async def ticked(self: Wake) -> int:
        late = await round_(self)
        tell("ticked", late=late)
        return late

    Bot.start, Bot._verify_rest, Wake.once = started, verified, ticked  # type: ignore[method-assign]
    settings = load_settings(Path(sys.argv[1]))
    if isinstance(settings, tuple):
        sys.exit(settings[0].text("en"))
    asyncio.run(run(settings))


if __name__ == "__main__":
    main()
