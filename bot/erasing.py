"""Carries out what the log says is erased: openings, the bot's own copies, events in rooms; and once more after a restore."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.custody import Recorded
from bot.domain.erased import ERASED
from bot.domain.erasing import words_of
from bot.domain.ids import EventId, IncidentId, RoomId
from bot.erasures import Listed
from bot.folding import CODEC, INDEX_CODEC, blob_names
from bot.logbook.chain import Opening, parse
from bot.logbook.codec import wire_type
from bot.posting import rows_of
from bot.store import inbox, log, outbox
from bot.transcribing import CODEC as TRANSCRIPT_CODEC

BAR: Final = str(ERASED)
SHORTEST: Final = 3  # characters: a shorter text is found everywhere and says nothing
# Answers that nobody's entry stands behind. They repeat words cut short, on pages, or without the personal data in them, so that no
# search finds all of it: of an incident in which something is erased they go whole.
QUOTING: Final = frozenset(("Answer", "CatchUp", "Choice", "DidYouMean", "SitrepDraft"))
_BEGIN: Final = (
    16  # characters by which a text is known in an answer about all incidents, which cuts it short behind them
)
LONE: Final = 12  # characters of a single word that is looked for elsewhere; a shorter one means something else there
_EXPORTED: Final = wire_type(e.DossierExported).encode()
# Where a message goes and whom it names is no text of anybody.
_ADDRESS: Final = frozenset(("to", "lang", "number", "mention"))
# Fields that are erased with the words and are none: who wrote a message is named in others too, and how a file opens in none.
_NO_WORDS: Final[Mapping[str, frozenset[str]]] = {
    wire_type(e.MessageSaid): frozenset(("name",)),
    wire_type(e.MessageUnreadable): frozenset(("name",)),
    wire_type(e.FileShared): frozenset(("media_type", "key", "iv")),
    wire_type(e.FileKept): frozenset(("opened_sha256",)),
}
# What an entry's own messages repeat of it, also cut short or with personal data left out.
_WORDS: Final = frozenset(("text", "reason", "remark", "ground", "recipient", "reference", "alarm"))


@dataclass(frozen=True, slots=True)
class _Words:
    """What was erased, line by line; and what of it is looked for in messages about something else."""

    every: set[str]
    elsewhere: set[str]


async def recorded(tx: AsyncConnection, origin: str, transcript: str) -> tuple[Recorded, ...]:
    """All entries of an incident's two logs, each with the names of its fields that have an opening."""
    found = [*await _entries(tx, origin)]
    raws, by_seq = await _stored(tx, transcript)
    for raw in raws:
        sealed = parse(raw)
        opened = by_seq.get(sealed.seq, [])
        said = TRANSCRIPT_CODEC.read(sealed, opened, dict[str, bytes]().__getitem__)
        found.append(Recorded("transcript", sealed.seq, said, frozenset(one.name for one in opened)))
    return tuple(found)


async def exports_of(tx: AsyncConnection, index: str, incident: IncidentId) -> tuple[datetime, ...]:
    """When (UTC, oldest first) anything was exported of an incident, as far as the index log can still tell."""
    found = []
    for raw in await log.entries(tx, index):
        if _EXPORTED not in raw:
            continue  # years of readings are not parsed while everybody waits
        sealed = parse(raw)
        opened = await log.openings(tx, index, first=sealed.seq, until_seq=sealed.seq)
        if opened:
            entry = INDEX_CODEC.read(sealed, opened, dict[str, bytes]().__getitem__)
            if isinstance(entry, e.DossierExported) and entry.incident == incident:
                found.append(sealed.ts)
    return tuple(found)


async def _entries(tx: AsyncConnection, origin: str) -> list[Recorded]:
    raws, by_seq = await _stored(tx, origin)
    blobs = await log.blobs(tx, blob_names(one for opened in by_seq.values() for one in opened))
    found = []
    for raw in raws:
        sealed = parse(raw)
        opened = by_seq.get(sealed.seq, [])
        entry = CODEC.read(sealed, opened, blobs.__getitem__)
        found.append(Recorded("incident", sealed.seq, entry, frozenset(one.name for one in opened)))
    return found


