"""Who read an incident outside the bot: a note in a folder, because only the keeper may write the index log, taken in by it.

A note is on disk before anything is shown, so that a reading beside a running bot cannot stay unseen.
"""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain.ids import EventId, IncidentId
from bot.domain.origin import Origin

_NAME: Final = re.compile(r"[0-9a-f]{64}\.json")


class Reading(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which incident what was shown, and when (UTC)."""

    incident: IncidentId
    what: str
    at: datetime


def leave(folder: Path, name: bytes, reading: Reading) -> None:
    """Puts a note under a name that nobody else has (32 bytes), whole and on disk; raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    begun = folder / f".{name.hex()}"
    try:
        with os.fdopen(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(msgspec.json.encode(reading))
            stream.flush()
            os.fsync(stream.fileno())
        begun.replace(folder / f"{name.hex()}.json")
    finally:
        begun.unlink(missing_ok=True)


def _notes(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if _NAME.fullmatch(path.name))


async def take_in(desk: Desk, folder: Path) -> int:
    """Writes what notes say into the index log, each once, also after a crash halfway; how many there were.

    A file that is none of ours is left where it is.
    """
    done = 0
    for path in _notes(folder):
        try:
            told = msgspec.json.decode(path.read_bytes(), type=Reading)
        except msgspec.MsgspecError:
            continue
        origin = Origin(via="terminal", room="management", happened_at=told.at)
        entry = e.DossierRead(incident=told.incident, what=told.what, origin=origin)
        await desk.note(entry, cause=EventId(f"reading/{path.stem}"))
        path.unlink()
        done += 1
    return done
