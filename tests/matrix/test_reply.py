"""What is said about something else: a message changed or removed afterwards, and what may still be said when it is over."""

from collections.abc import Iterator

import pytest

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.decide import WHEN
from bot.domain.ids import PersonId
from bot.domain.people import COORDINATOR
from bot.matrix import deciding, signal_commands, translate
from bot.matrix.translate import Heard
from bot.words.grammar import LINE_KINDS
from bot.words.parse import Said
from tests.builders import ALARM, NIGHT, Case, account, by, contacts
from tests.matrix.test_heard import Night, in_the_room, migrated_file, night, sqlite_url

__all__ = ["migrated_file", "night", "sqlite_url"]
ADMIN = "@beheer:iog.example"


async def test_another_wording_asks_for_the_proof_that_new_words_ask_for(night: Night) -> None:
    await in_the_room(night)
    said = await night.says("bakker", "!kamer", "feit er staan 40 jongeren")
    event = await night.edits("bakker", "!kamer", said, "feit er staan 14 jongeren", known=False)
    (refusal,) = await night.answered(event)
    assert isinstance(refusal, m.Refusal)
    assert refusal.code == "needs_proof"
    assert "source.edited" not in await night.ground.kinds()
    await night.edits("bakker", "!kamer", said, "feit er staan 14 jongeren")
    assert (await night.ground.kinds()).count("source.edited") == 1


async def _ends(night: Night) -> None:
    await night.ground.do(c.ProposeClosing(by=by("coordinator1")))
    await night.ground.do(c.CloseIncident(reason="klaar", by=by("coordinator1")))


async def _removes(night: Night, sender: str, room: str, event: str) -> None:
    await night.does(sender, room, "m.room.redaction", {"redacts": event}, clear=True)


async def test_what_an_administrator_of_the_server_removes_stays_in_the_log_and_the_room_hears_of_it(
    night: Night,
) -> None:
    await in_the_room(night)
    said = await night.says("bakker", "!kamer", "feit er staan 40 jongeren")
    await _removes(night, ADMIN, "!kamer", said)
    assert (await night.incident()).log_lines[1].removed_at is not None
    (note,) = await night.ground.outbox("SourceNote")
    assert ADMIN in note.message.decode()


@pytest.mark.parametrize("remover", [account("bakker"), account("coordinator2"), ADMIN])
async def test_an_alarm_that_is_removed_after_the_end_is_seen_whoever_does_it(night: Night, remover: str) -> None:
    said = await night.says("bakker", "!alarm", f"alarm {ALARM}")
    await _ends(night)
    await _removes(night, remover, "!alarm", said)
    assert (await night.ground.kinds())[-1] == "source.removed"


# --- after the end ------------------------------------------------------------------------------------------------------

# With a number and these words behind it every verb says enough.
SPOKEN = {
    "action": "bel de school", "improvement": "eerder bellen", "plan_evaluation": "morgen 14:00", "expected": "morgen 14:00",
    "qualify": "bron politie", "external_answer": "antwoord weg", "assumption_settled": "weerlegd, want weg",
    "take_point": "b1", "review": "morgen 14:00", "later": "15:00", "involve": "Polderdam",
    "pass_on_step": "@cyber1", "duty": "liaison @cyber1",
    "observation": "beeldvorming +", "language": "engels", "erase": "regel 1 omdat het moet", "lift_hold": "omdat het mag",
    "lay_down": "liaison", "chair": "@cyber1", "note_taker": "@cyber1", "spokesperson": "@cyber1",
}  # fmt: skip
# These say of which incident they are in a way of their own: a page, an alarm that waits, or the one that closed last.
BY_THEMSELVES = frozenset(("alarm", "test_alarm", "yes", "no", "eta", "reopen"))


def _commands() -> Iterator[tuple[str, type[c.Command]]]:
    case = Case()
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    known = contacts()
    heard = Heard(known.people[PersonId("bakker")], by("bakker"), case.incident, known.people.values(), now=NIGHT)
    # what a verb about a decision stands for depends on the decision
    yield from (("reason", kind) for kind in (c.ExplainDecision, c.GiveReason))
    yield from (("take_point", c.TakeDecision), ("revise", c.RecordDecision), ("review", c.PlanReview))
    yield "withdraw", c.WithdrawDecision
    yield from ((verb, c.RecordLine) for verb in signal_commands.VERBS)  # a line, by a list that is not the incident's
    for verb in sorted({*translate.VERBS, "action", *LINE_KINDS} - BY_THEMSELVES):
        said = Said(verb, SPOKEN.get(verb, "tekst"), 1, 5, (COORDINATOR,))
        yield verb, type(translate.command(said, heard))


def test_without_a_number_every_verb_that_a_closed_incident_takes_is_about_the_last_one_closed() -> None:
    found = list(_commands())
    taken = {verb for verb, kind in found if "closed" in WHEN.get(kind, ())}
    assert {verb for verb, _ in found} >= set(deciding.VERBS)
    assert taken == translate.AFTERWARDS - translate.QUESTIONS


async def test_the_reasons_of_a_decision_can_be_given_when_it_is_over(night: Night) -> None:
    await in_the_room(night)
    await night.says("bakker", "!kamer", "besluit het plein gaat dicht")
    await _ends(night)
    await night.says("bakker", "!bakker", "reden 1 omdat het vol stond")
    assert (await night.ground.kinds())[-1] == "decision.explained"
    event = await night.says("bakker", "!bakker", "redenen 1")
    assert [getattr(told, "code", "") for told in await night.answered(event)] == ["no_reasons_asked"]
