"""`iogplus demo`: play the main job and judge it, or keep everything up for a visitor with any Matrix client."""

import asyncio
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Final

from bot.app import real_world
from bot.demo import stage
from bot.demo.cast import CannotPlay
from bot.demo.play import Demo, play
from bot.demo.serve import serve
from bot.demo.show import Show, console_of
from bot.domain.people import Language
from bot.words import catalogue

DIFFERENT: Final = 1
STOPPED: Final = 130
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def demo(*, serving: bool, speed: float | None, out: Path, lang: Language) -> int:
    """The exit code: 0 as expected, 1 when anything differed or a process ended, 2 for a directory that cannot be used."""
    console = console_of()
    show = Show(lang, catalogue.load(), console)
    try:
        run = stage.RunDirectory.fresh(out)
    except OSError as why:
        show.line("no_directory", path=out, why=why.strerror)
        return 2
    stage.forget_settings()
    about = Demo(run, lang, speed, show, real_world().monotonic)
    try:
        return asyncio.run(_until_told(serve(about) if serving else play(about)))
    except asyncio.CancelledError:
        show.line("stopped")
        return 0 if serving else STOPPED
    except stage.Crashed as crashed:
        show.crash(str(crashed))
    except (CannotPlay, TimeoutError) as halted:
        show.line("halted", "bold red", why=str(halted) or type(halted).__name__)
    show.line("logs", bot=run.bot_log, homeserver=run.homeserver_log)
    return DIFFERENT


async def _until_told(work: Coroutine[None, None, int]) -> int:
    """Do the work; a signal cancels it, and its own clearing up then stops every process."""
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    for name in SIGNALS:
        loop.add_signal_handler(name, task.cancel)
    return await task
