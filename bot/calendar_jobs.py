"""What happens by the calendar: notices of shifts and gaps, the monthly test, the daily check, the index's checkpoint.

In memory, each safe to miss or to repeat: nothing here holds a fact or wakes an escalation. The auditor is told of each job that
ended well, because a scheduler on the wall clock can stop without a word.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain import messages as m
from bot.reference.check import check
from bot.running import Bot

DUTY_MINUTES: Final = 5
A_DAY: Final = 25 * 3600.0  # seconds; the night in which an hour comes twice included
SAFE: Final[dict[str, Any]] = {"misfire_grace_time": None, "coalesce": True}


def schedule(scheduler: AsyncIOScheduler, bot: Bot) -> None:
    """Adds the jobs; times of day are local to the region."""

    def daily(name: str, job: Callable[[], Awaitable[None]], hour: int, minute: int) -> None:
        async def audited() -> None:
            await job()
            bot.auditor.ran(name)

        bot.auditor.expects(name, A_DAY)
        scheduler.add_job(audited, "cron", hour=hour, minute=minute, **SAFE)

    async def checked() -> None:
        await lint(bot)

    async def told() -> None:
        await bot.duties.tell()
        bot.auditor.ran("duty")

    bot.auditor.expects("duty", 3 * DUTY_MINUTES * 60.0)
    scheduler.add_job(told, "interval", minutes=DUTY_MINUTES, **SAFE)
    daily("lint", checked, 9, 5)
    daily("proof", bot.duties.prove, 10, 5)
    daily("test alarms", bot.duties.remind_test_alarm, 10, 35)
    daily("unproved", bot.forget, 4, 45)
    daily("files", bot.sweep, 4, 35)
    daily("rooms", bot.empty_rooms, 4, 25)
    daily("checkpoint", bot.desk.checkpoint_index, 4, 15)


async def lint(bot: Bot) -> None:
    """Tells operators what `iogplus check` finds, once a day; with who stands in, is away, and cannot be reached."""
    moment = bot.desk.clock()
    changes, reachable = await bot.duties.known(moment.wall)
    problems = check(bot.settings.contacts_dir, bot.settings.playbooks_dir, moment.wall, changes, reachable)
    lang = bot.settings.language
    notes = [
        m.ManagementNote(to=m.To("management"), lang=lang, code="check", details=(("problem", problem.text(lang)),))
        for problem in problems[:20]
    ]
    if notes:
        await bot.desk.say(f"lint/{moment.wall.date()}", notes)


async def beat_outside(url: str, http: httpx.AsyncClient) -> None:
    """Tells a monitor outside that we are fit for duty; when we are not this is not called, and the silence does the telling."""
    if not url:
        return
    try:
        await http.get(url)
    except httpx.HTTPError:
        return  # the monitor notices by itself
