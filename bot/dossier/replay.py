"""An incident told again, entry by entry: how it stood after each, out of the database or out of a bundle."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.domain import entries as e
from bot.domain.ids import IncidentId
from bot.domain.incident import Incident, evolve
from bot.dossier.collect import Broken, Dossier
from bot.logbook.codec import Codec, Withheld
from bot.logbook.verify import Broken as Refusal
from bot.logbook.verify import Verified, verify_bundle


@dataclass(frozen=True, slots=True)
class Stood:
    """One entry with its hash and time (UTC), and the incident right after it."""

    seq: int
    h: str
    at: datetime
    fact: e.Entry
    incident: Incident


def stood(dossier: Dossier) -> tuple[Stood, ...]:
    """Every entry of a dossier that was told, in the order of the log."""
    incident = Incident(dossier.incident.id)
    hashes = {line.seq: line.h for line in dossier.lines}
    return tuple(
        Stood(one.seq, hashes[one.seq], one.at, one.fact, incident := evolve(incident, one.fact, one.at))
        for one in dossier.facts
    )


def read_bundle(path: Path) -> tuple[Stood, ...] | Broken:
    """The same out of a bundle (a zip or a directory) that verifies; raises OSError when its files cannot be read.

    In a copy for others a bar stands for what is kept back. An entry of which nothing was opened, as those of the closed circle, or
    that cannot be told without what is kept back, is passed over.
    """
    found = verify_bundle(path)
    if isinstance(found, Refusal):
        return Broken(found.where, found.why)
    return _told(found)


def _told(found: Verified) -> tuple[Stood, ...] | Broken:
    codec, incident, passed_over = Codec(e.KINDS), Incident(IncidentId(found.origin)), False
    told: list[Stood] = []
    for entry, openings in zip(found.entries, found.openings, strict=True):
        if entry.body and not openings:
            passed_over = True
            continue
        try:
            fact = codec.read(entry, openings, found.blobs.__getitem__, copied=True)
        except Withheld:
            passed_over = True
            continue
        except (ValueError, LookupError) as wrong:
            # a kind that only another log has, or a text that was not given along
            return Broken(f"#{entry.seq}", str(wrong))
        try:
            incident = evolve(incident, fact, entry.ts)
        except (ValueError, LookupError) as wrong:
            if not passed_over:
                return Broken(f"#{entry.seq}", str(wrong))
            continue  # it tells what became of something that is not told
        told.append(Stood(entry.seq, entry.h, entry.ts, fact, incident))
    return tuple(told)


def as_of(told: tuple[Stood, ...], until: datetime) -> int | None:
    """The index of the last entry at or before `until` (UTC); None when the log began later."""
    before = sum(one.at <= until for one in told)
    return before - 1 if before else None
