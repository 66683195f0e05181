"""One long talk with a homeserver, call by call, whichever it is: what it answered, without what differs by nature."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx

Json = dict[str, Any]
V3: Final = "/_matrix/client/v3"
# What Synapse adds and nobody here reads: left out of the comparison by name.
UNREAD: Final = frozenset(("age", "avatar_url"))


def shape(value: object) -> object:
    """The keys and types of an answer; ids as keys count as one."""
    match value:
        case dict():
            return {
                ("*" if key[:1] in "!$@#" or ":" in key else key): shape(item)
                for key, item in value.items()
                if key not in UNREAD
            }
        case list():
            return [shape(value[0])] if value else []
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "text"
        case _:
            return "null"


@dataclass
class Talk:
    """`heard` is the transcript: of each call its name, status, error code and what it said."""

    url: str
    tokens: dict[str, str]
    names: dict[str, str]
    heard: list[tuple[str, int, str, object]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def call(
        self, label: str, who: str, method: str, path: str, body: object = None, *, compare: bool = True
    ) -> Json:
        """One call, kept in the transcript under its label."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        async with httpx.AsyncClient(base_url=self.url, timeout=30, verify=False) as http:
            data = None if body is None else json.dumps(body).encode()
            kind = {"Content-Type": "application/json"} if data is not None else {}
            answer = await http.request(method, path, content=data, headers=headers | kind)
        found = answer.json()
        code = str(found.get("errcode", "")) if isinstance(found, dict) else ""
        told = shape(found) if compare and answer.is_success else ""
        self.heard.append((label, answer.status_code, code, told))
        return found if isinstance(found, dict) else {"items": found}

    def note(self, label: str, what: object) -> None:
        """Something that was worked out of an answer and must be the same."""
        self.heard.append((label, 0, "", what))

    async def sync(self, label: str, who: str, since: str = "", **more: Any) -> Json:  # noqa: ANN401 - query values
        asked = {
            "filter": json.dumps({"room": {"timeline": {"limit": more.pop("limit", 20)}}, "presence": {"types": []}})
        }
        query = urlencode({**asked, "timeout": 0, **({"since": since} if since else {}), **more})
        body = await self.call(label, who, "GET", f"{V3}/sync?{query}", compare=False)
        self.note(f"{label}: rooms", self._rooms(body, who))
        return body

    def _rooms(self, body: Json, who: str) -> object:
        """What a sync says of each room: its timeline, whether something is missing, and the state before it."""
        told: list[object] = []
        for place in ("join", "invite", "leave"):
            for room in body.get("rooms", {}).get(place, {}).values():
                line = room.get("timeline", {})
                events = [self._event(e) for e in line.get("events", [])]
                state = sorted(
                    self._event(e) for e in room.get("state", room.get("invite_state", {})).get("events", [])
                )
                told.append((place, events, line.get("limited", False), state if place != "leave" else []))
        return sorted(told, key=str)

    def _event(self, event: Mapping[str, Any]) -> tuple[str, ...]:
        content = event.get("content", {})
        said = content.get("body", content.get("membership", content.get("name", "")))
        return str(event["type"]), self._named(event.get("state_key")), str(said), self._named(event.get("sender"))

    def _named(self, value: object) -> str:
        """A person's account under the name that both talks share."""
        return next((name for name, user in self.names.items() if user == value), "" if value is None else str(value))

    def txn(self) -> str:
        return f"t{next(self._numbers)}"


def room(room_id: str, *rest: str) -> str:
    return "/".join((f"{V3}/rooms/{quote(room_id, safe='')}", *(quote(part, safe="") for part in rest)))


async def talk(t: Talk, mark: str) -> None:
    """Everything that the bot and the people of the stories ask of a homeserver. Long, as the list of what must be alike is."""
    for label, method, path in (
        ("whoami", "GET", f"{V3}/account/whoami"),
        ("versions", "GET", "/_matrix/client/versions"),
        ("capabilities", "GET", f"{V3}/capabilities"),
        ("unknown path", "GET", f"{V3}/nothing/here"),
        ("no alias", "GET", f"{V3}/directory/room/{quote(f'#none-{mark}:iog.example', safe='')}"),
        ("no room: state", "GET", room("!none:iog.example", "state")),
        ("no account data", "GET", f"{V3}/user/{quote(t.names['an'], safe='')}/account_data/m.direct"),
    ):
        found = await t.call(label, "an", method, path, compare=label == "whoami")
        if label == "capabilities":
            t.note("version 12 can be made", found["capabilities"]["m.room_versions"]["available"].get("12"))
    await t.call("no token", "", "GET", f"{V3}/account/whoami")
    t.tokens["nobody"] = "none"
    await t.call("wrong token", "nobody", "GET", f"{V3}/sync")
    direct = f"{V3}/user/{quote(t.names['an'], safe='')}/account_data/m.direct"
    await t.call("put account data", "an", "PUT", direct, {"a": ["b"]})
    await t.call("get account data", "an", "GET", direct)
    rules = (await t.call("push rules", "an", "GET", f"{V3}/pushrules/", compare=False))["global"]
    for kind, rule in (("override", ".m.rule.is_user_mention"), ("underride", ".m.rule.encrypted_room_one_to_one")):
        found = next(r for r in rules[kind] if r["rule_id"] == rule)
        t.note(rule, [found["enabled"], "notify" in found["actions"]])
    await _rooms(t, mark)
    await _keys(t)


