"""The key of the logs is replaced: both sign for thirty days, and a crash at any step is taken up again."""

import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.ids import IncidentId
from bot.keyfiles import LogKeys, next_log_key, read_log_keys, write_log_key
from bot.logbook.checkpoint import check, public_key_text
from bot.rotation import Rotated, carry_on, prepare, taken_up
from bot.sealing import BOTH_SIGN, Seal
from bot.store import log
from tests.builders import by
from tests.desk.ground import INCIDENT, KEY, Ground

NEW = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"\3" * 32)
OTHER = IncidentId("00000000-0000-4000-8000-000000000015")
NEW_TEXT = public_key_text(NEW.public_key())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    write_log_key(tmp_path / "keys" / "log_key", KEY.private_bytes_raw())
    return tmp_path / "keys" / "log_key"


def _names(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def _desk(ground: Ground, path: Path) -> Desk:
    """As after a start: the keys come from the files."""
    keys = read_log_keys(path)
    assert isinstance(keys, LogKeys)
    desk = ground.another_desk()
    desk.seal = Seal(desk.seal.host, keys.key, desk.seal.salts, keys.retired)
    return desk


async def _rotate(ground: Ground, path: Path) -> Rotated:
    prepare(path, NEW.private_bytes_raw())
    ground.desk = _desk(ground, path)
    made = await carry_on(ground.desk, path, ground.now)
    assert isinstance(made, Rotated)
    return made


async def _notes(ground: Ground, place: str) -> list[bytes]:
    """The checkpoints that wait to be put into a room, the newest last."""
    rows = [row for row in await ground.outbox("Checkpoint") if row.key.startswith(place)]
    return [msgspec.json.decode(row.message, type=m.Checkpoint).note.encode() for row in rows]


def _holds(note: bytes, origin: str, key: Ed25519PublicKey) -> bool:
    try:
        check(note, origin, key)
    except ValueError:
        return False
    return True


def _signed(note: bytes, origin: str) -> tuple[bool, bool, bool]:
    """Whether the old key, the new one and a stranger's hold."""
    return tuple(_holds(note, origin, key.public_key()) for key in (KEY, NEW, STRANGER))  # type: ignore[return-value]


async def test_every_log_that_goes_on_names_the_key_that_follows_and_both_sign(ground: Ground, path: Path) -> None:
    await ground.alarm()
    await ground.desk.handle(OTHER, c.RaiseAlarm(text="brand in de Torenstraat Polderdam", by=by("bakker")))
    made = await _rotate(ground, path)
    assert made == Rotated(public_key_text(KEY.public_key()), NEW_TEXT, 2, ())
    seal = ground.desk.seal
    for origin in (seal.origin(INCIDENT), seal.origin(OTHER), seal.index):
        assert (await ground.kinds(origin))[-1] == "key.rotated"
    for place, origin in ((f"{INCIDENT}/", seal.origin(INCIDENT)), ("index/", seal.index)):
        note = (await _notes(ground, place))[-1]
        assert _signed(note, origin) == (True, True, False)
    told = [msgspec.json.decode(row.message, type=m.LogKey) for row in await ground.outbox("LogKey")]
    assert {one.to for one in told if one.public_key == NEW_TEXT} == {m.To("room", "main"), m.To("management")}


async def test_after_thirty_days_only_the_new_key_signs(ground: Ground, path: Path) -> None:
    await _rotate(ground, path)
    origin = ground.desk.seal.index
    for later, both in ((BOTH_SIGN - timedelta(seconds=1), True), (timedelta(seconds=1), False)):
        ground.now += later
        ground.desk = _desk(ground, path)
        await ground.desk.note(e.ReferenceRefused(problems=1))
        await ground.desk.checkpoint_index()
        assert _signed((await _notes(ground, "index/"))[-1], origin) == (both, True, False)


async def test_the_files_of_the_keys_are_for_the_bot_only_and_the_old_one_stays(ground: Ground, path: Path) -> None:
    await _rotate(ground, path)
    keys = read_log_keys(path)
    assert isinstance(keys, LogKeys)
    assert keys.key.private_bytes_raw() == NEW.private_bytes_raw()
    ((old),) = keys.retired
    assert old.key.private_bytes_raw() == KEY.private_bytes_raw()
    assert old.at == ground.now.replace(microsecond=0)
    assert _names(path) == ["log_key", f"log_key.retired-{old.at:%Y%m%dT%H%M%SZ}"]
    assert {stat.S_IMODE((path.parent / name).stat().st_mode) for name in _names(path)} == {0o400}


class _Crash(Exception):
    pass


def _steps(ground: Ground, path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], None]]:
    """Where a process may end: before each log is told, and before the new key takes its place."""

    def at(nth: int) -> Callable[[], None]:
        def arm() -> None:
            begin, seen = ground.database.begin, [0]

            def cut() -> object:
                seen[0] += 1
                if seen[0] > nth:
                    raise _Crash
                return begin()

            monkeypatch.setattr(ground.database, "begin", cut)

        return arm

    def before_the_last() -> None:
        def cut(_: Path) -> None:
            raise _Crash

        monkeypatch.setattr("bot.rotation.take_next_log_key", cut)

    return [*(at(n) for n in range(4)), before_the_last]


