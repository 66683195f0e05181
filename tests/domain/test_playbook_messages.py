"""Everything that anybody hears in a whole incident of each playbook, in both languages, within the limits of a phone at night."""

from dataclasses import replace

import pytest

from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.contacts import Reference
from bot.domain.ids import PlaybookId
from bot.domain.people import Language
from bot.domain.reasons import missing
from bot.words.catalogue import LANGUAGES
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES, FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.words.render import is_worded, render
from tests.domain.test_playbooks import CATALOGUE, SHIPPED, Walk, reference

__all__ = ["reference"]
HEARD_BY_ALL = {m.AlarmReceived, m.PageText, m.StepShown, m.StepSettled, m.DecisionShown, m.ReasonAsked, m.EndNote}


def spoken(reference: Reference, lang: Language) -> Reference:
    """The same region in which everybody speaks this language."""
    contacts = reference.contacts
    people = {person.id: replace(person, language=lang) for person in contacts.people.values()}
    contacts = replace(contacts, people=people, region=replace(contacts.region, language=lang))
    return replace(reference, contacts=contacts)


@pytest.mark.parametrize("playbook", SHIPPED)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_of_a_playbook_fits_a_phone(reference: Reference, playbook: PlaybookId, lang: Language) -> None:
    walk = Walk(spoken(reference, lang), playbook)
    walk.answers_all(fear=3)
    by = walk.by(walk.officer)
    for decision in walk.incident.decisions:
        for reason in missing(walk.incident, decision):
            walk.do(c.GiveReason(decision=decision.number, reason=reason.id, text="x", applies=False, by=by))
    walk.do(c.ProposeClosing(by=by))
    walk.do(c.CloseIncident(reason="de rest volgt", by=by))
    heard = [message for message in walk.messages() if is_worded(message)]
    assert {type(message) for message in heard} >= HEARD_BY_ALL
    assert len(heard) > 100
    for message in heard:
        assert message.lang == lang, message
        _fits(message)


def _fits(message: m.Message) -> None:
    """As the homeserver carries it, with the name of the log entry under what stands for one."""
    assert is_worded(message)
    traits = m.TRAITS[type(message)]
    shown = render(message, CATALOGUE, lambda person: f"@{person}:iog.example", anchor=(12, "1a2b3c4d5e"))
    lines = shown.body.split("\n")
    if traits.anchored:
        assert lines.pop() == "#12 · 1a2b3c4d"
    asked_for = isinstance(message, m.Answer | m.Refusal) and not isinstance(message, m.DidYouMean)
    assert len(lines) <= (ANSWER_LINES if asked_for else MOST_LINES), shown.body
    assert len("\n".join(lines)) <= (ANSWER_CHARACTERS if asked_for else MOST_CHARACTERS), shown.body
    assert traits.shape != "text" or len(lines[0]) <= FIRST_LINE, lines[0]
    assert "{" not in shown.body, shown.body
