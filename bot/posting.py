"""Makes the outbox rows of messages, with keys that follow from the entry that asks for them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from bot.domain import messages as m
from bot.domain.erased import Erased
from bot.domain.ids import IncidentId
from bot.logbook.chain import Head
from bot.store import outbox


def rows_of(
    base: str, incident: IncidentId | None, head: Head | None, messages: Sequence[m.Message], now: datetime
) -> list[outbox.OutboxRow]:
    """Outbox rows with keys that follow from the entry: sent twice after a crash they are one event."""
    rows = []
    for n, message in enumerate(messages):
        row = outbox.OutboxRow(
            key=f"{base}/{n}",
            incident=incident,
            seq=head.seq if head else None,
            head_h=head.h if head else None,
            lane=m.lane(message),
            target=f"{message.to.kind}:{message.to.name}",
            kind=type(message).__name__,
            message=msgspec.json.encode(message, enc_hook=_bar),
            created_at=now,
            subject=m.subject(message),
            slot=m.slot(message),
        )
        rows.append(row)
        if keys := m.seeds(message):
            seeds = m.Seeds(to=message.to, lang=message.lang, number=message.number, keys=keys)
            rows.append(
                replace(
                    row, key=f"{row.key}/seeds", kind="Seeds", lane=m.Lane.COSMETIC, after=row.key,
                    subject=None, slot=None, message=msgspec.json.encode(seeds),
                )
            )  # fmt: skip
    return rows


def _bar(erased: object) -> str:
    """A message may hold what stands in place of an erased text; any other value of ours is a mistake."""
    if not isinstance(erased, Erased):
        raise TypeError(f"{type(erased).__name__} is no part of a message")
    return str(erased)