@pytest.mark.parametrize("step", range(5))
async def test_a_crash_at_any_step_is_taken_up_by_the_next_start(
    ground: Ground, path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.alarm()
    await ground.desk.handle(OTHER, c.RaiseAlarm(text="brand in de Torenstraat Polderdam", by=by("bakker")))
    begun = ground.now
    prepare(path, NEW.private_bytes_raw())
    with monkeypatch.context() as patched:
        ground.desk = _desk(ground, path)
        _steps(ground, path, patched)[step]()
        with pytest.raises(_Crash):
            await carry_on(ground.desk, path, ground.now)
    ground.now += timedelta(hours=3)
    assert next_log_key(path) is not None
    assert taken_up(path, lambda: b"\1" * 32, fresh=False).keys.key.private_bytes_raw() == KEY.private_bytes_raw()  # type: ignore[union-attr]
    ground.desk = _desk(ground, path)
    assert isinstance(await carry_on(ground.desk, path, ground.now), Rotated)
    for origin in (ground.desk.seal.origin(INCIDENT), ground.desk.seal.origin(OTHER), ground.desk.seal.index):
        assert (await ground.kinds(origin)).count("key.rotated") == 1
    keys = read_log_keys(path)
    assert isinstance(keys, LogKeys)
    assert [one.at for one in keys.retired] == [begun.replace(microsecond=0)]
    assert await carry_on(_desk(ground, path), path, ground.now) is None


async def test_a_key_that_is_gone_is_followed_by_one_that_says_so(
    ground: Ground, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ground.alarm()
    path.unlink()  # noqa: ASYNC240  (one small file)
    taken = taken_up(path, lambda: NEW.private_bytes_raw(), fresh=False)
    assert taken.lost  # type: ignore[union-attr]
    assert _names(path) == ["log_key.next"]  # a crash here is not taken for a key of old
    again = taken_up(path, lambda: STRANGER.private_bytes_raw(), fresh=False)
    assert again.keys.key.private_bytes_raw() == NEW.private_bytes_raw()  # type: ignore[union-attr]
    seal = ground.desk.seal
    ground.desk.seal = Seal(seal.host, NEW, seal.salts)
    with monkeypatch.context() as patched:
        patched.setattr("bot.rotation.take_next_log_key", lambda _: None)  # as if the process ended before it
        await carry_on(ground.desk, path, ground.now, lost=True)
    await carry_on(ground.desk, path, ground.now, lost=True)
    assert (await ground.kinds(seal.index)).count("key.lost") == 1
    assert "key.lost" not in await ground.kinds()
    (note,) = [row for row in await ground.outbox("ManagementNote") if b"key_lost" in row.message]
    assert NEW_TEXT.encode() in note.message
    assert _signed((await _notes(ground, "index/"))[-1], seal.index) == (False, True, False)
    # the rooms hear of it with the next checkpoint
    await ground.sends_all()
    await ground.do(c.ProposeClosing(by=by("coordinator1")), minutes=1)
    await ground.do(c.Tick(), minutes=6)
    (told,) = await ground.outbox("LogKey")
    assert (told.target, msgspec.json.decode(told.message)["public_key"]) == ("room:main", NEW_TEXT)
    after = taken_up(path, lambda: STRANGER.private_bytes_raw(), fresh=False)
    assert (after.lost, after.keys.key.private_bytes_raw()) == (False, NEW.private_bytes_raw())  # type: ignore[union-attr]


async def test_a_new_installation_has_lost_nothing(ground: Ground, tmp_path: Path) -> None:
    taken = taken_up(tmp_path / "log_key", lambda: NEW.private_bytes_raw(), fresh=True)
    assert not taken.lost  # type: ignore[union-attr]
    assert await carry_on(ground.desk, tmp_path / "log_key", ground.now) is None
    assert await ground.kinds(ground.desk.seal.index) == []


async def test_a_broken_log_holds_up_no_other(ground: Ground, path: Path) -> None:
    await ground.alarm()
    await ground.desk.handle(OTHER, c.RaiseAlarm(text="brand in de Torenstraat Polderdam", by=by("bakker")))
    number = (await ground.row()).number
    async with ground.database.begin() as tx:
        await log.erase_all(tx, [ground.desk.seal.origin(INCIDENT)])
    made = await _rotate(ground, path)
    assert made.broken == (number,)
    assert (await ground.kinds(ground.desk.seal.origin(OTHER)))[-1] == "key.rotated"
    assert (await ground.kinds(ground.desk.seal.index))[-1] == "key.rotated"


async def test_the_same_key_is_named_once(ground: Ground) -> None:
    await ground.alarm()
    for _ in range(2):
        incident = await ground.do(c.ReplaceKey(new_pub=NEW_TEXT))
    assert incident.log_key == NEW_TEXT
    assert (await ground.kinds()).count("key.rotated") == 1
