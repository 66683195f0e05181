"""An installation on disk: settings, contacts, playbooks, and the database of the night in Waterbrug."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.keyfiles import write_log_key
from tests.dossier.conftest import told_night as told_night
from tests.dossier.story import HOST, SEED

ROOT = Path(__file__).parents[2]
Runs = Callable[..., Result]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine that tests run on, and no config.yaml nearby."""
    for name in [name for name in os.environ if name.startswith("IOGPLUS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def installation(tmp_path: Path, told_night: Path) -> Path:
    """The directory of an installation; its config.yaml names everything by relative paths."""
    shutil.copytree(ROOT / "contacts" / "example", tmp_path / "contacts")
    playbooks = shutil.copytree(ROOT / "playbooks", tmp_path / "playbooks")
    for other in (*playbooks.glob("*.json"), *playbooks.glob("*.md")):
        other.unlink()
    (tmp_path / "state").mkdir()
    shutil.copy(told_night, tmp_path / "state" / "iogplus.db")
    write_log_key(tmp_path / "state" / "log_key", SEED)
    (tmp_path / "config.yaml").write_text(
        "homeserver_url: https://matrix.iog.example\n"
        'user_id: "@iog-bot:iog.example"\n'
        f"log_host: {HOST}\n"
        "state_dir: state\n"
        "contacts_dir: contacts\n"
        "playbooks_dir: playbooks\n"
        'fallback_people: ["@jansen:iog.example"]\n',
        encoding="utf-8",
    )
    return tmp_path


@pytest.fixture
def iogplus() -> Runs:
    """Runs a command in this process; anything but an exit is the test's failure."""

    def runs(*arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)

    return runs
