"""Proves that a homeserver is fit for the bot by doing there what the bot will do, in a room of its own that it leaves again."""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from bot.domain.contacts import Contacts
from bot.domain.people import Language, Person
from bot.matrix.client import MatrixClient
from bot.matrix.crosssigning import CrossSigned, read_back
from bot.matrix.dead_man import SILENCE, held
from bot.matrix.doctor_words import say
from bot.matrix.events import child, mappings
from bot.matrix.keys import SIGNED_KEY
from bot.matrix.rooms import Made, RoomSpec, leave_and_forget, make_room
from bot.matrix.send import MEGOLM, Gateway, Sent, Unsent
from bot.matrix.wire import CLIENT, quoted, room_path
from bot.store import rooms
from bot.store.database import Database

Verdict = Literal["ok", "warn", "fail"]

# Synapse's own limit lets ten messages through: more than that in a row tells whether it is off.
IN_A_ROW: Final = 12
FURTHEST: Final = timedelta(seconds=2)
ALIAS: Final = "iog-doctor"
MARKER: Final = "nl.iog.doctor"
OLDEST: Final = "v1.11"  # files behind a login
ROOM_VERSION: Final = "12"
# Default push rules: whether a page rings hangs on the first three, whether a changed card stays silent on the last.
SOUNDS: Final = (
    ("underride", ".m.rule.encrypted_room_one_to_one"),
    ("underride", ".m.rule.room_one_to_one"),
    ("override", ".m.rule.is_user_mention"),
)
SILENT: Final = (("override", ".m.rule.suppress_edits"), ("override", ".m.rule.suppress_notices"))
OFFERED: Final = (("push_encrypted", "org.matrix.msc4028"),)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and what came of it; a warning does not make a homeserver unfit."""

    check: str
    verdict: Verdict
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, lang: Language) -> str:
        return say(lang, f"{self.check}.ok" if self.verdict == "ok" else self.check, **self.values)


def _found(check: str, holds: object, *, otherwise: Verdict = "fail", **values: object) -> Finding:
    return Finding(check, "ok" if holds else otherwise, values)


@dataclass(frozen=True, slots=True)
class Doctor:
    """`wall` is our clock (aware UTC). Needs to be the sole keeper: it uses the keys of the bot's device."""

    client: MatrixClient
    gateway: Gateway
    database: Database
    contacts: Contacts
    pickle_key: str = field(repr=False)
    wall: Callable[[], datetime]

    async def examine(self) -> list[Finding]:
        """All findings, in the order in which they are best mended. With a login that does not hold only that one."""
        login = await self._login()
        if login.verdict == "fail":
            return [login]
        server = await self._server()
        sync = await self._fresh_sync(None)
        return [
            login,
            *server,
            await self._cross_signed(),
            self._keys(sync),
            await self._push(),
            *await self._trial_room(),
            await self._standing("alarm"),
            await self._standing("management"),
            *await self._people(),
        ]

    async def _login(self) -> Finding:
        answer = await self.client.call("GET", f"{CLIENT}/account/whoami")
        account, device = answer.body.get("user_id"), answer.body.get("device_id")
        ours = self.client.account
        reason = answer.reason if not answer.ok else f"{account}, {device}"
        holds = answer.ok and (account, device) == (ours.user_id, ours.device_id)
        return _found("login", holds, account=ours.user_id, device=ours.device_id, reason=reason)

    async def _server(self) -> list[Finding]:
        answer = await self.client.call("GET", "/_matrix/client/versions")
        listed = answer.body.get("versions")
        versions = [v for v in listed if isinstance(v, str)] if isinstance(listed, list) else []
        offered = child(answer.body, "unstable_features")
        able = child((await self.client.call("GET", f"{CLIENT}/capabilities")).body, "capabilities")
        made = child(child(able, "m.room_versions"), "available")
        newest = versions[-1] if OLDEST in versions else OLDEST
        return [
            _found("server", OLDEST in versions, version=newest),
            _found("room_version", ROOM_VERSION in made, version=ROOM_VERSION),
            *(_found(check, offered.get(name) is True, otherwise="warn") for check, name in OFFERED),
            _found("delayed_events", held(able), otherwise="warn", count=held(able), minutes=round(SILENCE / 60)),
        ]

    async def _cross_signed(self) -> Finding:
        found = await read_back(self.client, self.pickle_key)
        if isinstance(found, CrossSigned):
            return _found("cross_signed", True, fingerprint=found.fingerprint)
        return _found("cross_signed", False, reason=found.reason)

    def _keys(self, sync: Mapping[str, Any]) -> Finding:
        count = child(sync, "device_one_time_keys_count").get(SIGNED_KEY, 0)
        unused = sync.get("device_unused_fallback_key_types")
        spare = 1 if isinstance(unused, list) and SIGNED_KEY in unused else 0
        return _found("keys", count and spare, count=count, fallback=spare)

    async def _push(self) -> Finding:
        """The bot's own account has the default rules, as everybody has who never changed them."""
        rules = child((await self.client.call("GET", f"{CLIENT}/pushrules/")).body, "global")
        wrong = [name for kind, name in SOUNDS if not _sounds(_rule(rules, kind, name))]
        wrong += [name for kind, name in SILENT if (rule := _rule(rules, kind, name)) is None or _notifies(rule)]
        return _found("push", not wrong, rules=", ".join(wrong))

    # --- the room of our own ------------------------------------------------------------------------------------------

    async def _trial_room(self) -> list[Finding]:
        made = await make_room(self.client, self.gateway, RoomSpec(ALIAS, MARKER, ALIAS, "Proef", federate=False))
        if not isinstance(made, Made):
            return [_found("round_trip", False, reason=made.reason)]
        findings = await self._round_trip(made.room_id)
        failed = await self._tidy(made.room_id)
        return findings if failed is None else [*findings, Finding("tidy", "warn", {"room": ALIAS, "reason": failed})]

    async def _round_trip(self, room: str) -> list[Finding]:
        before = self.wall()
        text = f"proef {before.isoformat()}"
        sent = await self._say(room, text, 0)
        after = self.wall()
        if isinstance(sent, Unsent):
            return [_found("round_trip", False, reason=sent.reason)]
        row = await self._in_a_row(room)
        sync = await self._fresh_sync(room)
        timeline = child(child(child(child(sync, "rooms"), "join"), room), "timeline")
        source = next((e for e in mappings(timeline.get("events")) if e.get("event_id") == sent.event_id), {})
        event = self.client.read(room, source)
        if event is None:
            return [_found("round_trip", False, reason="not in the sync"), row]
        whole = event.decrypted and event.content.get("body") == text and text not in json.dumps(source)
        reason = "clear" if not event.decrypted else "other text"
        at = datetime.fromtimestamp(event.origin_server_ts / 1000, UTC)
        # the server gave its time somewhere between our asking and its answer
        off = max(before - at, at - after, timedelta())
        seconds = round(off.total_seconds(), 1)
        return [_found("round_trip", whole, reason=reason), _found("clock", off <= FURTHEST, seconds=seconds), row]

    async def _in_a_row(self, room: str) -> Finding:
        outcomes = await asyncio.gather(*(self._say(room, f"proef {n}", n) for n in range(1, IN_A_ROW + 1)))
        refused = [o for o in outcomes if isinstance(o, Unsent)]
        count = len(outcomes) - len(refused)
        return _found("rate_limit", not refused, count=count, all=IN_A_ROW, reason=refused[0].reason if refused else "")

    async def _say(self, room: str, text: str, number: int) -> Sent | Unsent:
        # the time in its name: an earlier examination that broke off may have used this room
        txn = f"doctor.{self.wall().timestamp()}.{number}"
        return await self.gateway.send(room, "m.room.message", {"msgtype": "m.notice", "body": text}, txn)

    async def _tidy(self, room: str) -> str | None:
        alias = quoted(f"#{ALIAS}:{self.client.account.server_name}")
        # the room first: a room without its alias would be found by nobody
        left = await leave_and_forget(self.client, room)
        if left is not None:
            return left.reason
        deleted = await self.client.call("DELETE", f"{CLIENT}/directory/room/{alias}")
        return None if deleted.ok or deleted.status == 404 else deleted.reason

    async def _fresh_sync(self, room: str | None) -> Mapping[str, Any]:
        """What a client sees that comes new, of one room or none. Without a token the server keeps all that the bot has
        not yet taken in."""
        nothing: dict[str, Any] = {"types": []}
        wanted = {"rooms": [room] if room else [], "timeline": {"limit": 50}, "ephemeral": nothing}
        asked = json.dumps({"room": wanted, "presence": nothing, "account_data": nothing})
        answer = await self.client.call("GET", f"{CLIENT}/sync?{urlencode({'filter': asked, 'timeout': 0})}")
        return answer.body

    # --- rooms and people ---------------------------------------------------------------------------------------------

    async def _standing(self, kind: Literal["alarm", "management"]) -> Finding:
        async with self.database.read() as tx:
            known = await rooms.of_kind(tx, kind)
        if not known:
            return _found(f"{kind}_room", False, reason="never made")
        answer = await self.client.call("GET", room_path(known[-1].room_id, "state", "m.room.encryption"))
        reason = answer.reason if not answer.ok else "not encrypted"
        return _found(f"{kind}_room", answer.ok and answer.body.get("algorithm") == MEGOLM, reason=reason)

    async def _people(self) -> list[Finding]:
        people = [person for person in self.contacts.people.values() if person.accounts]
        roomless, absent = [], []
        for person in people:
            async with self.database.read() as tx:
                room = await rooms.direct(tx, person.id)
            if room is None:
                roomless.append(person)
            elif not await self._is_in(room.room_id, person):
                absent.append(person)
        asked = await self.client.keys.query([person.accounts[0] for person in people])
        store = self.client.nio.olm.device_store
        deaf = people if asked else [p for p in people if not list(store.active_user_devices(p.accounts[0]))]
        return [
            _found("direct_rooms", not roomless, otherwise="warn", people=_names(roomless)),
            _found("joined", not absent, otherwise="warn", people=_names(absent)),
            _found("devices", not deaf, otherwise="warn", people=_names(deaf)),
        ]

    async def _is_in(self, room: str, person: Person) -> bool:
        answer = await self.client.call("GET", room_path(room, "state", "m.room.member", person.accounts[0]))
        return answer.ok and answer.body.get("membership") == "join"


def _names(people: Iterable[Person]) -> str:
    return ", ".join(person.id for person in people)


def _rule(rules: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any] | None:
    """A push rule that is switched on."""
    found = (rule for rule in mappings(rules.get(kind)) if rule.get("rule_id") == name)
    return next((rule for rule in found if rule.get("enabled") is True), None)


def _notifies(rule: Mapping[str, Any]) -> bool:
    actions = rule.get("actions")
    return isinstance(actions, list) and "notify" in actions


def _sounds(rule: Mapping[str, Any] | None) -> bool:
    if rule is None or not _notifies(rule):
        return False
    return any(action.get("set_tweak") == "sound" and action.get("value") for action in mappings(rule["actions"]))
