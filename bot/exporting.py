"""Makes the dossiers that people ask for in chat, one at a time and beside everything else: no page may wait for a document.

What was asked for stands in the outbox, so that a bot that is killed half-way makes it again when it is back.
"""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import Settings
from bot.desk import Desk
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.circle import CIRCLE
from bot.domain.delivery import Delivered, Outcome
from bot.domain.incident import Incident
from bot.dossier.bundle import Asked, Exported, Unknown, Work, export, export_one
from bot.dossier.collect import Broken
from bot.dossier.documents import COUNT, Templates, Unmade
from bot.logbook.chain import parse
from bot.logbook.codec import wire_type
from bot.made_files import clear, place_of
from bot.store import directory, outbox
from bot.store import log as log_rows
from bot.store.database import AWAY, Fenced
from bot.store.outbox import OutboxRow
from bot.words.catalogue import Catalogue

IN_CHAT: Final = 50 * 1024 * 1024  # bytes; what a homeserver takes as a file when nobody set it otherwise
LONG: Final = 1_000  # entries; a dossier of more takes so long that people read how far it is
_ERASED: Final = wire_type(e.FieldErased)
LOOK_EVERY: Final = 2.0  # seconds between two looks at how far it is

Made = Exported | Unknown | Broken | Unmade

log = structlog.get_logger()


class _ErasedSinceError(Exception):
    """Something was erased after the dossier was made and before it was handed over."""


