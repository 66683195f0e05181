"""The bot in a process of its own, and the lines in which the run tells what it found."""

import asyncio
import contextlib
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path


def line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0

    def check(self, what: str, holds: object, why: str = "") -> bool:
        """One line and one count; gives whether it holds."""
        if holds:
            self.passed += 1
            line(f"✓ {what}")
        else:
            self.failed += 1
            line(f"✗ {what}{f': {why}' if why else ''}")
        return bool(holds)


class Stopped(Exception):
    """A step failed on which all later ones stand."""


@asynccontextmanager
async def running_bot(config: Path, output: Path, outcome: Outcome) -> AsyncIterator[None]:
    """The bot in a process of its own, from ready to gone. Raises Stopped."""
    with output.open("wb") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", "--config", str(config), stdout=log, stderr=asyncio.subprocess.PIPE
        )
        errors = child.stderr
        assert errors is not None

        said: deque[str] = deque(maxlen=1)

        async def drained(until: Callable[[bytes], bool]) -> bool:
            while text := await errors.readline():
                log.write(text)
                said.append(text.decode(errors="replace").strip())
                if until(text):
                    return True
            return False

        try:
            async with asyncio.timeout(60):
                ready = await drained(lambda text: b'"ready"' in text)
            if not outcome.check("the bot starts", ready, said[-1] if said else ""):
                raise Stopped
            rest = asyncio.create_task(drained(lambda text: False))
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(20):
                    await child.wait()
            except TimeoutError:
                child.kill()
                await child.wait()
        await rest
