"""The directory's row of an incident, as follows from what its log tells."""

from dataclasses import replace
from datetime import datetime

from bot.domain.ids import MunicipalityId
from bot.domain.incident import Incident
from bot.domain.timers import next_due
from bot.logbook.chain import EMPTY, Head
from bot.store.directory import DirectoryRow


def first_row(incident: Incident, log: str, now: datetime) -> DirectoryRow:
    """The row of an incident that was just begun, before any of its entries is written."""
    year, serial = incident.number.split("-")
    return DirectoryRow(
        id=incident.id,
        log=log,
        number=incident.number,
        year=int(year),
        serial=int(serial),
        municipality=MunicipalityId(incident.municipality),
        state="open",
        exercise=incident.exercise,
        opened_at=now,
        closed_at=None,
        next_due=None,
        main_room=None,
        head_seq=-1,
        head_h=EMPTY.h,
        verified_at=now,
        phenomenon=incident.phenomenon,
    )


def row_of(
    row: DirectoryRow, incident: Incident, head: Head, covered: int, checkpoint_due: datetime | None
) -> DirectoryRow:
    """`row` after new entries: `covered` of them are under a checkpoint, and the others must be by `checkpoint_due`."""
    return replace(
        row,
        state="open" if incident.state == "none" else incident.state,
        closed_at=incident.closed_at,
        next_due=min((t for t in (next_due(incident), checkpoint_due) if t is not None), default=None),
        main_room=incident.rooms.get("main"),
        head_seq=head.seq,
        head_h=head.h,
        checkpoint_size=covered,
        checkpoint_due=checkpoint_due,
    )