async def _stored(tx: AsyncConnection, origin: str) -> tuple[list[bytes], dict[int, list[Opening]]]:
    by_seq: dict[int, list[Opening]] = {}
    for opening in await log.openings(tx, origin):
        by_seq.setdefault(opening.seq, []).append(opening)
    return await log.entries(tx, origin), by_seq


async def carry_out(
    tx: AsyncConnection,
    incident: IncidentId,
    origins: dict[str, str],
    erased: Sequence[e.FieldErased],
    known: Sequence[Recorded],
    key: str,
    now: datetime,
) -> list[Listed]:
    """Takes away the openings and the bot's own copies, and asks for the events to be taken out of the rooms; what to list.

    `origins` gives the name of the log that an entry calls `incident` or `transcript`, `key` begins the keys of the new rows.
    """
    listed: list[Listed] = []
    words = _Words(set(), set())
    for one in erased:
        origin = origins[one.log]
        opened = {x.name: x for x in await log.openings(tx, origin, first=one.seq, until_seq=one.seq)}
        value = msgspec.json.decode(opened[one.name].pre)[3]
        raw = parse((await log.entries(tx, origin, first=one.seq, until_seq=one.seq))[0])
        if isinstance(value, str) and one.name not in _NO_WORDS.get(raw.type, ()):
            parts = {part for part in value.split("\n") if len(part.strip()) >= SHORTEST}
            words.every.update(parts)
            words.elsewhere.update(
                part for part in parts if one.of == "person" or " " in part.strip() or len(part.strip()) >= LONE
            )
        await log.erase(tx, origin, one.seq, one.name)
        listed.append(_listed(incident, origin, raw.h, one, now))
    repeated, on_their_way = await _repeated(tx, incident, erased, words)
    gone = {**await _said(tx, erased, known), **repeated}
    retract = [m.Retract(to=m.To("asked", room), event=event) for event, room in gone.items()]
    await outbox.enqueue(tx, rows_of(f"{key}/erased", incident, None, retract, now))
    for row in on_their_way:
        after = m.Retract(to=msgspec.json.decode(row.message, type=m.BY_NAME[row.kind]).to, key=row.key)
        late = rows_of(f"{row.key}/erased", row.incident, None, (after,), now)
        await outbox.enqueue(tx, [replace(one, after=row.key) for one in late])
    return listed


async def _said(
    tx: AsyncConnection, erased: Sequence[e.FieldErased], known: Sequence[Recorded]
) -> dict[EventId, RoomId]:
    """The messages in which people wrote it, each with its room; the bot keeps nothing of them."""
    chosen = {(one.log, one.seq) for one in erased}
    found: dict[EventId, RoomId] = {}
    for event in sorted({event for x in known if (x.log, x.seq) in chosen for event in words_of(x.entry)}):
        await inbox.forget_text(tx, event)
        if room := await inbox.room(tx, event):
            found[event] = RoomId(room)
    return found


async def _repeated(
    tx: AsyncConnection, incident: IncidentId, erased: Sequence[e.FieldErased], words: "_Words"
) -> tuple[dict[EventId, RoomId], list[outbox.OutboxRow]]:
    """The bot's own messages that repeated it, each with its room, and those that may have left without our knowing yet; what is
    kept of them has a bar in its place."""
    own = {(one.log, one.seq) for one in erased}
    reworded: list[outbox.OutboxRow] = []
    for row in await outbox.of_incident(tx, incident):
        mine = (outbox.log_of(row), row.seq) in own
        quotes = row.kind in QUOTING and row.seq is None
        without = _emptied(row) if quotes else scrubbed(row, words.every if mine else words.elsewhere, own=mine)
        if without == row.message:
            continue
        await outbox.reword(tx, row.key, without)
        reworded.append(row)
    begins = tuple(_begun(same) for word in words.elsewhere if len(same := _same(word)) > SHORTEST)
    for row in await outbox.of_none(tx, QUOTING):
        said = msgspec.json.decode(row.message)
        if any(begin.search(_same(held[at])) for held, at, _ in _texts(said) for begin in begins):
            await outbox.reword(tx, row.key, _emptied(row))
            reworded.append(row)
    reworded = [row for row in reworded if row.kind not in _STAYS]
    sent = {row.event_id: row.room for row in reworded if row.event_id is not None and row.room is not None}
    return sent, [row for row in reworded if row.state == "waiting"]


