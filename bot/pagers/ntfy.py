"""Push notices by an ntfy server: the highest priority, with two buttons that post the answer.

Checked against docs.ntfy.sh ("Publish as JSON", "Action buttons", "Updating + deleting notifications") and
binwiederhier/ntfy#303, #1573: POST of JSON to the server's root; a button of kind `http` posts by itself when tapped; a message
with the same `sequence_id` replaces the one before, so a repeat is no second notice; DELETE /topic/sequence_id takes a notice
off the phone. Servers before 2.16 do not know the last two: there a repeat may show twice and a notice stays until swiped.
"""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

import msgspec

from bot.domain.delivery import Delivered, Outcome, Retry
from bot.domain.ids import EventId
from bot.domain.ladder import Channel
from bot.domain.people import Language
from bot.pagers.asking import Answer, Asking, may_be_repeated
from bot.pagers.channel import ANSWER, CANNOT, COMING, Notice, reference_of
from bot.words.catalogue import Catalogue

_LOUDEST: Final = 5
_USUAL: Final = 3


class _Published(msgspec.Struct):
    id: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class NtfyPush:
    ask: Asking
    url: str
    token: str = field(repr=False)
    words: Catalogue
    channel: Channel = "ntfy"

    async def send(self, notice: Notice) -> Outcome:
        sequence = reference_of(notice.key)
        message: dict[str, object] = {
            "topic": notice.address,
            "title": notice.title,
            "message": notice.text,
            "priority": _LOUDEST if notice.urgent else _USUAL,
            "sequence_id": sequence,
        }
        if notice.urgent:
            message["tags"] = ["rotating_light"]
        if notice.link:
            message |= {"click": notice.link, "actions": self._buttons(notice.link, notice.lang)}
        asked = await self.ask(self.ask.http.build_request("POST", self.url, json=message, headers=self._key()))
        if isinstance(asked, Answer) and asked.good:
            published = asked.read(_Published)
            return Delivered(event=EventId(sequence)) if published else Retry("nonsense")
        return may_be_repeated(asked)

    async def find(self, notice: Notice) -> Outcome | None:
        return None

    async def call_off(self, reference: str, address: str) -> Outcome:
        url = f"{self.url}/{quote(address, safe='')}/{quote(reference, safe='')}"
        asked = await self.ask(self.ask.http.build_request("DELETE", url, headers=self._key()))
        # An older server does not know how: the notice stays, and says itself that the page is over when it is tapped.
        if isinstance(asked, Answer) and (asked.good or asked.status in (404, 405)):
            return Delivered()
        return may_be_repeated(asked)

    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _buttons(self, link: str, lang: Language) -> list[dict[str, object]]:
        return [
            {
                "action": "http",
                "label": self.words.text(lang, label),
                "url": link,
                "method": "POST",
                "headers": {"Content-Type": "application/x-www-form-urlencoded"},
                "body": f"{ANSWER}={answer}",
                "clear": True,
            }
            for label, answer in (("channel.coming", COMING), ("channel.cannot", CANNOT))
        ]
