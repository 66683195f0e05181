"""The demo as a visitor starts it: it plays the incident without a difference, and serves until it is told to stop."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path
from typing import Any

import httpx

from bot.matrix.peer import Peer

LONG = 300.0  # seconds; it takes three quarters of a minute on two idle cores


async def started(out: Path, *options: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--out", str(out), *options,
        stdout=PIPE, stderr=STDOUT, env={**os.environ, "IOGPLUS_SPEED": "9999", "COLUMNS": "80"},
    )  # fmt: skip


async def line_with(process: Process, word: str) -> str:
    assert process.stdout is not None
    said = []
    async with asyncio.timeout(LONG):
        async for raw in process.stdout:
            said.append(raw.decode())
            if word in said[-1]:
                return said[-1]
    raise AssertionError("".join(said))


async def test_it_plays_the_incident_without_a_difference(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    (out / "run-1").mkdir(parents=True)  # left by an earlier demo
    process = await started(out, "--lang", "en")
    async with asyncio.timeout(LONG):
        said, _ = await process.communicate()
    text = said.decode()
    assert process.returncode == 0, text
    assert max(len(line) for line in text.splitlines()) <= 100
    result = json.loads((out / "result.json").read_text())
    assert result["good"]
    assert result["unexpected"] == []
    the_rumour_was_worked(result["first_half_hour"])
    pages = [row for row in result["messages"] if row["message"] == "page"]
    assert len(pages) == 10  # eight on duty, two reserves
    assert all(row["times_seen"] == 1 and row["decrypted"] for row in pages)
    assert [row["participant"] for row in result["messages"] if row["message"] == "repeat"] != []
    assert result["ladder_faults"] == []
    the_ladder_was_climbed(json.loads((out / "ladder.json").read_text()))
    assert result["verify"]["code"] == 0
    assert result["verify"]["said"].startswith("OK ")
    assert result["verify_changed"]["code"] == 1
    assert result["verify_changed"]["said"].startswith("REFUSED: entries.jsonl")
    assert result["witnessed"]["seen"] == result["witnessed"]["fit"] > 20
    assert Path(result["bundle"]).parent == out / "run-2"
    assert {Path(log).name for log in result["logs"].values()} == {"bot.log", "output.log"}


def the_rumour_was_worked(part: dict[str, Any]) -> None:
    """A real alarm with the playbook of rumours: who is needed is called, a name is warned of, a decision is taken, no drill."""
    assert part["unexpected"] == []
    assert all(row["good"] for row in part["messages"])
    seen = {(row["role"], row["message"]) for row in part["messages"]}
    assert {("communicatie", "page"), ("politie", "page"), ("melder", "warned")} <= seen
    assert ("om", "page") not in seen
    in_room = [(row["message"], row["about"]) for row in part["messages"] if row["where"] == "room"]
    assert {("line", "5"), ("decision", "1"), ("asked", "1"), ("sitrep", "1"), ("closed", "")} <= set(in_room)


def the_ladder_was_climbed(ladder: dict[str, Any]) -> None:
    """As somebody reads the file who was not there."""
    assert ladder["good"]
    people = {(one["role"], one["part"]): one for one in ladder["people"]}
    assert {one["answers_over"] for one in people.values()} == {"matrix", "sms", "voice", "mail", "ntfy", None}
    for one in people.values():
        answered = [rung["answered"] for rung in one["ladder"] if rung["answered"] is not None]
        assert len(answered) == (one["answers_over"] is not None)
        assert all(
            rung["accepted"] <= answered[0] for rung in one["ladder"] if answered and rung["accepted"] is not None
        )
    reserve = {rung["channel"]: rung for rung in people["expert_ondermijning", "reserve"]["ladder"]}
    assert reserve["sms"]["requested"] > ladder["texts_down"]
    assert reserve["sms"]["accepted"] is None
    assert reserve["voice"]["answered"] >= reserve["voice"]["accepted"] > reserve["sms"]["requested"]
    scanned = people["om", "paged"]
    looked = next(s["at"] for s in scanned["phone"] if s["what"] == "opened")
    rang = next(rung for rung in scanned["ladder"] if rung["channel"] == "voice")
    assert looked < rang["accepted"] < rang["withdrawn"]


async def test_it_serves_a_visitor_and_stops_cleanly(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    process = await started(out, "--serve")
    await line_with(process, "Ctrl-C")
    served: dict[str, Any] = json.loads((out / "playground.json").read_text())
    assert set(served) == {"homeserver", "bot", "alarm_room", "users", "state_dir"}
    assert all(set(user) == {"user_id", "password", "role", "name"} for user in served["users"])
    assert {"melder", "coordinator", "expert_cyber"} <= {user["role"] for user in served["users"]}

    visitor = next(user for user in served["users"] if user["role"] == "melder")
    name = visitor["user_id"].removeprefix("@").partition(":")[0]
    peer = await Peer.login(served["homeserver"], name, visitor["password"], tmp_path / "client")
    assert served["alarm_room"] in peer.invites
    room = await peer.create_direct(served["bot"])
    await peer.wait_for(lambda one: served["bot"] in one.members(room), LONG)
    await peer.say(room, "alarm rellen: oproep om te rellen bij het station")
    heard = await peer.wait_text(room, "🔔", LONG)
    assert heard.encrypted
    await peer.close()

    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(LONG):
        assert await process.wait() == 0
    assert left_behind(out) == []
    async with httpx.AsyncClient() as http:
        try:
            await http.get(served["homeserver"])
        except httpx.TransportError:
            return
    raise AssertionError("the homeserver still answers")


def left_behind(out: Path) -> list[bytes]:
    """Processes of a demo in this directory that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue  # it ended while we looked
        if str(out).encode() in line:
            found.append(line)
    return found
