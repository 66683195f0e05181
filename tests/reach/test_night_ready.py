"""Getting ready for the night: one step at a time, a test over all channels, and what the coordinator sees of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.decide import decide
from bot.domain.delivery import GaveUp
from bot.domain.ids import EventId, IncidentId, PersonId
from bot.domain.incident import Incident
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.readiness import PROOF_LASTS, Ready, alone, ready
from bot.matrix.reach import Sender, qr, vcard
from bot.posting import rows_of
from bot.words.fit import FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.words.parse import Said, parse
from tests.builders import by, world
from tests.desk.ground import INCIDENT
from tests.pagers.ground import number
from tests.reach.ground import NOON, SENDER, Town, lines_of, refusals

OWN = number(4711)
LOCAL = f"0{OWN.removeprefix('+31')}"
some = st.frozensets(st.sampled_from([channel for channel in CHANNELS if channel != "matrix"]))


def asked(messages: list[m.Message]) -> str:
    """The first line of the question that was asked."""
    (question,) = [said for said in messages if isinstance(said, m.ReadyAsked)]
    _fits_a_lock_screen(question)
    return question.lines[0]


def _fits_a_lock_screen(question: m.ReadyAsked) -> None:
    assert len(question.lines) <= MOST_LINES
    assert len("\n".join(question.lines)) <= MOST_CHARACTERS
    assert len(question.lines[0]) <= FIRST_LINE
    for sentence in (question.meant, question.otherwise):
        assert isinstance(parse(sentence, "direct"), Said), sentence


async def test_an_expert_gets_ready_step_by_step(town: Town) -> None:
    assert "geluid" in asked(await town.says("cyber1", "nachtklaar"))
    assert "niet storen" in asked(await town.says("cyber1", "1"))
    assert "telefoonnummer" in asked(await town.reacts("cyber1", "ReadyAsked", "✅"))
    await town.verifies("cyber1", OWN)
    assert "push" in asked(await town.says("cyber1", "nachtklaar"))
    shown = await town.says("cyber1", "0")
    assert [said.what for said in shown if isinstance(said, m.ReachShown)] == ["contact"]
    assert "contact" in asked(shown)
    assert "(chat)" in asked(await town.says("cyber1", "ja"))
    assert "TEST" in town.sms.phone(OWN)[-1]
    assert len(town.voice.rang(OWN)) == 1
    assert "(sms)" in asked(await town.says("cyber1", "1"))
    assert "(telefoon)" in asked(await town.reacts("cyber1", "ReadyAsked", "✅"))
    told = lines_of(await town.says("cyber1", "0"))
    assert "chat ✅ sms ✅ telefoon ❌" in told
    assert "Noodgeval-bypass" in told
    assert "🌙 Nachtklaar, getest ma 23-11" in told


async def test_a_step_that_was_put_off_comes_back_and_one_that_was_done_does_not(town: Town) -> None:
    await town.says("cyber1", "nachtklaar")
    await town.says("cyber1", "0")
    await town.says("cyber1", "1")
    assert "geluid" in asked(await town.says("cyber1", "nachtklaar"))
    assert "telefoonnummer" in asked(await town.says("cyber1", "ja"))


async def test_a_restart_loses_no_step(town: Town) -> None:
    await town.says("cyber1", "nachtklaar")
    await town.says("cyber1", "1")
    town.starts_again()
    assert "telefoonnummer" in asked(await town.says("cyber1", "1"))
    town.starts_again()
    assert "telefoonnummer" in asked(await town.says("cyber1", "nachtklaar"))


async def test_a_restart_in_the_middle_of_a_test_goes_on_where_it_was(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "test")
    await town.says("cyber1", "1")
    town.starts_again()
    assert "(telefoon)" in asked(await town.says("cyber1", "1"))


async def test_a_bare_yes_answers_a_page_before_a_test(town: Town) -> None:
    await town.says("cyber1", "test")
    await town.ground.alarm()
    await town.sends()
    await town.says("coordinator1", "test")
    await town.says("coordinator1", "1")
    incident = await town.ground.desk.incident((await town.ground.row()).id)
    assert [page.state for page in incident.pages.values() if page.person == "coordinator1"] == ["acknowledged"]


async def test_only_what_was_tested_is_asked_and_answers_may_come_as_words(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "test")
    await town.says("cyber1", "gehoord telefoon")
    await town.says("cyber1", "niet gehoord sms")
    told = lines_of(await town.says("cyber1", "gehoord chat"))
    assert "chat ✅ sms ❌ telefoon ✅" in told
    assert refusals(await town.says("cyber1", "gehoord push")) == ["no_test"]
    await town.says("cyber1", "test")
    assert refusals(await town.says("cyber1", "gehoord push")) == ["not_your_channel"]


async def test_an_answer_over_the_channel_itself_counts(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "test")
    await town.addresses.heard_on(PersonId("cyber1"), "sms", town.now() + timedelta(seconds=1))
    assert "(telefoon)" in asked(await town.says("cyber1", "1"))


async def test_a_test_that_was_not_heard_makes_nobody_ready(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "test")
    for said in ("1", "0", "0"):
        told = await town.says("cyber1", said)
    assert "Nog niet nachtklaar" in lines_of(told)
    assert {row.proved_at for row in await town.reach("cyber1")} == {None}


async def test_after_a_month_and_a_half_without_a_test_nobody_is_ready(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "test")
    for _ in range(3):
        await town.says("cyber1", "1")
    standing = await town.onboarding.standing(town.known.people[PersonId("cyber1")])
    assert isinstance(standing.at(town.now()), Ready)
    assert standing.at(town.now() + PROOF_LASTS + timedelta(days=1)) == "stale"


async def test_a_coordinator_sees_who_is_not_ready_and_why(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    told = lines_of(await town.says("coordinator1", "nachtklaar"))
    assert "0 van 17" in told
    assert "❌ Cyber1: nog nooit getest" in told
    assert "❌ Cyber2: minder dan twee losse kanalen" in told
    assert "Geen testalarm in het afgelopen jaar: Waterbrug, Polderdam" in told
    assert "geluid" in asked(await town.says("coordinator1", "nachtklaar ik"))


async def test_a_test_alarm_calls_only_the_coordinator_and_counts_for_a_year(town: Town) -> None:
    await town.says("bakker", "testalarm")
    incident = await town.ground.desk.incident((await town.ground.row()).id)
    assert incident.exercise
    assert [page.person for page in incident.pages.values()] == ["coordinator1"]
    assert not incident.awaiting
    assert "Waterbrug" not in lines_of(await town.says("coordinator2", "nachtklaar"))
    town.passes(days=366)
    assert "Waterbrug" in lines_of(await town.says("coordinator2", "nachtklaar"))


async def test_a_test_alarm_has_nothing_to_do_with_an_incident_that_runs(town: Town) -> None:
    """However many alarms the officer gave before: it is no duplicate of them, and is not taken in by one of them."""
    for n in range(4):
        event = f"$alarm{n}"
        alarm = c.RaiseAlarm(text="rellen bij het station", by=by("bakker"))
        await town.ground.desk.handle(
            IncidentId(f"00000000-0000-4000-8000-00000000000{n}"), alarm, cause=EventId(event)
        )
        town.passes(minutes=1)
    await town.says("bakker", "testalarm")
    incident = await town.ground.desk.incident(INCIDENT)
    assert incident.exercise
    assert incident.similar_to is None


@pytest.mark.parametrize(("exercise", "called"), [(False, {"coordinator1", "achtervang"}), (True, {"coordinator1"})])
def test_a_test_alarm_calls_no_fallback_beside_a_coordinator_with_one_channel(
    *, exercise: bool, called: set[str]
) -> None:
    night = replace(world(fallback_too=True), channels=frozenset[Channel](("sms",)))
    alarm = c.RaiseAlarm(text="er is iets", exercise=exercise, by=by("bakker"))
    entries = decide(Incident(INCIDENT), alarm, night)
    assert {entry.person for entry in entries if isinstance(entry, e.PageRequested)} == called


async def test_nobody_can_be_flooded_with_tests(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    said = [refusals(await town.says("cyber1", "test")) for _ in range(8)]
    assert said[:6] == [[]] * 6
    assert said[-1] == ["tests_too_many"]
    town.passes(hours=1)
    assert "(chat)" in asked(await town.says("cyber1", "test"))


async def test_a_test_does_not_ring_when_its_channel_comes_back_much_later(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    test = m.ChannelTest(to=m.To("channel", "sms:cyber1"), channel="sms", person=PersonId("cyber1"))
    (row,) = rows_of("late", None, None, (test,), town.now())
    texts = len(town.sms.phone(OWN))
    town.passes(minutes=16)
    assert await town.proving(row) == GaveUp("expired")
    assert len(town.sms.phone(OWN)) == texts


async def test_where_only_the_chat_is_set_up_it_says_so(town: Town) -> None:
    town.pagers.clear()
    assert "1/4" in asked(await town.says("cyber1", "nachtklaar"))  # no number, no push
    await town.says("cyber1", "1")
    assert "contact" in asked(await town.says("cyber1", "1"))
    assert "(chat)" in asked(await town.says("cyber1", "1"))
    assert "alleen de chat" in lines_of(await town.says("cyber1", "1"))
    assert "alleen de chat" in lines_of(await town.says("cyber1", "nachtklaar"))


async def test_who_reads_english_gets_ready_in_english(town: Town) -> None:
    cyber1 = PersonId("cyber1")
    english = replace(town.known.people[cyber1], language="en")
    town.known = replace(town.known, people={**town.known.people, cyber1: english})
    assert "sound of Element" in asked(await town.says("cyber1", "night ready"))
    assert "do not disturb" in asked(await town.says("cyber1", "yes"))
    assert "phone number" in asked(await town.reacts("cyber1", "ReadyAsked", "❌"))
    await town.says("cyber1", f"my number {OWN}")
    assert "Type it in your chat" in town.sms.phone(OWN)[-1]
    assert "Confirmed: sms, phone" in lines_of(await town.says("cyber1", town.code_by_sms(OWN)))
    await town.says("cyber1", "test")
    await town.says("cyber1", "not heard phone")
    await town.says("cyber1", "heard sms")
    assert "chat ✅ sms ✅ phone ❌" in lines_of(await town.says("cyber1", "heard chat"))
    assert "Removed: sms, phone" in lines_of(await town.says("cyber1", "remove number"))


async def test_an_expert_gives_no_test_alarm(town: Town) -> None:
    assert refusals(await town.says("cyber1", "testalarm")) == ["not_allowed"]


# --- the rule ---------------------------------------------------------------------------------------------------------


@given(some, some, st.integers(0, 90))
def test_ready_needs_two_channels_that_fail_apart_and_a_fresh_proof_of_both(
    has: frozenset[Channel], heard: frozenset[Channel], days: int
) -> None:
    proved = dict.fromkeys((*heard, "matrix"), NOON - timedelta(days=days))
    found = ready(has, frozenset(CHANNELS), proved, NOON - timedelta(days=days), NOON)
    counted = has - {"apprise"}  # one way only: nobody is known to hear it
    if isinstance(found, Ready):
        assert counted & heard
        assert timedelta(days=days) <= PROOF_LASTS
    assert (found == "one_channel") == (not counted)
    assert ready(has, frozenset(), proved, NOON, NOON) == "only_chat"


@given(some, some)
def test_the_fallback_is_armed_only_where_there_is_another_channel_to_have(
    has: frozenset[Channel], usable: frozenset[Channel]
) -> None:
    counted = usable - {"apprise"}
    assert alone(has, usable) == (bool(counted) and not has & counted)


# --- the contact card -------------------------------------------------------------------------------------------------


async def test_the_contact_card_holds_every_number_that_the_bot_rings_from(town: Town) -> None:
    shown = m.ReachShown(to=m.To("person", "cyber1"), what="contact", person=PersonId("cyber1"))
    card = await town.cards(shown)
    assert card is not None
    text = card.files[0].data.decode()
    assert text.startswith("BEGIN:VCARD\r\nVERSION:3.0\r\n")
    assert text.endswith("END:VCARD\r\n")
    assert all(f"TEL;TYPE=CELL,VOICE:{known}\r\n" in text for known in SENDER.numbers)
    assert card.files[1].data.startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["IOG+; regio, noord", "a\\b", "regel\nregel"])
def test_a_name_cannot_add_a_line_to_the_card(name: str) -> None:
    lines = vcard(name, Sender((number(9),))).split("\r\n")
    assert [line.partition(":")[0].partition(";")[0] for line in lines if line] == [
        "BEGIN", "VERSION", "N", "FN", "ORG", "TEL", "END",
    ]  # fmt: skip


def test_a_code_to_scan_is_a_picture_a_phone_can_read() -> None:
    picture = qr("https://push.regio.example/iog-abc")
    width = int.from_bytes(picture[16:20])
    assert picture.startswith(b"\x89PNG")
    assert width >= 150
