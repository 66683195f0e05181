"""A start waits for a database that comes up later than we do, and for another node that rules; and says why when it gives up."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.app import DATABASE_PATIENCE, CannotStart, opened, real_world
from bot.config import Settings, load_settings
from bot.deliver import no_authority
from bot.keyfiles import LogKeys, read_log_key, read_log_keys
from bot.playground import ROOT
from bot.rotation import prepare
from bot.running import Bot, Surroundings
from bot.stamping import Stamping
from bot.store import log
from bot.store.database import Node, open_database
from bot.systemd import Supervisor
from tests.desk.authority import set_up
from tests.postgres import Server, server


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """One of its own: it is stopped and started here."""
    with server() as running:
        running.psql("CREATE DATABASE bot")
        yield running


@dataclass
class Told(Supervisor):
    """What systemd hears."""

    said: list[str] = field(default_factory=list)

    def _tell(self, state: str) -> bool:
        self.said.append(state)
        return True


@dataclass
class Waiting:
    """A world whose waiting takes no time: a pause moves the clock, and `then` happens after so many of them."""

    after: int = 10**9
    then: object = None
    pauses: list[float] = field(default_factory=list)
    supervisor: Told = field(default_factory=Told)

    def around(self) -> Surroundings:
        return replace(
            real_world(),
            monotonic=lambda: time.monotonic() + sum(self.pauses),
            pause=self.pause,
            supervisor=self.supervisor,
        )

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) == self.after and callable(self.then):
            await asyncio.to_thread(self.then)
        await asyncio.sleep(0)


def settings(tmp_path: Path, url: str) -> Settings:
    path = tmp_path / "config.yaml"
    lines = {
        "homeserver_url": "http://127.0.0.1:9", "user_id": "@bot:iog.example", "log_host": "iog.example",
        "state_dir": str(tmp_path / "state"), "database_url": url, "contacts_dir": str(ROOT / "contacts" / "example"),
        "playbooks_dir": str(ROOT / "playbooks"), "fallback_people": ["@vandijk:iog.example"], "node_name": tmp_path.name,
        "device_id": "BOT", "access_token": secrets.token_hex(), "pickle_key": secrets.token_hex(32),
    }  # fmt: skip
    path.write_text("".join(f"{name}: {value!r}\n" for name, value in lines.items()), encoding="utf-8")
    found = load_settings(path)
    assert isinstance(found, Settings), found
    return found


@asynccontextmanager
async def started(tmp_path: Path, url: str, world: Waiting, patience: float = DATABASE_PATIENCE) -> AsyncIterator[Bot]:
    async with opened(settings(tmp_path, url), world.around(), patience) as bot:
        yield bot


async def test_a_database_that_comes_up_within_five_minutes_is_waited_for(postgres: Server, tmp_path: Path) -> None:
    world = Waiting(after=4, then=postgres.start)
    postgres.stop()
    async with started(tmp_path, postgres.url("bot"), world) as bot:
        assert bot.database.epoch
    assert len(world.pauses) >= 4


async def test_after_five_minutes_it_says_in_one_sentence_why_it_does_not_start(
    postgres: Server, tmp_path: Path
) -> None:
    world = Waiting()
    postgres.stop()
    try:
        with pytest.raises(CannotStart, match="cannot be opened"):
            async with started(tmp_path, postgres.url("bot"), world):
                pass
    finally:
        postgres.start()
    assert DATABASE_PATIENCE / 2 < sum(world.pauses) <= DATABASE_PATIENCE  # the tries themselves take time too
    assert DATABASE_PATIENCE == 300


async def test_a_node_stands_by_without_end_and_without_keys_until_the_other_gives_up(
    postgres: Server, tmp_path: Path
) -> None:
    other = await open_database(postgres.url("bot"))
    assert await other.take_lease(Node("elders", 3600))

    def gives_up() -> None:
        assert not (tmp_path / "state" / "crypto").exists()  # no keys are opened by who only stands by
        postgres.psql("UPDATE lease SET expires = 1", "bot")

    world = Waiting(after=1_000, then=gives_up)  # longer than any patience with a database
    async with started(tmp_path, postgres.url("bot"), world) as bot:
        assert bot.database.epoch == (other.epoch or 0) + 1
        assert world.supervisor.said.count("EXTEND_TIMEOUT_USEC=30000000") >= 1_000
    await other.close()


async def test_a_command_that_is_not_the_bot_is_refused_while_another_node_rules(
    postgres: Server, tmp_path: Path
) -> None:
    other = await open_database(postgres.url("bot"))
    await other.take_lease(Node("elders", 3600))
    with pytest.raises(CannotStart, match="another machine"):
        async with started(tmp_path, postgres.url("bot"), Waiting(), patience=0):
            pass
    await other.give_back_lease()
    await other.close()


async def test_a_key_that_was_being_replaced_when_the_process_ended_is_taken_into_use_by_the_next_start(
    postgres: Server, tmp_path: Path
) -> None:
    place, found = tmp_path / "state" / "log_key", settings(tmp_path, postgres.url("bot"))
    async with opened(found, Waiting().around()):
        pass
    before = read_log_key(place)
    assert isinstance(before, Ed25519PrivateKey)
    prepare(place, b"\7" * 32)
    async with opened(found, Waiting().around()) as bot:
        keys = read_log_keys(place)
        assert isinstance(keys, LogKeys)
        assert bot.desk.seal.key.private_bytes_raw() == keys.key.private_bytes_raw() == b"\7" * 32
        (old,) = bot.desk.seal.beside(bot.clock().now)
        assert old.private_bytes_raw() == before.private_bytes_raw()
    place.unlink()
    async with opened(found, Waiting().around()) as bot:
        index = await entries_of(bot, bot.desk.seal.index)
        assert [json.loads(raw)["type"] for raw in index].count("key.lost") == 1
        assert bot.desk.seal.key.private_bytes_raw() != b"\7" * 32


async def test_checkpoints_are_stamped_where_the_settings_name_an_authority_and_nowhere_else(
    postgres: Server, tmp_path: Path
) -> None:
    plain = settings(tmp_path, postgres.url("bot"))
    set_up(tmp_path / "tsa")
    ca = tmp_path / "tsa" / "ca.pem"
    given = plain.completed(timestamp_url="http://127.0.0.1:9/tsr", timestamp_ca_file=ca)
    async with opened(plain, Waiting().around()) as bot:
        assert (bot.desk.stamped, bot.deliverer.stamp) == (False, no_authority)
    async with opened(given, Waiting().around()) as bot:
        assert bot.desk.stamped
        assert isinstance(bot.deliverer.stamp, Stamping)
        assert bot.deliverer.stamp.url == given.timestamp_url


async def entries_of(bot: Bot, origin: str) -> list[bytes]:
    async with bot.database.read() as tx:
        return await log.entries(tx, origin)


async def test_an_orderly_end_gives_the_lease_back(postgres: Server, tmp_path: Path) -> None:
    async with started(tmp_path, postgres.url("bot"), Waiting()):
        pass
    assert postgres.psql("SELECT expires FROM lease", "bot") == "0"
