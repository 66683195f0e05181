"""Who may talk with the bot alone: takes up invites, and every room of two whose row a crash or a broken answer kept from us.

An encrypted room of the bot and one person in the contacts becomes that person's direct room; what says otherwise is left.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.desk import Desk
from bot.domain import messages as m
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, RoomId
from bot.domain.people import Person
from bot.matrix.client import MatrixClient
from bot.matrix.events import Invite, child, mappings
from bot.matrix.rooms import leave_and_forget
from bot.matrix.wire import CLIENT, Answer, quoted, room_path
from bot.store import rooms

AGAIN: Final = timedelta(seconds=10)  # between two tries for one room
KINDS: Final[tuple[rooms.RoomKind, ...]] = ("direct", "alarm", "management", "incident")
_MARK: Final = "nl.iog."


@dataclass(slots=True)
class Welcome:
    """`asked` are the invites that still stand; `settle` is called after each sync."""

    client: MatrixClient
    desk: Desk
    contacts: Callable[[], Contacts]
    asked: dict[str, Invite] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _not_before: dict[str, datetime] = field(default_factory=dict)

    async def settle(self) -> None:
        """Every invite answered and every room of two known, or tried again later: a 502 must not cost somebody's alarm."""
        now = self.desk.clock().now
        joined = set(self.client.nio.rooms)
        self._known &= joined
        unknown = (joined | set(self.asked)) - self._known
        if unknown:
            async with self.desk.database.read() as tx:
                self._known |= {row.room_id for kind in KINDS for row in await rooms.of_kind(tx, kind)} & joined
        for room_id in unknown - self._known:
            if self._not_before.get(room_id, now) > now:
                continue
            self._not_before[room_id] = now + AGAIN
            invite = self.asked.get(room_id)
            settled = await (self._invited(invite) if invite is not None else self._found(room_id))
            if settled:
                self.asked.pop(room_id, None)
                self._not_before.pop(room_id, None)
                self._known.add(room_id)

    async def _invited(self, invite: Invite) -> bool:
        """Only people in the contacts may invite the bot, and only to talk with it alone."""
        person = self.contacts().person_of(Account(invite.inviter))
        if person is None:
            await manage(self.desk, f"invite/{invite.room_id}", "invite_refused", account=invite.inviter)
            return await leave_and_forget(self.client, invite.room_id) is None
        joined = await self.client.call("POST", f"{CLIENT}/join/{quoted(invite.room_id)}", {})
        if not joined.ok:
            return joined.status in (403, 404)  # taken back; anything else comes again
        members = await self._others(invite.room_id)
        if members is None:
            return False
        if len(members) > 1:
            await manage(self.desk, f"invite/{invite.room_id}", "invite_to_group", account=invite.inviter)
            return await leave_and_forget(self.client, invite.room_id) is None
        return await self._adopt(invite.room_id, person)

    async def _found(self, room_id: str) -> bool:
        """A room without a row: one of our own (its row comes with its making), or a person's to adopt."""
        creation = await self._state(room_id, "m.room.create")
        members = await self._others(room_id)
        if creation is None or members is None:
            return False
        ours = any(key.startswith(_MARK) for key in creation)
        person = self.contacts().person_of(Account(members[0])) if len(members) == 1 and not ours else None
        return True if person is None else await self._adopt(room_id, person)

    async def _adopt(self, room_id: str, person: Person) -> bool:
        encryption = await self._state(room_id, "m.room.encryption")
        if encryption is None:
            return False
        if encryption:
            self.client.adopt_encrypted(room_id)
        row = rooms.RoomRow(RoomId(room_id), "direct", self.desk.clock().now, bool(encryption), person=person.id)
        async with self.desk.database.begin() as tx:
            await rooms.write(tx, row)
        if not encryption:
            # said in the encrypted room, which is made for it when there is none
            refused = m.Refusal(to=m.To("person", person.id), lang=person.language, code="chat_in_clear")
            await self.desk.say(f"clear/{room_id}", (refused,))
        return True

    async def _others(self, room_id: str) -> list[str] | None:
        """Who is in the room or invited, but for us; None when the server did not say."""
        answer = await self.client.call("GET", f"{room_path(room_id, 'members')}?not_membership=leave")
        if not answer.ok:
            return None
        present = [x for x in mappings(answer.body.get("chunk")) if child(x, "content").get("membership") != "ban"]
        return [who for x in present if (who := str(x.get("state_key", ""))) != self.client.account.user_id]

    async def _state(self, room_id: str, kind: str) -> Mapping[str, Any] | None:
        """The content of a state event, empty when there is none; None when the server did not say."""
        answer: Answer = await self.client.call("GET", room_path(room_id, "state", kind))
        if answer.status == 404:
            return {}
        return answer.body if answer.ok else None


async def manage(desk: Desk, key: str, code: str, **details: str) -> None:
    """One line for operators, once for each `key`."""
    note = m.ManagementNote(to=m.To("management"), code=code, details=tuple(sorted(details.items())))
    await desk.say(key, (note,))
