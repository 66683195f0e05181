"""A line of the log, a step that is done, the largest playbook started: the bot and a bare script, each in a room of its own.

What a playbook starts with is more than messages: the script makes the same calls, those to one room in the same order.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from nio import MatrixRoom

from bot.domain.ids import PersonId
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Playbook
from bot.matrix.events import mappings
from bot.matrix.wire import CLIENT, room_path
from bot.store import directory as incidents
from tests.bench.archive import REPORTER, reference, utc_now
from tests.bench.bare import MEGOLM, Bare
from tests.bench.report import Measured
from tests.bench.town import PATIENCE, Town, town
from tests.bench.wire import Exchange, sends

LINES, STEPS = 10, 2  # each round; the reporter's third step asks for a decision
IN_A_TOWN: Final = 3  # more alarms of one reporter are bundled: that is the rule of floods, and no measure of speed
ALARM: Final = (
    "alarm Waterbrug: er is iets raars aan de hand op internet"  # names nothing, so only the coordinator is called
)
LINE, STEP = "feit", "klaar"
ENCRYPTED: Final = "/send/m.room.encrypted/"
REACTION: Final = "/send/m.reaction/"
# An invitation cannot be made twice; to the homeserver it is a state event like this one.
MARK: Final = "example.bench.mark"
Act = Mapping[str, Any] | Literal["reaction", "state"]


class Missing(AssertionError):
    """The bot did not say what it should have, so that the time means nothing."""


@dataclass(slots=True)
class Times:
    """Milliseconds."""

    line: list[float] = field(default_factory=list)
    step: list[float] = field(default_factory=list)
    start: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """What the bot said, by room, each room in its order; to be said by the bare script in the rooms of the same people."""

    line: Mapping[str, Any]
    step: Mapping[str, Any]
    start: Mapping[str, Sequence[Act]]


class Clerk(Bare):
    """Echoes, and at the word for it sends everything that a playbook starts with: rooms side by side, each in its order."""

    said: Said
    start: Mapping[str, Sequence[Act]]

    async def _answer(self, room: MatrixRoom, said: str) -> None:
        match said.split(" ")[0]:
            case "feit":
                await self.send(room.room_id, self.said.line)
            case "klaar":
                await self.send(room.room_id, self.said.step)
            case "draaiboek":
                await asyncio.gather(*(self._all(where, acts) for where, acts in self.start.items()))
            case _:
                return
        self.done.set()

    async def _all(self, room_id: str, acts: Sequence[Act]) -> None:
        shown = ""
        for number, act in enumerate(acts):
            match act:
                case "reaction":
                    about = {"rel_type": "m.annotation", "event_id": shown, "key": str(number)}
                    txn = f"{shown}.{number}"
                    path = room_path(room_id, "send", "m.reaction", txn)
                    status, _ = await self.call("PUT", path, {"m.relates_to": about})
                case "state":
                    status, _ = await self.call(
                        "PUT", room_path(room_id, "state", MARK, ""), {"mark": f"{shown}{number}"}
                    )
                case _:
                    shown, status = await self.send(room_id, act), 200
            if status != 200:
                raise Missing(f"the script's {act} was answered {status}")


def largest() -> Playbook:
    """The playbook with the most steps, and of those the one that calls most people."""
    books = reference().playbooks.values()
    return max(books, key=lambda book: (len(book.steps), len(book.calls), book.id))


def _people(book: Playbook) -> tuple[PersonId, ...]:
    """The officer, who leads, and all whom the playbook calls: whoever has no device is passed over, which the script cannot do."""
    contacts, now = reference().contacts, utc_now()
    found = (contacts.on_call(role, "eerste", now) for role in (COORDINATOR, *book.calls))
    return tuple(dict.fromkeys((REPORTER, *(person.id for person in found if person is not None))))


async def casework(directory: Path, runs: int, *, small: bool) -> list[Measured]:
    """One unmeasured round first in each town: it makes the keys of every room, and what is said in it the script says as well."""
    ours, theirs = Times(), Times()
    book = largest()
    rounds = 1 if small else max(1, runs // 2)
    for part in range(0, rounds, IN_A_TOWN):
        async with town(directory / str(part), bare_script=Clerk, people=_people(book)) as built:
            clerk = built.bare
            assert isinstance(clerk, Clerk)
            office = await _office(built, clerk)
            clerk.said = await _bot(built, book, Times())
            clerk.start = {_theirs(built, room, office): said for room, said in clerk.said.start.items()}
            await _bare(built, clerk, office, book, Times())
            for _ in range(min(IN_A_TOWN, rounds - part)):
                await _bot(built, book, ours)
                await _bare(built, clerk, office, book, theirs)
    count = len(book.steps)
    return [
        Measured("line", "`feit …` sent → its number accepted in the room", "ms", 1.5, tuple(ours.line), tuple(theirs.line)),
        Measured("step", "`klaar` sent → the step is shown as done", "ms", 1.5, tuple(ours.step), tuple(theirs.step)),
        Measured(
            "start", f"`draaiboek {book.id}` sent → the last of what {count} steps begin with is accepted", "ms", 1.2,
            tuple(ours.start), tuple(theirs.start),
        ),
    ]  # fmt: skip


# --- the bot ------------------------------------------------------------------------------------------------------------


async def _bot(built: Town, book: Playbook, times: Times) -> Said:
    """A new incident; raises Missing when something was not said."""
    await built.settled()
    raised = await built.say(REPORTER, built.bot_rooms[REPORTER], ALARM)
    await built.bot_sent(raised, ".CardPosted", 1)
    await built.settled()
    room = await _room(built)
    leader = _leader(built)
    for person in (REPORTER, leader):
        await built.peers[person].join(room)
    times.line += [await _until(built, room, f"{LINE} {n} jongeren bij het station", ".LineNote") for n in range(LINES)]
    times.step += [await _until(built, room, STEP, ".StepSettled") for _ in range(STEPS)]
    before = await _seen(built, room)
    line, step = _last(before[room], "jongeren bij het station"), _last(before[room], "Stap")
    said = await built.say(leader, room, f"draaiboek {book.id}")
    await built.bot_sent(said, ".PlaybookNote", 1)
    await built.settled()
    accepted = _messages(built.wire.since(said))
    if not sends(accepted, ".PageText") or not sends(accepted, ".StepShown"):
        raise Missing("the playbook called nobody or showed no step")
    times.start.append((max(one.answered for one in accepted) - said) * 1000)
    after = await _seen(built, room)
    calls = built.wire.since(said)
    start = {where: _acts(where, calls, seen[len(before.get(where, ())) :]) for where, seen in after.items()}
    return Said(line, step, {where: acts for where, acts in start.items() if acts})


def _acts(room: str, calls: Sequence[Exchange], contents: Sequence[Mapping[str, Any]]) -> list[Act]:
    """What the bot did in a room, in its order; raises Missing when what was sent is not what was read there."""
    left, acts = list(contents), list[Act]()
    for call in sorted(calls, key=lambda one: one.asked):
        if call.status != 200 or call.method == "GET" or not call.path.startswith(f"{CLIENT}/rooms/{room}/"):
            continue
        if REACTION in call.path:
            acts.append("reaction")
        elif ENCRYPTED in call.path:
            if not left:
                raise Missing("more was sent than could be read")
            acts.append(left.pop(0))
        else:
            acts.append("state")
    if left:
        raise Missing("more was read than was sent")
    return acts


async def _until(built: Town, room: str, text: str, kind: str) -> float:
    """How long (milliseconds) until the bot's answer of this kind to the officer's words was accepted."""
    said = await built.say(REPORTER, room, text)
    await built.bot_sent(said, kind, 1)
    taken = (sends(built.wire.since(said), kind)[0].answered - said) * 1000
    await built.settled()
    return taken


def _messages(found: Sequence[Exchange]) -> list[Exchange]:
    """Without the reactions that are offered beside a message."""
    return [one for one in sends(list(found)) if ENCRYPTED in one.path]


async def _room(built: Town) -> str:
    async with built.bot.database.read() as tx:
        rows = await incidents.open_rows(tx)
    newest = max(rows, key=lambda row: row.opened_at)
    if newest.main_room is None:
        raise Missing("the incident has no room")
    return str(newest.main_room)


def _leader(built: Town) -> PersonId:
    on_duty = built.playground.contacts.on_call(COORDINATOR, "eerste", utc_now())
    assert on_duty is not None
    return on_duty.id


async def _seen(built: Town, room: str) -> dict[str, list[Mapping[str, Any]]]:
    """What the bot said so far, as the officer read it in the room and each in the own chat."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for person, peer in built.peers.items():
        await peer.sync()
        where = (built.bot_rooms[person], room) if person == REPORTER else (built.bot_rooms[person],)
        for one in where:
            said = [
                s for s in peer.timeline(one) if s.sender == built.playground.bot and s.readable and "body" in s.content
            ]
            found[one] = [{k: v for k, v in s.content.items() if k != "m.relates_to"} for s in said]
    return found


