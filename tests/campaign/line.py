"""The line between one machine and PostgreSQL: it can be cut, so that nothing comes through, and healed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

CHUNK: Final = 65_536  # bytes

Cut = Literal["closed", "silent"]


@dataclass
class Line:
    """Goes from `port` on loopback to the Unix socket of a server.

    Cut `closed`, every connection breaks and none is made; cut `silent`, they stay and what is written arrives when it is healed,
    as with a network that loses packets.
    """

    server: Path
    port: int = 0
    _closed: bool = False
    _through: asyncio.Event = field(default_factory=asyncio.Event)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self, how: Cut) -> None:
        if how == "silent":
            self._through.clear()
            return
        self._closed = True
        for end in list(self._ends):
            end.transport.abort()

    def heal(self) -> None:
        self._closed = False
        self._through.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        self._ends.add(writer)
        try:
            if self._closed:
                return
            await self._through.wait()
            theirs, ours = await asyncio.open_unix_connection(self.server)
            self._ends.add(ours)
            try:
                await asyncio.gather(self._pump(reader, ours), self._pump(theirs, writer))
            finally:
                ours.transport.abort()
                self._ends.discard(ours)
        except OSError:
            pass  # a server that is down, an end that was cut
        finally:
            writer.transport.abort()
            self._ends.discard(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(CHUNK):
            await self._through.wait()
            writer.write(data)
            await writer.drain()
        await self._through.wait()
        raise ConnectionResetError  # with one side gone the other is of no use


@asynccontextmanager
async def line_to(server: Path) -> AsyncIterator[Line]:
    """A line that carries; gone with the block."""
    line = Line(server)
    line.heal()
    carried: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(line.carry(reader, writer))
        carried.add(task)
        task.add_done_callback(carried.discard)

    listening = await asyncio.start_server(accept, "127.0.0.1", 0)
    line.port = int(listening.sockets[0].getsockname()[1])
    try:
        yield line
    finally:
        listening.close()
        for task in list(carried):
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*carried, return_exceptions=True)
