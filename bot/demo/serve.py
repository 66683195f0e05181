"""Keeps homeserver and bot up for a visitor with any Matrix client, until a signal ends it."""

import json
from typing import Final

from bot.demo import stage
from bot.demo.play import Demo
from bot.domain.people import MELDER

AS_IT_IS: Final = 1.0  # a human needs the real waits


async def serve(demo: Demo) -> int:
    """Runs until it is cancelled. Raises Crashed when a process ends by itself."""
    show = demo.show
    show.title("what_serve")
    show.line("directory", "dim", path=demo.run.path)
    stage.write_contacts(demo.run, demo.lang)
    speed = demo.speed or AS_IT_IS
    async with stage.homeserver_for(demo.run) as homeserver:
        show.done("homeserver", url=homeserver.url)
        playground = await demo.set_stage(homeserver, speed)
        async with stage.bot_on(demo.run) as bot:
            await bot.ready()
            path = demo.run.out / "playground.json"
            described = playground.described()
            path.write_text(json.dumps(described, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            user = next(user for user in described["users"] if user["role"] == MELDER)
            show.line("up", "bold green", speed=f"{speed:g}")
            who = {"user": user["user_id"], "password": user["password"]}
            show.line("log_in", url=homeserver.url, bot=playground.bot, **who)
            show.line("users", count=len(described["users"]), path=path)
            show.line("stop", "dim")
            await stage.one_ends(bot, homeserver, demo.run)
    return 1
