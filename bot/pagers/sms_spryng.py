"""Text messages by Spryng: its JSON interface, version 2.

Checked against a copy of developer.spryng.nl ("Messaging / Send", "Get all", "Inbox"): POST /messages with `X-Api-Key`, the
account in the body, numbers in E.164, 202 with the ids; GET /messages and GET /inbox with the account in a header, filtered
by `RequestName` and `Direction`; 400 for a message that is wrong, 401 for the key, 429 when it is too much. The name that we
give a request comes back as `requestName`, so that a message can be looked up by it. Not to be found there, and so read under
each name that is likely: which field of the inbox holds the text. The older form of the webhook (MSISDN, KEYWORD, PARM) is
that of spryng.nl's page on its MO gateway; what version 2 posts to a subscribed webhook is not written down.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

import httpx
import msgspec

from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import Answer, Asked, Asking, not_accepted
from bot.pagers.channel import MESSAGE_REFUSED, Inbound, Notice, e164, instant, reference_of
from bot.words.gsm7 import gsm7

URL: Final = "https://api.spryng.nl/v2"
_PAGE: Final = "100"


class _Ids(msgspec.Struct, rename="camel"):
    message_ids: list[str]


class _Accepted(msgspec.Struct):
    data: _Ids


class _Message(msgspec.Struct, rename="camel"):
    message_id: str
    msisdn: str
    request_name: str | None = None
    status: str = ""
    body: str | None = None
    message_body: str | None = None
    text: str | None = None
    submitted_at: str | None = None


class _Messages(msgspec.Struct):
    messages: list[_Message]


class _Page(msgspec.Struct):
    data: _Messages


@dataclass(frozen=True, slots=True)
class SpryngSms:
    ask: Asking
    account: str
    token: str = field(repr=False)
    sender: str
    url: str = URL
    channel: Channel = "sms"

    async def send(self, notice: Notice) -> Outcome:
        message = {
            "accountReference": self.account,
            "name": reference_of(notice.key),
            "characterSet": "GSM",
            "channel": "SMS",
            "from": self.sender,
            "messageType": "NotificationsAndReminders",
            "body": {"text": gsm7(notice.text)},
            "recipients": [{"msisdn": notice.address}],
        }
        asked = await self._asked("POST", "/messages", json=message)
        if not isinstance(asked, Answer) or asked.status not in (200, 201, 202, 400):
            return not_accepted(asked)
        if asked.status == 400:
            return GaveUp(MESSAGE_REFUSED)
        accepted = asked.read(_Accepted)
        if accepted is None or not accepted.data.message_ids:
            return Unclear("nonsense")
        return Delivered(event=EventId(accepted.data.message_ids[0]))

    async def find(self, notice: Notice) -> Outcome | None:
        reference = reference_of(notice.key)
        wanted = {"RequestName": reference, "Direction": "Outbound", "PageSize": _PAGE}
        found = await self._page("/messages", wanted)
        if found is None:
            return None
        for message in found:
            if message.request_name == reference:
                return Delivered(event=EventId(message.message_id))
        # It may still be on its way into their books: it is not sent again, the next channel has its turn.
        return GaveUp("not_arrived")

    async def call_off(self, reference: str, address: str) -> Outcome:
        return Delivered()

    async def inbox(self) -> tuple[Inbound, ...] | None:
        """The newest messages that came in, oldest first; None when the inbox cannot be read now."""
        found = await self._page("/inbox", {"Direction": "Inbound", "PageSize": _PAGE, "SortOrder": "Desc"})
        if found is None:
            return None
        return tuple(
            Inbound(
                one.message_id,
                e164(one.msisdn),
                one.message_body or one.body or one.text or "",
                instant(one.submitted_at),
            )
            for one in reversed(found)
        )

    async def _page(self, path: str, wanted: dict[str, str]) -> list[_Message] | None:
        asked = await self._asked("GET", path, params=wanted)
        page = asked.read(_Page) if isinstance(asked, Answer) and asked.good else None
        return page.data.messages if page else None

    async def _asked(
        self, method: str, path: str, *, json: object = None, params: dict[str, str] | None = None
    ) -> Asked:
        headers = httpx.Headers({"X-Api-Key": self.token, "AccountReference": self.account})
        request = self.ask.http.build_request(method, f"{self.url}{path}", json=json, params=params, headers=headers)
        return await self.ask(request)


def heard(body: bytes) -> Inbound | None:
    """What Spryng brings to the webhook of its MO gateway; None when it is no text message.

    The first word comes apart from the rest, as a keyword; a message carries no number of its own.
    """
    fields = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    if not fields.get("MSISDN"):
        return None
    number = e164(fields["MSISDN"])
    text = f"{fields.get('KEYWORD', '')} {fields.get('PARM', '')}".strip()
    at = fields.get("TIMESTAMP", "")
    return Inbound(reference_of(f"{number}/{at}/{text}") if at else "", number, text, instant(at))
