"""`python -m tests.bench [--only NAME] [--runs N]`: a missed target is named; with `--strict` it is exit code 1 as well."""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench.alarms import alarms
from tests.bench.archive import ROOT, utc_now
from tests.bench.casework import casework
from tests.bench.command import command
from tests.bench.exports import exports
from tests.bench.races import race
from tests.bench.report import Measured, shown, written
from tests.bench.restart import restart
from tests.bench.ticks import ticks

RUNS = 10
OUT = ROOT / "build" / "bench.json"
NAMES = ("races", "casework", "alarms", "ticks", "command", "exports", "restart")


def main() -> int:
    asked = _arguments()
    console = Console()
    found: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="iogplus-bench-") as name:
        directory = Path(name)
        for bench in NAMES:
            if asked.only in (None, bench):
                console.print(f"{bench} …")
                found += _run(bench, directory / bench, asked.runs, small=asked.small)
    shown(found, console)
    written(found, _about(asked.runs), OUT)
    missed = [one.name for one in found if not one.met]
    console.print(f"written: {OUT.relative_to(ROOT)}; " + (f"missed: {', '.join(missed)}" if missed else "all met"))
    return 1 if missed and asked.strict else 0


def _run(bench: str, directory: Path, runs: int, *, small: bool) -> list[Measured]:
    directory.mkdir()
    match bench:
        case "races":
            return asyncio.run(race(directory, runs))
        case "casework":
            return asyncio.run(casework(directory, runs, small=small))
        case "alarms":
            return asyncio.run(alarms(directory, runs, small=small))
        case "ticks":
            return asyncio.run(ticks(directory, runs, small=small))
        case "command":
            return asyncio.run(command(directory, runs, small=small))
        case "exports":
            return asyncio.run(exports(directory, runs, small=small))
        case _:
            return asyncio.run(restart(directory, runs, small=small))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--only", choices=NAMES)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--small", action="store_true", help="less data: shows that it runs, not how fast")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a target was missed")
    return parser.parse_args()


def _about(runs: int) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": utc_now().isoformat(),
        "commit": commit.stdout.strip(),
        "runs": runs,
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processor": _processor(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
