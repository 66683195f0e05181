"""What happens by the calendar: the daily check of rosters and playbooks, the index's checkpoint, the outside heartbeat.

In memory, each safe to miss or to repeat: nothing here holds a fact or wakes an escalation.
"""

from typing import Any, Final

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain import messages as m
from bot.reference.check import check
from bot.running import Bot

HEARTBEAT_SECONDS: Final = 60
SAFE: Final[dict[str, Any]] = {"misfire_grace_time": None, "coalesce": True}


def schedule(scheduler: AsyncIOScheduler, bot: Bot, http: httpx.AsyncClient) -> None:
    """Adds the jobs; times of day are local to the region."""

    async def daily() -> None:
        await lint(bot)

    async def checkpoint() -> None:
        await bot.desk.checkpoint_index()

    async def heartbeat() -> None:
        await beat_outside(bot, http)

    scheduler.add_job(daily, "cron", hour=9, minute=5, **SAFE)
    scheduler.add_job(checkpoint, "cron", hour=4, minute=15, **SAFE)
    scheduler.add_job(heartbeat, "interval", seconds=HEARTBEAT_SECONDS, **SAFE)


async def lint(bot: Bot) -> None:
    """Tells operators what `iogplus check` finds, once a day."""
    moment = bot.desk.clock()
    problems = check(bot.settings.contacts_dir, bot.settings.playbooks_dir, moment.wall)
    lang = bot.settings.language
    notes = [
        m.ManagementNote(to=m.To("management"), lang=lang, code="check", details=(("problem", problem.text(lang)),))
        for problem in problems[:20]
    ]
    if notes:
        await bot.desk.say(f"lint/{moment.wall.date()}", notes)


async def beat_outside(bot: Bot, http: httpx.AsyncClient) -> None:
    """Tells a monitor outside that we are fit for duty; when we are not, the silence does the telling."""
    url = bot.settings.heartbeat_url.get_secret_value()
    if not url or not all(bot.vital().checks.values()):
        return
    try:
        await http.get(url)
    except httpx.HTTPError:
        return  # the monitor notices by itself
