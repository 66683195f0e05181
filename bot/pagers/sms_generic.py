"""Text messages by any gateway that takes one JSON object: a box with a SIM card on site, or a provider not named here.

The gateway decides the names of the fields (setting `sms_fields`). It answers 2xx with JSON that holds its id; 400 or 422 for a
message that is wrong. Where it has them, `status_url?reference=…` says whether a message is there (200 with an id, or 404) and
`inbox_url` gives `[{"id", "from", "text", "at"}, …]`, the newest hundred or so; the webhook gets one such object. `at` (ISO
8601) may be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from bot.domain.delivery import Delivered, GaveUp, Outcome, Unclear
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.pagers.asking import Answer, Asking, not_accepted
from bot.pagers.channel import MESSAGE_REFUSED, Inbound, Notice, e164, instant, reference_of
from bot.words.gsm7 import gsm7


class _Incoming(msgspec.Struct, rename={"sender": "from"}):
    id: str | int
    sender: str
    text: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class GenericSms:
    """`fields` maps our names (to, from, text, reference, id) to those of the gateway."""

    ask: Asking
    url: str
    token: str = field(repr=False)
    sender: str
    fields: Mapping[str, str]
    status_url: str = ""
    inbox_url: str = ""
    channel: Channel = "sms"

    async def send(self, notice: Notice) -> Outcome:
        ours = {
            "to": notice.address,
            "from": self.sender,
            "text": gsm7(notice.text),
            "reference": reference_of(notice.key),
        }
        message = {self.fields[name]: value for name, value in ours.items() if name in self.fields}
        asked = await self.ask(self.ask.http.build_request("POST", self.url, json=message, headers=self._key()))
        if isinstance(asked, Answer) and asked.status in (400, 422):
            return GaveUp(MESSAGE_REFUSED)
        if not isinstance(asked, Answer) or not asked.good:
            return not_accepted(asked)
        found = self._id(asked)
        return Unclear("nonsense") if found is None else Delivered(event=EventId(found))

    async def find(self, notice: Notice) -> Outcome | None:
        if not self.status_url:
            return None
        params = {"reference": reference_of(notice.key)}
        asked = await self.ask(self.ask.http.build_request("GET", self.status_url, params=params, headers=self._key()))
        if isinstance(asked, Answer) and asked.status == 404:
            return GaveUp("not_arrived")
        found = self._id(asked) if isinstance(asked, Answer) and asked.good else None
        return None if found is None else Delivered(event=EventId(found))

    async def call_off(self, reference: str, address: str) -> Outcome:
        return Delivered()

    async def inbox(self) -> tuple[Inbound, ...] | None:
        """The newest messages that came in; None when there is no inbox or it cannot be read now."""
        if not self.inbox_url:
            return None
        asked = await self.ask(self.ask.http.build_request("GET", self.inbox_url, headers=self._key()))
        found = asked.read(list[_Incoming]) if isinstance(asked, Answer) and asked.good else None
        return None if found is None else tuple(_inbound(one) for one in found)

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _id(self, answer: Answer) -> str | None:
        said = answer.read(dict[str, object])
        found = None if said is None else said.get(self.fields.get("id", "id"))
        return str(found) if isinstance(found, str | int) and str(found) else None


def heard(body: bytes) -> Inbound | None:
    """What the gateway brings to the webhook; None when it is no text message."""
    try:
        return _inbound(msgspec.json.decode(body, type=_Incoming))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _inbound(incoming: _Incoming) -> Inbound:
    return Inbound(str(incoming.id), e164(incoming.sender), incoming.text, instant(incoming.at))
