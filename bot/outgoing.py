"""What the outbox loop asks of rows before they leave: where to, whether a person is rung too often, and when to give up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import messages as m
from bot.domain.delivery import CHANNEL_TRIES, FILE_TRIES, GaveUp, Outcome, Retry
from bot.domain.ids import PersonId, RoomId
from bot.store import directory, outbox, rooms
from bot.store.outbox import OutboxRow

PAGING: Final = frozenset(("PageText", "ChannelPage"))
# What a channel refuses so often is given up: another rung of the ladder follows, or nobody waits for it any more.
_TRIES: Final = {"ChannelPage": CHANNEL_TRIES, "ChannelEcho": 5, "ChannelCalledOff": 5, "FetchFile": FILE_TRIES}
# Per person so many different pages in so long a time; the first page for an incident always goes.
MOST_PAGES: Final = 5
IN: Final = timedelta(minutes=15)
_MAIN: Final = "room:main"
HELD_FOR: Final = timedelta(minutes=1)


def target_of(row: OutboxRow) -> str:
    return f"{row.incident}/{row.target}"


def given_up(row: OutboxRow, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Retry) and row.attempts + 1 >= _TRIES.get(row.kind, row.attempts + 2):
        return GaveUp(outcome.reason)
    return outcome


async def crowded(tx: AsyncConnection, rows: Sequence[OutboxRow], now: datetime) -> frozenset[str]:
    """The keys of rows that would ring somebody once more who was sent so many other pages lately."""
    louder = [row for row in rows if row.lane == m.Lane.LOUDER and row.kind in PAGING]
    if not louder:
        return frozenset()
    first_ones = await outbox.first_pages(tx, now - IN, MOST_PAGES)
    return frozenset(
        row.key
        for row in louder
        if (pages := first_ones.get(_person(row))) is not None and (row.incident, row.subject) not in pages
    )


def _person(row: OutboxRow) -> str:
    return row.target.rpartition(":")[2]


async def with_rooms(tx: AsyncConnection, rows: Sequence[OutboxRow]) -> list[OutboxRow]:
    """The rows with the room that they go to, where it is known: asked once for all, because each question takes its time."""
    kinds = {row.key: row.target.partition(":")[0] for row in rows}
    persons = {PersonId(row.target.partition(":")[2]) for row in rows if kinds[row.key] == "person"}
    incidents = {row.incident for row in rows if row.target == _MAIN and row.incident is not None}
    direct = await rooms.direct_of(tx, persons)
    main = await directory.main_rooms(tx, incidents)

    def room(row: OutboxRow) -> RoomId | None:
        if kinds[row.key] == "person":
            return direct.get(PersonId(row.target.partition(":")[2]))
        return main.get(row.incident) if row.target == _MAIN and row.incident is not None else None

    return [replace(row, room=room(row)) for row in rows]
