"""Keys that the disk did not take: they wait in memory, so that a full disk does not end the process that must wake people.

nio writes a key where it changes and lets the error through, which would end us at the first message. What waits is written before
the sync token moves: a process that dies until then is given the same messages again and comes to the same keys. What it sent
meanwhile went out with keys that the disk knows as unused, and used twice they would make our messages unreadable. So a mark is
taken away while something waits (a full disk still lets a file go), and who finds none begins afresh with every device.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import structlog
from peewee import PeeweeException

_WRITES: Final = (
    "save_account", "save_session", "save_inbound_group_session", "save_device_keys", "save_encrypted_rooms",
    "add_outgoing_key_request", "remove_outgoing_key_request", "ignore_devices",
)  # fmt: skip
_REFUSED: Final = (PeeweeException, OSError)  # nio keeps which devices it trusts in plain files
log = structlog.get_logger()

Write = tuple[Callable[..., None], tuple[Any, ...]]


class Unwritten:
    """Stands before the writes of one nio store. `mark` is the file that says that nothing waits."""

    def __init__(self, store: Any, mark: Path) -> None:  # noqa: ANN401 - nio has no types
        self._database = store.database
        self._mark = mark
        self._left: dict[tuple[str, int], Write] = {}
        self._block: dict[tuple[str, int], Write] | None = None
        for name in _WRITES:
            setattr(store, name, self._before(name, getattr(store, name)))

    def _before(self, name: str, write: Callable[..., None]) -> Callable[..., None]:
        def attempt(*arguments: Any) -> None:  # noqa: ANN401
            # by the thing itself: a session that changes again before it is written is written once, as it is then
            key = (name, id(arguments[-1]) if arguments else 0)
            if self._block is not None:
                self._block[key] = write, arguments
            try:
                write(*arguments)
            except _REFUSED:
                self._wait({key: (write, arguments)})

        return attempt

    @contextmanager
    def together(self) -> Iterator[None]:
        """What the block writes is written at once; when part of it cannot be, all of it waits."""
        self._block, before = {}, len(self._left)
        try:
            with self._database.atomic():
                yield
        except _REFUSED:
            self._wait(self._block)
        else:
            if len(self._left) > before:  # a statement that failed may have taken the whole transaction with it
                self._wait(self._block)
        finally:
            self._block = None

    def flush(self) -> bool:
        """Whether everything is on the disk now."""
        if self._left:
            try:
                with self._database.atomic():
                    for write, arguments in self._left.values():
                        write(*arguments)
            except _REFUSED:
                return False
            log.info("keys_written", writes=len(self._left))
            self._left = {}
            with suppress(OSError):
                self._mark.touch(mode=0o600)
        return True

    def _wait(self, writes: dict[tuple[str, int], Write]) -> None:
        if not self._left:
            log.error("keys_unwritten")
            with suppress(OSError):
                self._mark.unlink(missing_ok=True)
        self._left |= writes