def _begun(word: str) -> re.Pattern[str]:
    """How it begins in an answer that cuts it short; a name is not looked for inside a longer word."""
    return re.compile(rf"(?<!\w){re.escape(word[:_BEGIN])}" + (r"(?!\w)" if len(word) <= _BEGIN else ""))


def _same(said: str) -> str:
    return " ".join(said.lower().split())


def _emptied(row: outbox.OutboxRow) -> bytes:
    """The answer with nothing in it; what a yes or a number would be read as goes with it."""
    told = msgspec.json.decode(row.message, type=m.BY_NAME[row.kind])
    match told:
        case m.CatchUp():
            told = replace(told, text=BAR, decided="", situation="")
        case m.SitrepDraft():
            told = replace(told, lines=(BAR,), rest=(), parts=(), own=(), follows=_NEVER)
        case m.Choice():
            told = replace(told, lines=(BAR,), rest=(), meant=())
        case m.DidYouMean():
            told = replace(told, lines=(BAR,), rest=(), meant=BAR)
        case m.Answer():
            told = replace(told, lines=(BAR,), rest=(), choices=())
        case _:
            raise AssertionError(f"{row.kind} is not among the answers")
    return msgspec.json.encode(told)


_NEVER: Final = -1  # no number of reports: a draft of which the words are gone is out of date
# The status card is one message that is edited in place: taken away it would be gone for good.
_STAYS: Final = frozenset(("CardPosted",))


def _listed(incident: IncidentId, origin: str, h: str, one: e.FieldErased, now: datetime) -> Listed:
    return Listed(
        incident=incident,
        log=origin,
        seq=one.seq,
        h=h,
        name=one.name,
        of=one.of,
        which=one.which,
        ground=one.ground,
        asked_by=one.asked_by,
        confirmed_by=one.confirmed_by,
        at=now,
    )


def scrubbed(row: outbox.OutboxRow, words: Iterable[str], *, own: bool) -> bytes:
    """A message without these words; of one that stands for the erased entry itself (`own`) nothing that somebody wrote is left.

    A message must stay one of its kind: a word that happens to be a name in our own vocabulary stays there.
    """
    told = msgspec.json.decode(row.message)
    kind = m.BY_NAME[row.kind]
    longest = sorted(words, key=len, reverse=True)
    for held, at, inside in list(_texts(told)):
        before = held[at]
        after = BAR if own and inside in _WORDS and before else _without(before, longest)
        if after == before:
            continue
        held[at] = after
        try:
            msgspec.convert(told, kind, strict=False)
        except msgspec.ValidationError:
            held[at] = before
    made = msgspec.json.encode(told)
    return row.message if msgspec.json.decode(row.message) == told else made


def _without(said: str, words: Iterable[str]) -> str:
    for word in words:
        # whole words only: a name may be part of another word
        said = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", BAR, said)
    return said


def _texts(told: Any, field: str = "") -> Iterable[tuple[Any, Any, str]]:  # noqa: ANN401 - JSON
    """Every text in a message: where it is held, under which key or index, and in which field."""
    pairs = told.items() if isinstance(told, dict) else enumerate(told)
    for at, value in pairs:
        name = at if isinstance(at, str) else field
        if name in _ADDRESS:
            continue
        if isinstance(value, str):
            yield told, at, name
        elif isinstance(value, dict | list):
            yield from _texts(value, name)