@dataclass(frozen=True, slots=True)
class Exporting:
    """`request` gives what is said to who asks, and the request; called with the row of that request it makes the dossier."""

    desk: Desk
    settings: Settings
    catalogue: Catalogue
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)  # a long one takes a gigabyte

    async def request(self, incident: Incident, wish: m.MakeDossier) -> tuple[m.Message, ...]:
        async with self.desk.database.read() as tx:
            row = await directory.get(tx, incident.id)
        if row is None or row.head_seq < LONG:
            return (wish,)
        return m.DossierMaking(**_told(wish), asked=wish.asked, of=COUNT), wish

    async def __call__(self, row: OutboxRow, wish: m.MakeDossier) -> Outcome:
        async with self._one_at_a_time:
            try:
                # words that went while it was made do not leave with it
                while not await self._handed_over(row, wish, await self._made_whole(row, wish)):
                    pass
            except (Fenced, *AWAY):
                raise
            except OSError as full:
                await self._told_why_not(row, wish, "export_unwritten", full)
                return Delivered()
            except Exception as bug:  # noqa: BLE001 - made again at each start it would keep the bot from paging for ever
                log.error("export_failed", kind=type(bug).__name__)
                await self._told_why_not(row, wish, "export_unmade", bug)
                return Delivered()
        return Delivered()

    async def _handed_over(self, row: OutboxRow, wish: m.MakeDossier, made: Made) -> bool:
        """False: something was erased since, and it is to be made anew."""
        if isinstance(made, Exported) and made.size <= IN_CHAT:
            try:
                await self._hand_over(row, wish, made)
            except _ErasedSinceError:
                return False
            return True
        told: tuple[m.Message, ...] = (_refusal(wish, made),)
        if isinstance(made, Broken):
            details = (("number", wish.number), ("where", made.where), ("why", made.why))
            told += (
                m.ManagementNote(to=m.To("management"), number=wish.number, code="export_broken", details=details),
            )
        await self.desk.say(f"{row.key}/refused", told)
        clear(self.settings.dossiers, place_of(wish.asked))
        return True

    async def _told_why_not(self, row: OutboxRow, wish: m.MakeDossier, code: str, failed: Exception) -> None:
        """Nothing stands there half; who asked hears it, and so do those who can make room or mend it."""
        details = (("number", wish.number), ("why", type(failed).__name__))
        told = m.Refusal(**_told(wish), code=code, details=details[:1])
        note = m.ManagementNote(to=m.To("management"), code=code, details=details)
        await self.desk.say(f"{row.key}/unwritten", (told, note))
        clear(self.settings.dossiers, place_of(wish.asked))

    async def _erased_since(self, tx: AsyncConnection, made: Exported) -> bool:
        since = await log_rows.entries(tx, self.desk.seal.origin(made.incident), first=made.entries)
        return any(parse(raw).type == _ERASED for raw in since)

    async def _made_whole(self, row: OutboxRow, wish: m.MakeDossier) -> Made:
        try:
            return await self._followed(row, wish)
        except FileNotFoundError:
            # an erasure took away what was made so far; a second time it is the disk
            return await self._followed(row, wish)

    async def _followed(self, row: OutboxRow, wish: m.MakeDossier) -> Made:
        """Made in another thread, and told how far it is where that is shown."""
        so_far = [0, 0]
        making = asyncio.create_task(self._made(wish, so_far))
        told = 0
        try:
            while not (await asyncio.wait((making,), timeout=LOOK_EVERY))[0]:
                done, of = so_far
                if done > told:
                    told = done
                    await self._progress(row, wish, done, of)
        except asyncio.CancelledError:
            making.cancel()
            raise
        except Exception:
            await asyncio.wait((making,))  # where it writes, the next try will write
            raise
        made = making.result()
        if told:
            await self._progress(row, wish, COUNT, COUNT)
        return made

    async def _progress(self, row: OutboxRow, wish: m.MakeDossier, done: int, of: int) -> None:
        progress = m.DossierProgress(**_told(wish), asked=wish.asked, done=done, of=of)
        await self.desk.say(f"{row.key}/{done}", (progress,))

    async def _made(self, wish: m.MakeDossier, so_far: list[int]) -> Made:
        def told(done: int, of: int) -> None:
            so_far[:] = done, of

        database, out = self.desk.database, self._folder(wish)
        keys = (self.desk.seal.key, *self.desk.seal.beside(self.desk.clock().now))
        own = Templates(self.settings.document_dir)
        terms = self.desk.reference().contacts.retention
        work = Work(keys, self.catalogue, own, wish.circle, wish.copy, terms, told)
        if wish.form == "bundle":
            return await export(database, wish.incident, out, work, self.settings.files)
        asked = Asked(wish.form, wish.written_in or wish.lang, wish.which)
        return await export_one(database, wish.incident, out, work, asked)

    def _folder(self, wish: m.MakeDossier) -> Path:
        """Each has a directory of its own: of two people who ask for the same, one may read what the closed circle recorded."""
        folder = self.settings.dossiers / place_of(wish.asked)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    async def _hand_over(self, row: OutboxRow, wish: m.MakeDossier, made: Exported) -> None:
        """Recorded, told, and the request settled in one transaction: after a crash it is not handed over twice."""
        incident = await self.desk.incident(wish.incident)
        shown: e.Shown = wish.copy
        if shown == "whole" and not wish.circle and CIRCLE in incident.rooms:
            shown = "open_part"
        entry = e.DossierExported(
            incident=incident.id, head=made.head, digest=made.digest, disclosure=shown, format=wish.form
        )
        ready = m.DossierReady(
            **_told(wish), path=f"{made.path.parent.name}/{made.path.name}", entries=made.entries,
            single=wish.form != "bundle", marked=made.marked,
        )  # fmt: skip
        now = self.desk.clock().now

        async def settles(tx: AsyncConnection) -> None:
            if await self._erased_since(tx, made):
                raise _ErasedSinceError
            await outbox.settle(tx, row.key, None, None, now)

        await self.desk.note(replace(entry, origin=replace(entry.origin, actor=wish.person)), ready, settles=settles)


def _told(wish: m.MakeDossier) -> dict[str, Any]:
    to = m.To("person", wish.person)
    return {"to": to, "lang": wish.lang, "number": wish.number, "exercise": wish.exercise}


def _refusal(wish: m.MakeDossier, made: Made) -> m.Refusal:
    refused = partial(m.Refusal, to=m.To("person", wish.person), lang=wish.lang, number=wish.number)
    match made:
        case Unmade(file="") if wish.form == "sitrep":
            return refused(code="no_such_sitrep", details=(("sitrep", str(wish.which or 1)),))
        case Unmade(file=""):
            return refused(code="no_such_decision", details=(("decision", str(wish.which or 1)),))
        case Unmade(file=file, line=0, why=why):
            return refused(code="template_unusable", details=(("file", file), ("why", why)))
        case Unmade(file=file, line=line, why=why):
            return refused(code="template_broken", details=(("file", file), ("line", str(line)), ("why", why)))
        case Exported():
            return refused(code="export_too_large", details=(("number", wish.number),))
        case Unknown() | Broken():
            return refused(code="export_broken", details=(("number", wish.number),))
