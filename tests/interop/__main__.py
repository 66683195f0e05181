"""`make interop`: one alarm among people with an independent client that trusts only cross-signed devices.

A real homeserver, the bot as its own process, and matrix-js-sdk with Rust crypto for an officer, an expert, a coordinator
and a stranger; at the end what a bot without cross-signing would meet, which proves that the client is as strict as said.
"""

import asyncio
import secrets
import signal
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

from bot.embedded.homeserver import Homeserver
from bot.matrix.peer import PeerRefused
from bot.playground import set_up
from tests.interop.client import ClientFailed
from tests.interop.node import Missing, installed
from tests.interop.process import Outcome, Stopped, line
from tests.interop.story import Story


async def story(node: Path, directory: Path) -> Outcome:
    outcome = Outcome()
    homeserver = await Homeserver.start(directory / "homeserver", secret=secrets.token_hex())
    try:
        play = await set_up(directory, homeserver)
        line(f"homeserver, {len(play.passwords)} accounts, bot {play.bot}")
        try:
            async with AsyncExitStack() as people:
                await Story(play, node, people, directory, outcome).tell_all()
        except Stopped:
            pass  # the check that failed has been counted
        except (ClientFailed, PeerRefused, TimeoutError) as why:
            outcome.check(str(why) or "everything happens in time", holds=False)
    finally:
        await homeserver.stop()
    return outcome


async def main() -> int:
    try:
        node = await asyncio.to_thread(installed)
    except Missing as lack:
        line(f"interop: {lack}")
        return 1
    asking = asyncio.current_task()
    assert asking is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asking.cancel)
    with tempfile.TemporaryDirectory(prefix="iogplus-interop-") as directory:
        outcome = await story(node, Path(directory))
    line(f"{outcome.passed} passed, {outcome.failed} failed")
    return 1 if outcome.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main()))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)
