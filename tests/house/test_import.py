"""To import the program does nothing: no socket, no process, no file written, whatever the module."""

import subprocess
import sys

from tests.house.tree import ROOT

# Alembic runs these two; importing them outside a migration means nothing.
ONLY_FOR_ALEMBIC = ("bot.store.migrations.env", "bot.store.migrations.versions.")
GUARD = """
import os, sys

FORBIDDEN = ("socket.bind", "socket.connect", "subprocess.Popen", "os.fork", "os.mkdir", "os.remove", "os.rename", "os.rmdir")

def guard(event, arguments):
    if event in FORBIDDEN:
        raise RuntimeError(f"an import did {event} {arguments}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
        raise RuntimeError(f"an import opened {arguments[0]} to write")

sys.addaudithook(guard)
"""
EVERY_MODULE = f"""
import importlib, pkgutil
import bot

names = [m.name for m in pkgutil.walk_packages(bot.__path__, "bot.")]
names = [n for n in names if not n.startswith({ONLY_FOR_ALEMBIC!r})]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def python(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_importing_every_module_does_nothing() -> None:
    done = python(GUARD + EVERY_MODULE)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) > 80


def test_the_guard_catches_what_it_should() -> None:
    assert "opened never-written to write" in python(GUARD + "open('never-written', 'w')").stderr
    assert "did socket.bind" in python(GUARD + "import socket; socket.socket().bind(('127.0.0.1', 0))").stderr
    assert not (ROOT / "never-written").exists()
