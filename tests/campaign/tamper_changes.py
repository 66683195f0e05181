"""The changes that campaign C19 makes to a bundle: by chance, by an editor, and by whoever holds the database."""

import json
from base64 import b64encode
from collections.abc import Callable
from random import Random
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.logbook.checkpoint import sign
from bot.logbook.merkle import frontier_of
from tests.campaign.tamper_lines import Files, is_opening, line_of, number_of, other_value, read, recommit
from tests.logbook.bundles import ORIGIN, bundle_of, night

LOG_FILES: Final = ("entries.jsonl", "openings.jsonl", "checkpoint.note", "anchors.jsonl")
LINE_FILES: Final = ("entries.jsonl", "openings.jsonl", "anchors.jsonl")
STRANGER: Final = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
WHOLE: Final = bundle_of(night())
# Other nights to splice from: another log of this key, a fork of this log by another key, and a fork by this very key.
OTHERS: Final = (
    bundle_of(night("iog.example.nl/log/inc-2026-000124")),
    bundle_of(night(word="other"), STRANGER),
    bundle_of(night(town="Polderdam", word="fork")),
)


def flip_byte(rng: Random, files: Files) -> None:
    name, data = _pick(rng, files)
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    files[name] = bytes(data)


def replace_byte(rng: Random, files: Files) -> None:
    name, data = _pick(rng, files)
    data[rng.randrange(len(data))] = rng.choice(b'0123456789abcdef"\\{}[],: \n\r\0')
    files[name] = bytes(data)


def insert_byte(rng: Random, files: Files) -> None:
    name, data = _pick(rng, files)
    data.insert(rng.randrange(len(data) + 1), rng.choice(b'09af" ,\n\r\t\\}\xef'))
    files[name] = bytes(data)


def drop_bytes(rng: Random, files: Files) -> None:
    name, data = _pick(rng, files)
    start = rng.randrange(len(data))
    del data[start : start + rng.choice((1, 1, 2, 64))]
    files[name] = bytes(data)


def truncate(rng: Random, files: Files) -> None:
    name, data = _pick(rng, files)
    files[name] = bytes(data[: rng.randrange(len(data))])


def drop_line(rng: Random, files: Files) -> None:
    name, lines = _pick_lines(rng, files)
    del lines[rng.randrange(len(lines))]
    files[name] = b"".join(lines)


def double_line(rng: Random, files: Files) -> None:
    name, lines = _pick_lines(rng, files)
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    files[name] = b"".join(lines)


def swap_lines(rng: Random, files: Files) -> None:
    name, lines = _pick_lines(rng, files)
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    files[name] = b"".join(lines)


def cut_tail(rng: Random, files: Files) -> None:
    """A shorter log, with the openings and anchors that belong to it."""
    entries = files["entries.jsonl"].splitlines(keepends=True)
    left = rng.randrange(len(entries) + 1)
    files["entries.jsonl"] = b"".join(entries[:left])
    for name in ("openings.jsonl", "anchors.jsonl"):
        files[name] = b"".join(line for line in files[name].splitlines(keepends=True) if (number_of(line) or 0) < left)


def edit_json(rng: Random, files: Files) -> None:
    name, lines = _pick_lines(rng, files)
    at = rng.randrange(len(lines))
    value = read(lines[at])
    if not isinstance(value, dict) or not value:
        return
    key = rng.choice(sorted(value))
    match rng.randrange(5):
        case 0:
            value[key] = other_value(rng, value[key])
        case 1:
            del value[key]
        case 2:
            value[key + "x"] = value.pop(key)
        case 3:
            value["zz"] = rng.choice((0, None, "x", {}))
        case _:
            inner = value.get("body")
            if isinstance(inner, dict) and inner:
                inner[rng.choice(sorted(inner))] = f"{rng.getrandbits(256):064x}"
    lines[at] = line_of(value)
    files[name] = b"".join(lines)


def respell(rng: Random, files: Files) -> None:
    """The same JSON value in other bytes."""
    name, lines = _pick_lines(rng, files)
    at = rng.randrange(len(lines))
    value = read(lines[at])
    spelled = rng.choice(
        (
            lambda: json.dumps(value),
            lambda: json.dumps(value, separators=(",", ":"), sort_keys=True).replace("a", "\\u0061", 1),
            lambda: json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False).replace("1", "1.0", 1),
            lambda: (
                json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False)
                if isinstance(value, dict)
                else "{}"
            ),
        )
    )()
    lines[at] = spelled.encode(errors="replace") + b"\n"
    files[name] = b"".join(lines)


def edit_value(rng: Random, files: Files) -> None:
    """Another value in an opening, at times with the commitment, the chain or all made again: all but the signature."""
    openings = files["openings.jsonl"].splitlines(keepends=True)
    at = rng.randrange(len(openings)) if openings else 0
    opening = read(openings[at]) if openings else None
    if not is_opening(opening):
        return
    pre = read(opening["pre"].encode(errors="replace"))
    if not isinstance(pre, list) or len(pre) != 4:
        return
    part = rng.choice((1, 2, 3, 3, 3, 3))
    pre[part] = other_value(rng, pre[part])
    opening["pre"] = json.dumps(pre, separators=(",", ":"), ensure_ascii=False)
    openings[at] = line_of(opening)
    files["openings.jsonl"] = b"".join(openings)
    if rng.random() < 0.6:
        recommit(files, opening, pre)


