"""What came of a play, for people who were not there and for programs: result.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.demo.cast import Participant
from bot.demo.evidence import Evidence, Published
from bot.demo.judge import Fault, Judgement, Row, Stray
from bot.demo.ladder import Climb
from bot.demo.stage import RunDirectory
from bot.demo.story import Story


@dataclass(slots=True)
class Result:
    """`before` is what was judged of the first part; `wait` is how long a page waited (seconds), `total` how long it all took."""

    story: Story
    speed: float
    wait: float
    before: Judgement
    judgement: Judgement
    climbs: tuple[Climb, ...]
    faults: tuple[Fault, ...]
    evidence: Evidence
    about: Published
    archive: Path
    total: float = 0.0

    @property
    def good(self) -> bool:
        return self.differences == 0 and not self.faults and self.evidence.good

    @property
    def differences(self) -> int:
        return self.before.differences + self.judgement.differences


def write(result: Result, run: RunDirectory) -> None:
    """Into the run's directory, and beside it as the newest."""
    text = json.dumps(_described(result, run), indent=2, ensure_ascii=False) + "\n"
    for directory in (run.path, run.out):
        (directory / "result.json").write_text(text, encoding="utf-8")


def _described(result: Result, run: RunDirectory) -> dict[str, Any]:
    evidence = result.evidence
    return {
        "good": result.good,
        "differences": result.differences,
        "ladder_faults": [str(fault) for fault in result.faults],
        "speed": result.speed,
        "total_seconds": round(result.total, 1),
        "seconds": {name: round(value, 3) for name, value in result.story.seconds.items()},
        "first_half_hour": {
            "messages": [_row(row) for row in result.before.rows],
            "unexpected": [_stray(stray) for stray in result.before.strays],
        },
        "messages": [_row(row) for row in result.judgement.rows],
        "unexpected": [_stray(stray) for stray in result.judgement.strays],
        "timelines": {one.peer.user_id: _timeline(one) for one in result.story.cast.everybody},
        "bundle": str(evidence.bundle),
        "archive": str(result.archive),
        "origin": result.about.origin,
        "public_key": result.about.public_key,
        "verify": {"said": evidence.whole.said, "code": evidence.whole.code},
        "verify_changed": {"said": evidence.tampered.said, "code": evidence.tampered.code, "changed": evidence.where},
        "witnessed": {"seen": evidence.witnessed, "fit": evidence.anchors},
        "logs": {"bot": str(run.bot_log), "homeserver": str(run.homeserver_log)},
        "state_dir": str(run.path / "state"),
    }


def _timeline(one: Participant) -> list[dict[str, Any]]:
    """Everything that a client was shown, in its order; what people said in the rooms of the demo is fictional."""
    return [
        {
            "room": seen.room_id,
            "event": seen.event_id,
            "sender": seen.sender,
            "type": seen.type,
            "encrypted": seen.encrypted,
            "readable": seen.readable,
            "body": seen.body,
        }
        for timeline in one.peer.seen.values()
        for seen in timeline
    ]


def _row(row: Row) -> dict[str, Any]:
    one = row.expected
    return {
        "participant": one.who.peer.user_id,
        "role": one.who.role,
        "where": "room" if one.in_room else "direct",
        "message": one.what.kind,
        "about": one.what.about,
        "events": list(row.events),
        "decrypted": row.decrypted and bool(row.events),
        "times_seen": len(row.events),
        "expected": {"least": one.least, "most": one.most, "sound": one.rings},
        "good": row.good,
    }


def _stray(stray: Stray) -> dict[str, Any]:
    return {
        "participant": stray.who.peer.user_id,
        "message": stray.what.kind,
        "event": stray.event,
        "sound": stray.rings,
    }
