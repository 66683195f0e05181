"""Who was reached by an emergency page is kept beside the database, and a disk that refuses or hangs stops no page."""

import os
import stat
from pathlib import Path

import pytest

from bot.domain.ids import PersonId
from bot.matrix import emergency
from bot.matrix.emergency import _read, _write

PAGED = {"$alarm": (PersonId("vandijk"), PersonId("jansen")), "$other": ()}


def test_what_is_kept_is_read_back_by_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "emergencies.json"
    assert _read(path) == {}
    assert _write(path, PAGED)
    assert _read(path) == PAGED
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert _write(path, {})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("damaged", [b"", b"{", b"[1]", b'{"$a": "vandijk"}', b"\xff\xfe"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damaged: bytes) -> None:
    path = tmp_path / "emergencies.json"
    path.write_bytes(damaged)
    assert _read(path) == {}


def test_a_disk_that_refuses_is_told_and_leaves_the_old_record(tmp_path: Path) -> None:
    path = tmp_path / "emergencies.json"
    assert _write(path, PAGED)
    (tmp_path / "emergencies.new").mkdir()  # it cannot be opened for writing, as on a disk that is read only
    assert not _write(path, {"$third": ()})
    assert _read(path) == PAGED
    assert emergency.KEEP_WITHIN < emergency.WITHIN
