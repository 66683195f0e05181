"""The chat side of private addresses and of getting ready: which words lead to which flow, and the cards that are sent as files."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import segno

from bot.addresses import Addresses
from bot.domain import messages as m
from bot.domain.commands import Refused
from bot.domain.contacts import Contacts
from bot.domain.ids import RoomId
from bot.domain.people import COORDINATOR, Language
from bot.entering import Asker, Entering, typed_code
from bot.matrix.act import Asked
from bot.matrix.send import Gateway, Unsent
from bot.onboarding import Onboarding
from bot.reach import Number, read_number
from bot.subscribing import Subscribing, calendar_link
from bot.words.catalogue import Catalogue
from bot.words.parse import Said

_MYSELF: Final = frozenset(("ik", "mij", "me", "zelf"))
_QR_SCALE: Final = 6  # pixels for each square: a phone reads it from another screen


@dataclass(frozen=True, slots=True)
class Reaching:
    """Carries out what somebody says of the own channels; raises Refused when that cannot be."""

    entering: Entering
    onboarding: Onboarding
    contacts: Callable[[], Contacts]
    public_url: str = ""  # where calendars are fetched; empty: nowhere

    async def __call__(self, asked: Asked) -> None:
        await _FLOWS[asked.said.verb](self, _asker(asked), asked)

    async def number(self, asker: Asker, asked: Asked) -> None:
        await self.entering.number(asker, asked.said.argument)

    async def mail(self, asker: Asker, asked: Asked) -> None:
        await self.entering.mail(asker, asked.said.argument)

    async def push(self, asker: Asker, asked: Asked) -> None:
        await self.entering.push(asker)

    async def pushover(self, asker: Asker, asked: Asked) -> None:
        await self.entering.pushover(asker, asked.said.argument)

    async def code(self, asker: Asker, asked: Asked) -> None:
        """A bare `code` asks for another one."""
        if not asked.said.argument:
            await self.entering.send_again(asker)
        elif (typed := typed_code(asked.said.argument)) is not None:
            await self.entering.code(asker, typed)
        else:
            raise Refused("code_is_six")

    async def show(self, asker: Asker, asked: Asked) -> None:
        await self.entering.show(asker)

    async def remove(self, asker: Asker, asked: Asked) -> None:
        await self.entering.remove(asker, asked.said.argument)

    async def ready(self, asker: Asker, asked: Asked) -> None:
        """A coordinator sees who is not ready; everybody else, and a coordinator who says `ik`, takes the next step."""
        said = asked.said.argument.casefold().strip(" .!")
        if COORDINATOR in asker.person.roles and not said:
            await self.onboarding.overview(asker, self.contacts())
        else:
            await self.onboarding.go_on(asker, "" if said in _MYSELF else said)

    async def test(self, asker: Asker, asked: Asked) -> None:
        await self.onboarding.test(asker)

    async def heard(self, asker: Asker, asked: Asked) -> None:
        await self.onboarding.heard(asker, asked.said.argument, yes=True)

    async def unheard(self, asker: Asker, asked: Asked) -> None:
        await self.onboarding.heard(asker, asked.said.argument, yes=False)

    async def calendar(self, asker: Asker, asked: Asked) -> None:
        """The own shifts, or with a role everybody's in it; asked again it moves to another address."""
        await self._subscribing.begin(asker, next(iter(asked.said.roles), None))

    async def calendar_stop(self, asker: Asker, asked: Asked) -> None:
        await self._subscribing.end(asker)

    @property
    def _subscribing(self) -> Subscribing:
        return Subscribing(self.entering.house, self.public_url)


_FLOWS: Final[Mapping[str, Callable[[Reaching, Asker, Asked], Awaitable[None]]]] = {
    "my_number": Reaching.number,
    "my_mail": Reaching.mail,
    "my_push": Reaching.push,
    "my_pushover": Reaching.pushover,
    "code": Reaching.code,
    "reachable": Reaching.show,
    "forget": Reaching.remove,
    "night_ready": Reaching.ready,
    "test": Reaching.test,
    "heard": Reaching.heard,
    "not_heard": Reaching.unheard,
    "calendar": Reaching.calendar,
    "calendar_stop": Reaching.calendar_stop,
}


