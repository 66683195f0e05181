"""The judge finds every promise of the ladder broken: each of these nights is one that must not pass."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.judge import FaultKind, judge_ladder
from bot.demo.ladder import Climb, Request, Rung, rungs
from bot.demo.phones import Sight, What
from bot.demo.recognise import Reader
from bot.domain.contacts import Reference
from bot.domain.ladder import Channel
from bot.domain.ladder import Rung as Step
from bot.playground import ROOT
from bot.reference.load import load_reference
from bot.running import hurried
from bot.words import catalogue

DOWN = 10.0


def sight(at: float, channel: Channel, what: What, text: str = "") -> Sight:
    return Sight(at, channel, "address", what, text)


def climb(name: str, answers: Channel | None, *sights: Sight, part: str = "paged", ringing: int = 0) -> Climb:
    asked = tuple(Request(s.channel, s.at - 0.1) for s in sights if s.what == "came")
    return Climb(name, "politie", part, answers, tuple(sorted(sights, key=lambda s: s.at)), asked, ringing)


def night() -> dict[str, Climb]:
    """As it should be."""
    found = (
        climb(
            "chat", "matrix",
            sight(1, "matrix", "came"), sight(2, "matrix", "answered"), sight(2.5, "matrix", "confirmed"),
        ),
        climb(
            "texts", "sms",
            sight(1, "matrix", "came"), sight(3, "sms", "came"), sight(4, "sms", "answered"), sight(4.5, "sms", "confirmed"),
        ),
        climb(
            "mails", "mail",
            sight(1, "matrix", "came"), sight(3, "mail", "came"), sight(3.1, "mail", "opened", "GET 200"),
            sight(6, "voice", "came"), sight(7, "mail", "answered"), sight(7.5, "mail", "confirmed"),
            sight(7.6, "voice", "withdrawn"),
        ),
        climb(
            "machine", None,
            sight(1, "matrix", "came"), sight(3, "sms", "came"), sight(6, "voice", "came"), sight(7, "voice", "voicemail"),
        ),
        replace(
            climb(
                "reserve", "voice",
                sight(12, "matrix", "came"), sight(16, "voice", "came"), sight(17, "voice", "answered"),
                sight(17.5, "voice", "confirmed"), part="reserve",
            ),
            requested=(Request("matrix", 11.9), Request("sms", 14), Request("voice", 15.9)),
        ),
    )  # fmt: skip
    return {one.name: one for one in found}


def with_(name: str, *more: Sight) -> Callable[[dict[str, Climb]], Climb]:
    def change(everybody: dict[str, Climb]) -> Climb:
        one = everybody[name]
        return replace(one, sights=tuple(sorted((*one.sights, *more), key=lambda s: s.at)))

    return change


def without(name: str, what: What, channel: Channel) -> Callable[[dict[str, Climb]], Climb]:
    def change(everybody: dict[str, Climb]) -> Climb:
        one = everybody[name]
        return replace(one, sights=tuple(s for s in one.sights if (s.what, s.channel) != (what, channel)))

    return change


def test_a_night_as_it_should_be() -> None:
    assert judge_ladder(tuple(night().values()), DOWN) == ()


BROKEN: Sequence[tuple[FaultKind, Callable[[dict[str, Climb]], Climb]]] = (
    ("after_answer", with_("chat", sight(3, "voice", "came"))),
    ("after_answer", with_("texts", sight(5, "matrix", "came"))),
    ("twice", with_("texts", sight(3.2, "sms", "came"))),
    ("while_down", with_("machine", sight(11, "sms", "came"))),
    ("rings_on", lambda everybody: replace(everybody["mails"], ringing=1)),
    ("not_over", without("texts", "answered", "sms")),
    ("not_over", without("texts", "confirmed", "sms")),
    ("not_over", without("reserve", "came", "voice")),
    ("not_over", with_("machine", sight(8, "matrix", "confirmed"))),
    ("voicemail", with_("machine", sight(8, "voice", "confirmed"))),
    ("answered_by_looking", with_("mails", sight(3.2, "matrix", "confirmed"))),
    ("answered_by_looking", with_("mails", sight(3.2, "mail", "opened", "GET 404"))),
    ("stopped_by_looking", without("mails", "came", "voice")),
    ("hung_up", with_("reserve", sight(17.2, "voice", "withdrawn"))),
    ("not_tried", lambda everybody: replace(everybody["reserve"], requested=(Request("voice", 15.9),))),
)


@pytest.mark.parametrize(("kind", "change"), BROKEN)
def test_a_broken_promise_is_found(kind: FaultKind, change: Callable[[dict[str, Climb]], Climb]) -> None:
    everybody = night()
    changed = change(everybody)
    everybody[changed.name] = changed
    faults = judge_ladder(tuple(everybody.values()), DOWN)
    assert kind in [fault.kind for fault in faults]
    assert {fault.who for fault in faults} == {changed.name}


def test_a_page_that_never_came_stands_beside_the_one_that_did() -> None:
    found = rungs(night()["reserve"])
    assert [(one.channel, one.accepted, one.answered) for one in found] == [
        ("matrix", 12, None),
        ("sms", None, None),
        ("voice", 16, 17),
    ]
    assert found[1] == Rung("sms", 14, None, None, None, "")


def test_text_messages_are_told_apart_by_their_words() -> None:
    words = catalogue.load()
    values = {"roles": "politie", "number": "2026-001", "municipality": "Waterbrug"}
    reader = Reader(words)
    for lang in ("nl", "en"):
        page = words.text(lang, "channel.sms_page", **values, time="03:05", link="https://iog.example/a/x")
        echo = words.text(lang, "channel.echo_coming", **values)
        code = words.text(lang, "reach.code_text", code="123 456")
        assert [reader.read_text(one).kind for one in (page, echo, code)] == ["page", "confirmation", "unknown"]


def test_a_shortened_night_shortens_everybodys_own_ladder_too() -> None:
    reference = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(reference, Reference)
    own = next(one for one in reference.contacts.people.values() if one.ladder)
    assert own.ladder == (Step("voice", timedelta(0)), Step("voice", timedelta(seconds=90)))
    fast = hurried(reference, 10.0).contacts
    assert fast.people[own.id].ladder == (Step("voice", timedelta(0)), Step("voice", timedelta(seconds=9)))
    assert max(rung.after for rung in fast.policy.ladder) == timedelta(seconds=21)
