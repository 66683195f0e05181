"""A person whose client is matrix-js-sdk in a process of its own; spoken to in lines of JSON."""

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_LONGEST_LINE = 1 << 20


class ClientFailed(RuntimeError):
    """The client could not do what it was asked; the message is its own."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An event as the client would show it. `failure` is why it could not be read; `shield` the warning beside it (0: none)."""

    id: str
    room: str
    sender: str
    type: str
    content: Mapping[str, Any] = field(repr=False)
    relation: Mapping[str, Any] | None
    encrypted: bool
    failure: str | None
    shield: int | None
    shield_reason: int | None
    notify: bool
    sound: str | None

    @property
    def body(self) -> str:
        return str(self.content.get("body", ""))

    @property
    def edits(self) -> str | None:
        """The event that this one changes."""
        relation = self.relation or {}
        return str(relation["event_id"]) if relation.get("rel_type") == "m.replace" else None


class Client:
    """`seen` holds each event as it was shown last: what could not be read at first may be readable by now."""

    def __init__(self, name: str, child: asyncio.subprocess.Process) -> None:
        self.name = name
        self.user_id = ""
        self.device_id = ""
        self.cross_signed = False
        self.crypto = ""
        self.seen: dict[str, Shown] = {}
        self.members: dict[tuple[str, str], str] = {}  # room and user: membership
        self._child = child
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls, node: Path, name: str, homeserver: str, user_id: str, password: str, *, strict: bool = True
    ) -> "Client":
        """Log in. `strict` trusts only devices that their owner signed, and signs its own."""
        with (node.parents[3] / f"{name}.log").open("wb") as complaints:
            child = await asyncio.create_subprocess_exec(
                str(node),
                str(node.parents[3] / "client.mjs"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
                limit=_LONGEST_LINE,
                # Ctrl-C is for the program that started it, which then closes its input.
                start_new_session=True,
            )
        client = cls(name, child)
        try:
            found = await client.do("login", homeserver=homeserver, user=user_id, password=password, strict=strict)
        except ClientFailed:
            await client.close()
            raise
        client.user_id, client.device_id = found["user_id"], found["device_id"]
        client.cross_signed, client.crypto = found["cross_signed"], found["crypto"]
        return client

    async def do(self, verb: str, **given: object) -> dict[str, Any]:
        """Ask one thing of the client. Raises ClientFailed."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps({"number": number, "verb": verb, **given}).encode() + b"\n")
        try:
            async with asyncio.timeout(60):
                found = await answer
        except TimeoutError:
            raise ClientFailed(f"{self.name}: {verb}: no answer") from None
        if "wrong" in found:
            raise ClientFailed(f"{self.name}: {verb}: {found['wrong']}")
        done: dict[str, Any] = found["done"]
        return done

    async def until(self, found: Callable[["Client"], T | None], seconds: float = 30.0) -> T | None:
        """The first thing found that counts as true, or None when it does not come."""
        try:
            async with asyncio.timeout(seconds):
                while not (value := found(self)):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return value

    async def reads(self, part: str, *, sender: str, room: str | None = None, seconds: float = 30.0) -> Shown | None:
        """The first readable message of `sender` with `part` in its text that is no edit."""
        return await self.until(
            lambda client: next(
                (
                    e
                    for e in client.seen.values()
                    if e.sender == sender and part in e.body and e.edits is None and room in (None, e.room)
                ),
                None,
            ),
            seconds,
        )

    async def close(self) -> None:
        """Close its input, after which it ends; one that does not is killed."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        try:
            async with asyncio.timeout(10):
                await self._child.wait()
        except TimeoutError:
            self._child.kill()
            await self._child.wait()
        await self._reading

    async def _read(self) -> None:
        assert self._child.stdout is not None
        while line := await self._child.stdout.readline():
            self._take(json.loads(line))
            self._news.set()
        for answer in self._asked.values():
            if not answer.done():
                answer.set_result({"wrong": "the client ended"})

    def _take(self, told: dict[str, Any]) -> None:
        if (event := told.get("event")) is not None:
            self.seen[event["id"]] = Shown(**event)
        elif (member := told.get("member")) is not None:
            self.members[member["room"], member["user"]] = member["membership"]
        else:
            self._asked.pop(told["number"]).set_result(told)