def swap_openings(rng: Random, files: Files) -> None:
    openings = [read(line) for line in files["openings.jsonl"].splitlines()]
    if len(openings) < 2 or not all(is_opening(one) for one in openings):
        return
    one, two = rng.sample(openings, 2)
    part = rng.choice(("pre", "salt"))
    one[part], two[part] = two[part], one[part]
    files["openings.jsonl"] = b"".join(map(line_of, openings))


def move_salt(rng: Random, files: Files) -> None:
    """Bytes from the salt to the value or back: they stand side by side in what is hashed."""
    openings = [read(line) for line in files["openings.jsonl"].splitlines()]
    if not openings or not all(is_opening(one) for one in openings):
        return
    one = rng.choice(openings)
    if rng.random() < 0.5:
        one["salt"], one["pre"] = one["salt"] + one["pre"][:1].encode().hex(), one["pre"][1:]
    else:
        one["salt"] = rng.choice((one["salt"].upper(), one["salt"] + " ", one["salt"][:-2], "00" + one["salt"]))
    files["openings.jsonl"] = b"".join(map(line_of, openings))


def edit_note(rng: Random, files: Files) -> None:
    raws = files["entries.jsonl"].splitlines()
    root = frontier_of(raws).root()
    forged = sign(ORIGIN, len(raws), root, STRANGER)
    text, _, signatures = files["checkpoint.note"].partition(b"\n\n")
    files["checkpoint.note"] = rng.choice(
        (
            forged,
            forged.partition(b"\n\n")[0] + b"\n\n" + signatures,
            files["checkpoint.note"] + forged.splitlines(keepends=True)[-1],
            forged + signatures,
            text.replace(b"12", b"11") + b"\n\n" + signatures,
            text + b"\nmore\n\n" + signatures,
            text + b"\n\n" + signatures.replace(ORIGIN.encode(), OTHERS[0]["checkpoint.note"].splitlines()[0]),
            text + b"\n\n",
            f"{ORIGIN}\n{len(raws)}\n{b64encode(root).decode()}\n".encode(),
        )
    )


def splice_file(rng: Random, files: Files) -> None:
    name = rng.choice(LOG_FILES)
    files[name] = rng.choice(OTHERS)[name]


def splice_line(rng: Random, files: Files) -> None:
    name, lines = _pick_lines(rng, files)
    theirs = rng.choice(rng.choice(OTHERS)[name].splitlines(keepends=True))
    lines[rng.randrange(len(lines))] = theirs
    files[name] = b"".join(lines)


def splice_tail(rng: Random, files: Files) -> None:
    """Our beginning and their end, entries and openings alike."""
    theirs, at = rng.choice(OTHERS), rng.randrange(1, 12)
    ours = files["entries.jsonl"].splitlines(keepends=True)
    files["entries.jsonl"] = b"".join([*ours[:at], *theirs["entries.jsonl"].splitlines(keepends=True)[at:]])
    mine = [one for one in files["openings.jsonl"].splitlines(keepends=True) if (number_of(one) or 0) < at]
    others = [one for one in theirs["openings.jsonl"].splitlines(keepends=True) if (number_of(one) or 0) >= at]
    files["openings.jsonl"] = b"".join(mine + others)


def change_blob(rng: Random, files: Files) -> None:
    blobs = sorted(name for name in files if name.startswith("blobs/"))
    if not blobs:
        return
    name = rng.choice(blobs)
    match rng.randrange(3):
        case 0:
            files[name] += b" "
        case 1:
            files[name[:-1] + ("0" if name[-1] != "0" else "1")] = files.pop(name)
        case _:
            del files[name]


def change_files(rng: Random, files: Files) -> None:
    name = rng.choice(sorted(files))
    if rng.random() < 0.5:
        del files[name]
    else:
        files["more-" + name.replace("/", "-")] = files[name]


CHANGES: Final[tuple[Callable[[Random, Files], None], ...]] = (
    flip_byte,
    replace_byte,
    insert_byte,
    drop_bytes,
    truncate,
    drop_line,
    double_line,
    swap_lines,
    cut_tail,
    edit_json,
    respell,
    edit_value,
    swap_openings,
    move_salt,
    edit_note,
    splice_file,
    splice_line,
    splice_tail,
    change_blob,
    change_files,
)


def changed(rng: Random) -> Files:
    """The whole bundle after one to three changes."""
    files = dict(WHOLE)
    for change in rng.choices(CHANGES, k=rng.choice((1, 1, 1, 2, 3))):
        if all(files.get(name) for name in LOG_FILES):
            change(rng, files)
    return files


def _pick(rng: Random, files: Files) -> tuple[str, bytearray]:
    name = rng.choice([name for name in sorted(files) if files[name]])
    return name, bytearray(files[name])


def _pick_lines(rng: Random, files: Files) -> tuple[str, list[bytes]]:
    name = rng.choice([name for name in LINE_FILES if files.get(name)])
    return name, files[name].splitlines(keepends=True)
