"""The counterpart for telephone calls: rings, fetches the TwiML with a signature when answered, and posts the keys."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha1
from hmac import new as hmac
from itertools import count
from typing import Any, Final
from urllib.parse import urljoin
from xml.etree import ElementTree

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.embedded.providers import Counterpart, form_of

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_MOST_TURNS: Final = 5  # of a call in which no key is pressed
_OVER: Final = ("completed", "no-answer", "busy", "failed", "canceled")


@dataclass(slots=True)
class Call:
    """One call; `said` is what the person heard, `action` where a key goes while the service waits for one."""

    sid: str
    to: str = field(repr=False)
    number: str = field(repr=False)
    url: str = field(repr=False)
    twiml: str
    created: datetime
    status: str = "queued"
    said: list[str] = field(default_factory=list)
    action: str = field(default="", repr=False)
    then: str = field(default="", repr=False)
    last_status: int | None = None  # with which our address answered last

    @property
    def over(self) -> bool:
        return self.status in _OVER


@dataclass(slots=True, kw_only=True)
class VoiceCounterpart(Counterpart):
    """`now` tells when calls are made (UTC); `forged` signs with another key, as a stranger would."""

    now: Callable[[], datetime]
    account: str = "AC00000000000000000000000000000001"
    token: str = field(default="voice-token", repr=False)
    forged: bool = False
    calls: dict[str, Call] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def routes(self) -> list[Route]:
        base = "/2010-04-01/Accounts/{account}/Calls"
        return [
            Route(f"{base}.json", self._make, methods=["POST"]),
            Route(f"{base}.json", self._list, methods=["GET"]),
            Route(base + "/{sid}.json", self._change, methods=["POST"]),
            Route(base + "/{sid}.json", self._one, methods=["GET"]),
        ]

    def rang(self, number: str) -> list[Call]:
        """The calls to a phone, oldest first."""
        return [call for call in self.calls.values() if call.to == number]

    async def answer(self, call: Call) -> list[str]:
        """Pick up and listen; gives what was said. Being picked up is no answer to the page."""
        assert not call.over, "a call that is over cannot be picked up"
        call.status = "in-progress"
        if call.twiml:
            self._play(call, call.twiml.encode(), "")
        else:
            await self._fetch(call, call.url, {})
        return call.said

    async def press(self, call: Call, key: str) -> list[str]:
        """Press a key, picking up first if need be; gives what was said after it."""
        if call.status == "queued":
            await self.answer(call)
        heard = len(call.said)
        if call.action:
            await self._fetch(call, call.action, {"Digits": key})
        return call.said[heard:]

    async def voicemail(self, call: Call) -> list[str]:
        """A machine picks up and presses nothing, until the service hangs up."""
        await self.answer(call)
        for _ in range(_MOST_TURNS):
            if call.over or not call.then:
                break
            await self._fetch(call, call.then, {})
        call.status = "completed"
        return call.said

    async def _fetch(self, call: Call, url: str, more: dict[str, str]) -> None:
        form = {
            "AccountSid": self.account, "ApiVersion": "2010-04-01", "CallSid": call.sid, "CallStatus": "in-progress",
            "Direction": "outbound-api", "From": call.number, "To": call.to, **more,
        }  # fmt: skip
        key = "another-key" if self.forged else self.token
        answer = await self.bring(url, form=form, headers={"X-Twilio-Signature": signature(key, url, form)})
        call.last_status = answer.status_code
        if answer.is_success:
            self._play(call, answer.content, url)
        else:
            call.said.append("An application error has occurred. Goodbye.")
            call.status = "completed"

    def _play(self, call: Call, twiml: bytes, url: str) -> None:
        """Carry out the verbs as far as the next key."""
        call.action = call.then = ""
        for verb in ElementTree.fromstring(twiml):
            match verb.tag:
                case "Say":
                    call.said.append((verb.text or "").strip())
                case "Gather":
                    call.said += [(word.text or "").strip() for word in verb.iter("Say")]
                    call.action = urljoin(url, verb.get("action", ""))
                case "Redirect":
                    call.then = urljoin(url, (verb.text or "").strip())
                    return
                case "Hangup":
                    break
                case _:
                    pass
        if not call.action:
            call.status = "completed"

    def _refused(self, request: Request) -> Response | None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic" and b64decode(given).decode() == f"{self.account}:{self.token}":
            return None if request.path_params["account"] == self.account else _error(404, 20404, "not found")
        return _error(401, 20003, "Authenticate")

    async def _make(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        form = await form_of(request)
        if not _E164.fullmatch(form.get("To", "")):
            return _error(400, 21211, "Invalid 'To' Phone Number")
        if not _E164.fullmatch(form.get("From", "")):
            return _error(400, 21212, "Invalid 'From' Phone Number")
        if not form.get("Twiml") and not form.get("Url", "").startswith(("http://", "https://")):
            return _error(400, 21205, "Url is not a valid URL")
        sid = f"CA{next(self._numbers):032x}"
        call = Call(sid, form["To"], form["From"], form.get("Url", ""), form.get("Twiml", ""), self.now())
        self.calls[sid] = call
        return JSONResponse(self._shown(call), 201)

    async def _list(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        to = request.query_params.get("To")
        found = [self._shown(call) for call in reversed(self.calls.values()) if to in (None, call.to)]
        return JSONResponse({"calls": found, "page": 0, "page_size": 50})

    async def _one(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        call = self.calls.get(request.path_params["sid"])
        return JSONResponse(self._shown(call)) if call else _error(404, 20404, "not found")

    async def _change(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        call = self.calls.get(request.path_params["sid"])
        if call is None:
            return _error(404, 20404, "not found")
        if call.over:
            return _error(400, 21220, "Call is not in-progress. Cannot redirect.")
        call.status = "canceled" if call.status == "queued" else "completed"
        return JSONResponse(self._shown(call))

    def _shown(self, call: Call) -> dict[str, Any]:
        return {
            "sid": call.sid, "account_sid": self.account, "to": call.to, "from": call.number, "status": call.status,
            "date_created": format_datetime(call.created), "direction": "outbound-api",
        }  # fmt: skip


def signature(token: str, url: str, form: dict[str, str]) -> str:
    """X-Twilio-Signature: the address and every field in the order of their names, under the account's key."""
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac(token.encode(), said.encode(), sha1).digest()).decode()


def _error(status: int, code: int, message: str) -> Response:
    return JSONResponse({"code": code, "message": message, "status": status}, status)
