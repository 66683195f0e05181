"""Counterparts for push notices: an ntfy server and Pushover, with the phones that show them and the taps of their owners."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.embedded.providers import Counterpart, form_of

_TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}")
_MOST_BYTES: Final = 4096
_MOST_BUTTONS: Final = 3


@dataclass(slots=True)
class NtfyCounterpart(Counterpart):
    """`shown` is what each topic's phones show now, by sequence id; `rings` counts the notices that made a sound."""

    token: str = field(default="ntfy-token", repr=False)
    shown: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    rings: dict[str, int] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def routes(self) -> list[Route]:
        return [
            Route("/", self._publish, methods=["POST"]),
            Route("/{topic}/{sequence}", self._delete, methods=["DELETE"]),
        ]

    def notices(self, topic: str) -> list[dict[str, Any]]:
        """What the phones of a topic show, oldest first."""
        return list(self.shown.get(topic, {}).values())

    async def tap(self, topic: str, label: str) -> int:
        """Tap a button of the newest notice; gives the status with which the address took it."""
        sequence, notice = list(self.shown[topic].items())[-1]
        button = next(one for one in notice["actions"] if one["label"] == label)
        assert button["method"] == "POST", "the phone does what the button says"
        fields = dict(pair.split("=", 1) for pair in button["body"].split("&"))
        answer = await self.bring(button["url"], form=fields)
        if answer.is_success and button.get("clear"):
            self.shown[topic].pop(sequence, None)
        return answer.status_code

    def _allowed(self, request: Request) -> bool:
        return not self.token or request.headers.get("Authorization") == f"Bearer {self.token}"

    async def _publish(self, request: Request) -> Response:
        if not self._allowed(request):
            return _error(401, 40101, "unauthorized")
        message = await request.json()
        topic, sequence = message.get("topic", ""), message.get("sequence_id", "")
        if not _TOPIC.fullmatch(topic):
            return _error(400, 40009, "invalid request: topic invalid")
        if sequence and not _TOPIC.fullmatch(sequence):
            return _error(400, 40049, "invalid request: sequence ID invalid")
        if len(message.get("message", "").encode()) > _MOST_BYTES or message.get("priority", 3) not in range(1, 6):
            return _error(400, 40007, "invalid request: priority or message invalid")
        if len(message.get("actions", [])) > _MOST_BUTTONS or not all(map(_is_button, message.get("actions", []))):
            return _error(400, 40018, "invalid request: actions invalid")
        known = f"n{next(self._numbers)}"
        phone = self.shown.setdefault(topic, {})
        self.rings[topic] = self.rings.get(topic, 0) + ((sequence or known) not in phone)
        phone[sequence or known] = message
        return JSONResponse({"id": known, "time": 0, "event": "message", "topic": topic, "message": message["message"]})

    async def _delete(self, request: Request) -> Response:
        if not self._allowed(request):
            return _error(401, 40101, "unauthorized")
        topic, sequence = request.path_params["topic"], request.path_params["sequence"]
        self.shown.get(topic, {}).pop(sequence, None)
        return JSONResponse({"id": f"n{next(self._numbers)}", "event": "message_delete", "sequence_id": sequence})


def _is_button(action: dict[str, Any]) -> bool:
    return bool(action.get("label")) and action.get("action") == "http" and str(action.get("url")).startswith("http")


def _error(status: int, code: int, error: str) -> Response:
    return JSONResponse({"code": code, "http": status, "error": error}, status)


@dataclass(slots=True)
class Emergency:
    """An emergency as Pushover keeps it: it rings until acknowledged or cancelled."""

    user: str = field(repr=False)
    message: dict[str, str] = field(repr=False)
    acknowledged: bool = False
    cancelled: bool = False

    @property
    def rings(self) -> bool:
        return not self.acknowledged and not self.cancelled


@dataclass(slots=True)
class PushoverCounterpart(Counterpart):
    """`users` are the user keys that exist."""

    token: str = field(default="a" * 30, repr=False)
    users: frozenset[str] = field(default=frozenset(), repr=False)
    receipts: dict[str, Emergency] = field(default_factory=dict)
    plain: list[dict[str, str]] = field(default_factory=list, repr=False)
    looks: int = 0
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def routes(self) -> list[Route]:
        return [
            Route("/1/messages.json", self._send, methods=["POST"]),
            Route("/1/receipts/{receipt}.json", self._receipt, methods=["GET"]),
            Route("/1/receipts/cancel_by_tag/{tag}.json", self._cancel, methods=["POST"]),
        ]

    def phone(self, user: str) -> list[Emergency]:
        """The emergencies of a user, oldest first."""
        return [one for one in self.receipts.values() if one.user == user]

    def acknowledge(self, user: str) -> None:
        """Tap "acknowledge" on everything that rings."""
        for one in self.phone(user):
            one.acknowledged = one.acknowledged or one.rings

    async def _send(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("token") != self.token:
            return _refusal("application token is invalid", token="invalid")
        if form.get("user") not in self.users:
            return _refusal("user identifier is not a valid user", user="invalid")
        if not form.get("message") or len(form["message"]) > 1024 or len(form.get("title", "")) > 250:
            return _refusal("message or title is too long or blank", message="invalid")
        said: dict[str, Any] = {"status": 1, "request": f"r{next(self._numbers)}"}
        if form.get("priority") == "2":
            if not int(form.get("retry", 0)) >= 30 or not 0 < int(form.get("expire", 0)) <= 10800:
                return _refusal("retry and expire must be supplied", retry="invalid")
            said["receipt"] = f"{next(self._numbers):030}"
            self.receipts[said["receipt"]] = Emergency(form["user"], form)
        else:
            self.plain.append(form)
        return JSONResponse(said)

    async def _receipt(self, request: Request) -> Response:
        self.looks += 1
        one = self.receipts.get(request.path_params["receipt"])
        if request.query_params.get("token") != self.token or one is None:
            return JSONResponse({"receipt": "not found", "status": 0, "errors": ["receipt not found"]}, 404)
        return JSONResponse({"status": 1, "acknowledged": int(one.acknowledged), "expired": int(one.cancelled)})

    async def _cancel(self, request: Request) -> Response:
        form = await form_of(request)
        if form.get("token") != self.token:
            return _refusal("application token is invalid", token="invalid")
        tagged = [one for one in self.receipts.values() if one.message.get("tags") == request.path_params["tag"]]
        for one in tagged:
            one.cancelled = True
        return JSONResponse({"status": 1, "canceled": len(tagged)})


def _refusal(error: str, **which: str) -> Response:
    return JSONResponse({**which, "errors": [error], "status": 0, "request": "r0"}, 400)
