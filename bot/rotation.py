"""A new key for the logs, in steps of which each may be the last before a crash: the next run takes up where it ended.

First the new key is on disk, then the old one is kept beside it with its moment, then every log that goes on says which key
follows, each in a transaction of its own and the index log last; only then the new key takes the place of the old.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config_words import Wrong
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.origin import Origin
from bot.folding import INDEX_CODEC, BrokenLog
from bot.keyfiles import (
    LogKeys,
    next_log_key,
    read_log_keys,
    retire_log_key,
    take_next_log_key,
    write_log_key,
    write_next_log_key,
)
from bot.logbook.chain import parse
from bot.logbook.checkpoint import public_key_text
from bot.sealing import Retired, Seal
from bot.store import directory, log

_BY = Origin(via="terminal", room="management")


@dataclass(frozen=True, slots=True)
class Rotated:
    """What took place: the public keys (base64), `old` empty when that key was gone; in how many logs of incidents it was written,
    and which incidents have a log that nothing can be written into."""

    old: str
    new: str
    incidents: int
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """The keys of an installation as they were found; `lost` when its logs were signed with a key that is not there."""

    keys: LogKeys
    lost: bool = False


def taken_up(path: Path, salts: Callable[[], bytes], *, fresh: bool) -> Taken | Wrong:
    """The keys to start with. Where there is none a key is made; unless the installation is `fresh` it is one that was lost.

    Raises OSError when a key cannot be written.
    """
    keys = read_log_keys(path)
    if isinstance(keys, Wrong):
        return keys
    if keys is not None:
        return Taken(keys)
    if fresh:
        return Taken(LogKeys(write_log_key(path, salts())))
    coming = next_log_key(path) or write_next_log_key(path, salts())
    return coming if isinstance(coming, Wrong) else Taken(LogKeys(coming), lost=True)


def prepare(path: Path, seed: bytes) -> Wrong | None:
    """Makes the key that is to follow, unless one is on its way. Raises OSError."""
    found = next_log_key(path)
    if found is None:
        write_next_log_key(path, seed)
    return found if isinstance(found, Wrong) else None


async def carry_on(desk: Desk, path: Path, now: datetime, *, lost: bool = False) -> Rotated | Wrong | None:
    """Takes the key that is to follow into use; None when there is none. Within one writer only.

    `lost`: the key before it is gone, and `desk` works with the new one already. Raises OSError.
    """
    coming = next_log_key(path)
    if not isinstance(coming, Ed25519PrivateKey):
        return coming
    new = public_key_text(coming.public_key())
    if lost:
        await _tell_index(desk, e.KeyLost(new_pub=new, origin=_BY))
        take_next_log_key(path)
        return Rotated("", new, 0, ())
    seal = desk.seal
    old = retire_log_key(path, LogKeys(seal.key, seal.retired), now)
    desk.seal = _followed(seal, coming, old)
    count, broken = await _tell_incidents(desk, new)
    await _tell_index(desk, e.KeyRotated(new_pub=new, origin=_BY))
    take_next_log_key(path)
    return Rotated(public_key_text(old.key.public_key()), new, count, broken)


def _followed(seal: Seal, key: Ed25519PrivateKey, old: Retired) -> Seal:
    return replace(seal, key=key, retired=(*seal.retired, old))


async def _tell_incidents(desk: Desk, new: str) -> tuple[int, tuple[str, ...]]:
    """An incident whose log is broken is set aside: nothing can be written into it, and the others do not wait for it."""
    async with desk.database.read() as tx:
        going_on = [*await directory.open_rows(tx), *await directory.closed_rows(tx)]
    broken: list[str] = []
    for row in going_on:
        try:
            await desk.handle(row.id, c.ReplaceKey(new_pub=new, by=_BY))
        except BrokenLog as wrong:
            await desk.set_aside(wrong)
            broken.append(row.number)
    return len(going_on) - len(broken), tuple(broken)


async def _tell_index(desk: Desk, entry: e.KeyRotated | e.KeyLost) -> None:
    async with desk.database.read() as tx:
        known = await _named(tx, desk.seal.index)
    if entry.new_pub not in known:
        details = (("public", entry.new_pub),)
        lost = m.ManagementNote(to=m.To("management"), code="key_lost", details=details)
        await desk.note(entry, *((lost,) if isinstance(entry, e.KeyLost) else ()))
    await desk.checkpoint_index()


async def _named(tx: AsyncConnection, index: str) -> frozenset[str]:
    """The keys that the index log names as successors."""
    found: set[str] = set()
    for sealed in map(parse, await log.entries(tx, index)):
        if sealed.type in ("key.rotated", "key.lost"):
            openings = await log.openings(tx, index, first=sealed.seq, until_seq=sealed.seq)
            entry = INDEX_CODEC.read(sealed, openings, dict[str, bytes]().__getitem__)
            if isinstance(entry, e.KeyRotated | e.KeyLost):
                found.add(entry.new_pub)
    return frozenset(found)
