"""What the pages for operators promise is what the program does."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from bot import cli_live
from bot.cli import app
from bot.web.metrics import Metrics
from bot.web.vital import Vital
from tests.cli.conftest import ROOT

PAGES = sorted((ROOT / "deploy").rglob("*.md"))


def test_there_is_a_page_for_every_worry() -> None:
    assert [str(page.relative_to(ROOT / "deploy")) for page in PAGES] == [
        "RESTORE.md",
        "synapse/README.md",
        "watchdog.md",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_file_that_a_page_names_exists(page: Path) -> None:
    cli_live.register(app)
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    text = page.read_text(encoding="utf-8")
    named = {*re.findall(r"`iogplus ([a-z-]+)", text), *re.findall(r"^ {4,}iogplus ([a-z-]+)", text, re.MULTILINE)}
    assert named <= commands
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (page.parent / link).is_file()


def test_the_numbers_worth_an_alarm_are_collected() -> None:
    vital = Vital(0.1, 0.0, 1.0, database=True, cross_signed=True, oldest_waiting=0.0, outbox={}, incidents_open=0)
    collected = {metric.name for metric in Metrics(lambda: vital).registry.collect()}
    page = (ROOT / "deploy" / "watchdog.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^/`][^`]*)` ?[^|]*\|", page, re.MULTILINE)
    assert len(rows) == 7
    for row in rows:
        name = re.sub(r"^increase\(", "", row)
        assert re.split(r"[{ \[]", name)[0].removesuffix("_total") in collected
    for check in vital.checks:
        assert f"`{check}`" in page


def test_the_settings_for_synapse_are_what_the_page_explains() -> None:
    text = (ROOT / "deploy" / "synapse" / "iogplus.yaml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    assert settings["experimental_features"] == {"msc4028_push_encrypted_events": True}
    assert settings["default_room_version"] == "12"
    assert {"rc_joins", "rc_joins_per_room", "rc_invites"} <= set(settings)
