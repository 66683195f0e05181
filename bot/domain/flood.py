"""When one reporter gives so many alarms that the further ones are kept in an incident that is there already: a table, one rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.domain.ids import PersonId
from bot.domain.world import Recent


@dataclass(frozen=True, slots=True)
class FloodRule:
    """After `alarms` incidents of one reporter `within` this time a further alarm joins the newest of them."""

    alarms: int
    within: timedelta


FLOOD: Final = FloodRule(alarms=5, within=timedelta(minutes=15))


def bundled_into(recent: Sequence[Recent], reporter: PersonId, now: datetime) -> str | None:
    """The number of the incident that takes the alarm in; None when it is an incident of its own. `recent`: newest first.

    No alarm is lost: it stands in that incident's log and room, and the coordinator hears of it.
    """
    own = [r.number for r in recent if r.reporter == reporter and now - r.raised_at <= FLOOD.within]
    return own[0] if len(own) >= FLOOD.alarms else None
