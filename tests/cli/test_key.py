"""`iogplus key rotate` on an installation on disk: the log says which key follows, and what left before still verifies."""

import json
from base64 import b64encode
from pathlib import Path
from zipfile import ZipFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.keyfiles import LogKeys, read_log_keys, write_next_log_key
from bot.logbook.verify import Broken, Verified, verify_bundle
from tests.cli.conftest import Runs
from tests.cli.test_commands import ORIGIN, PUBLIC
from tests.dossier.story import NUMBER, SEED

STRANGER = b64encode(Ed25519PrivateKey.from_private_bytes(b"\3" * 32).public_key().public_bytes_raw()).decode()


def test_a_bundle_made_after_a_rotation_holds_with_the_old_key_and_the_new_one(
    installation: Path, iogplus: Runs
) -> None:
    before = Path(iogplus("export", NUMBER, "--out", "voor").stdout.splitlines()[0])
    said = iogplus("key", "rotate")
    assert (said.exit_code, said.stderr) == (0, "")
    new = said.stdout.splitlines()[0].removeprefix("nieuwe sleutel: ")
    assert PUBLIC in said.stdout
    assert "in 1 logboeken van incidenten" in said.stdout
    after = Path(iogplus("export", NUMBER, "--out", "na").stdout.splitlines()[0])
    for key, holds in ((PUBLIC, True), (new, True), (STRANGER, False)):
        assert isinstance(verify_bundle(after, ORIGIN, key), Verified if holds else Broken)
    assert isinstance(verify_bundle(before, ORIGIN, PUBLIC), Verified)
    with ZipFile(after) as archive:
        assert json.loads(archive.read("entries.jsonl").splitlines()[-1])["type"] == "key.rotated"
        assert f"Nieuwe sleutel: vanaf hier wordt het logboek ondertekend met {new}" in archive.read(
            "tijdlijn.nl.md"
        ).decode().replace("\\", "")
    keys = read_log_keys(installation / "state" / "log_key")
    assert isinstance(keys, LogKeys)
    assert [old.key.private_bytes_raw() for old in keys.retired] == [SEED]


def test_a_rotation_that_was_cut_short_goes_on_with_the_same_key(installation: Path, iogplus: Runs) -> None:
    begun = write_next_log_key(installation / "state" / "log_key", b"\7" * 32)
    said = iogplus("key", "rotate", "--lang", "en")
    assert said.exit_code == 0
    assert b64encode(begun.public_key().public_bytes_raw()).decode() in said.stdout.splitlines()[0]
    assert "publish the new one" in said.stdout


def test_without_a_key_there_is_nothing_to_replace(installation: Path, iogplus: Runs) -> None:
    (installation / "state" / "log_key").unlink()
    said = iogplus("key", "rotate")
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("state/log_key ontbreekt")
    assert not (installation / "state" / "log_key.next").exists()
