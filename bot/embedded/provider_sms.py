"""Counterparts for text messages: CM.com, Spryng and a gateway of one's own; what each phone got, and answers from it."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.embedded.providers import Counterpart

_SENDER: Final = re.compile(r"\+?[0-9]{3,16}|[A-Za-z0-9 ]{1,11}")
_USUAL_TIME: Final = "2026-11-22T02:05:00"
_ONE_PART, _MORE_PARTS = 160, 153


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message as a phone shows it."""

    sender: str
    text: str = field(repr=False)
    reference: str


@dataclass(slots=True)
class SmsCounterpart(Counterpart):
    """`webhook` is where answers are brought; without it they wait in the inbox of the service, if it has one."""

    token: str = field(default="sms-token", repr=False)
    webhook: str = ""
    inbox: dict[str, list[Sms]] = field(default_factory=dict)
    replies: list[dict[str, Any]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def phone(self, number: str) -> list[str]:
        """The texts that a phone (E.164) shows, oldest first."""
        return [sms.text for sms in self.inbox.get(number, [])]

    async def reply(self, number: str, text: str, at: str = "") -> int | None:
        """Answer from a phone, sent `at` (UTC); gives the status of the webhook, None when it waits in the inbox."""
        known = f"in-{next(self._numbers)}"
        self.replies.append({"id": known, "from": number, "text": text, "at": at})
        if not self.webhook:
            return None
        return await self._bring(known, number, text, at)

    async def _bring(self, known: str, number: str, text: str, at: str) -> int:
        raise NotImplementedError

    def _deliver(self, number: str, sms: Sms) -> None:
        self.inbox.setdefault(number, []).append(sms)


def _parts(text: str) -> int:
    return 1 if len(text) <= _ONE_PART else -(-len(text) // _MORE_PARTS)


@dataclass(slots=True)
class CmCounterpart(SmsCounterpart):
    """gw.messaging.cm.com: one POST, an answer for each message; no way to ask afterwards."""

    def routes(self) -> list[Route]:
        return [Route("/v1.0/message", self._message, methods=["POST"])]

    async def _message(self, request: Request) -> Response:
        if request.headers.get("X-CM-PRODUCTTOKEN") != self.token:
            details = "No account found for the given authentication"
            return JSONResponse({"details": details, "errorCode": 101, "messages": []}, 400)
        answers = [self._one(message) for message in (await request.json())["messages"]["msg"]]
        good = sum(answer["status"] == "Accepted" for answer in answers)
        code = 0 if good == len(answers) else 201
        said = {"details": f"Created {good} message(s)", "errorCode": code, "messages": answers}
        return JSONResponse(said, 200 if good else 400)

    def _one(self, message: dict[str, Any]) -> dict[str, Any]:
        number, text = message["to"][0]["number"], message["body"]["content"]
        wrong = None
        if not re.fullmatch(r"00[1-9][0-9]{6,14}", number):
            wrong = (303, f"Gsm '{number}' is not a number.")
        elif not text:
            wrong = (304, "A body without content was found")
        elif _parts(text) > message.get("maximumNumberOfMessageParts", 8):
            wrong = (305, "The message is too long")
        elif not _SENDER.fullmatch(message["from"]) or not re.fullmatch(r"[A-Za-z0-9]{0,32}", message["reference"]):
            wrong = (302, "Sender or reference is not valid")
        if wrong is None:
            self._deliver(f"+{number[2:]}", Sms(message["from"], text, message["reference"]))
        return {
            "to": number,
            "status": "Rejected" if wrong else "Accepted",
            "reference": message["reference"],
            "parts": 0 if wrong else _parts(text),
            "messageDetails": wrong[1] if wrong else None,
            "messageErrorCode": wrong[0] if wrong else 0,
        }

    async def _bring(self, known: str, number: str, text: str, at: str) -> int:
        said = {
            "from": {"number": f"00{number[1:]}", "name": ""},
            "to": {"number": "00319999"},
            "message": {"text": text, "media": {"mediaUri": "", "contentType": "", "title": ""}, "custom": {}},
            "reference": "",
            "groupings": ["", "", ""],
            "timeUtc": at or _USUAL_TIME,
            "channel": "SMS",
            "messageContext": "",
        }
        return (await self.bring(self.webhook, json=said)).status_code


@dataclass(slots=True)
class SpryngCounterpart(SmsCounterpart):
    """api.spryng.nl, version 2: messages, the list of them, and the inbox."""

    account: str = "SPNL0000001"
    sent: list[dict[str, Any]] = field(default_factory=list)

    def routes(self) -> list[Route]:
        return [
            Route("/v2/messages", self._send, methods=["POST"]),
            Route("/v2/messages", self._list, methods=["GET"]),
            Route("/v2/inbox", self._inbox, methods=["GET"]),
        ]

    def _refused(self, request: Request) -> Response | None:
        if request.headers.get("X-Api-Key") == self.token:
            return None
        said = f"Request for authenticated route '{request.url.path}' was unauthenticated"
        return JSONResponse({"errors": [{"errorCode": "UnauthenticatedError", "errorMessage": said}]}, 401)

    async def _send(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        message = await request.json()
        number, text = message["recipients"][0]["msisdn"], message["body"]["text"]
        wrong = (
            message["accountReference"] != self.account
            or not re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
            or not text
            or not _SENDER.fullmatch(message["from"])
            or message["channel"] != "SMS"
        )
        if wrong:
            return JSONResponse({"errors": [{"errorCode": "validationError", "errorMessage": "Invalid request"}]}, 400)
        known = f"0929df71-d1ea-4b02-87b2-{next(self._numbers):012}"
        self.sent.append({"messageId": known, "msisdn": number, "requestName": message["name"], "status": "Sent"})
        self._deliver(number, Sms(message["from"], text, message["name"]))
        return JSONResponse({"data": {"requestId": known, "messageIds": [known]}}, 202)

    async def _list(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        name = request.query_params.get("RequestName")
        found = [one for one in self.sent if name in (None, one["requestName"])]
        return JSONResponse({"data": {"messages": found, "totalCount": len(found), "currentPage": 1, "totalPages": 1}})

    async def _inbox(self, request: Request) -> Response:
        if refused := self._refused(request):
            return refused
        found = [
            {"messageId": one["id"], "msisdn": one["from"], "status": "Received", "direction": "Inbound",
             "submittedAt": f"{one['at']}Z" if one["at"] else None, "messageBody": one["text"]}
            for one in reversed(self.replies)
        ]  # fmt: skip
        return JSONResponse({"data": {"messages": found, "totalCount": len(found), "currentPage": 1, "totalPages": 1}})

    async def _bring(self, known: str, number: str, text: str, at: str) -> int:
        keyword, _, rest = text.partition(" ")
        form = {
            "MSISDN": number[1:],
            "KEYWORD": keyword,
            "PARM": rest,
            "TIMESTAMP": at or _USUAL_TIME,
            "SHORTCODE": "9999",
        }
        return (await self.bring(self.webhook, form=form)).status_code


@dataclass(slots=True)
class GatewayCounterpart(SmsCounterpart):
    """A gateway of one's own, with the field names that the settings have by default."""

    sent: dict[str, str] = field(default_factory=dict)  # id by reference

    def routes(self) -> list[Route]:
        return [
            Route("/send", self._send, methods=["POST"]),
            Route("/status", self._status, methods=["GET"]),
            Route("/inbox", self._inbox, methods=["GET"]),
        ]

    def _allowed(self, request: Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {self.token}"

    async def _send(self, request: Request) -> Response:
        if not self._allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        message = await request.json()
        number = str(message.get("to"))
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number) or not message.get("text"):
            return JSONResponse({"error": "invalid message"}, 422)
        known = f"m{next(self._numbers)}"
        self.sent[message.get("reference", "")] = known
        self._deliver(number, Sms(message.get("from", ""), message["text"], message.get("reference", "")))
        return JSONResponse({"id": known}, 201)

    async def _status(self, request: Request) -> Response:
        if not self._allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        (reference,) = parse_qs(request.url.query).get("reference", [""])
        known = self.sent.get(reference)
        return JSONResponse({"id": known} if known else {"error": "unknown"}, 200 if known else 404)

    async def _inbox(self, request: Request) -> Response:
        if not self._allowed(request):
            return JSONResponse({"error": "unauthorized"}, 401)
        return JSONResponse(
            [{name: one[name] for name in ("id", "from", "text", "at") if one[name]} for one in self.replies]
        )

    async def _bring(self, known: str, number: str, text: str, at: str) -> int:
        return (
            await self.bring(
                self.webhook, json={"id": known, "from": number, "text": text} | ({"at": at} if at else {})
            )
        ).status_code
