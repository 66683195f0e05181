"""The phones and mailboxes of the demo: what reached each and what its owner did, kept by the services and never by the bot."""

import asyncio
import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any, Final, Literal, TypeVar

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from starlette.requests import Request
from starlette.responses import Response

from bot.domain.ladder import Channel
from bot.embedded.phones import Phones
from bot.embedded.ports import free_port
from bot.embedded.provider_mail import MailCounterpart
from bot.embedded.provider_push import NtfyCounterpart, PushoverCounterpart
from bot.embedded.provider_sms import GatewayCounterpart, Sms
from bot.embedded.provider_voice import Call, VoiceCounterpart
from bot.embedded.providers import form_of, running

T = TypeVar("T")
# `came`: the service took something for this phone. `opened`: somebody looked. `answered`: the owner answered.
# `confirmed`: the service showed what was understood. `withdrawn`: the bot took it back. `voicemail`: a machine picked up.
What = Literal["came", "opened", "answered", "confirmed", "withdrawn", "voicemail", "down"]
_TOKEN: Final = re.compile(r'name="token" value="([^"]+)"')
_HEADING: Final = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that a service or its user did; `at` in seconds of the monotonic clock, `text` is what the phone showed."""

    at: float
    channel: Channel
    address: str = field(repr=False)
    what: What
    text: str = ""


@dataclass(slots=True)
class Diary:
    """What all services saw, in the order in which they saw it."""

    monotonic: Callable[[], float]
    sights: list[Sight] = field(default_factory=list)
    _waiting: set[asyncio.Event] = field(default_factory=set)

    def note(self, channel: Channel, address: str, what: What, text: str = "") -> None:
        self.sights.append(Sight(self.monotonic(), channel, address, what, text))
        for event in self._waiting:
            event.set()

    def of(self, channel: Channel, address: str, what: What) -> list[Sight]:
        return [s for s in self.sights if (s.channel, s.address, s.what) == (channel, address, what)]

    async def until(self, found: Callable[[], T | None], patience: float) -> T:
        """Wait until `found` gives something; raises TimeoutError after `patience` seconds."""
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            async with asyncio.timeout(patience):
                while (value := found()) is None:
                    await event.wait()
                    event.clear()
            return value
        finally:
            self._waiting.discard(event)


@dataclass(kw_only=True)
class _Texts(GatewayCounterpart):
    diary: Diary

    def _deliver(self, number: str, sms: Sms) -> None:
        super()._deliver(number, sms)
        self.diary.note("sms", number, "came", sms.text)


@dataclass(kw_only=True)
class _Calls(VoiceCounterpart):
    diary: Diary

    async def _make(self, request: Request) -> Response:
        known = set(self.calls)
        answer = await super()._make(request)
        for call in (call for sid, call in self.calls.items() if sid not in known):
            self.diary.note("voice", call.to, "came")
        return answer

    async def _change(self, request: Request) -> Response:
        call = self.calls.get(request.path_params["sid"])
        rang = call is not None and not call.over
        answer = await super()._change(request)
        if call is not None and rang and call.over:
            self.diary.note("voice", call.to, "withdrawn")
        return answer


@dataclass(kw_only=True)
class _Pushes(NtfyCounterpart):
    diary: Diary

    async def _publish(self, request: Request) -> Response:
        answer = await super()._publish(request)
        if answer.status_code == 200:
            message = await request.json()
            self.diary.note("ntfy", message["topic"], "came", message["title"])
        return answer

    async def _delete(self, request: Request) -> Response:
        topic = request.path_params["topic"]
        showed = len(self.notices(topic))
        answer = await super()._delete(request)
        if len(self.notices(topic)) < showed:
            self.diary.note("ntfy", topic, "withdrawn")
        return answer


@dataclass(kw_only=True)
class _Emergencies(PushoverCounterpart):
    diary: Diary

    async def _send(self, request: Request) -> Response:
        answer = await super()._send(request)
        if answer.status_code == 200:
            form = await form_of(request)
            self.diary.note("pushover", form["user"], "came", form["title"])
        return answer


@dataclass(kw_only=True)
class _Mails(MailCounterpart):
    diary: Diary

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        before = len(self.taken)
        answer = await super().handle_DATA(server, session, envelope)
        for mail in self.taken[before:]:
            self.diary.note("mail", str(mail["To"]), "came", str(mail["Subject"]))
        return answer


@dataclass(frozen=True, slots=True)
class Handsets:
    """All services, what they saw, and the hands of those who hold the phones. `public_url` is the bot's own address."""

    services: Phones
    diary: Diary
    public_url: str
    secret: str = field(repr=False)
    http: httpx.AsyncClient

    def settings(self) -> dict[str, object]:
        """The settings of a bot that pages over them."""
        port = int(self.public_url.rpartition(":")[2])
        more = {"public_url": self.public_url, "web_port": port, "sms_webhook_secret": self.secret}
        return {**self.services.settings(), **more}

    async def comes(self, channel: Channel, address: str, patience: float, *, after: int = 0) -> Sight:
        """Wait for something on a phone; `after` so many that came before."""
        return await self.diary.until(
            lambda: next(iter(self.diary.of(channel, address, "came")[after:]), None), patience
        )

    async def text(self, number: str, words: str) -> None:
        """Answer by text message."""
        self.diary.note("sms", number, "answered", words)
        await self.services.sms.reply(number, words)

    def ringing(self, number: str) -> Call:
        return next(call for call in self.services.voice.rang(number) if not call.over)

    async def press(self, number: str, key: str) -> None:
        """Pick up, listen, press a key and listen on."""
        call = self.ringing(number)
        menu = list(await self.services.voice.answer(call))
        self.diary.note("voice", number, "opened", " ".join(menu))
        self.diary.note("voice", number, "answered", key)
        said = await self.services.voice.press(call, key)
        self.diary.note("voice", number, "confirmed", " ".join(said))

    async def machine(self, number: str) -> None:
        """A voicemail picks up and listens to the end."""
        said = await self.services.voice.voicemail(self.ringing(number))
        self.diary.note("voice", number, "voicemail", said[-1] if said else "")

    async def tap(self, topic: str, label: str) -> None:
        """Tap a button of the notice."""
        self.diary.note("ntfy", topic, "answered", label)
        status = await self.services.ntfy.tap(topic, label)
        if status == 200:
            self.diary.note("ntfy", topic, "confirmed", label)

    async def scan(self, address: str) -> None:
        """Open the link as a mail scanner does, twice: HEAD and GET."""
        link = self._link(address)
        for method in ("HEAD", "GET"):
            answer = await self.http.request(method, link)
            self.diary.note("mail", address, "opened", f"{method} {answer.status_code}")

    async def button(self, address: str, value: str) -> None:
        """Open the link of the newest mail and press a button of the page."""
        link = self._link(address)
        shown = (await self.http.get(link)).text
        token = _TOKEN.search(shown)
        form = {"answer": value, "token": token[1] if token else ""}
        self.diary.note("mail", address, "answered", value)
        answer = await self.http.post(link, data=form)
        if answer.status_code == 200:
            heading = _HEADING.search(answer.text)
            self.diary.note("mail", address, "confirmed", unescape(heading[1]) if heading else "")

    async def stop_texts(self) -> None:
        """The text messages fail from here on."""
        await self.services.sms.stop()
        self.diary.note("sms", "", "down")

    def still(self, channel: Channel, address: str) -> int:
        """How many pages ring or show on a phone now."""
        match channel:
            case "voice":
                return sum(not call.over for call in self.services.voice.rang(address))
            case "ntfy":
                return len(self.services.ntfy.notices(address))
            case "pushover":
                return sum(one.rings for one in self.services.pushover.phone(address))
            case _:
                return 0

    def _link(self, address: str) -> str:
        body: Any = self.services.mail.inbox(address)[-1].get_body(("plain",))
        found = re.search(re.escape(self.public_url) + r"/a/\S+", body.get_content())
        assert found is not None, "a page by mail holds a link"
        return found[0]


@asynccontextmanager
async def phones(monotonic: Callable[[], float], wall: Callable[[], datetime]) -> AsyncIterator[Handsets]:
    """Every service on a port of its own, and one for the bot to listen on."""
    # the mail server's library complains of itself at every login
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    diary, secret = Diary(monotonic), secrets.token_urlsafe(18)
    url = f"http://127.0.0.1:{free_port()}"
    texts = _Texts(diary=diary, webhook=f"{url}/sms/{secret}")
    made = Phones(
        texts, _Calls(diary=diary, now=wall), _Pushes(diary=diary), _Emergencies(diary=diary), _Mails(diary=diary)
    )  # fmt: skip
    async with (
        httpx.AsyncClient(timeout=30, trust_env=False) as http,
        running(made.sms, made.voice, made.ntfy, made.pushover),
    ):
        await made.mail.start()
        try:
            yield Handsets(made, diary, url, secret, http)
        finally:
            await made.mail.stop()
