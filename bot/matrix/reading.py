"""Messages read from the homeserver for a mark on them, beside the hearing of everything else: a slow one holds up nobody."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from bot.domain.attachment import SharedFile
from bot.domain.ids import EventId

AT_ONCE: Final = 8  # messages; a ninth mark waits in the inbox, where a flood of marks is safe


@dataclass(frozen=True, slots=True)
class Written:
    """A message as its sender's device encrypted it; `at` is the homeserver's time (UTC)."""

    sender: str
    text: str
    at: datetime | None
    file: SharedFile | Literal["clear"] | None = None


@dataclass(slots=True)
class Reading:
    """What is being read, by the mark that asked for it. The mark stays in the inbox until then, and is heard again: what a crash
    takes from here is asked for again after the next start. `news` is called when something was read."""

    news: Callable[[], None] = lambda: None
    _tasks: dict[EventId, asyncio.Task[Written | None]] = field(default_factory=dict)
    _queued: set[EventId] = field(default_factory=set)

    def ask(
        self, mark: EventId, read: Callable[[], Coroutine[Any, Any, Written | None]]
    ) -> Written | Literal["not_yet"] | None:
        """What `read` gave, or raised; "not_yet" the first time, and for as long as it takes."""
        task = self._tasks.get(mark)
        if task is not None and task.done():
            return self._tasks.pop(mark).result()
        if task is None and self._full():
            self._queued.add(mark)
        elif task is None:
            self._queued.discard(mark)
            self._tasks[mark] = begun = asyncio.create_task(read(), name="mark")
            begun.add_done_callback(lambda _: self.news())
        return "not_yet"

    def waits(self, mark: EventId) -> bool:
        """Whether the mark has asked and there is nothing to hear it again for."""
        task = self._tasks.get(mark)
        return not task.done() if task is not None else mark in self._queued and self._full()

    def _full(self) -> bool:
        # what was read and is asked for no more, because its person left the contacts, keeps no place
        return sum(not task.done() for task in self._tasks.values()) >= AT_ONCE

    def holds(self, mark: EventId) -> bool:
        """Whether the mark has asked and has not got it yet."""
        return mark in self._tasks or mark in self._queued

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
