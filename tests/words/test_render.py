"""Every kind of message, in both languages and with any text in it, keeps to the limits of a phone's screen at night."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import messages as m
from bot.domain.ids import PersonId, RoleId, RoomId
from bot.domain.people import CALLED, ROLES, Language
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES, FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.words.render import WORDED, Rendered, Worded, is_worded, render
from bot.words.tree import SAFE_TAGS
from tests.words.samples import GOLDEN, PAGE, SAMPLES, after, golden, in_language

CATALOGUE = load()
ANCHOR = (12, "1a2b3c4d5e6f")


def said(message: Worded, *, minimal: bool = False) -> Rendered:
    return render(message, CATALOGUE, lambda person: f"@{person}:iog.example", anchor=ANCHOR, minimal=minimal)


def check(message: Worded) -> None:
    """The limits, the mark of an exercise, and HTML of safe tags that says just what the body says."""
    shown = said(message)
    traits = m.TRAITS[type(message)]
    body = shown.body.split("\n")
    if traits.anchored:
        assert body.pop() == "#12 · 1a2b3c4d"
    asked_for = isinstance(message, m.Answer | m.Refusal) and not isinstance(message, m.DidYouMean)
    assert len(body) <= (ANSWER_LINES if asked_for else MOST_LINES), shown.body
    assert len("\n".join(body)) <= (ANSWER_CHARACTERS if asked_for else MOST_CHARACTERS), shown.body
    if traits.shape == "text":
        assert len(body[0]) <= FIRST_LINE, body[0]
    assert shown.body.startswith(("🎓 OEFENING", "🎓 EXERCISE")) == message.exercise
    assert not re.search("[\x00-\x09\x0b-\x1f\u200b-\u200f\u202a-\u202e\u2066-\u2069]|@room", shown.body)
    tags = re.findall(r"</?([^ >]*)[^>]*>", shown.html)
    assert set(tags) <= SAFE_TAGS
    words = unescape(
        re.sub(r"<[^>]*>", "", re.sub(r'<a href="([^"]*)">([^<]*)</a>', r"\2 \1", shown.html.replace("<br>", "\n")))
    )
    assert words == shown.body
    assert (shown.mentions == ()) or traits.shape == "text"


WICKED = st.one_of(
    st.text(max_size=400),
    st.sampled_from(("", " ", "\u202e\u2066x", "**vet** `code` [x](https://kwaad.example)", "<script>1</script>&amp;", "@room",
                     "a" * 5_000, "\n" * 50, "{text}", "woord " * 90, "🎉" * 300, "é" * 200)),
)  # fmt: skip
NAME = st.one_of(st.sampled_from(("Jansen", "De Vries", "")), st.text(max_size=80))
ROOM = st.one_of(st.none(), st.from_regex(r"![A-Za-z0-9_-]{43}", fullmatch=True).map(RoomId))
MOMENT = st.integers(0, 600_000_000).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
SMALL = st.integers(0, 9_999)
ROLE = st.one_of(st.sampled_from((*ROLES, CALLED)), st.text(max_size=30).map(RoleId))


def values(hint: object, name: str) -> st.SearchStrategy[object]:
    """A strategy for a field by its type; numbers as the domain hands them out."""
    if name == "number":
        return st.from_regex(r"20[0-9]{2}-[0-9]{3,4}", fullmatch=True)
    if name == "mention":
        return st.lists(NAME.map(PersonId), max_size=2).map(tuple)
    if name == "card":
        calls = st.lists(built(m.CardCall), max_size=12).map(tuple)
        return built(m.Card).flatmap(lambda card: calls.map(lambda some: replace(card, calls=some)))
    if hint is m.LateStep:
        return built(m.LateStep)
    if hint == tuple[m.LateStep, ...]:
        return st.lists(built(m.LateStep), min_size=1, max_size=9).map(tuple)
    table: dict[object, st.SearchStrategy[object]] = {
        str: WICKED, int: SMALL, datetime: MOMENT, bool: st.booleans(), str | None: st.none() | WICKED,
        int | None: st.none() | SMALL, datetime | None: st.none() | MOMENT, RoleId: ROLE, RoleId | None: st.none() | ROLE,
        tuple[RoleId, ...]: st.lists(ROLE, max_size=9).map(tuple), tuple[str, ...]: st.lists(WICKED, max_size=30).map(tuple),
        tuple[tuple[str, ...], ...]: st.just(()), tuple[datetime, ...]: st.lists(MOMENT).map(tuple),
        RoomId: ROOM.filter(bool), RoomId | None: ROOM, PersonId: NAME.map(PersonId),
    }  # fmt: skip
    return table[hint] if hint in table else st.from_type(hint)  # type: ignore[arg-type]


def built(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{f.name: values(hints[f.name], f.name) for f in fields(kind) if f.name != "calls"} | extra(kind)
    )


def extra(kind: type) -> dict[str, st.SearchStrategy[object]]:
    return {"calls": st.just(())} if kind is m.Card else {}


@pytest.mark.parametrize("kind", WORDED, ids=lambda kind: str(kind.__name__))
def test_any_message_of_the_kind_keeps_to_the_limits(kind: type[Worded]) -> None:
    @given(built(kind))
    @settings(max_examples=60, deadline=None)
    def holds(message: Worded) -> None:
        check(message)

    holds()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_samples_read_as_they_were_approved(lang: str) -> None:
    assert golden(CATALOGUE, lang) == (GOLDEN / f"{lang}.txt").read_text(encoding="utf-8")  # type: ignore[arg-type]


def test_there_is_a_sample_of_every_kind_and_every_kind_is_worded_or_an_act() -> None:
    assert {type(sample) for sample in SAMPLES} == set(WORDED)
    assert set(WORDED) == {kind for kind, traits in m.TRAITS.items() if traits.shape != "act"}
    assert not is_worded(m.LockRoom(to=m.To("room"), locked=True))
    for sample in SAMPLES:
        for lang in LANGUAGES:
            check(in_language(sample, lang))


def test_what_the_bot_offers_as_reactions_stands_in_the_words_beside_it() -> None:
    for sample in SAMPLES:
        offered = set(m.TRAITS[type(sample)].seeds)
        if isinstance(sample, m.SitrepDue) and sample.last_at is None:
            offered -= {"✅"}  # there is no change to the first
        if isinstance(sample, m.AlarmReceived) and sample.grace_seconds is None:
            offered = set()  # the call has begun
        if isinstance(sample, m.DecisionShown) and sample.capacity == "advice":
            offered = set()  # there is nothing to confirm
        for key in offered:
            assert re.search(f"{key} \\+?\\w", said(sample).body), (type(sample).__name__, key)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_reason_or_question_that_is_missing_is_one(lang: Language) -> None:
    for sample in SAMPLES:
        if not isinstance(sample, m.DecisionShown | m.DecisionNote | m.DecisionReminder):
            continue
        words = said(in_language(replace(sample, missing=1), lang)).body
        assert not re.search(r"\b1 (van de )?(of its )?(redenen|vragen|reasons|questions)\b", words), words


def page(**change: object) -> m.PageText:
    found = next(sample for sample in SAMPLES if isinstance(sample, m.PageText))
    return replace(found, **change)  # type: ignore[arg-type]


def test_a_page_rings_and_names_whom_it_calls() -> None:
    shown = said(page())
    assert (shown.msgtype, shown.mentions) == ("m.text", ("@jansen:iog.example",))


def test_somebody_without_an_account_is_not_named() -> None:
    assert render(page(), CATALOGUE, lambda person: None).mentions == ()


def test_the_alarms_own_words_can_be_kept_off_the_lock_screen() -> None:
    assert "TikTok" in said(page()).body
    assert "TikTok" not in said(page(), minimal=True).body


def test_a_repeat_says_so() -> None:
    assert "Herhaling 2" in said(page(attempt=2)).body


def test_danger_says_112_first() -> None:
    alarm = next(s for s in SAMPLES if isinstance(s, m.AlarmReceived) and s.danger)
    assert "Bel eerst 112" in said(alarm).body.split("\n", maxsplit=1)[0]


def test_an_answer_without_a_room_promises_one() -> None:
    shown = m.AckConfirmed(page=PAGE, at=after(2), municipality="Waterbrug", room=None, to=m.To("person", "jansen"))
    assert "De kamer volgt zo" in said(shown).body


def test_a_sentence_of_a_newer_program_is_shown_by_its_code() -> None:
    shown = m.Refusal(code="brand_new", details=(), to=m.To("asked"))
    assert "brand_new" in said(shown).body


def test_an_edit_names_nobody() -> None:
    settled = next(s for s in SAMPLES if isinstance(s, m.PageSettled))
    assert said(settled).mentions == ()


def _card(*states: str) -> m.CardPosted:
    posted = next(sample for sample in SAMPLES if isinstance(sample, m.CardPosted))
    called = zip(ROLES, states, strict=False)
    calls: Any = tuple(m.CardCall(role, state, "De Vries", after(1), None) for role, state in called)  # type: ignore[arg-type]
    return replace(posted, card=replace(posted.card, calls=calls))


def test_the_card_says_first_who_comes_and_how_many_were_called() -> None:
    lines = [said(_card(*(["answered"] * n + ["calling"] * (8 - n)))).body.split("\n")[2] for n in (0, 1, 3)]
    heads = "2 gevraagd · 1 onderweg 03:22 · "
    assert lines[0] == f"{heads}✅ nog niemand"
    assert [line.removeprefix(heads)[:11] for line in lines[1:]] == ["✅ komt (1):", "✅ komt (3):"]
    assert "…" not in lines[0]
    assert all("…" not in line[: len(heads) + len("✅ komt (3):")] for line in lines[1:])


def test_on_a_full_card_the_heads_are_never_cut() -> None:
    posted = _card("answered", *["exhausted"] * 4, *["answered"] * 3, "calling")
    name = replace(posted.card, organisation="Openbare orde en veiligheid van de gemeente Nieuwkerk", reporter="R" * 60)
    shown = said(replace(posted, card=name)).body.split("\n")[2]
    assert shown.startswith("2 gevraagd · 1 onderweg 03:22 · ✅ komt (4):")


def test_the_example_behind_an_alarm_is_a_role_that_is_not_called_already() -> None:
    alarm = next(sample for sample in SAMPLES if isinstance(sample, m.AlarmReceived))
    experts = (RoleId("expert_zorg"), RoleId("expert_cyber"))
    shown = said(replace(alarm, grace_seconds=None, roles=experts)).body
    assert "roep zorg" not in shown
    assert "roep ondermijning" in shown
    everybody = said(replace(alarm, grace_seconds=None, roles=tuple(ROLES))).body
    assert "ander nodig" not in everybody
