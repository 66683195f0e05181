"""`python -m tests.campaign [--only C1] [--seed N] [--resume]`: the whole campaigns; exit code 1 when a promise was broken.

Every round stands on an installation of its own and has a seed of its own, so that it can be played again by itself. After
each round the counts are kept below build/campaign; `--resume` goes on from there. What a round that failed left behind is
kept there as well.
"""

import argparse
import asyncio
import json
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from bot.playground import ROOT
from tests.campaign.ground import WentWrong
from tests.campaign.table import CAMPAIGNS, Campaign, Result, Round, faults

BUILD: Final = ROOT / "build" / "campaign"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--only", action="append", choices=[campaign.name for campaign in CAMPAIGNS])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="keep the rounds that were played before")
    chosen = parser.parse_args(arguments)
    asked = [campaign for campaign in CAMPAIGNS if not chosen.only or campaign.name in chosen.only]
    verdicts = [_campaign(campaign, chosen.seed, resume=chosen.resume) for campaign in asked]
    _say(f"{verdicts.count(True)} passed, {verdicts.count(False)} failed")
    return 0 if all(verdicts) else 1


def _campaign(campaign: Campaign, seed: int, *, resume: bool) -> bool:
    file = BUILD / f"{campaign.name}-seed{seed}.json"
    result = _kept(file) if resume and file.exists() else Result(seed)
    _say(f"{campaign.name}: {campaign.promise} (seed {seed}, {campaign.rounds} rounds)")
    for number in range(1, campaign.rounds + 1):
        if number not in result.rounds:  # what failed has failed: going on does not play it again
            counts = _played(campaign.play, f"{campaign.name}-{number}", seed * 1000 + number, result)
            result.rounds[number] = counts
            _keep(file, result)
            _say(f"  round {number} (seed {seed * 1000 + number}): {_line(counts)}")
    for control in campaign.controls:
        if control.name not in result.controls:
            counts = _played(control.play, f"{campaign.name}-control", seed, Result(seed))
            result.controls[control.name] = counts
            _keep(file, result)
        counts = result.controls[control.name]
        verdict = "caught" if control.caught(counts) else "NOT caught"
        _say(f"  control, {control.name}: {_line(counts)}: {verdict}")
    passed = result.passed(campaign)
    _say(f"{campaign.name}: seed {seed}: {_line(result.total)}{_rate(result)}: {'passed' if passed else 'FAILED'}")
    return passed


def _played(play: Round, name: str, seed: int, result: Result) -> dict[str, int]:
    """The counts of one round; none at all when it could not be played to its end."""
    directory = BUILD / name
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    began = time.monotonic()
    try:
        counts = dict(asyncio.run(play(directory, seed)))
    except WentWrong as wrong:
        _say(f"  {name}: {wrong}")
        return {}
    finally:
        result.seconds += time.monotonic() - began
    if not faults(counts):
        shutil.rmtree(directory)
    return counts


def _kept(file: Path) -> Result:
    kept = json.loads(file.read_text(encoding="utf-8"))
    kept["rounds"] = {int(number): counts for number, counts in kept["rounds"].items()}
    return Result(**kept)


def _keep(file: Path, result: Result) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(result), indent=2), encoding="utf-8")


def _line(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in counts.items()) or "nothing was counted"


def _rate(result: Result) -> str:
    kills = result.total["kills"] + result.total["server_kills"]
    return f", {60 * kills / result.seconds:.0f} kills a minute" if kills and result.seconds else ""


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
