"""C17: a flood of alarms from one person, and many people at once, drown neither a real alarm nor an answer.

The whole bot runs in this process on the homeserver at the wire; what is measured is what people see on their phones, in seconds of
the real clock.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import func, or_, select

from bot import desk
from bot.domain.flood import FLOOD
from bot.matrix.peer import Peer, Seen
from bot.matrix.wire import room_path
from bot.outgoing import PAGING
from bot.store.schema import inbox, outbox
from tests.stories.brigade import Brigade, assembled
from tests.story import RIOT, Story

ANSWERED_WITHIN: Final = 2.0  # seconds from the answer to its confirmation
PAGED_WITHIN: Final = 10.0  # seconds from a new alarm to its first page
PATIENCE: Final = 60.0  # seconds in which nothing moves; slow is no fault
PACE: Final = 60 / 1_000  # seconds between two alarms of the flood
FLOODER: Final = "bakker"
RUNG: Final = ("jansen", "vandijk")


async def run(directory: Path, seed: int, *, alarms: int = 1_000, users: int = 200) -> Counter[str]:
    """`alarms` of one person at the pace of a thousand a minute, beside them `users` who all write in the alarm room."""
    counted: Counter[str] = Counter(alarms=0, incidents=0, lost=0, late=0, crowded=0, unsettled=0)
    async with assembled("wire") as brigade:
        brigade.to_night()
        story = Story(brigade)  # for its people; that nobody answers the flood would keep it from ever coming to rest
        await story.settle()
        story._since = brigade.now
        crowd = await _crowd(brigade, users)
        half: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        flooding = asyncio.create_task(_floods(brigade, story, alarms, crowd, half))
        await half
        counted += await _real_alarm(story)
        await flooding
        await _rests(story, counted)
        counted += await _reckoned(brigade, story, alarms)
    return counted


async def control(directory: Path, seed: int) -> Counter[str]:
    """A bot that makes an incident of every alarm: everybody on call is rung for each."""
    with _unbundled():
        return await run(directory, seed, alarms=FLOOD.alarms * 4, users=0)


@contextmanager
def _unbundled() -> Iterator[None]:
    bundled: Any = desk.bundled_into  # type: ignore[attr-defined]
    vars(desk)["bundled_into"] = lambda *_: None
    try:
        yield
    finally:
        vars(desk)["bundled_into"] = bundled


async def _crowd(brigade: Brigade, users: int) -> list[tuple[str, str]]:
    """People in the alarm room who are in no contacts; a token and an account each."""
    server, made = brigade.at_the_wire, []
    for number in range(users):
        password = secrets.token_hex(8)
        registered = await server.register(f"menigte{number}", password)
        session = await server.login(f"menigte{number}", password)
        await brigade.bot.gateway.invite(brigade.playground.alarm_room, registered.user_id)
        made.append((session.access_token, registered.user_id))
    return made


async def _floods(
    brigade: Brigade, story: Story, alarms: int, crowd: list[tuple[str, str]], half: "asyncio.Future[None]"
) -> None:
    """One alarm after another at the pace of the flood; the crowd writes in between, in clear."""
    began = time.monotonic()
    peer, room = story.peer(FLOODER), await story.room(FLOODER, "direct")
    server, standing = brigade.at_the_wire, brigade.playground.alarm_room
    for number in range(alarms):
        story.said.append(await peer.say(room, f"alarm Waterbrug: vals alarm nummer {number}"))
        if number == alarms // 2:
            half.set_result(None)
        if crowd and number * len(crowd) // alarms != (number + 1) * len(crowd) // alarms:
            token, account = crowd[number * len(crowd) // alarms]
            await _says_in_clear(server.url, token, account, standing, number)
        await asyncio.sleep(max(0.0, began + number * PACE - time.monotonic()))


async def _says_in_clear(url: str, token: str, account: str, room: str, number: int) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, verify=False) as http:
        await http.post(room_path(room, "join"), json={})
        body = {"msgtype": "m.text", "body": f"wat is er aan de hand {number}"}
        await http.put(room_path(room, "send", "m.room.message", f"{account}.{number}"), json=body)


async def _real_alarm(story: Story) -> Counter[str]:
    """In the middle of it somebody else raises an alarm; who is paged for it answers."""
    counted: Counter[str] = Counter()
    mulder, jansen = story.peer("mulder"), story.peer("jansen")
    room = await story.room("mulder", "direct")
    began = time.monotonic()
    story.said.append(await mulder.say(room, RIOT.replace("Waterbrug", "Polderdam")))
    page = await _seen(jansen, "Polderdam")
    counted["first_page_ms"] = round((time.monotonic() - began) * 1000)
    began = time.monotonic()
    story.said.append(await jansen.react(page.room_id, page.event_id, "✅"))
    await _seen(jansen, "Genoteerd, je komt")
    counted["answer_ms"] = round((time.monotonic() - began) * 1000)
    counted["late"] += counted["first_page_ms"] > PAGED_WITHIN * 1000
    counted["late"] += counted["answer_ms"] > ANSWERED_WITHIN * 1000
    return counted


async def _seen(peer: Peer, part: str) -> Seen:
    def found(known: Peer) -> Seen | None:
        return next((s for room in known.seen.values() for s in reversed(room) if part in s.body), None)

    return await peer.wait_for(found, PATIENCE)


async def _rests(story: Story, counted: Counter[str]) -> None:
    """Until all that was said is heard and all that had to be said of it has left. Escalations go on for as long as nobody answers,
    and what would ring people too often is held: that is not waited for."""
    said, (left, since) = set(story.said), (-1, time.monotonic())
    while left and time.monotonic() - since < PATIENCE:
        await asyncio.gather(*(story.peer(name).sync(timeout_ms=200) for name in (*RUNG, FLOODER)))
        if (now := await _left(story, said)) != left:
            left, since = now, time.monotonic()
    counted["unsettled"] += left != 0


async def _left(story: Story, said: set[str]) -> int:
    bot = story.brigade.bot
    assert story.brigade.is_up
    heard = select(inbox.c.event_id).where(inbox.c.state != "waiting")
    unsent = (
        select(func.count())
        .select_from(outbox)
        .where(outbox.c.state == "waiting", outbox.c.kind.not_in(PAGING), outbox.c.after.is_(None))
        .where(or_(outbox.c.not_before.is_(None), outbox.c.not_before <= bot.clock().now))
    )
    async with bot.database.read() as tx:
        return len(said - set((await tx.execute(heard)).scalars())) + int((await tx.execute(unsent)).scalar_one())


async def _reckoned(brigade: Brigade, story: Story, alarms: int) -> Counter[str]:
    """Every alarm stands in a log, and nobody was rung more often than is allowed."""
    counted: Counter[str] = Counter()
    rows = await story._incidents()
    kinds = Counter([kind for row in rows for kind in await story.entries(row.number)])
    taken = sum(count for kind, count in kinds.items() if kind in ("alarm.raised", "alarm.taken.in"))
    counted["alarms"], counted["incidents"] = taken, len(rows)
    counted["lost"] += max(0, alarms + 1 - taken)
    for name in RUNG:
        timeline = [s for room in story.peer(name).seen.values() for s in room]
        rung = sum(s.body.startswith("🚨") for s in timeline)
        counted["most_rung"] = max(counted["most_rung"], rung)
    # one for each incident of the flood and one for the real one, and the repeats that the time of the flood may bring
    counted["crowded"] += counted["most_rung"] > 2 * (FLOOD.alarms + 1)
    return counted
