"""The bundle: its files, its bytes, and the verifier that travels in it."""

import io
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from bot.logbook import standalone_verify
from bot.logbook.bundle import bundle_files, write_directory
from bot.logbook.checkpoint import sign
from bot.logbook.merkle import frontier_of
from bot.logbook.verify import Broken, Verified, verify_bundle, verify_files
from tests.logbook.bundles import KEY, ORIGIN, PUBLIC, PUBLIC_TEXT, bundle_of, forged, night, sealed, standalone, zipped

FILES = bundle_of(night())


def run_verifier(bundle: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, str(bundle / "verify.py"), str(bundle), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_a_bundle_holds_what_the_format_names() -> None:
    blobs = [f"blobs/{name}" for name in sorted(verify_whole(FILES).blobs)]
    named = ["anchors.jsonl", *blobs, "checkpoint.note", "entries.jsonl", "manifest.json", "openings.jsonl"]
    assert sorted(FILES) == [*named, "timeline.html", "verify.py"]
    assert FILES["anchors.jsonl"].splitlines()[0].startswith(b'{"event":"$event0","h":"')


def verify_whole(files: dict[str, bytes]) -> Verified:
    verified = verify_files(files, ORIGIN, PUBLIC_TEXT)
    assert isinstance(verified, Verified), verified
    return verified


def test_the_manifest_says_what_the_bundle_is() -> None:
    said = json.loads(FILES["manifest.json"])
    assert said["origin"] == ORIGIN
    assert said["public_key"] == PUBLIC_TEXT
    assert (said["entries"], said["head"]) == (12, night().entries[-1].h)
    assert said["files"] == {name: sha256(data).hexdigest() for name, data in FILES.items() if name != "manifest.json"}


def test_the_same_log_gives_the_same_bytes() -> None:
    turned = dict(reversed(bundle_of(night()).items()))
    assert turned == FILES
    assert zipped(turned) == zipped(FILES)


def test_both_verifiers_read_the_whole_log_and_count_what_is_withheld() -> None:
    verified = verify_whole(FILES)
    assert verified.entries == night().entries
    assert verified.missing_openings == 2
    assert verified.values[0]["text"] == "Waterbrug: brand gemaal — Zuid"
    assert [anchor.seq for anchor in verified.anchors] == [0, 4, 8]
    assert standalone(FILES) == f"OK 12 entries, head {verified.head.h}, 2 fields without opening"


def test_without_origin_and_key_the_bundle_is_held_against_its_own_claim() -> None:
    verified = verify_files(FILES)
    assert isinstance(verified, Verified)
    assert (verified.origin, verified.public_key) == (ORIGIN, PUBLIC_TEXT)
    without = {name: data for name, data in FILES.items() if name != "manifest.json"}
    assert isinstance(verify_files(without), Broken)
    assert isinstance(verify_files(without, ORIGIN, PUBLIC_TEXT), Verified)


def test_an_empty_log_makes_a_bundle() -> None:
    note = sign(ORIGIN, 0, frontier_of([]).root(), KEY)
    files = bundle_files(ORIGIN, [], [], note, [], {}, PUBLIC, {})
    assert verify_whole(files).entries == ()
    assert standalone(files) == f"OK 0 entries, head {'0' * 64}, 0 fields without opening"


def test_an_older_bundle_is_valid_as_what_it_is() -> None:
    older = sealed([("a.fact", {"n": n}) for n in range(3)])
    newer = sealed([("a.fact", {"n": n}) for n in range(5)])
    assert newer.raws[:3] == older.raws
    assert verify_whole(bundle_of(older)).head != verify_whole(bundle_of(newer)).head


def test_a_document_may_not_take_the_name_of_a_file_of_the_log_or_lead_outside() -> None:
    note = sign(ORIGIN, 0, frontier_of([]).root(), KEY)
    for name in ("entries.jsonl", "manifest.json", "verify.py", "/etc/x", "../x", "a/../x", "a//b", ".", "", "a\\b"):
        with pytest.raises(ValueError, match="cannot be called"):
            bundle_files(ORIGIN, [], [], note, [], {}, PUBLIC, {name: b""})


def test_a_directory_and_a_zip_verify_alike(tmp_path: Path) -> None:
    write_directory(FILES, tmp_path / "bundle")
    (tmp_path / "bundle.zip").write_bytes(zipped(FILES))
    from_directory = verify_bundle(tmp_path / "bundle", ORIGIN, PUBLIC_TEXT)
    assert isinstance(from_directory, Verified)
    assert verify_bundle(tmp_path / "bundle.zip", ORIGIN, PUBLIC_TEXT) == from_directory
    with pytest.raises(FileExistsError):
        write_directory(FILES, tmp_path / "bundle")


def test_the_verifier_in_the_bundle_runs_by_itself(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    write_directory(FILES, bundle)
    ok = f"OK 12 entries, head {night().entries[-1].h}, 2 fields without opening\n"
    assert run_verifier(bundle, ORIGIN, PUBLIC_TEXT) == (0, ok)
    entries = bundle / "entries.jsonl"
    data = bytearray(entries.read_bytes())
    data[data.index(b"alarm.raised")] ^= 1
    entries.write_bytes(data)
    code, said = run_verifier(bundle, ORIGIN, PUBLIC_TEXT)
    assert (code, said) == (1, "REFUSED: entries.jsonl line 2: another log, prev, seq or v than is due\n")
    assert run_verifier(bundle)[0] == 1
    assert run_verifier(bundle, ORIGIN, "AAAA")[0] == 1


def test_a_wrong_signature_is_said_in_words(tmp_path: Path) -> None:
    write_directory(FILES, tmp_path / "bundle")
    note = tmp_path / "bundle" / "checkpoint.note"
    data = note.read_bytes()
    note.write_bytes(data[:-10] + (b"A" if data[-10:-9] != b"A" else b"B") + data[-9:])
    said = run_verifier(tmp_path / "bundle", ORIGIN, PUBLIC_TEXT)
    assert said == (1, "REFUSED: checkpoint.note: the signature does not fit\n")


def test_the_verifier_fits_on_one_page_and_needs_only_cryptography() -> None:
    source = Path(standalone_verify.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    assert max(map(len, source.splitlines())) <= 120
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith("from ")}
    assert imported - {"cryptography"} <= sys.stdlib_module_names
    assert FILES["verify.py"].decode() == source


def test_zips_that_are_no_bundle_are_refused(tmp_path: Path) -> None:
    def refusal(data: bytes) -> Broken:
        (tmp_path / "some.zip").write_bytes(data)
        verdict = verify_bundle(tmp_path / "some.zip", ORIGIN, PUBLIC_TEXT)
        assert isinstance(verdict, Broken)
        return verdict

    def packed(*members: tuple[str, bytes], compression: int = 0) -> bytes:
        buffer = io.BytesIO()
        with ZipFile(buffer, "w", compression) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return buffer.getvalue()

    whole = zipped(FILES)
    assert refusal(b"no zip").where == "some.zip"
    assert refusal(whole[: len(whole) // 2]).where == "some.zip"
    assert refusal(whole.replace(b"alarm.raised", b"alarm.razed!")).where == "some.zip"
    assert "is called" in refusal(packed(("../entries.jsonl", b""))).why
    assert refusal(packed(("readme.txt", b""))) == Broken("entries.jsonl", "is missing")
    with pytest.warns(UserWarning, match="Duplicate name"):
        twice = packed(("entries.jsonl", b""), ("entries.jsonl", b"x"))
    assert "twice" in refusal(twice).why
    swollen = packed(("entries.jsonl", b"\0" * (1 << 20)), compression=ZIP_DEFLATED)
    assert refusal(swollen.replace((1 << 20).to_bytes(4, "little"), (0xFFFF_0000).to_bytes(4, "little"))) == Broken(
        "some.zip", "too large for a bundle"
    )


def test_a_directory_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert verify_bundle(tmp_path, ORIGIN, PUBLIC_TEXT) == Broken("entries.jsonl", "is missing")
    assert verify_files(forged([]), "iog.example.nl/log/other", PUBLIC_TEXT) != verify_whole(forged([]))