async def _rooms(t: Talk, mark: str) -> None:
    body = {
        "preset": "private_chat",
        "room_version": "12",
        "room_alias_name": f"kamer-{mark}",
        "name": "Kamer",
        "topic": "Waarover",
        "creation_content": {"nl.iog.incident": mark, "m.federate": False},
        "power_level_content_override": {
            "events_default": 0,
            "invite": 50,
            "events": {"m.reaction": 0, "m.room.name": 50},
        },
        "initial_state": [
            {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
            {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "shared"}},
        ],
    }
    start = (await t.sync("first sync of Bea", "bea"))["next_batch"]
    made = (await t.call("create", "an", "POST", f"{V3}/createRoom", body))["room_id"]
    t.note("form of a room id", (made[0], len(made), ":" in made))
    await t.call("create with the same alias", "an", "POST", f"{V3}/createRoom", body)
    await t.call("alias", "an", "GET", f"{V3}/directory/room/{quote(f'#kamer-{mark}:iog.example', safe='')}")
    state = (await t.call("state", "an", "GET", room(made, "state"), compare=False))["items"]
    t.note("state of a new room", sorted((e["type"], t._named(e["state_key"])) for e in state))
    for kind in ("m.room.encryption", "m.room.tombstone", "m.room.power_levels", "m.room.create"):
        await t.call(f"state {kind}", "an", "GET", room(made, "state", kind))
    await t.call("state of a stranger", "bea", "GET", room(made, "state"))
    await t.call("join uninvited", "bea", "POST", room(made, "join"), {})
    await t.call("invite", "an", "POST", room(made, "invite"), {"user_id": t.names["bea"]})
    await t.call("invite again", "an", "POST", room(made, "invite"), {"user_id": t.names["bea"]})
    invited = await t.sync("Bea is invited", "bea", start)
    await t.call("join", "bea", "POST", room(made, "join"), {})
    await t.call("join again", "bea", "POST", room(made, "join"), {})
    await t.call("invite who is in", "an", "POST", room(made, "invite"), {"user_id": t.names["bea"]})
    joined = await t.sync("Bea came in", "bea", invited["next_batch"])
    event = await _talking(t, made, joined["next_batch"])
    await t.call("members", "bea", "GET", f"{room(made, 'members')}?not_membership=leave", compare=False)
    await t.call("joined members", "bea", "GET", room(made, "joined_members"))
    shown = await t.call("one event", "bea", "GET", room(made, "event", event), compare=False)
    t.note("what it holds", (shown["content"], t._event(shown), shown["room_id"] == made, shown["event_id"] == event))
    before = (await t.sync("Bea, once more", "bea"))["next_batch"]
    await t.call("Bea may not rename", "bea", "PUT", room(made, "state", "m.room.name") + "/", {"name": "X"})
    await t.call("Bea may not invite", "bea", "POST", room(made, "invite"), {"user_id": t.names["cor"]})
    same = [await t.call("same state", "an", "PUT", room(made, "state", "nl.iog.x") + "/", {"a": 1}) for _ in range(2)]
    t.note("the same state is one event", same[0]["event_id"] == same[1]["event_id"])
    shut = {"events_default": 100, "invite": 50, "events": {"m.reaction": 100}}
    await t.call("read only", "an", "PUT", room(made, "state", "m.room.power_levels") + "/", shut)
    await t.call(
        "Bea is silenced",
        "bea",
        "PUT",
        room(made, "send", "m.room.message", t.txn()),
        {"msgtype": "m.text", "body": "hoor"},
    )
    await t.call("levels with a creator", "an", "PUT", room(made, "state", "m.room.power_levels") + "/",
                 {**shut, "users": {t.names["an"]: 100}})  # fmt: skip
    await t.sync("what Bea saw", "bea", before)
    await t.call("forget while in", "bea", "POST", room(made, "forget"), {})
    await t.call("leave", "bea", "POST", room(made, "leave"), {})
    await t.sync("Bea left", "bea", before)
    await t.call("leave again", "bea", "POST", room(made, "leave"), {})
    await t.call(
        "say something outside",
        "bea",
        "PUT",
        room(made, "send", "m.room.message", t.txn()),
        {"msgtype": "m.text", "body": "x"},
    )
    await t.call("state after leaving", "bea", "GET", room(made, "state"), compare=False)
    await t.call("forget", "bea", "POST", room(made, "forget"), {})
    await t.call("kick who is gone", "an", "POST", room(made, "kick"), {"user_id": t.names["bea"]})
    await t.call(
        "delete the alias", "an", "DELETE", f"{V3}/directory/room/{quote(f'#kamer-{mark}:iog.example', safe='')}"
    )


