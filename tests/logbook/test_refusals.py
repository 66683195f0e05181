"""Every reason to refuse a bundle, against both verifiers: first damage by a stranger, then lies by the holder of the key."""

import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256

import pytest

from bot.logbook.bundle import manifest, opening_line
from bot.logbook.canonical import jcs
from bot.logbook.verify import Broken, Verified, verify_files
from tests.logbook.bundles import (
    KEY,
    ORIGIN,
    PLAYBOOK,
    PUBLIC_TEXT,
    bundle_of,
    forged,
    night,
    sealed,
    standalone,
)

Files = dict[str, bytes]
WHOLE = bundle_of(night())
LOST_BLOB = f"blobs/{sha256(PLAYBOOK).hexdigest()}"


def assert_refused(files: Files, where: str, origin: str = ORIGIN, key: str = PUBLIC_TEXT) -> Broken:
    verdict = verify_files(files, origin, key)
    assert isinstance(verdict, Broken)
    assert verdict.where == where
    said = standalone(files, origin, key)
    # The short verifier names the line that lacks its newline, and by its last place a file that it cannot read at all.
    unread = where not in files or b"\xff" in files[where][:1]
    assert said.startswith("REFUSED: " if unread else f"REFUSED: {where}")
    return verdict


def remade(files: Files) -> Files:
    """With a manifest that fits the changed files, as whoever changed them would add."""
    return files | {"manifest.json": manifest(ORIGIN, PUBLIC_TEXT, night().entries[-1].h, 12, files)}


def edit(name: str, old: bytes, new: bytes) -> Callable[[Files], Files]:
    return lambda files: files | {name: files[name].replace(old, new, 1)}


def lines(name: str, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Files], Files]:
    return lambda files: files | {name: b"".join(change(files[name].splitlines(keepends=True)))}


def swap_salts(given: list[bytes]) -> list[bytes]:
    first, second, *rest = map(json.loads, given)
    first["salt"], second["salt"] = second["salt"], first["salt"]
    return [jcs(value) + b"\n" for value in (first, second, *rest)]


def upper_salt(line: bytes) -> bytes:
    value = json.loads(line)
    return jcs(value | {"salt": value["salt"].upper()}) + b"\n"


def cut_the_last_entry(files: Files) -> Files:
    """The last entry and its openings: what is left is a whole chain, but not the one that was signed."""
    shorter = lines("entries.jsonl", lambda given: given[:-1])(files)
    return lines("openings.jsonl", lambda given: [line for line in given if b",11," not in line])(shorter)


