"""One alarm among people with the independent client, and what a bot without cross-signing would meet."""

import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.domain.ids import RoleId
from bot.domain.people import COORDINATOR
from bot.matrix.peer import Peer
from bot.playground import Playground
from tests.interop.client import Client, Shown
from tests.interop.process import Outcome, Stopped, line, running_bot

ALARM: Final = "alarm Waterbrug rellen: op sociale media een oproep om vanavond te rellen bij het station"
UNSIGNED: Final = "UNSIGNED_SENDER_DEVICE"
STRANGER: Final = "onbekend"


@dataclass
class Story:
    """The people of this run. Each step leaves behind what the next needs."""

    play: Playground
    node: Path
    people: AsyncExitStack
    directory: Path
    outcome: Outcome = field(default_factory=Outcome)

    @property
    def bot(self) -> str:
        return self.play.bot

    def on_call(self, role: str) -> str:
        found = self.play.contacts.on_call(RoleId(role), "eerste", datetime.now(UTC))
        assert found is not None, f"nobody is on call for {role}"
        return found.id

    def need(self, what: str, found: object, why: str = "") -> None:
        if not self.outcome.check(what, found, why):
            raise Stopped

    async def log_in(self, person: str, *, password: str | None = None, strict: bool = True) -> Client:
        known = password is None
        account = self.play.account(person) if known else f"@{person}:{self.play.homeserver.name}"
        word = next(w for p, w in self.play.passwords.items() if p == person) if password is None else password
        client = await Client.start(
            self.node,
            person,
            self.play.homeserver.url,
            account.removeprefix("@").partition(":")[0],
            word,
            strict=strict,
        )
        self.people.push_async_callback(client.close)
        if strict:
            what = f"{person} logs in ({client.crypto.partition(' (')[0]}) with a device that is cross-signed"
            self.need(what, client.cross_signed)
        return client

    async def accept(self, client: Client, *rooms: str) -> str:
        """Join these rooms, or else the direct room that the bot made; gives the last."""
        standing = {self.play.alarm_room, self.play.management_room}

        def invited(seen: Client) -> str | None:
            return next(
                (r for (r, u), m in seen.members.items() if u == seen.user_id and m == "invite" and r not in standing),
                None,
            )

        wanted = rooms or (await client.until(invited),)
        for room in wanted:
            kind = "management room" if room == self.play.management_room else "direct room"
            self.need(f"{client.name} is invited into the {kind}", room)
            await client.do("join", room=room)
        return str(wanted[-1])

    async def tell_all(self) -> None:
        officer = await self.log_in("bakker")
        expert = await self.log_in(self.on_call("expert_cyber"))
        coordinator = await self.log_in(self.on_call(COORDINATOR))
        for client in (expert, coordinator):
            await self.accept(client)
        await self.accept(coordinator, self.play.management_room)
        # the bot starts last: from its first word on everything must be readable
        async with running_bot(self.directory / "config.yaml", self.directory / "bot.log", self.outcome):
            await self.play_out(officer, expert, coordinator)

    async def play_out(self, officer: Client, expert: Client, coordinator: Client) -> None:
        room = await self.alarm(officer)
        await self.signed(officer)
        incident = await self.page(expert)
        await self.room(expert, incident)
        await self.status(officer, room)
        await self.stranger(officer, room, coordinator)
        await self.unsigned(officer)
        self.readable(officer, expert, coordinator)

    async def signed(self, officer: Client) -> None:
        devices = await officer.do("devices", user=self.bot)
        signed = devices == {self.play.settings.device_id: True}
        self.outcome.check("the bot has one device, which its account signed", signed, str(devices))

    async def alarm(self, officer: Client) -> str:
        room = str((await officer.do("direct", user=self.bot))["room"])
        joined = await officer.until(lambda c: c.members.get((room, self.bot)) == "join")
        self.need("the bot accepts an encrypted direct chat of the officer", joined)
        await officer.do("say", room=room, text=ALARM)
        answer = await officer.reads("🔔", sender=self.bot, room=room)
        self.need("the alarm is understood and answered in that chat, readable", answer and answer.encrypted)
        return room

    async def page(self, expert: Client) -> str:
        page = await expert.reads("🚨", sender=self.bot)
        self.need(f"the page reaches {expert.name}, readable, without a warning", _trusted(page), str(page))
        assert page is not None
        sounds = page.notify and page.sound is not None
        self.outcome.check("by the default push rules the page notifies with sound", sounds)
        await expert.do("react", room=page.room, event=page.id, key="✅")
        confirmed = await expert.reads("https://matrix.to/#/!", sender=self.bot, room=page.room)
        self.need("the reaction is confirmed with a link to the room", confirmed and _trusted(confirmed))
        edited = await expert.until(lambda c: next((e for e in c.seen.values() if e.edits == page.id), None))
        quiet = edited is not None and _trusted(edited) and not edited.notify
        self.outcome.check("the page is settled by an edit, which is silent", quiet, str(edited))
        assert confirmed is not None
        return confirmed.body.partition("https://matrix.to/#/")[2].split()[0].partition("?")[0]

    async def room(self, expert: Client, room: str) -> None:
        invited = await expert.until(lambda c: c.members.get((room, c.user_id)) == "invite")
        self.need(f"{expert.name} is invited into the room of the incident", invited)
        await expert.do("join", room=room)
        card = await expert.reads("📍", sender=self.bot, room=room)
        self.outcome.check("the card of the room is readable", _trusted(card), str(card))
        await expert.do("say", room=room, text="feit eerste groep gezien bij het station")

        def changed(client: Client) -> Shown | None:
            cards = {e.id for e in client.seen.values() if e.room == room and "📍" in e.body and e.edits is None}
            return next((e for e in client.seen.values() if e.edits in cards and e.failure is None), None)

        edit = await expert.until(changed)
        quiet = edit is not None and _trusted(edit) and not edit.notify
        self.outcome.check("the card is kept up to date by edits, which are silent", quiet, str(edit))

    async def status(self, officer: Client, room: str) -> None:
        await officer.do("say", room=room, text="status")
        answer = await officer.reads("Stappen", sender=self.bot, room=room)
        self.outcome.check("a question is answered, readable", _trusted(answer), str(answer))

    async def stranger(self, officer: Client, room: str, coordinator: Client) -> None:
        password = secrets.token_urlsafe(12)
        registered = await self.play.homeserver.register(STRANGER, password)
        stranger = await self.log_in(STRANGER, password=password)
        own = str((await stranger.do("direct", user=self.bot))["room"])

        def warnings(client: Client) -> list[Shown]:
            return [e for e in client.seen.values() if e.sender == self.bot and registered.user_id in e.body]

        told = await coordinator.until(warnings)
        management = [e for e in told or () if e.room == self.play.management_room and _trusted(e)]
        self.outcome.check("an invite by a stranger is told in the management room", management)
        # an answer that came later than the refusal: whatever the bot had to say of the invite has been said
        await officer.do("say", room=room, text="help")
        await officer.reads("help", sender=self.bot, room=room)
        await officer.until(lambda c: stranger.members.get((own, self.bot)) == "leave", seconds=5)
        joined = stranger.members.get((own, self.bot))
        self.outcome.check("the bot does not join the stranger's room", joined in ("leave", "invite"), str(joined))
        self.outcome.check("the management room gets exactly one line of it", len(warnings(coordinator)) == 1)

    async def unsigned(self, officer: Client) -> None:
        """The control: what the bot would meet without cross-signing. Same library as the bot's, device not signed."""
        peer_word, lenient_word = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        await self.play.homeserver.register("ongetekend", peer_word)
        await self.play.homeserver.register("ruim", lenient_word)
        lenient = await self.log_in("ruim", password=lenient_word, strict=False)
        peer = await Peer.login(self.play.homeserver.url, "ongetekend", peer_word, self.directory / "peer")
        self.people.push_async_callback(peer.close)
        rooms = {}
        for client in (officer, lenient):
            rooms[client] = await peer.create_direct(client.user_id)
            await client.until(lambda c: c.members.get((rooms[c], c.user_id)))
            await client.do("join", room=rooms[client])
            await peer.wait_for(_has_joined(client.user_id, rooms[client]))
            await peer.say(rooms[client], "van een apparaat dat niemand ondertekende")
        lax = await lenient.reads("niemand ondertekende", sender=peer.user_id)
        self.outcome.check("control: a lenient client reads an unsigned device, with a warning", lax and lax.shield)
        refused = await officer.until(
            lambda c: next((e for e in c.seen.values() if e.room == rooms[c] and e.failure == UNSIGNED), None)
        )
        self.outcome.check("control: the strict client refuses an unsigned device", refused)
        await officer.do("say", room=rooms[officer], text="dit mag een onbekend apparaat niet lezen")
        closed = await peer.wait_for(
            lambda p: [s for s in p.timeline(rooms[officer]) if s.encrypted and s.sender == officer.user_id]
        )
        self.outcome.check("control: the strict client gives an unsigned device no key", not closed[-1].readable)

    def readable(self, *clients: Client) -> None:
        for client in clients:
            from_bot = [e for e in client.seen.values() if e.sender == self.bot and e.encrypted]
            closed = [e for e in from_bot if not _trusted(e)]
            why = ", ".join(sorted({e.failure or f"shield {e.shield_reason}" for e in closed}))
            what = f"{client.name}: all {len(from_bot)} encrypted events of the bot are readable, without a warning"
            self.outcome.check(what, from_bot and not closed, f"{len(closed)}: {why}")
            for event in from_bot:
                if event.edits is None and event.type == "m.room.message":
                    line(f"    {client.name} reads: {' / '.join(event.body.splitlines()[:2])}")


def _has_joined(user: str, room: str) -> Callable[[Peer], bool]:
    return lambda peer: user in peer.members(room)


def _trusted(event: Shown | None) -> bool:
    """Encrypted, opened, and shown without a warning beside it."""
    return event is not None and event.encrypted and event.failure is None and event.shield == 0
