"""Compares what each client decrypted with what was expected of it, and what each phone saw with what the ladder promises."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bot.demo.cast import Cast, Heard, Participant
from bot.demo.ladder import Climb
from bot.demo.plan import ANY, Expected, StepPlan, direct_messages, link_expected, room_messages
from bot.demo.recognise import Meaning
from bot.domain.ladder import Channel
from bot.matrix.peer import Seen

# What a room reads, given the names of those who were invited after the status card: meaning, whether phones sound, how often.
InRoom = Callable[[frozenset[str]], Iterable[tuple[Meaning, bool, int]]]
UNREADABLE: Final = Meaning("unreadable")
TWICE: Final = Meaning("twice")


@dataclass(frozen=True, slots=True)
class Row:
    """An expected message with the events that a participant's client saw for it."""

    expected: Expected
    events: tuple[str, ...]
    decrypted: bool

    @property
    def lacks(self) -> bool:
        return len(self.events) < self.expected.least

    @property
    def good(self) -> bool:
        return self.expected.least <= len(self.events) <= self.expected.most and self.decrypted


@dataclass(frozen=True, slots=True)
class Stray:
    """A message that nobody expected, or that could not be opened."""

    who: Participant
    what: Meaning
    event: str
    rings: bool
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    rows: tuple[Row, ...]
    strays: tuple[Stray, ...]

    @property
    def differences(self) -> int:
        return sum(not row.good for row in self.rows) + len(self.strays)


def judge(cast: Cast, entered: Sequence[Participant], steps: StepPlan) -> Judgement:
    """The whole comparison, over everything that the clients hold now."""
    direct = (*direct_messages(cast), *link_expected(cast, _linked(cast)))
    return compare(cast, entered, direct, lambda late: room_messages(cast, steps, late))


def compare(cast: Cast, entered: Sequence[Participant], direct: Iterable[Expected], in_room: InRoom) -> Judgement:
    """What was expected in the direct chats and in the room beside what came since the part began."""
    expected = [*direct, *_in_room(cast, entered, in_room)]
    wanted: dict[tuple[str, str, Meaning], Expected] = {}
    for one in expected:
        wanted[(one.who.person.id, _place(one.who, one.in_room), one.what)] = one
    found: dict[tuple[str, str, Meaning], list[Heard]] = {}
    strays: list[Stray] = []
    for who in cast.everybody:
        for heard in who.heard():
            key = (who.person.id, heard.seen.room_id, heard.meaning)
            if key in wanted and wanted[key].rings == heard.rings:
                found.setdefault(key, []).append(heard)
            else:
                strays.append(Stray(who, heard.meaning, heard.seen.event_id, heard.rings, _first_line(heard.seen)))
        strays += [Stray(who, UNREADABLE, seen.event_id, True, "") for seen in unreadable(who)]
        strays += [Stray(who, TWICE, event, True, "") for event in twice(who)]
    rows = tuple(_row(one, found.get(key, [])) for key, one in wanted.items())
    return Judgement(rows, tuple(strays))


def _row(expected: Expected, heard: Sequence[Heard]) -> Row:
    return Row(
        expected,
        tuple(h.seen.event_id for h in heard),
        all(h.seen.encrypted and h.seen.readable for h in heard),
    )


def _place(who: Participant, in_room: bool) -> str:
    return who.room if in_room else who.direct


def _linked(cast: Cast) -> frozenset[str]:
    """Whose confirmation already held the link."""
    links = {one.person.id: one.link_to_room for one in cast.everybody}
    return frozenset(
        person for person, heard in links.items() if heard is not None and heard.meaning.kind.startswith("confirmation")
    )


def _in_room(cast: Cast, entered: Sequence[Participant], in_room: InRoom) -> Iterator[Expected]:
    """Everybody in the room reads what came after the own invite; the officer was invited before the first message."""
    timeline = cast.reporter.peer.timeline(cast.reporter.room)
    order = _order(timeline)
    first_at: dict[Meaning, int] = {}
    last_at: dict[Meaning, int] = {}
    for heard in cast.reporter.heard():
        if heard.seen.room_id == cast.reporter.room:
            first_at.setdefault(heard.meaning, order[heard.seen.event_id])
            last_at[heard.meaning] = order[heard.seen.event_id]
    invited = {one.person.id: _invited_at(timeline, one) for one in entered}
    card = first_at.get(Meaning("card"), 0)
    late = frozenset(one.name for one in entered if invited[one.person.id] > card)
    for what, rings, most in in_room(late):
        for one in entered:
            # edits of the card come any number of times: then it is the last that counts
            at = (last_at if most == ANY else first_at).get(what, len(timeline))
            if at > invited[one.person.id]:
                yield Expected(one, what, rings, in_room=True, most=most)