DAMAGE: list[tuple[str, Callable[[Files], Files]]] = [
    ("entries.jsonl", lambda files: files | {"entries.jsonl": files["entries.jsonl"][:-1]}),
    ("entries.jsonl line 13", lambda files: files | {"entries.jsonl": files["entries.jsonl"] + b"\n"}),
    ("entries.jsonl line 1", edit("entries.jsonl", b'"v":1', b'"v": 1')),
    ("entries.jsonl line 1", edit("entries.jsonl", b'"v":1', b'"v":1,"v":1')),
    ("entries.jsonl line 1", edit("entries.jsonl", b'"v":1', b'"v":1.0')),
    ("entries.jsonl line 1", edit("entries.jsonl", b'"v":1', b'"v":2')),
    ("entries.jsonl line 1", edit("entries.jsonl", b'"seq":0', b'"seq":1')),
    ("entries.jsonl line 1", edit("entries.jsonl", b"alarm", b"\\u0061larm")),
    ("entries.jsonl line 2", edit("entries.jsonl", b"alarm.raised", b"alarm.ended")),
    ("entries.jsonl line 1", lines("entries.jsonl", lambda given: given[1:])),
    ("entries.jsonl line 3", lines("entries.jsonl", lambda given: [*given[:2], given[1], *given[2:]])),
    ("entries.jsonl line 3", lines("entries.jsonl", lambda given: [*given[:2], *given[3:]])),
    ("entries.jsonl line 1", lines("entries.jsonl", lambda given: [given[1], given[0], *given[2:]])),
    ("entries.jsonl line 1", lines("entries.jsonl", lambda given: [given[0].replace(b"\n", b"\r\n"), *given[1:]])),
    ("entries.jsonl line 1", lambda files: files | {"entries.jsonl": b"[" * 100_000 + b"\n"}),
    ("entries.jsonl line 1", lambda files: files | {"entries.jsonl": b"[]\n"}),
    ("entries.jsonl line 1", lambda files: files | {"entries.jsonl": b"\xff\n"}),
    ("entries.jsonl", lambda files: {name: data for name, data in files.items() if name != "entries.jsonl"}),
    ("openings.jsonl", lambda files: files | {"openings.jsonl": files["openings.jsonl"][:-1]}),
    ("openings.jsonl line 3", edit("openings.jsonl", b"Waterbrug", b"Polderdam")),
    ("openings.jsonl line 1", edit("openings.jsonl", b",0,", b",1,")),
    ("openings.jsonl line 1", edit("openings.jsonl", b",0,", b",99,")),
    ("openings.jsonl line 1", edit("openings.jsonl", b",0,", b",-1,")),
    ("openings.jsonl line 1", edit("openings.jsonl", b",0,", b", 0,")),
    ("openings.jsonl line 1", edit("openings.jsonl", b'"pre"', b'"pro"')),
    ("openings.jsonl line 1", edit("openings.jsonl", b'{"pre"', b'{"more":1,"pre"')),
    ("openings.jsonl line 1", edit("openings.jsonl", b"000123", b"000124")),
    ("openings.jsonl line 1", lines("openings.jsonl", swap_salts)),
    ("openings.jsonl line 1", lines("openings.jsonl", lambda given: [upper_salt(given[0]), *given[1:]])),
    ("openings.jsonl line 2", lines("openings.jsonl", lambda given: [given[0], *given])),
    ("openings.jsonl line 1", lambda files: files | {"openings.jsonl": b'{"pre":"[]","salt":""}\n'}),
    ("openings.jsonl line 5", lambda files: {name: data for name, data in files.items() if name != LOST_BLOB}),
    ("checkpoint.note", edit("checkpoint.note", b"\n12\n", b"\n13\n")),
    ("checkpoint.note", edit("checkpoint.note", b"\n\n", b"\n")),
    ("checkpoint.note", lambda files: files | {"checkpoint.note": b"\xff"}),
    ("checkpoint.note", lambda files: files | {"checkpoint.note": files["checkpoint.note"][:-1]}),
    ("checkpoint.note", cut_the_last_entry),
    ("openings.jsonl line 29", lines("entries.jsonl", lambda given: given[:-1])),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"seq":0', b'"seq":1')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"seq":0', b'"seq":12')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"seq":0', b'"seq":-1')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"seq":0', b'"seq":false')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"h":"', b'"h":"0')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"event"', b'"avent"')),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"$event0"', b"null")),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"!room:iog.example"', b"null")),
    ("anchors.jsonl line 1", edit("anchors.jsonl", b'"seq":0', b'"seq":"0"')),
    ("anchors.jsonl", lambda files: files | {"anchors.jsonl": files["anchors.jsonl"][:-1]}),
]


@pytest.mark.parametrize(("where", "change"), DAMAGE, ids=range(len(DAMAGE)))
def test_damage_is_refused_also_when_the_manifest_is_made_again(where: str, change: Callable[[Files], Files]) -> None:
    changed = change(WHOLE)
    assert changed != WHOLE
    assert_refused(remade(changed), where)


def test_another_origin_or_key_is_refused() -> None:
    assert_refused(WHOLE, "entries.jsonl line 1", origin="iog.example.nl/log/other")
    other = b64encode(KEY.public_key().public_bytes_raw()[::-1]).decode()
    assert isinstance(verify_files(WHOLE, ORIGIN, other), Broken)
    assert standalone(WHOLE, key=other).startswith("REFUSED: ")
    assert verify_files(WHOLE, ORIGIN, "AAAA") == Broken("public key", "An Ed25519 public key is 32 bytes long")
    assert standalone(WHOLE, key="AAAA").startswith("REFUSED: ")


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("timeline.html", edit("timeline.html", b"04:15", b"04:16")),
        ("extra.txt", lambda files: files | {"extra.txt": b""}),
        ("verify.py", lambda files: {name: data for name, data in files.items() if name != "verify.py"}),
        ("manifest.json", edit("manifest.json", b'"entries": 12', b'"entries": 13')),
        ("manifest.json", edit("manifest.json", b"000123", b"000124")),
        ("manifest.json", edit("manifest.json", b'"entries"', b' "entries"')),
        ("manifest.json", lambda files: files | {"manifest.json": b"[]"}),
        ("manifest.json", lambda files: files | {"manifest.json": b""}),
        ("manifest.json", lambda files: files | {"manifest.json": b'{"files":{"a":1},"files":[]}'}),
        (LOST_BLOB, edit(LOST_BLOB, b"Rellen", b"Rollen")),
        ("blobs/" + "0" * 64, lambda files: files | {"blobs/" + "0" * 64: b""}),
    ],
    ids=range(11),
)
def test_a_copy_that_differs_from_its_manifest_is_refused(where: str, change: Callable[[Files], Files]) -> None:
    changed = change(WHOLE)
    verdict = verify_files(changed, ORIGIN, PUBLIC_TEXT)
    assert isinstance(verdict, Broken)
    assert verdict.where == where
    assert standalone(changed).startswith("REFUSED: manifest.json: ")


