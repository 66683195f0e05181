"""Private addresses by direct chat: entered, proved with a code over that very channel, shown to their owner, and taken away.

Longer than most modules, because each way to enter an address is a few lines of one flow. No function gives an address to a
message that is kept: the outbox names the person and the channel, and whoever sends asks the vault.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.addresses import opened
from bot.desk import Desk
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.ids import EventId, PersonId
from bot.domain.ladder import ENOUGH, Channel, independent
from bot.domain.people import Person
from bot.reach import Number, Vault, about, masked, read_mail, read_number, read_pushover
from bot.store import links, reach
from bot.store.reach import PENDING, ReachRow
from bot.words import reach_words
from bot.words.catalogue import Catalogue

CODE_LASTS: Final = timedelta(minutes=10)
MOST_TRIES: Final = 5
MOST_CODES: Final = 5
CODES_WITHIN: Final = timedelta(hours=1)
# What somebody says to have taken away, in both languages.
NAMED: Final[dict[str, tuple[Channel, ...]]] = {
    "sms": ("sms",),
    "telefoon": ("voice",),
    "phone": ("voice",),
    "nummer": ("sms", "voice"),
    "number": ("sms", "voice"),
    "mail": ("mail",),
    "push": ("ntfy",),
    "ntfy": ("ntfy",),
    "pushover": ("pushover",),
    "alles": ("sms", "voice", "mail", "ntfy", "pushover"),
    "everything": ("sms", "voice", "mail", "ntfy", "pushover"),
}
_CODE: Final = re.compile(r"([0-9]{3})[ -]?([0-9]{3})")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, by which event, and where the answer goes; `replied` is the event that the answer is a reply to."""

    person: Person
    to: m.To
    event: EventId
    replied: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the flows need: the desk, the vault, the words, which channels this installation can use, and who is in the contacts
    no more (nobody, while they cannot be read)."""

    desk: Desk
    vault: Vault
    catalogue: Catalogue
    usable: Callable[[], frozenset[Channel]]
    has_left: Callable[[PersonId], bool]

    def answer(self, asker: Asker, lines: Sequence[str]) -> m.Answer:
        return m.Answer(to=asker.to, lang=asker.person.language, lines=tuple(lines), reply_to=asker.replied)


def typed_code(text: str) -> str | None:
    """The six digits of a message that is nothing but a code."""
    found = _CODE.fullmatch(text.strip())
    return "".join(found.groups()) if found else None


@dataclass(frozen=True, slots=True)
class Entering:
    """Every method answers the asker exactly once for the event, and raises Refused when it cannot do what is asked."""

    house: Installation

    async def number(self, asker: Asker, text: str) -> None:
        """One number serves text messages and calls; a landline is only called."""
        found = read_number(text)
        if not isinstance(found, Number):
            raise Refused(f"number_{found}")
        usable = self.house.usable()
        if found.mobile and "sms" in usable:
            await self._begin(asker, "sms", found.e164)
        elif "voice" in usable:
            await self._begin(asker, "voice", found.e164)
        else:
            raise Refused("no_telephone" if found.mobile else "no_calls")

    async def mail(self, asker: Asker, text: str) -> None:
        found = read_mail(text)
        if found is None:
            raise Refused("mail_wrong")
        self._needs("mail")
        await self._begin(asker, "mail", found)

    async def pushover(self, asker: Asker, text: str) -> None:
        found = read_pushover(text)
        if found is None:
            raise Refused("pushover_wrong")
        self._needs("pushover")
        await self._begin(asker, "pushover", found)

    async def push(self, asker: Asker) -> None:
        """Draws a secret address at the ntfy server and shows it; the code follows once somebody listens there."""
        if "ntfy" not in self.house.usable():
            raise Refused(
                "push_is_pushover" if "pushover" in self.house.usable() else "no_channel", {"channel": "push"}
            )
        person, now = asker.person, self.house.desk.clock().now
        async with self.house.desk.database.read() as tx:
            known = await reach.pending(tx, person.id, "ntfy") or await reach.get(tx, person.id, "ntfy")
        row = None if known else self._row(person.id, "ntfy", self.house.vault.topic(), now)
        shown = m.ReachShown(
            to=asker.to, lang=person.language, what="ntfy", person=person.id, reply_to=asker.replied
        )  # fmt: skip
        await self._keep(asker, [row] if row else [], [shown])

    async def send_again(self, asker: Asker) -> None:
        """Another code for what still waits for one."""
        async with self.house.desk.database.read() as tx:
            waiting = await reach.pending_of(tx, asker.person.id)
        if not waiting:
            raise Refused("no_code_waiting")
        await self._send_code(asker, max(waiting, key=lambda row: row.entered_at))

    async def code(self, asker: Asker, typed: str) -> None:
        """Proves an address: the code was seen or heard over its channel by who typed it here."""
        person, now = asker.person, self.house.desk.clock().now
        async with self.house.desk.database.read() as tx:
            waiting = await reach.pending_of(tx, person.id)
        open_ones = [row for row in waiting if row.code_hash is not None]
        if not open_ones:
            raise Refused("no_code_waiting")
        alive = [row for row in open_ones if row.code_expires and now < row.code_expires]
        if not alive:
            raise Refused("code_expired")
        alive = [row for row in alive if row.code_tries < MOST_TRIES]
        if not alive:
            raise Refused("code_spent")
        found = next((row for row in alive if self._fits(row, typed)), None)
        if found is None:
            await self._wrong(asker, alive)
        else:
            await self._verify(asker, found, now)

    async def show(self, asker: Asker) -> None:
        """The person's own channels, masked."""
        async with self.house.desk.database.read() as tx:
            rows = await reach.of_person(tx, asker.person.id)
            waiting = await reach.pending_of(tx, asker.person.id)
            said = await reach.steps_of(tx, asker.person.id)
        heard = said.get("test:matrix")
        shown = [
            reach_words.Shown(
                row.channel, self._masked(row), row.verified_at, row.proved_at, row.channel in self._usable
            )
            for row in (*rows, *waiting)
        ]
        lines = reach_words.channels(
            self.house.catalogue, asker.person.language, shown, heard.at if heard and heard.state == "done" else None
        )
        await self._keep(asker, [], [self.house.answer(asker, lines)])

    async def remove(self, asker: Asker, text: str) -> None:
        """Takes away what is named; the sealed address is gone, not only marked."""
        channels = NAMED.get(text.strip(" .!").casefold())
        if channels is None:
            raise Refused("remove_what")
        person = asker.person
        async with self.house.desk.database.read() as tx:
            rows = await reach.of_person(tx, person.id)
            waiting = await reach.pending_of(tx, person.id)
        gone = [row for row in (*rows, *waiting) if row.channel in channels]
        if not gone:
            raise Refused("nothing_to_remove")
        left = frozenset(row.channel for row in rows if row not in gone)
        few = independent((left & self._usable) | {"matrix"}) < ENOUGH
        taken = [row.channel for row in rows if row in gone]
        lines = reach_words.removed(self.house.catalogue, person.language, [row.channel for row in gone], few=few)

        async def settle(tx: AsyncConnection) -> None:
            await reach.remove(tx, person.id, [row.kind for row in gone])
            # the telephone may be in other hands, with a page on its screen
            await links.revoke(tx, person.id, taken, self.house.desk.clock().now)

        notes = [e.ChannelRemoved(person=person.id, channel=channel) for channel in taken]
        await self.house.desk.keep(
            f"reply/{asker.event}", settle, [self.house.answer(asker, lines)], entries=notes, cause=asker.event
        )

    # --- inside -----------------------------------------------------------------------------------------------------

    @property
    def _usable(self) -> frozenset[Channel]:
        return self.house.usable()

    def _needs(self, channel: Channel) -> None:
        if channel not in self._usable:
            raise Refused("no_channel", {"channel": channel})

    def _row(self, person: PersonId, channel: Channel, address: str, now: datetime) -> ReachRow:
        kind = f"{PENDING}{channel}"
        sealed = self.house.vault.seal(address, about(person, kind))
        return ReachRow(person, kind, sealed, self.house.vault.fingerprint(address), now)

    def _masked(self, row: ReachRow) -> str:
        address = opened(self.house.vault, row)
        return masked(row.channel, address) if address is not None else "?"

    async def _begin(self, asker: Asker, channel: Channel, address: str) -> None:
        row = self._row(asker.person.id, channel, address, self.house.desk.clock().now)
        await self._send_code(asker, row)

    async def _send_code(self, asker: Asker, row: ReachRow) -> None:
        person, now = asker.person, self.house.desk.clock().now
        self._needs(row.channel)
        async with self.house.desk.database.read() as tx:
            sent = await reach.sent_since(tx, person.id, "ChannelCode", now - CODES_WITHIN)
        if sent >= MOST_CODES:
            raise Refused("codes_too_many")
        digest = self.house.vault.code_hash(person.id, row.channel, self.house.vault.code(asker.event))
        row = replace(row, code_hash=digest, code_expires=now + CODE_LASTS, code_tries=0)
        lines = reach_words.code_sent(self.house.catalogue, person.language, row.channel, self._masked(row))
        code = m.ChannelCode(
            to=m.To("channel", f"{row.channel}:{person.id}"),
            lang=person.language,
            channel=row.channel,
            person=person.id,
            seed=asker.event,
        )
        await self._keep(asker, [row], [self.house.answer(asker, lines), code])

    def _fits(self, row: ReachRow, typed: str) -> bool:
        digest = self.house.vault.code_hash(row.person, row.channel, typed)
        return hmac.compare_digest(digest, row.code_hash or "")

    async def _wrong(self, asker: Asker, alive: Sequence[ReachRow]) -> None:
        left = MOST_TRIES - 1 - min(row.code_tries for row in alive)
        refusal = m.Refusal(
            to=asker.to,
            lang=asker.person.language,
            code="code_wrong" if left else "code_spent",
            details=(("left", str(left)),),
            reply_to=asker.replied,
        )
        await self._keep(asker, [replace(row, code_tries=row.code_tries + 1) for row in alive], [refusal])

    async def _verify(self, asker: Asker, row: ReachRow, now: datetime) -> None:
        person, address = asker.person, opened(self.house.vault, row)
        if address is None:
            raise Refused("no_code_waiting")  # sealed with a key that was lost since
        async with self.house.desk.database.read() as tx:
            owner = await reach.whose(tx, row.channel, row.fingerprint)
            known = {old.channel: old for old in await reach.of_person(tx, person.id)}
            heirless = [] if owner in (None, person.id) else await reach.same_address(tx, owner, row.fingerprint)
        if heirless and not self.house.has_left(heirless[0].person):
            raise Refused("address_taken")
        channels = _serves(row, known)
        made = [self._verified(row, channel, address, now) for channel in channels]
        replaced = [
            old.channel for old in known.values() if old.channel in channels and old.fingerprint != row.fingerprint
        ]
        taken = [old for old in heirless if old.verified_at is not None]

        async def settle(tx: AsyncConnection) -> None:
            for old in heirless:
                await reach.remove(tx, old.person, [old.kind])
                await links.revoke(tx, old.person, [old.channel], now)
            # the old telephone may be in other hands, with a page on its screen
            await links.revoke(tx, person.id, replaced, now)
            await reach.remove(tx, person.id, [row.kind])
            for verified in made:
                await reach.write(tx, verified)

        lines = reach_words.verified(self.house.catalogue, person.language, channels, masked(row.channel, address))
        notes: list[e.IndexEntry] = [e.ChannelRemoved(person=old.person, channel=old.channel) for old in taken]
        notes += [e.ChannelVerified(person=person.id, channel=channel) for channel in channels]
        await self.house.desk.keep(
            f"reply/{asker.event}", settle, [self.house.answer(asker, lines)], entries=notes, cause=asker.event
        )

    def _verified(self, row: ReachRow, channel: Channel, address: str, now: datetime) -> ReachRow:
        sealed = self.house.vault.seal(address, about(row.person, channel))
        return ReachRow(row.person, channel, sealed, row.fingerprint, row.entered_at, verified_at=now, proved_at=now)

    async def _keep(self, asker: Asker, rows: Sequence[ReachRow], messages: Sequence[m.Message]) -> None:
        async def settle(tx: AsyncConnection) -> None:
            for row in rows:
                await reach.write(tx, row)

        await self.house.desk.keep(f"reply/{asker.event}", settle, messages, cause=asker.event)


def _serves(row: ReachRow, known: dict[Channel, ReachRow]) -> tuple[Channel, ...]:
    """A mobile number that takes text messages is called as well, unless another number was given for calls."""
    if row.channel != "sms":
        return (row.channel,)
    before, calls = known.get("sms"), known.get("voice")
    own = calls is not None and (before is None or calls.fingerprint != before.fingerprint)
    return ("sms",) if own and calls is not None and calls.fingerprint != row.fingerprint else ("sms", "voice")