def _order(timeline: Sequence[Seen]) -> Mapping[str, int]:
    return {seen.event_id: at for at, seen in enumerate(timeline)}


def _invited_at(timeline: Sequence[Seen], one: Participant) -> int:
    """The place of somebody's first membership in the timeline; before it all when it is not there."""
    account = one.peer.user_id
    return next((n for n, s in enumerate(timeline) if s.type == "m.room.member" and s.state_key == account), -1)


def unreadable(who: Participant) -> list[Seen]:
    """Messages of the bot that a client could not open although they were sent after it was invited."""
    found: list[Seen] = []
    for timeline in who.peer.seen.values():
        since = _invited_at(timeline, who)
        found += [s for n, s in enumerate(timeline) if not s.readable and s.sender == who.bot and n > since]
    return found


def twice(who: Participant) -> list[str]:
    """Events that one client was shown more than once."""
    events = Counter(seen.event_id for timeline in who.peer.seen.values() for seen in timeline)
    return [event for event, times in events.items() if times > 1]


def _first_line(seen: Seen) -> str:
    return seen.body.split("\n", 1)[0]


# --- the ladder, from what the services themselves kept ------------------------------------------------------------------

FaultKind = Literal[
    "after_answer", "twice", "not_over", "rings_on", "stopped_by_looking", "answered_by_looking", "voicemail", "while_down",
    "not_tried", "hung_up",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """A promise of the ladder that somebody's phones saw broken."""

    kind: FaultKind
    who: str
    channel: Channel

    def __str__(self) -> str:
        return f"{self.kind} ({self.who}, {self.channel})"


def judge_ladder(climbs: Sequence[Climb], down_at: float) -> tuple[Fault, ...]:
    """`down_at`: when text messages began to fail (seconds, monotonic)."""
    return tuple(fault for climb in climbs for fault in _faults(climb, down_at))


def _faults(climb: Climb, down_at: float) -> Iterator[Fault]:
    # an answer is one from the moment on which its owner could see that it was heard
    settled = min((s.at for s in climb.saw("confirmed")), default=None)
    for sight in climb.saw("came"):
        if settled is not None and sight.at > settled:
            yield Fault("after_answer", climb.name, sight.channel)
        if sight.channel == "sms" and sight.at > down_at:
            yield Fault("while_down", climb.name, "sms")
    if len(climb.saw("came", "sms")) > 1:
        yield Fault("twice", climb.name, "sms")
    if settled is not None and climb.ringing:
        yield Fault("rings_on", climb.name, climb.answers or "voice")
    if climb.saw("voicemail") and settled is not None:
        yield Fault("voicemail", climb.name, "voice")
    yield from _over(climb, climb.answers)
    yield from _looking(climb)
    if any(_within(climb, s.at) for s in climb.saw("withdrawn", "voice")):
        yield Fault("hung_up", climb.name, "voice")
    if climb.part == "reserve" and climb.answers == "voice" and all(r.channel != "sms" for r in climb.requested):
        yield Fault("not_tried", climb.name, "sms")


def _within(climb: Climb, at: float) -> bool:
    """Between a key and what was said of it."""
    keys, said = climb.saw("answered", "voice"), climb.saw("confirmed", "voice")
    return any(key.at < at < word.at for key, word in zip(keys, said, strict=False))


def _over(climb: Climb, channel: Channel | None) -> Iterator[Fault]:
    """Who answers over a channel was paged over it, and saw there that the answer was heard."""
    if channel is not None and not all(climb.saw(what, channel) for what in ("came", "answered", "confirmed")):
        yield Fault("not_over", climb.name, channel)
    if channel is None and climb.saw("confirmed"):
        yield Fault("not_over", climb.name, "matrix")


def _looking(climb: Climb) -> Iterator[Fault]:
    """A link that was only looked at: nothing was answered, and the ladder went on."""
    looked, answered = climb.saw("opened", "mail"), climb.saw("answered")
    if not looked or not answered:
        return
    between = [s for s in climb.sights if looked[0].at < s.at < answered[0].at]
    if any(s.what == "confirmed" for s in between) or not all(s.text.endswith(" 200") for s in looked):
        yield Fault("answered_by_looking", climb.name, "mail")
    if not any(s.what == "came" for s in between):
        yield Fault("stopped_by_looking", climb.name, "mail")