async def _talking(t: Talk, made: str, since: str) -> str:
    txn = t.txn()
    path = room(made, "send", "m.room.message", txn)
    first = await t.call("send", "an", "PUT", path, {"msgtype": "m.text", "body": "een"})
    again = await t.call("send with the same id", "an", "PUT", path, {"msgtype": "m.text", "body": "iets anders"})
    t.note("one effect for one id", first["event_id"] == again["event_id"])
    t.note("form of an event id", (first["event_id"][0], len(first["event_id"])))
    event = str(first["event_id"])
    mark = {"m.relates_to": {"rel_type": "m.annotation", "event_id": event, "key": "✅"}}
    tap = await t.call("react", "bea", "PUT", room(made, "send", "m.reaction", t.txn()), mark)
    await t.call("the same reaction", "bea", "PUT", room(made, "send", "m.reaction", t.txn()), mark)
    await t.call("take it back", "bea", "PUT", room(made, "redact", tap["event_id"], t.txn()), {})
    await t.call("and react again", "bea", "PUT", room(made, "send", "m.reaction", t.txn()), mark)
    await t.call("redact another's", "bea", "PUT", room(made, "redact", event, t.txn()), {})
    await t.call(
        "too large",
        "an",
        "PUT",
        room(made, "send", "m.room.message", t.txn()),
        {"msgtype": "m.text", "body": "x" * 70_000},
    )
    for number in range(6):
        said = {"msgtype": "m.text", "body": f"nummer {number}"}
        await t.call("send more", "an", "PUT", room(made, "send", "m.room.message", t.txn()), said)
    gap = await t.sync("a gap", "bea", since, limit=3)
    token = gap["rooms"]["join"][made]["timeline"]["prev_batch"]
    pages = []
    for _ in range(4):
        query = urlencode({"dir": "b", "from": token, "limit": 4})
        page = await t.call("what was missed", "bea", "GET", f"{room(made, 'messages')}?{query}", compare=False)
        pages.append([t._event(e) for e in page["chunk"]])
        if "end" not in page:
            break
        token = page["end"]
    t.note("older messages", pages)
    return event


async def _keys(t: Talk) -> None:
    device = "APPARAAT"
    keys = {
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "device_id": device,
        "user_id": t.names["cor"],
        "keys": {f"curve25519:{device}": "a" * 43, f"ed25519:{device}": "b" * 43},
        "signatures": {t.names["cor"]: {f"ed25519:{device}": "c" * 86}},
    }
    one_time = {f"signed_curve25519:{n}": {"key": n * 43, "signatures": {}} for n in "xy"}
    fallback = {"signed_curve25519:z": {"key": "z" * 43, "fallback": True, "signatures": {}}}
    since = (await t.sync("Cor before", "cor"))["next_batch"]
    body = {"device_keys": keys, "one_time_keys": one_time, "fallback_keys": fallback}
    await t.call("upload keys", "cor", "POST", f"{V3}/keys/upload", body)
    await t.call("query", "an", "POST", f"{V3}/keys/query", {"device_keys": {t.names["cor"]: []}}, compare=False)
    claimed = []
    for _ in range(4):
        asked = {"one_time_keys": {t.names["cor"]: {device: "signed_curve25519"}}}
        answer = await t.call("claim", "an", "POST", f"{V3}/keys/claim", asked)
        claimed.append(next(iter(answer["one_time_keys"][t.names["cor"]][device])))
    t.note("each key once, then the fallback", [sorted(claimed[:2]), claimed[2:]])
    message = {"messages": {t.names["cor"]: {device: {"hallo": 1}}}}
    txn = t.txn()
    for _ in range(2):
        await t.call("to device", "an", "PUT", f"{V3}/sendToDevice/nl.iog.test/{txn}", message)
    told = await t.sync("Cor gets it", "cor", since)
    t.note("once", [(e["type"], e["content"]) for e in _to_device(told)])
    t.note("counts", told.get("device_one_time_keys_count", {}).get("signed_curve25519", 0))
    t.note("spare keys", told.get("device_unused_fallback_key_types"))
    again = await t.sync("asked once more", "cor", since)
    t.note("still there", len(_to_device(again)))
    later = await t.sync("and after it", "cor", told["next_batch"])
    t.note("gone", _to_device(later))


def _to_device(sync: Json) -> list[Json]:
    found: list[Json] = sync.get("to_device", {}).get("events", [])
    return found
