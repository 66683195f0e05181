"""The sole keeper on one host: a file lock beside the crypto store, as two processes on one device break its keys."""

import fcntl
import os
from pathlib import Path


class SoleKeeper:
    """A lock on `path` that lasts as long as this process (or until `release`), also when it is killed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> bool:
        """Whether we are the one; a second call of the holder is True too."""
        if self._fd is not None:
            return True
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        self._fd = fd
        return True

    def release(self) -> None:
        """Let another process be the keeper."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
