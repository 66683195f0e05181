"""The ladder as each person's phones saw it, beside what the bot's log says it asked for: for the judge, for ladder.json."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.config import Settings
from bot.demo.cast import Participant
from bot.demo.phones import Handsets, Sight
from bot.demo.recognise import Meaning, Reader, is_edit
from bot.demo.script import OVER, reply_of
from bot.demo.stage import RunDirectory
from bot.domain import entries as e
from bot.domain.ids import IncidentId, PersonId
from bot.domain.ladder import CHANNELS, Channel
from bot.folding import blob_names, read_entries
from bot.store import directory, log
from bot.store.database import open_database

PAGES = ("page", "repeat")
SETTLED = ("page_taken", "page_declined")


@dataclass(frozen=True, slots=True)
class Request:
    """A page that the bot's log says was to go over a channel; `at` in seconds of the monotonic clock."""

    channel: Channel
    at: float


@dataclass(frozen=True, slots=True)
class Climb:
    """One person: what each of the phones saw of the page, in order, and over which channel the script lets them answer.

    `came` are pages only. `ringing` is how many still rang or showed at the end.
    """

    name: str
    role: str
    part: str
    answers: Channel | None
    sights: tuple[Sight, ...]
    requested: tuple[Request, ...] = ()
    ringing: int = 0

    def saw(self, what: str, channel: Channel | None = None) -> list[Sight]:
        return [s for s in self.sights if s.what == what and channel in (None, s.channel)]


@dataclass(frozen=True, slots=True)
class Rung:
    """One page over one channel, in seconds of the monotonic clock; None: it did not happen."""

    channel: Channel
    requested: float | None
    accepted: float | None
    answered: float | None
    withdrawn: float | None
    shown: str


def climb_of(
    one: Participant, addresses: Mapping[Channel, str], handsets: Handsets, reader: Reader, requested: Iterable[Request]
) -> Climb:
    """What the services and the person's own client hold now."""
    sights = [*_in_chat(one), *_on_phones(addresses, handsets.diary.sights, reader)]
    reply = reply_of(one.role, one.part)
    answers: Channel | None = None if reply.how == "silent" else OVER.get(reply.how, "matrix")
    return Climb(
        one.name,
        one.role,
        one.part,
        answers,
        tuple(sorted(sights, key=lambda s: s.at)),
        tuple(requested),
        sum(handsets.still(channel, address) for channel, address in addresses.items()),
    )


def _on_phones(addresses: Mapping[Channel, str], sights: Iterable[Sight], reader: Reader) -> Iterable[Sight]:
    """A text message is a page or says what was understood, as its words tell; everything else that comes is a page."""
    for sight in sights:
        if addresses.get(sight.channel) != sight.address:
            continue
        if sight.channel != "sms" or sight.what != "came":
            yield sight
            continue
        meaning = reader.read_text(sight.text)
        if meaning.kind == "page":
            yield sight
        elif meaning != Meaning("unknown"):
            yield replace(sight, what="confirmed")


def _in_chat(one: Participant) -> Iterable[Sight]:
    pages = [h for h in one.heard() if h.seen.room_id == one.direct]
    came = [h for h in pages if h.meaning.kind in PAGES]
    for heard in came:
        yield Sight(heard.at, "matrix", one.direct, "came", heard.seen.body.split("\n")[0])
    reply = reply_of(one.role, one.part)
    if came and reply.how in ("react", "text"):
        said = (did for did in one.did if did[1] == one.direct and did[0] >= came[0].at)
        if (first := next(said, None)) is not None:
            yield Sight(first[0], "matrix", one.direct, "answered", first[2])
        yield from (
            Sight(h.at, "matrix", one.direct, "confirmed", h.seen.body.split("\n")[0])
            for h in pages
            if h.meaning.kind.startswith(("confirmation", "declined"))
        )
    else:
        yield from (
            Sight(h.at, "matrix", one.direct, "withdrawn")
            for h in pages
            if is_edit(h.seen) and h.meaning.kind in SETTLED
        )


async def asked_for(
    settings: Settings, incident: IncidentId, seconds: Callable[[datetime], float]
) -> Mapping[PersonId, list[Request]]:
    """What the bot's own log says it tried; `seconds` gives a moment (UTC) on the monotonic clock. The bot must have stopped."""
    database = await open_database(settings.database, readonly=True)
    try:
        async with database.read() as tx:
            row = await directory.get(tx, incident)
            assert row is not None, "the incident was played"
            raws = await log.entries(tx, row.log)
            openings = await log.openings(tx, row.log)
            blobs = await log.blobs(tx, blob_names(openings))
    finally:
        await database.close()
    found: dict[PersonId, list[Request]] = {}
    whose: dict[str, PersonId] = {}
    for sealed, entry in read_entries(raws, openings, blobs.__getitem__):
        match entry:
            case e.PageRequested(page=page, person=person):
                whose[page] = person
                found.setdefault(person, []).append(Request("matrix", seconds(sealed.ts)))
            case e.PageRepeated(page=page):
                found[whose[page]].append(Request("matrix", seconds(sealed.ts)))
            case e.PageTried(page=page, channel=channel):
                found[whose[page]].append(Request(channel, seconds(sealed.ts)))
            case _:
                pass
    return found


def rungs(climb: Climb) -> list[Rung]:
    """Each page of a person, channel by channel in the order in which it was asked for."""
    found: list[Rung] = []
    for channel in CHANNELS:
        asked = [r.at for r in climb.requested if r.channel == channel]
        came = climb.saw("came", channel)
        for n, at in enumerate(asked):
            until = asked[n + 1] if n + 1 < len(asked) else float("inf")
            # the services and the log stamp with clocks that are read a moment apart
            sight = next((s for s in came if at - 0.5 <= s.at < until - 0.5), None)
            last = n + 1 == len(asked)
            found.append(
                Rung(
                    channel,
                    at,
                    sight.at if sight else None,
                    _first(climb.saw("answered", channel)) if last else None,
                    _first(climb.saw("withdrawn", channel)) if last else None,
                    sight.text if sight else "",
                )
            )
    return sorted(found, key=lambda rung: rung.requested or 0.0)


def _first(sights: Sequence[Sight]) -> float | None:
    return sights[0].at if sights else None


def write(climbs: Sequence[Climb], faults: Sequence[str], alarm_at: float, down_at: float, run: RunDirectory) -> None:
    """Into the run's directory, and beside it as the newest; all times in seconds after the alarm."""

    def after(at: float | None) -> float | None:
        return None if at is None else round(at - alarm_at, 2)

    people: list[dict[str, Any]] = [
        {
            "name": climb.name,
            "role": climb.role,
            "part": climb.part,
            "answers_over": climb.answers,
            "ladder": [
                {
                    "channel": rung.channel,
                    "requested": after(rung.requested),
                    "accepted": after(rung.accepted),
                    "answered": after(rung.answered),
                    "withdrawn": after(rung.withdrawn),
                }
                for rung in rungs(climb)
            ],
            "phone": [{"at": after(s.at), "channel": s.channel, "what": s.what, "text": s.text} for s in climb.sights],
        }
        for climb in climbs
    ]
    told = {"good": not faults, "faults": list(faults), "texts_down": after(down_at), "people": people}
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    for place in (run.path, run.out):
        (place / "ladder.json").write_text(text, encoding="utf-8")
