"""What every channel can do: bring a notice to one person, say what became of it, and stop what still rings."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final, Protocol

from bot.domain.delivery import Outcome
from bot.domain.ladder import Channel
from bot.domain.people import Language

# What a button posts to an answer link: one field, the words of the text messages as its values.
ANSWER: Final = "answer"
COMING: Final = "1"
CANNOT: Final = "0"

# Why a provider refused this one message, as opposed to refusing us: it says nothing about the channel.
MESSAGE_REFUSED: Final = "message_refused"


@dataclass(frozen=True, slots=True)
class Notice:
    """What one channel is to bring to one person.

    `key` is unique per effect; what a provider sees of it is `reference_of(key)`. `address` is an E.164 number, a mail
    address, an ntfy topic, a Pushover user key or an Apprise URL. `link` answers the page; for a call it is the address of
    the TwiML; empty where there is nothing to answer. `asked_at` (UTC) is when the effect was asked for.
    """

    key: str
    address: str = field(repr=False)
    lang: Language
    title: str = field(repr=False)
    text: str = field(repr=False)
    speech: str = field(default="", repr=False)
    link: str = field(default="", repr=False)
    urgent: bool = True
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text message that came in; `id` is unique for its provider, empty when nothing tells it from another; `number` is E.164;
    `at` (UTC) is when it was sent, as far as the provider says so."""

    id: str
    number: str = field(repr=False)
    text: str = field(repr=False)
    at: datetime | None = None


class Pager(Protocol):
    """One channel of one provider. Nothing here raises for what another side does, and nothing takes longer than ten seconds."""

    @property
    def channel(self) -> Channel: ...

    async def send(self, notice: Notice) -> Outcome:
        """`Delivered` carries as its event what `call_off` wants (it is logged, so never the address); `Unclear` that it may or
        may not have left."""
        ...

    async def find(self, notice: Notice) -> Outcome | None:
        """What the provider knows of a notice that was sent with an unclear answer; None when it cannot be asked."""
        ...

    async def call_off(self, reference: str, address: str) -> Outcome:
        """Stop what still rings or shows at this address; a channel that cannot says `Delivered`, for there is nothing to stop."""
        ...


class SmsPager(Pager, Protocol):
    """A channel that can also hear."""

    async def inbox(self) -> tuple[Inbound, ...] | None:
        """The newest messages that came in; None when the provider keeps none or cannot be asked. Repeats itself."""
        ...


def instant(said: object) -> datetime | None:
    """A time as providers write it (ISO 8601; without a zone it is UTC); None when it is none."""
    try:
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
        return None if at is None else at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def reference_of(key: str) -> str:
    """Our reference as providers take it: 32 letters and digits (CM.com's limit), telling nothing of the incident."""
    return sha256(key.encode()).hexdigest()[:32]


def msisdn(number: str) -> str:
    """`+31…` as many services write it: digits only."""
    return number.lstrip("+")


def e164(number: str) -> str:
    """A sender's number as services and boxes with a SIM card write it (`+31…`, `0031…`, `31…`, `06…`) with + and country."""
    digits = "".join(char for char in number if char.isdigit())
    if number.lstrip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+31{digits[1:]}" if digits.startswith("0") else f"+{digits}"