def own_channel(text: str) -> Said | None:
    """A message that is nothing but six digits or nothing but a telephone number needs no word before it."""
    if (typed := typed_code(text)) is not None:
        return Said("code", typed)
    return Said("my_number", text) if isinstance(read_number(text), Number) else None


def _asker(asked: Asked) -> Asker:
    return Asker(asked.person, asked.to, asked.event, asked.replied)


# --- cards ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Card:
    """What goes with a message: its lines, and files to upload before it."""

    lines: tuple[str, ...]
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """From where the bot rings, as far as this installation has it: numbers as E.164, a mail address, the ntfy server."""

    numbers: tuple[str, ...] = ()
    mail: str = ""
    ntfy_url: str = ""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.mail)


@dataclass(frozen=True, slots=True)
class Cards:
    """Makes the contact card and the address of a push channel at the moment they are sent."""

    addresses: Addresses
    catalogue: Catalogue
    sender: Sender
    public_url: str = ""

    async def __call__(self, message: m.ReachShown) -> Card | None:
        """None when there is nothing to show any more."""
        if message.what == "contact":
            return self.contact(message.lang) if self.sender else None
        if message.what == "calendar":
            link = calendar_link(self.addresses.vault, self.public_url, message.seed)
            how = (self.catalogue.text(message.lang, key) for key in ("calendar.address", "calendar.how"))
            return Card((next(how), link, *how))
        topic = await self.addresses.topic(message.person)
        return None if topic is None or not self.sender.ntfy_url else self.push(message.lang, topic)

    def contact(self, lang: Language) -> Card:
        """One card with every number that the bot rings from, as a file and as a code to scan."""
        name = self.catalogue.template(lang, "reach.card_name")
        text = vcard(name, self.sender)
        line = self.catalogue.text(lang, "reach.card", name=name)
        files = (
            File(f"{name}.vcf", "text/vcard", text.encode()),
            File(f"{name}.png", "image/png", qr(text)),
        )
        return Card((line, self.catalogue.text(lang, "reach.card_how")), files)

    def push(self, lang: Language, topic: str) -> Card:
        link = f"{self.sender.ntfy_url}/{topic}"
        lines = (
            self.catalogue.text(lang, "reach.topic"),
            link,
            self.catalogue.text(lang, "reach.topic_how", server=self.sender.ntfy_url, topic=topic),
            self.catalogue.text(lang, "reach.topic_secret"),
        )
        return Card(lines, (File("push.png", "image/png", qr(link)),))


async def upload(gateway: Gateway, room: RoomId, files: Sequence[File], txn: str) -> Unsent | None:
    """Every file into the room, encrypted; None when all are there. The same `txn` again sends none twice."""
    for n, file in enumerate(files):
        uploaded = await gateway.upload_encrypted(file.data, file.name, file.mime)
        if isinstance(uploaded, Unsent):
            return uploaded
        sent = await gateway.send(room, "m.room.message", uploaded.content, f"{txn}.file{n}")
        if isinstance(sent, Unsent):
            return sent
    return None


def vcard(name: str, sender: Sender) -> str:
    """A contact card (RFC 2426, which every phone reads); the lines end as the standard wants."""
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:{_escaped(name)};;;;", f"FN:{_escaped(name)}", f"ORG:{_escaped(name)}"]
    lines += [f"TEL;TYPE=CELL,VOICE:{number}" for number in sender.numbers]
    lines += [f"EMAIL;TYPE=INTERNET:{sender.mail}"] if sender.mail else []
    return "\r\n".join((*lines, "END:VCARD", ""))


def qr(text: str) -> bytes:
    """A picture (PNG) to scan with a phone."""
    stream = BytesIO()
    segno.make(text, error="m", micro=False).save(stream, kind="png", scale=_QR_SCALE, border=4)
    return stream.getvalue()


def _escaped(text: str) -> str:
    for sign in ("\\", ",", ";"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")
