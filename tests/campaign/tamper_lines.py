"""The lines of a bundle as campaign C19 takes them apart and puts them together, whatever a change left of them."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any, TypeGuard

from bot.logbook.chain import commitment, entry_hash

Files = dict[str, bytes]


def read(line: bytes) -> Any:  # noqa: ANN401 - whatever a mutation left
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def line_of(value: object) -> bytes:
    spelled = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return spelled.encode(errors="replace") + b"\n"


def is_opening(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and isinstance(value.get("pre"), str) and isinstance(value.get("salt"), str)


def number_of(line: bytes) -> int | None:
    """The number of the entry that a line of openings or anchors is about."""
    value = read(line)
    if isinstance(value, dict) and isinstance(value.get("pre"), str):
        pre = read(value["pre"].encode())
        return pre[1] if isinstance(pre, list) and len(pre) == 4 and isinstance(pre[1], int) else None
    seq = value.get("seq") if isinstance(value, dict) else None
    return seq if isinstance(seq, int) else None


def other_value(rng: Random, value: object) -> object:
    match value:
        case bool():
            return rng.choice((not value, int(value), None))
        case int():
            return rng.choice((value + 1, value - 1, float(value), str(value), bool(value), 2**60))
        case str() if value:
            return rng.choice((value[:-1], value + "x", value[::-1], value.upper(), "", None, value + " "))
        case _:
            return rng.choice(("x", 0, False, [], {"a": 1}))


def recommit(files: Files, opening: Mapping[str, str], pre: list[Any]) -> None:
    """Make the commitment and every hash after it fit again, as the holder of the database could."""
    entries = [read(line) for line in files["entries.jsonl"].splitlines()]
    seq, name = pre[1], pre[2]
    if type(seq) is not int or not 0 <= seq < len(entries) or not isinstance(entries[seq], dict):
        return
    try:
        salt = bytes.fromhex(opening["salt"])
        hidden = commitment(salt, opening["pre"].encode())
    except ValueError:
        return
    if not isinstance(entries[seq].get("body"), dict) or not isinstance(name, str):
        return
    entries[seq]["body"][name] = hidden
    prev = "0" * 64
    lines = []
    for entry in entries:
        if isinstance(entry, dict):
            entry["prev"] = prev
        line = line_of(entry)
        prev = entry_hash(line[:-1])
        lines.append(line)
    files["entries.jsonl"] = b"".join(lines)
