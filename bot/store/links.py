"""Secret addresses that answer one page: kept as a hash only, good until the page is over, and for one answer.

A code has 128 bits, so that guessing it over a network is hopeless (OWASP ASVS 7.2.3), in 22 characters, so that it fits in an
SMS of 160 beside the words. Eight characters would read easier and can be guessed. The alphabet is base 58: no
look-alikes, and no `-` or `_` at the end, which phones leave out of a link.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, PageId, PersonId
from bot.store.schema import answer_link
from bot.store.statements import values_of

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BYTES: Final = 16
LENGTH: Final = 22  # 58 ** 22 > 2 ** 128
_ROADS: Final = {"voice": "voice"}
_ROAD: Final = "a"


@dataclass(frozen=True, slots=True)
class Link:
    """One person's link for one page over one channel. `used_at`: it gave an answer; `revoked_at`: it counts no more."""

    hash: str
    incident: IncidentId
    page: PageId
    person: PersonId
    channel: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it may still be opened: not revoked and not expired. Having been used does not close it."""
        return self.revoked_at is None and now < self.expires_at


def code_of(chance: bytes) -> str:
    """The 22 characters of the first 16 of some random bytes. Raises ValueError for fewer."""
    if len(chance) < _BYTES:
        raise ValueError(f"a code is made of {_BYTES} random bytes")
    left, found = int.from_bytes(chance[:_BYTES], "big"), ""
    for _ in range(LENGTH):
        left, digit = divmod(left, len(_ALPHABET))
        found += _ALPHABET[digit]
    return found


def is_code(text: str) -> bool:
    """Whether it looks like a code, so that no nonsense is looked up."""
    return len(text) == LENGTH and all(char in _ALPHABET for char in text)


def hash_of(code: str) -> str:
    """SHA-256 (hex). Nothing slower is needed: there is no dictionary of 128 random bits."""
    return sha256(code.encode()).hexdigest()


def form_token(code: str) -> str:
    """What the form of the page sends along, and an ntfy button in its body; a scanner that posts blindly lacks it."""
    return sha256(b"form:" + code.encode()).hexdigest()[:LENGTH]


def address(public_url: str, channel: str, code: str) -> str:
    """The address to send: of the page with two buttons, or (voice) of what the telephone service is to say."""
    return f"{public_url.rstrip('/')}/{_ROADS.get(channel, _ROAD)}/{code}"


def made(
    code: str, incident: IncidentId, page: PageId, person: PersonId, channel: str, at: datetime, expires_at: datetime
) -> Link:
    """The record of a fresh code."""
    return Link(hash_of(code), incident, page, person, channel, at, expires_at)


async def add(conn: AsyncConnection, link: Link) -> None:
    """Keep it. Older links of the same page go on working: at night people open the message that lies on top or below."""
    await add_all(conn, (link,))


async def add_all(conn: AsyncConnection, made: Sequence[Link]) -> None:
    await conn.execute(answer_link.insert(), [values_of(link) for link in made])


async def get(conn: AsyncConnection, code: str) -> Link | None:
    """The record of a code, in whatever state; None for what is no code of ours."""
    if not is_code(code):
        return None
    row = (await conn.execute(select(answer_link).where(answer_link.c.hash == hash_of(code)))).mappings().one_or_none()
    return None if row is None else Link(**row)


async def use(conn: AsyncConnection, link: Link, at: datetime) -> bool:
    """Whether the link gives its one answer now, for all links of this person to this page; False when one of them gave it
    before, when this one was revoked or when it has expired."""
    unused = update(answer_link).where(
        answer_link.c.hash == link.hash,
        answer_link.c.used_at.is_(None),
        answer_link.c.revoked_at.is_(None),
        answer_link.c.expires_at > at,
    )
    if (await conn.execute(unused.values(used_at=at))).rowcount != 1:
        return False
    about = {"incident": link.incident, "page": link.page, "person": link.person}
    others = [answer_link.c[name] == value for name, value in about.items()]
    await conn.execute(update(answer_link).where(answer_link.c.used_at.is_(None), *others).values(used_at=at))
    return True


async def revoke(conn: AsyncConnection, person: PersonId, channels: Collection[str], at: datetime) -> int:
    """Revoke what was sent to somebody over these channels, as when the telephone with that number was lost; how many stood."""
    mine = (answer_link.c.person == person, answer_link.c.channel.in_(channels))
    stands = update(answer_link).where(answer_link.c.revoked_at.is_(None), *mine)
    return (await conn.execute(stands.values(revoked_at=at))).rowcount


async def forget(conn: AsyncConnection, before: datetime) -> int:
    """Drop what expired before a moment: nobody can use it any more; how many there were."""
    return (await conn.execute(answer_link.delete().where(answer_link.c.expires_at < before))).rowcount


async def forget_incident(conn: AsyncConnection, incident: IncidentId) -> None:
    """Delete every link that answered a page of this incident."""
    await conn.execute(delete(answer_link).where(answer_link.c.incident == incident))