def _last(said: Sequence[Mapping[str, Any]], part: str) -> Mapping[str, Any]:
    return next(content for content in reversed(said) if part in str(content["body"]))


# --- the script ---------------------------------------------------------------------------------------------------------


async def _office(built: Town, clerk: Clerk) -> str:
    """A room of the script with the same people in it, of whom the same two came."""
    leader = _leader(built)
    users = [built.peers[person].user_id for person in built.peers]
    state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": MEGOLM}}]
    body = {"preset": "private_chat", "invite": users, "initial_state": state}
    _, made = await clerk.call("POST", f"{CLIENT}/createRoom", body)
    room_id = str(made["room_id"])
    for person in (REPORTER, leader):
        await built.peers[person].join(room_id)
    _, state_now = await clerk.call("GET", room_path(room_id, "state"))
    if not any(event["type"] == "m.room.encryption" for event in mappings(state_now)):
        raise Missing("the script's room is not encrypted")
    return room_id


def _theirs(built: Town, room: str, office: str) -> str:
    person = next((one for one, known in built.bot_rooms.items() if known == room), None)
    return office if person is None else built.bare_rooms[person]


async def _bare(built: Town, clerk: Clerk, office: str, book: Playbook, times: Times) -> None:
    leader = _leader(built)
    async with clerk.listening():
        for n in range(LINES):
            times.line.append(await _echo(built, clerk, REPORTER, office, f"{LINE} {n} jongeren bij het station"))
        for _ in range(STEPS):
            times.step.append(await _echo(built, clerk, REPORTER, office, STEP))
        times.start.append(await _echo(built, clerk, leader, office, f"draaiboek {book.id}"))


async def _echo(built: Town, clerk: Clerk, person: PersonId, room: str, text: str) -> float:
    clerk.done.clear()
    said = await built.say(person, room, text)
    async with asyncio.timeout(PATIENCE):
        await clerk.done.wait()
    taken = (max(one.answered for one in sends(clerk.wire.since(said))) - said) * 1000
    await asyncio.sleep(0.2)
    return taken
