"""Sealing and the chain: what an entry may hold, and what breaks a log."""

import json
from collections.abc import Mapping
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.logbook.canonical import JSON, jcs
from bot.logbook.chain import EMPTY, Break, Head, Opening, field_values, first_break, parse, read_log, seal
from tests.logbook.bundles import NIGHT, ORIGIN, night, salts_from, sealed
from tests.logbook.test_canonical import KEYS, VALUES, depth

FIELDS = st.dictionaries(KEYS, VALUES.filter(lambda value: depth(value) <= 7), max_size=5)


@given(st.lists(FIELDS, max_size=5))
def test_what_is_sealed_reads_back_and_the_chain_is_whole(facts: list[dict[str, JSON]]) -> None:
    made = sealed([("some.fact", fields) for fields in facts])
    assert read_log(ORIGIN, made.raws) == made.entries
    assert first_break(ORIGIN, made.raws) is None
    for entry, fields in zip(made.entries, facts, strict=True):
        opened = field_values(entry, [o for o in made.openings if o.seq == entry.seq])
        assert jcs(dict(opened)) == jcs(fields)
        assert parse(entry.raw) == entry


@given(st.data())
def test_leaving_out_entries_or_changing_their_order_breaks_the_chain(data: st.DataObject) -> None:
    raws = night().raws
    others = data.draw(st.lists(st.sampled_from(raws), unique=True).filter(lambda some: some != raws[: len(some)]))
    assert first_break(ORIGIN, others) is not None


def test_the_first_entry_follows_the_empty_log() -> None:
    entry, openings = seal(ORIGIN, EMPTY, NIGHT, "incident.opened", {}, salts_from("salt"))
    assert (entry.seq, entry.prev, openings) == (0, "0" * 64, ())
    assert entry.head == Head(0, entry.h)
    assert Head(-1, "0" * 64) == EMPTY


def test_equal_values_hide_behind_different_commitments() -> None:
    entry = sealed([("a.fact", {"one": "ja", "two": "ja"})]).entries[0]
    assert entry.body["one"] != entry.body["two"]


@pytest.mark.parametrize(
    ("fields", "kind", "origin"),
    [
        ({f"f{n}": n for n in range(65)}, "a.fact", ORIGIN),
        ({"text": "x" * (256 * 1024 - 1)}, "a.fact", ORIGIN),
        ({"text": 1.5}, "a.fact", ORIGIN),
        ({"Text": 1}, "a.fact", ORIGIN),
        ({"text": [[[[[[[[1]]]]]]]]}, "a.fact", ORIGIN),
        ({}, "A.fact", ORIGIN),
        ({}, "", ORIGIN),
        ({}, "a.fact", "iog.example.nl/log/with space"),
        ({}, "a.fact", "iog.example.nl/log/a+b"),
        ({}, "a.fact", "iog.example.nl"),
        ({}, "a.fact", "iog.example.nl/log/" + "a" * 65_536),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_the_log_cannot_hold_is_refused(fields: Mapping[str, JSON], kind: str, origin: str) -> None:
    with pytest.raises(ValueError):
        seal(origin, EMPTY, NIGHT, kind, fields, salts_from("salt"))


def test_the_largest_allowed_entry_is_sealed() -> None:
    fields: dict[str, JSON] = {f"{n:064}": n for n in range(63)} | {"text": "x" * (256 * 1024 - 2)}
    entry, openings = seal(ORIGIN, EMPTY, NIGHT, "a.fact", fields, salts_from("salt"))
    assert field_values(entry, openings) == fields


def test_a_salt_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal(ORIGIN, EMPTY, NIGHT, "a.fact", {"a": 1}, lambda: b"short")


def test_a_time_finer_than_the_log_is_refused() -> None:
    with pytest.raises(ValueError):
        seal(ORIGIN, EMPTY, datetime(2026, 1, 1), "a.fact", {}, salts_from("salt"))  # noqa: DTZ001 - naive is the case


WHOLE = night().raws
ENTRY = json.loads(WHOLE[0])


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"{}", "missing required field"),
        (b"", "truncated"),
        (b"\xff", "invalid"),
        (WHOLE[0] + b" ", "canonical"),
        (WHOLE[0].replace(b'"v":1', b'"v": 1'), "canonical"),
        (WHOLE[0].replace(b'"v":1', b'"v":1,"v":1'), "canonical"),
        (WHOLE[0].replace(b'"seq":0', b'"seq":0,"seq":0'), "canonical"),
        (WHOLE[0].replace(b"alarm", b"\\u0061larm"), "canonical"),
        (jcs(ENTRY | {"v": 2}), "version 1"),
        (jcs(ENTRY | {"v": True}), "`int`"),
        (jcs(ENTRY | {"seq": -1}), "negative"),
        (jcs(ENTRY | {"seq": 1}), "carries number 1"),
        (jcs(ENTRY | {"log": "iog.example.nl/log/other"}), "another log"),
        (jcs(ENTRY | {"log": "nowhere"}), "origin"),
        (jcs(ENTRY | {"prev": "1" * 64}), "prev"),
        (jcs(ENTRY | {"prev": "0"}), "form of the log"),
        (jcs(ENTRY | {"ts": "2026-11-22"}), "time"),
        (jcs(ENTRY | {"type": "Alarm"}), "form of the log"),
        (jcs(ENTRY | {"body": {"a": "b"}}), "form of the log"),
        (jcs(ENTRY | {"body": {"a": "A" * 64}}), "form of the log"),
        (jcs(ENTRY | {"extra": 1}), "unknown field"),
        (b" " * 65_537, "at most 65536"),
    ],
    ids=lambda value: repr(value)[-30:],
)
def test_a_broken_entry_is_named_with_its_reason(raw: bytes, why: str) -> None:
    broken = first_break(ORIGIN, [raw, *WHOLE[1:]])
    assert isinstance(broken, Break)
    assert broken.seq == 0
    assert why.lower() in broken.why.lower()


def test_a_changed_entry_is_seen_at_the_next() -> None:
    changed = WHOLE[3].replace(b"person.seen", b"person.gone")
    assert first_break(ORIGIN, [*WHOLE[:3], changed, *WHOLE[4:]]) == Break(
        4, "prev is not the hash of the entry before"
    )


def test_an_opening_must_fit_its_commitment_once() -> None:
    made = night()
    entry = made.entries[0]
    actor, text, policy = (o for o in made.openings if o.seq == 0)
    lied = replace(text, pre=text.pre.replace(b"Waterbrug", b"Polderdam"))
    moved = Opening(0, "text", actor.salt, actor.pre)
    later = next(o for o in made.openings if o.seq == 1)
    for wrong in ([lied], [moved], [later], [actor, actor], [replace(actor, salt=actor.salt[1:])]):
        with pytest.raises(ValueError):
            field_values(entry, wrong)
    assert field_values(entry, [policy, actor]).keys() == {"policy", "actor"}
