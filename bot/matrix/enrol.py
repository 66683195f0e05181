"""Getting the bot onto a homeserver: a login on one device, the rate-limit override, and the standing rooms with everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from bot.domain.contacts import Contacts
from bot.domain.ids import PersonId, RoleId, RoomId
from bot.domain.people import COORDINATOR, Person
from bot.matrix.post import Posted
from bot.matrix.power import room_levels
from bot.matrix.rooms import Made, NotYet, RoomSpec, make_direct, make_room
from bot.matrix.send import Unsent
from bot.matrix.wire import CLIENT, quoted
from bot.store import channels, rooms
from bot.store.channels import ChannelRow
from bot.store.rooms import RoomKind, RoomRow

STANDING: Final = "nl.iog.room"
# Who may raise an alarm sits in the alarm room; who leads sits in the management room.
ALARM_ROLES: Final = frozenset(RoleId(r) for r in ("melder", "coordinator", "politie", "iog"))


@dataclass(frozen=True, slots=True)
class LoggedIn:
    device_id: str
    access_token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The homeserver said no, or nothing; `reason` holds no secret."""

    reason: str


async def log_in(http: httpx.AsyncClient, homeserver_url: str, user_id: str, password: str) -> LoggedIn | Refused:
    """A login on a new device; an old device is never taken up again without its keys."""
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": user_id},
        "password": password,
        "initial_device_display_name": "IOG+ bot",
    }
    try:
        answer = await http.post(f"{homeserver_url}{CLIENT}/login", json=body)
    except httpx.HTTPError as error:
        return Refused(type(error).__name__)
    if answer.status_code != 200:
        return Refused(f"{answer.status_code} {answer.json().get('errcode', '')}".strip())
    found = answer.json()
    return LoggedIn(str(found["device_id"]), str(found["access_token"]))


async def override_rate_limits(
    http: httpx.AsyncClient, homeserver_url: str, user_id: str, admin_token: str
) -> Refused | None:
    """Zero switches every limiter off for the bot; with the defaults a paging bot is silenced after ten messages."""
    url = f"{homeserver_url}/_synapse/admin/v1/users/{quoted(user_id)}/override_ratelimit"
    headers = {"Authorization": f"Bearer {admin_token}"}
    try:
        answer = await http.post(url, json={"messages_per_second": 0, "burst_count": 0}, headers=headers)
    except httpx.HTTPError as error:
        return Refused(type(error).__name__)
    return None if answer.status_code == 200 else Refused(f"{answer.status_code} {answer.json().get('errcode', '')}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Makes what must be there before the first alarm; every step can be repeated."""

    tools: Posted
    told: Callable[[str, str], None]  # what was done, and for whom or what

    async def direct_rooms(self) -> list[Refused]:
        """A direct room with everybody in the contacts, so that a page needs no room to be made."""
        failed = []
        for person in self.tools.contacts().people.values():
            outcome = await self._direct(person)
            if isinstance(outcome, Refused):
                failed.append(outcome)
        return failed

    async def _direct(self, person: Person) -> Made | Refused:
        if not person.accounts:
            return Refused(f"{person.id}: no account")
        region = self.tools.contacts().region
        name = self.tools.catalogue.text(person.language, "room.direct.name")
        made = await make_direct(
            self.tools.client, self.tools.gateway, person.accounts[0], name=name, federate=region.federate
        )
        if isinstance(made, NotYet):
            return Refused(f"{person.id}: {made.reason}")
        now = self.tools.clock().now
        async with self.tools.database.begin() as tx:
            await rooms.write(tx, RoomRow(RoomId(made.room_id), "direct", now, True, person=person.id))
            for account in person.accounts:
                await channels.write(tx, ChannelRow(person.id, "matrix", account, RoomId(made.room_id)))
        self.told("direct", person.id)
        return made

    async def standing_room(self, kind: RoomKind, alias: str) -> RoomId | Refused:
        """The alarm room or the management room, with those who belong there invited."""
        contacts = self.tools.contacts()
        words = self.tools.catalogue
        language = contacts.region.language
        spec = RoomSpec(
            alias_localpart=alias,
            marker_key=STANDING,
            marker_value=kind,
            name=words.text(language, f"room.{kind}.name"),
            topic=words.text(language, f"room.{kind}.topic"),
            power_levels=room_levels(),
            additional_creators=(contacts.region.break_glass,) if contacts.region.break_glass else (),
            federate=contacts.region.federate,
        )
        made = await make_room(self.tools.client, self.tools.gateway, spec)
        if isinstance(made, NotYet):
            return Refused(f"{kind}: {made.reason}")
        async with self.tools.database.begin() as tx:
            await rooms.write(tx, RoomRow(RoomId(made.room_id), kind, self.tools.clock().now, True))
        for person in _members(contacts, kind):
            invited = await self.tools.gateway.invite(made.room_id, contacts.people[person].accounts[0])
            if isinstance(invited, Unsent):
                return Refused(f"{kind}: {person}: {invited.reason}")
        self.told(kind, made.room_id)
        return RoomId(made.room_id)


def _members(contacts: Contacts, kind: RoomKind) -> list[PersonId]:
    wanted = ALARM_ROLES if kind == "alarm" else frozenset((COORDINATOR,))
    return [p.id for p in contacts.people.values() if wanted & set(p.roles) and p.accounts]