def test_a_blob_under_another_name_is_refused_also_when_the_manifest_is_made_again() -> None:
    for changed in (edit(LOST_BLOB, b"Rellen", b"Rollen")(WHOLE), WHOLE | {"blobs/" + "0" * 64: b""}):
        assert verify_files(remade(changed), ORIGIN, PUBLIC_TEXT) != verify_files(WHOLE, ORIGIN, PUBLIC_TEXT)
        assert standalone(remade(changed)) == "REFUSED: manifest.json: a blob is not what its name says"


# --- what only the holder of the key can make ---------------------------------------------------------------------------

HONEST = sealed([("a.fact", {"one": 1}), ("b.fact", {"two": "2"})])
FIRST, SECOND = (json.loads(raw) for raw in HONEST.raws)
OPENINGS = [opening_line(opening)[:-1] for opening in HONEST.openings]


def one_opening(pre: bytes, salt: bytes) -> Files:
    """A log of one entry that commits to whatever `pre` is."""
    hidden = sha256(b"iog-field-v1\0" + salt + pre).hexdigest()
    line = jcs({"pre": pre.decode(), "salt": salt.hex()})
    return forged([jcs(FIRST | {"body": {"one": hidden}})], [line])


PRE = HONEST.openings[0].pre
SALT = HONEST.openings[0].salt


@pytest.mark.parametrize(
    ("where", "files"),
    [
        ("entries.jsonl line 1", forged([jcs(FIRST | {"v": 2})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"v": True})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"seq": 1})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"seq": False})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"log": ORIGIN + "x"})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"prev": "1" * 64})])),
        ("entries.jsonl line 1", forged([jcs(FIRST | {"more": 1})])),
        ("entries.jsonl line 1", forged([jcs({name: FIRST[name] for name in FIRST if name != "ts"})])),
        ("entries.jsonl line 1", forged([HONEST.raws[0].replace(b'"v":1', b'"v":1,"v":1')])),
        ("entries.jsonl line 1", forged([HONEST.raws[0].replace(b'"v":1', b'"v": 1')])),
        ("entries.jsonl line 1", forged([b'{"log":' + HONEST.raws[0][1:].replace(b'"log":', b"", 1)])),
        ("entries.jsonl line 2", forged([HONEST.raws[0], HONEST.raws[0]])),
        ("entries.jsonl line 2", forged([HONEST.raws[0], jcs(SECOND | {"prev": "0" * 64})])),
        ("openings.jsonl line 2", forged(HONEST.raws, [OPENINGS[0], OPENINGS[0]])),
        ("openings.jsonl line 1", forged(HONEST.raws[:1], OPENINGS[1:])),
        ("openings.jsonl line 1", one_opening(PRE, SALT[:-1])),
        ("openings.jsonl line 1", one_opening(PRE, SALT + b"1")),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",0,", b",false,"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b",1.5]"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b",NaN]"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b", 1]"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b',{"a":1,"a":2}]'), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b",1,1]"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b"000123", b"000124"), SALT)),
        ("openings.jsonl line 1", one_opening(PRE.replace(b",1]", b',{"sha256":"' + b"0" * 64 + b'"}]'), SALT)),
        (
            "anchors.jsonl line 1",
            forged(HONEST.raws, (), [jcs({"event": "$e", "h": "0" * 64, "room": "!r", "seq": 0})]),
        ),
    ],
    ids=range(26),
)
def test_lies_that_are_signed_are_refused(where: str, files: Files) -> None:
    assert_refused(files, where)


def test_the_honest_log_that_the_lies_start_from_is_accepted_by_both() -> None:
    for files in (forged(HONEST.raws, OPENINGS), one_opening(PRE, SALT)):
        assert isinstance(verify_files(files, ORIGIN, PUBLIC_TEXT), Verified)
        assert standalone(files).startswith("OK ")


def test_a_text_that_looks_like_a_blob_claims_none() -> None:
    digest = "0" * 64
    typed = sealed([("line.recorded", {"text": '{"sha256":"' + digest + '"}', "other": "sha256:" + digest})])
    files = forged(typed.raws, [opening_line(opening)[:-1] for opening in typed.openings])
    assert isinstance(verify_files(files, ORIGIN, PUBLIC_TEXT), Verified)
    assert standalone(files).startswith("OK 1 entries")
