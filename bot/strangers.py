"""Who calls or texts from a number that nobody verified: refused politely, and told to operators, but never without end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot.desk import Desk
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.ids import EventId
from bot.domain.ladder import Channel

# A number hears it once a day; a thousand invented numbers may cost no thousand text messages and lines.
AGAIN_AFTER: Final = timedelta(days=1)
MOST: Final = 20
MOST_IN: Final = timedelta(hours=1)


@dataclass
class Strangers:
    """`refused` keeps fingerprints of numbers with the time of the last refusal; in memory, because a restart may forgive."""

    desk: Desk
    now: Callable[[], datetime]
    refused: dict[str, datetime] = field(default_factory=dict)

    async def refuse(self, channel: Channel, fingerprint: str, *, cause: EventId | None = None) -> bool:
        """Whether this number is to hear that it is not known; operators are then told, without the number.

        What `cause` came in is handled either way.
        """
        now = self.now()
        for known in [known for known, at in self.refused.items() if now - at >= AGAIN_AFTER]:
            del self.refused[known]
        lately = sum(now - at < MOST_IN for at in self.refused.values())
        if fingerprint in self.refused or lately >= MOST:
            await self.desk.say(f"stranger/{cause}", (), cause=cause)
            return False
        self.refused[fingerprint] = now
        note = m.ManagementNote(to=m.To("management"), code="caller_refused", details=(("channel", channel),))
        await self.desk.note(e.CallerRefused(channel=channel), note, cause=cause)
        return True
