"""Node and the independent client, installed below `build/` from the lock; the machine's own Node may be too old."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
BUILD: Final = HERE.parent.parent / "build" / "interop"
LISTS: Final = ("package.json", "package-lock.json")
PROGRAMS: Final = ("aside.mjs", "client.mjs")
OLDEST: Final = 22  # the Node that matrix-js-sdk asks for


class Missing(Exception):
    """What this machine lacks, in one line."""


def installed() -> Path:
    """The Node to run `client.mjs` with, from `BUILD`. Raises Missing."""
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("npm is needed: install Node.js with npm, the rest comes by itself")
    BUILD.mkdir(parents=True, exist_ok=True)
    ready, node = BUILD / "ready", BUILD / "node_modules" / "node" / "bin" / "node"
    wanted = "".join((HERE / name).read_text(encoding="utf-8") for name in LISTS)
    for name in (*LISTS, *PROGRAMS):
        shutil.copyfile(HERE / name, BUILD / name)
    if not (ready.exists() and node.exists() and ready.read_text(encoding="utf-8") == wanted):
        ready.unlink(missing_ok=True)
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        done = subprocess.run([npm, "ci", *quiet], cwd=BUILD, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Missing(f"npm ci failed: {' '.join(done.stderr.split())[-300:]}")
        ready.write_text(wanted, encoding="utf-8")
    if not node.exists():
        raise Missing("the npm package `node` brought no Node for this machine")
    version = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        raise Missing(f"Node {OLDEST} or newer is needed, this is {version}")
    return node
