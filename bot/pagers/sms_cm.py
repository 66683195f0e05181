"""Text messages by CM.com: the JSON gateway of its Business Messaging API.

Checked against developers.cm.com (pages "Business Messaging Basics", "Responses & Errors - JSON", "Incoming Messages"): one
POST with the key in `X-CM-PRODUCTTOKEN`, numbers written as `0031…`, 200 when at least one message was created, 400 when none
was, each message with `status` and `messageErrorCode`. Not found there: a way to ask for a message by its reference, so an
unclear answer stays unclear; and any other way to fetch replies than the webhook.
"""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import Answer, Asking, not_accepted
from bot.pagers.channel import MESSAGE_REFUSED, Inbound, Notice, e164, instant, msisdn, reference_of
from bot.words.gsm7 import gsm7

URL: Final = "https://gw.messaging.cm.com/v1.0/message"
_MOST_PARTS: Final = 3


class _Message(msgspec.Struct):
    status: str


class _Report(msgspec.Struct, rename="camel"):
    error_code: int
    messages: list[_Message]


class _Party(msgspec.Struct):
    number: str


class _Content(msgspec.Struct):
    text: str = ""


class _Incoming(msgspec.Struct, rename={"sender": "from", "at": "timeUtc"}):
    sender: _Party
    message: _Content
    at: str = ""


@dataclass(frozen=True, slots=True)
class CmSms:
    ask: Asking
    token: str = field(repr=False)
    sender: str
    url: str = URL
    channel: Channel = "sms"

    async def send(self, notice: Notice) -> Outcome:
        reference = reference_of(notice.key)
        message = {
            "allowedChannels": ["SMS"],
            "from": self.sender,
            "to": [{"number": f"00{msisdn(notice.address)}"}],
            "minimumNumberOfMessageParts": 1,
            "maximumNumberOfMessageParts": _MOST_PARTS,
            "body": {"type": "auto", "content": gsm7(notice.text)},
            "reference": reference,
        }
        headers = {"X-CM-PRODUCTTOKEN": self.token}
        asked = await self.ask(
            self.ask.http.build_request("POST", self.url, json={"messages": {"msg": [message]}}, headers=headers)
        )
        if isinstance(asked, Answer) and (asked.good or asked.status == 400):
            return _outcome(asked, reference)
        return not_accepted(asked)

    async def find(self, notice: Notice) -> Outcome | None:
        return None

    async def call_off(self, reference: str, address: str) -> Outcome:
        return Delivered()

    async def inbox(self) -> tuple[Inbound, ...] | None:
        return None


def _outcome(answer: Answer, reference: str) -> Outcome:
    report = answer.read(_Report)
    if report is None:
        return not_accepted(answer)
    if not report.messages:
        return GaveUp(f"refused_{report.error_code}") if report.error_code else Unclear("nonsense")
    if report.messages[0].status == "Accepted" and answer.good:
        return Delivered(event=EventId(reference))
    return GaveUp(MESSAGE_REFUSED)


def heard(body: bytes) -> Inbound | None:
    """What CM.com brings to the webhook; None when it is no text message.

    A message carries no number of its own there, so sender, time and text together tell two apart.
    """
    try:
        incoming = msgspec.json.decode(body, type=_Incoming)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    number = e164(incoming.sender.number)
    mark = reference_of(f"{number}/{incoming.at}/{incoming.message.text}")
    return Inbound(mark if incoming.at else "", number, incoming.message.text, instant(incoming.at))
