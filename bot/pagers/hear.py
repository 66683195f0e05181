"""One text message of the inbox, understood and acted upon exactly once: an answer to a page, an alarm, or something unclear."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, assert_never

import structlog

from bot import answers
from bot.answers import OpenPage
from bot.by_channel import Reply, command, stands, waits
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.authority import WHO_MAY
from bot.domain.contacts import Contacts
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.ladder import Channel
from bot.domain.origin import Origin
from bot.domain.paging import LATE
from bot.domain.people import COORDINATOR, Language, Person
from bot.domain.roster import LAYERS
from bot.store import inbox, overrides, reach
from bot.store.inbox import InboxRow
from bot.strangers import Strangers
from bot.words import sms_words
from bot.words.alarm_when import begins
from bot.words.catalogue import Catalogue
from bot.words.shown import moment
from bot.words.sms_words import Alarmed, Answered, Unclear

NOTHING: Final[Mapping[str, str]] = {}
_NUMBERS: Final[tuple[Channel, ...]] = ("sms", "voice")
# A telephone that answers by itself answers this answer as well; without an end the two would go on all night.
MOST_UNCLEAR: Final = 3
UNCLEAR_WITHIN: Final = timedelta(hours=1)
TOO_OLD: Final = timedelta(hours=6)
# What says that it is older comes from a clock that stands wrong, as of a gateway that lost its power: no alarm waits for that.
BELIEVED: Final = timedelta(days=7)
HeardOn = Callable[[PersonId, Channel, datetime], Awaitable[None]]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Texting:
    """Who wrote, from where; `sealed` is where an answer goes, empty when it can go nowhere."""

    row: InboxRow
    text: str
    sealed: str
    person: Person | None

    @property
    def by(self) -> Origin:
        assert self.person is not None, "only who is known gives commands"
        account = f"sms:{self.row.sender[:16]}"
        cause = self.row.event_id
        at = self.row.said_at
        return Origin(
            actor=self.person.id, account=account, via="sms", said_at=at, cause=cause, room="direct", proof="clear"
        )


@dataclass(frozen=True, slots=True)
class SmsHearing:
    """`new_id` makes an incident's id from what raised it, as for the chat; `heard_on` notes that somebody's phone works;
    `language` is the region's. `unclear` keeps by sender when somebody heard that they were not understood; in memory, because a
    restart may forgive."""

    desk: Desk
    contacts: Callable[[], Contacts]
    catalogue: Catalogue
    language: Callable[[], Language]
    strangers: Strangers
    heard_on: HeardOn
    new_id: Callable[[EventId], IncidentId]
    unclear: dict[str, list[datetime]] = field(default_factory=dict)

    async def hear(self, row: InboxRow) -> bool:
        """Always done with: nothing here waits for a key."""
        if row.raw is None:
            async with self.desk.database.begin() as tx:
                await inbox.mark(tx, row.event_id, "ignored")
            return True
        kept = json.loads(row.raw)
        texting = Texting(row, kept["text"], kept["sealed"], await self._who(row.sender))
        if texting.person is None:
            await self._stranger(texting)
            return True
        await self.heard_on(texting.person.id, "sms", self.desk.clock().now)
        waiting, others = await answers.pages_of(self.desk, texting.person.id)
        # who is asked once more whether they come is asked, though they said yes before
        asked = [*waiting, *(o for o in others if o.page.asked_again is not None and waits(o.page))]
        said = sms_words.read(texting.text, [o.incident.number for o in (*asked, *others)])
        match said:
            case Alarmed():
                await self._alarm(texting, said)
            case Answered():
                await self._answer(texting, said, asked, others)
            case Unclear():
                may_alarm = bool(WHO_MAY[c.RaiseAlarm].roles & set(texting.person.roles))
                await self._unclear(texting, "how_alarm" if said.sentence and may_alarm and not asked else "how")
            case _:
                assert_never(said)
        return True

    async def _who(self, fingerprint: str) -> Person | None:
        """A number counts however it was verified: by a code in a text message or in a call."""
        async with self.desk.database.read() as tx:
            found = [await reach.whose(tx, channel, fingerprint) for channel in _NUMBERS]
        known = next((person for person in found if person is not None), None)
        return None if known is None else self.contacts().people.get(known)

    async def _stranger(self, texting: Texting) -> None:
        if await self.strangers.refuse("sms", texting.row.sender, cause=texting.row.event_id):
            await self._reply(texting, "stranger", handled=True)

    async def _unclear(self, texting: Texting, key: str) -> None:
        now, sender, cause = self.desk.clock().now, texting.row.sender, texting.row.event_id
        lately = [at for at in self.unclear.get(sender, ()) if now - at < UNCLEAR_WITHIN]
        if len(lately) >= MOST_UNCLEAR:
            await self.desk.say(f"reply/{cause}", (), cause=cause)
            return
        self.unclear[sender] = [*lately, now]
        await self._reply(texting, key)

    async def _alarm(self, texting: Texting, said: Alarmed) -> None:
        """One that waited at the provider says when it was sent; one of long ago is no reason to wake everybody."""
        cause, at = texting.row.event_id, texting.row.said_at
        late = timedelta(0) if at is None else self.desk.clock().now - at
        late = late if late <= BELIEVED else timedelta(0)
        person = texting.person
        assert person is not None, "strangers raise no alarm"
        if at is not None and late >= TOO_OLD and WHO_MAY[c.RaiseAlarm].roles & set(person.roles):
            await self._ask_about(texting, person, said.text, at)
            return
        text = said.text
        if at is not None and late >= LATE:
            text = f"{text} {sms_words.sent_at(self.catalogue, self.language(), at, late)}".strip()
        when = begins(said.text, at or self.desk.clock().now, self.contacts().region.zone)
        alarm = c.RaiseAlarm(text=text, begins=when, by=texting.by)
        try:
            incident = await self.desk.handle(self.new_id(cause), alarm, cause=cause)
        except c.Refused:
            await self._reply(texting, "not_allowed")
            return
        log.info("alarm", channel="sms", late=round(late.total_seconds()))
        values = {"number": incident.number, "municipality": incident.municipality_name}
        await self._reply(texting, "alarm", values, handled=True)

    async def _ask_about(self, texting: Texting, person: Person, text: str, at: datetime) -> None:
        """The coordinator decides whether an old alarm still is one; who sent it is told so."""
        cause, wall = texting.row.event_id, self.desk.clock().wall
        async with self.desk.database.read() as tx:
            changes = await overrides.changes(tx, wall, wall + timedelta(seconds=1))
        contacts = self.contacts()
        on_call = [contacts.on_call(COORDINATOR, layer, wall, changes) for layer in LAYERS]
        asked = next((one for one in (*on_call, *map(contacts.people.get, contacts.fallback)) if one is not None), None)
        log.info("alarm_too_old", channel="sms")
        if asked is not None:
            to, mention = m.To("person", asked.id), (asked.id,)
            question = m.OldAlarm(
                to=to, lang=asked.language, mention=mention, person=person.name, said_at=at, text=text
            )
            await self.desk.say(f"old/{cause}", (question,))
        await self._reply(texting, "alarm_old", {"when": moment(at, person.language)})

    async def _answer(self, texting: Texting, said: Answered, asked: list[OpenPage], others: list[OpenPage]) -> None:
        """The one page that waits, the one that was named, or else the newest that an answer still changes; of several that wait
        at once the sender says which."""
        person = texting.person
        assert person is not None, "strangers answer nothing"
        if said.number:
            asked = [o for o in asked if o.incident.number == said.number]
            others = [o for o in others if o.incident.number == said.number]
        if len(asked) > 1:
            shown = [(o.incident.number, o.incident.municipality_name, o.page.roles) for o in asked]
            text = sms_words.choose(self.catalogue, person.language, shown)
            await self._send(texting, text)
            return
        # a page that was withdrawn since must not hide an older one that an answer still reaches
        counts = [o for o in others if o.page.state != "withdrawn"]
        meant = next(iter(asked or counts or others), None)
        if meant is None:
            await self._reply(texting, "none")
        elif meant.page.state == "withdrawn":
            await self._reply(texting, "over", _named(meant))
        else:
            await self._give(texting, Reply(said.coming, said.eta_minutes), meant)

    async def _give(self, texting: Texting, reply: Reply, meant: OpenPage) -> None:
        """The first answer is echoed as the log tells it; what only repeats or adds to it is answered here."""
        before = meant.page.state
        given = command(meant.page.id, reply, "sms", texting.by)
        try:
            incident = await self.desk.handle(meant.incident.id, given, cause=texting.row.event_id)
        except c.Refused:
            await self._stands(texting, stands(meant.page), meant)
            return
        log.info("answered", channel="sms", coming=reply.coming, accepted=True)
        if before == "acknowledged" and reply.coming:
            await self._stands(texting, stands(incident.pages[meant.page.id]), meant, handled=True)

    async def _stands(
        self, texting: Texting, standing: Reply | None, meant: OpenPage, *, handled: bool = False
    ) -> None:
        match standing:
            case None:
                await self._reply(texting, "none", handled=handled)
            case Reply(coming=False):
                await self._reply(texting, "stands_no", _named(meant), handled=handled)
            case Reply(eta_minutes=None):
                await self._reply(texting, "stands_yes", _named(meant), handled=handled)
            case Reply(eta_minutes=minutes):
                await self._reply(texting, "stands_eta", {**_named(meant), "minutes": str(minutes)}, handled=handled)

    async def _reply(
        self, texting: Texting, key: str, values: Mapping[str, str] = NOTHING, *, handled: bool = False
    ) -> None:
        """`handled`: the message was acted upon already, and this only says so."""
        lang = texting.person.language if texting.person is not None else self.language()
        await self._send(texting, sms_words.said(self.catalogue, lang, key, **values), handled=handled)

    async def _send(self, texting: Texting, text: str, *, handled: bool = False) -> None:
        person = texting.person.id if texting.person is not None else None
        reply = m.ChannelReply(
            to=m.To("channel", f"sms:{person or ''}"),
            lang=texting.person.language if texting.person is not None else self.language(),
            channel="sms",
            person=person,
            sealed=texting.sealed,
            text=text,
        )
        cause = texting.row.event_id
        await self.desk.say(f"reply/{cause}", (reply,) if texting.sealed else (), cause=None if handled else cause)


def _named(meant: OpenPage) -> dict[str, str]:
    return {"number": meant.incident.number, "municipality": meant.incident.municipality_name}
