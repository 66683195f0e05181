"""Where an entry came from: who said it, as what, from which account, how, when, in which room, and how far that is proved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from bot.domain.ids import BOT, EventId, PersonId, RoleId

# How far we know that the account really said it: a clear reaction; decrypted text; decrypted text from a device of the sender.
Proof = Literal["clear", "decrypted", "known_device"]
Via = Literal[
    "text", "reaction", "membership", "timer", "delivery", "terminal",
    "sms", "voice", "ntfy", "mail", "pushover", "link",
]  # fmt: skip
# Answers that come by a verified channel instead of a Matrix account.
BY_CHANNEL: Final[frozenset[Via]] = frozenset(("sms", "voice", "ntfy", "mail", "pushover", "link"))
Place = Literal["main", "closed_circle", "exercise", "direct", "alarm", "management"]
Confidentiality = Literal["openbaar", "intern", "vertrouwelijk", "politie_alleen_elders"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The provenance of one command, kept with every entry that it led to.

    `said_at` is the homeserver's time and is evidence only; `cause` is the Matrix event. When that was a yes or a number to what
    the bot asked back, `typed` is the event in which the words were typed. The default is the bot itself.
    """

    actor: PersonId = BOT
    acting_as: RoleId | None = None
    account: str | None = field(default=None, metadata={"erasable": True})
    via: Via = "timer"
    happened_at: datetime | None = None
    said_at: datetime | None = None
    cause: EventId | None = None
    typed: EventId | None = None
    room: Place = "main"
    proof: Proof | None = None
    confidentiality: Confidentiality = "intern"
