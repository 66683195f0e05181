"""Entries to fields and back: nothing is lost, nothing is guessed."""

import time
from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.entries import INDEX_KINDS, KINDS
from bot.domain.erased import Erased
from bot.logbook.blob import digest_of
from bot.logbook.canonical import JSON
from bot.logbook.chain import EMPTY, seal
from bot.logbook.codec import CACHED_BLOBS, Codec, wire_type
from tests.logbook.bundles import NIGHT, ORIGIN, salts_from
from tests.logbook.values import values_of

Name = NewType("Name", str)
PageName = NewType("PageName", Name)


class Proof(StrEnum):
    CLEAR = "clear"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Origin:
    actor: Name = Name("iog-bot")
    account: Name | None = field(default=None, metadata={"erasable": True})
    said_at: datetime | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    whom: Literal["first", "reserve", 3, True]
    wait: timedelta = timedelta(minutes=5)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    rungs: tuple[Rung, ...]
    pair: tuple[str, int] = ("a", 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised:
    text: str = field(metadata={"erasable": True})
    policy: Policy = field(metadata={"blob": True})
    origin: Origin = field(default_factory=Origin, metadata={"flatten": True})
    phenomenon: str | None = None
    danger: bool = False
    count: int = 0
    page: PageName = PageName(Name("p0"))
    expected_at: datetime | None = None
    rungs: tuple[Rung, ...] = ()
    remark: str = field(default="", metadata={"erasable": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStepEmpty:
    step: int
    nothing: None = None
    origin: Origin = field(default_factory=Origin, metadata={"flatten": True})


Kind: TypeAlias = AlarmRaised | EscalationStepEmpty
TOYS: tuple[type[Kind], ...] = (AlarmRaised, EscalationStepEmpty)
EVERY: list[type] = [*TOYS, *KINDS, *INDEX_KINDS]
ALARM = AlarmRaised(text="brand", policy=Policy((Rung("first"),)))


def no_blobs(name: str) -> bytes:
    raise AssertionError(f"nobody asked for {name}")


@pytest.mark.parametrize("kind", EVERY, ids=wire_type)
@settings(max_examples=30)
@given(data=st.data())
def test_what_was_encoded_decodes_to_the_same(kind: type, data: st.DataObject) -> None:
    codec = Codec[object]([kind])
    entry = data.draw(values_of(kind))
    encoded = codec.encode(entry)
    assert codec.decode(encoded.type, encoded.fields, encoded.blobs.__getitem__) == entry
    sealed, openings = seal(ORIGIN, EMPTY, NIGHT, encoded.type, encoded.fields, salts_from("salt"))
    assert codec.read(sealed, openings, encoded.blobs.__getitem__) == entry


@pytest.mark.parametrize("kinds", [KINDS, INDEX_KINDS], ids=["incident", "index"])
def test_the_real_kinds_have_wire_types_of_their_own(kinds: tuple[type, ...]) -> None:
    Codec(kinds)
    assert len({wire_type(kind) for kind in kinds}) == len(kinds) > 0


def test_the_wire_type_is_the_class_in_words() -> None:
    assert wire_type(AlarmRaised) == "alarm.raised"
    assert wire_type(EscalationStepEmpty) == "escalation.step.empty"
    assert wire_type(make_dataclass("SitrepRecorded", [])) == "sitrep.recorded"
    for wrong in ("alarm", "Alarm_Raised", "ALARMé"):
        with pytest.raises(ValueError):
            wire_type(make_dataclass(wrong, []))


def test_an_entry_in_the_log_holds_plain_values_and_leaves_defaults_out() -> None:
    entry = AlarmRaised(
        text="brand",
        policy=Policy((Rung("reserve", timedelta(seconds=1.5)),)),
        origin=Origin(Name("bakker"), Name("@b:iog.example"), datetime(2026, 11, 22, 4, 15, tzinfo=UTC), Proof.KNOWN),
        expected_at=datetime(2026, 11, 22, 21, 0, 0, 250_000, tzinfo=UTC),
        rungs=(Rung("first", note="nacht"),),
    )
    policy = b'{"rungs":[{"wait":1500,"whom":"reserve"}]}'
    encoded = Codec[Kind](TOYS).encode(entry)
    assert encoded.type == "alarm.raised"
    assert encoded.blobs == {digest_of(policy): policy}
    assert encoded.fields == {
        "text": "brand",
        "policy": {"sha256": digest_of(policy)},
        "expected_at": "2026-11-22T21:00:00.250Z",
        "rungs": [{"note": "nacht", "whom": "first"}],
        "actor": "bakker",
        "account": "@b:iog.example",
        "said_at": "2026-11-22T04:15:00.000Z",
        "proof": "known",
    }


def test_an_erased_text_reads_as_a_bar_and_all_else_as_it_was() -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(
        AlarmRaised(text="brand", policy=ALARM.policy, origin=Origin(account=Name("@b:x")), remark="r")
    )
    sealed, openings = seal(ORIGIN, EMPTY, NIGHT, encoded.type, encoded.fields, salts_from("salt"))
    left = [opening for opening in openings if opening.name not in ("text", "account", "remark")]
    read = codec.read(sealed, left, encoded.blobs.__getitem__)
    assert isinstance(read, AlarmRaised)
    assert all(isinstance(text, Erased) for text in (read.text, read.remark, read.origin.account))
    assert (read.policy, read.origin.actor) == (ALARM.policy, "iog-bot")
    # What was erased is gone: it cannot be sealed again as if the bar had been the text.
    with pytest.raises(ValueError, match="Erased"):
        codec.encode(read)


def test_a_default_is_read_only_where_nothing_was_committed() -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(ALARM)
    assert "remark" not in encoded.fields
    read = codec.decode(encoded.type, encoded.fields, encoded.blobs.__getitem__)
    assert isinstance(read, AlarmRaised)
    assert (read.remark, read.origin.account) == ("", None)


@pytest.mark.parametrize(
    ("fields", "withheld", "why"),
    [
        ({}, (), "step is missing"),
        ({}, ("step",), "step is missing"),
        ({"step": 1}, ("actor",), "actor is missing"),
        ({"step": 1, "other": 2}, (), "does not know"),
        ({"step": 1}, ("other",), "does not know"),
        ({"step": True}, (), "int was expected"),
        ({"step": "1"}, (), "int was expected"),
        ({"step": 1, "said_at": 5}, (), "str was expected"),
        ({"step": 1, "said_at": "2026-11-22"}, (), "time"),
        ({"step": 1, "proof": "guessed"}, (), "Proof"),
    ],
)
def test_fields_that_make_no_entry_are_refused(fields: dict[str, JSON], withheld: tuple[str, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Codec[Kind](TOYS).decode("escalation.step.empty", fields, no_blobs, withheld)


def test_an_unknown_kind_is_refused_both_ways() -> None:
    codec = Codec[Kind]([AlarmRaised])
    with pytest.raises(ValueError, match="not a kind"):
        codec.encode(EscalationStepEmpty(step=1))
    with pytest.raises(ValueError, match="not a kind"):
        codec.decode("escalation.step.empty", {}, no_blobs)


@pytest.mark.parametrize(
    "rungs",
    [
        [{"whom": "nobody"}],
        [{"whom": 1}],
        [{}],
        [{"whom": "first", "more": 1}],
        [{"whom": "first", "wait": "5"}],
        {"whom": "first"},
        ["first"],
    ],
    ids=str,
)
def test_an_inner_value_of_another_shape_is_refused(rungs: JSON) -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(ALARM)
    with pytest.raises(ValueError):
        codec.decode(encoded.type, encoded.fields | {"rungs": rungs}, encoded.blobs.__getitem__)


@pytest.mark.parametrize(
    "entry",
    [
        EscalationStepEmpty(step="1"),  # type: ignore[arg-type]  # wrong types are the case
        EscalationStepEmpty(step=True),
        EscalationStepEmpty(step=1, origin=Origin(said_at=datetime(2026, 1, 1))),  # noqa: DTZ001
        EscalationStepEmpty(step=1, origin=Origin(said_at=datetime(2026, 1, 1, microsecond=1, tzinfo=UTC))),
        EscalationStepEmpty(step=1, origin=None),  # type: ignore[arg-type]
        AlarmRaised(text="", policy=Policy((Rung("first", timedelta(microseconds=1)),))),
        AlarmRaised(text="", policy=Policy([Rung("first")])),  # type: ignore[arg-type]
        AlarmRaised(text="", policy=Policy((), pair=("a", 1, 2))),  # type: ignore[arg-type]
    ],
    ids=range(8),
)
def test_a_value_that_is_not_of_its_type_is_not_written(entry: Kind) -> None:
    with pytest.raises(ValueError):
        Codec[Kind](TOYS).encode(entry)


def test_a_blob_is_fetched_once_and_shared() -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(ALARM)
    first = codec.decode(encoded.type, encoded.fields, encoded.blobs.__getitem__)
    second = codec.decode(encoded.type, encoded.fields, no_blobs)
    assert isinstance(first, AlarmRaised)
    assert isinstance(second, AlarmRaised)
    assert first.policy is second.policy


def test_the_cache_of_blobs_forgets_the_one_not_used_longest() -> None:
    codec = Codec[Kind](TOYS)
    encoded = [
        codec.encode(AlarmRaised(text="", policy=Policy((Rung("first", timedelta(seconds=n)),))))
        for n in range(CACHED_BLOBS + 1)
    ]
    for one in encoded:
        codec.decode(one.type, one.fields, one.blobs.__getitem__)
    codec.decode(encoded[1].type, encoded[1].fields, no_blobs)
    with pytest.raises(AssertionError, match="nobody asked"):
        codec.decode(encoded[0].type, encoded[0].fields, no_blobs)


def test_a_blob_with_other_bytes_is_refused() -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(ALARM)
    with pytest.raises(ValueError, match="not what its name says"):
        codec.decode(encoded.type, encoded.fields, lambda name: b'{"rungs":[]}')
    with pytest.raises(ValueError, match="not a reference"):
        codec.decode(encoded.type, encoded.fields | {"policy": "sha256:" + "0" * 64}, no_blobs)


Fields: TypeAlias = list[tuple[str, object, object]]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ([("origin", Origin, field(metadata={"flatten": True})), ("actor", str, field())], "two fields"),
        ([("a", int, field(metadata={"erasable": True}))], "only a text"),
        ([("a", tuple[str, ...], field(metadata={"erasable": True}))], "only a text"),
        ([("a", str, field(metadata={"flatten": True}))], "only a dataclass"),
        ([("a", EscalationStepEmpty, field(metadata={"flatten": True}))], "flattened within"),
        ([("a", tuple[Origin, ...], field())], "only a field of the entry itself"),
        ([("a", float, field())], "cannot hold"),
        ([("a", dict[str, str], field())], "cannot hold"),
        ([("a", str | int, field())], "None only"),
        ([("Name", str, field())], "not a name in the log"),
        ([("a", make_dataclass("Picture", [("sha256", str)], frozen=True), field())], "reference to a blob"),
        ([("a", make_dataclass("Loose", []), field())], "not a frozen dataclass"),
    ],
    ids=range(12),
)
def test_a_kind_that_the_log_cannot_hold_is_refused_at_the_start(fields: Fields, why: str) -> None:
    kind = make_dataclass("SomeFact", fields, frozen=True)
    with pytest.raises(ValueError, match=why):
        Codec([kind])


def test_two_kinds_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two kinds"):
        Codec([AlarmRaised, make_dataclass("AlarmRaised", [], frozen=True)])


def test_a_hundred_thousand_entries_decode_in_a_few_seconds() -> None:
    codec = Codec[Kind](TOYS)
    encoded = codec.encode(
        AlarmRaised(text="b", policy=ALARM.policy, phenomenon="rellen", danger=True, count=3, remark="r")
    )
    started = time.perf_counter()
    for _ in range(20_000):
        codec.decode(encoded.type, encoded.fields, encoded.blobs.__getitem__)
    # A fifth of the work in a fifth of ten seconds: generous, so that only a change of order of magnitude fails.
    assert time.perf_counter() - started < 2
