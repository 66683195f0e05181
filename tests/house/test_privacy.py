"""Every free text that an entry can hold is looked at for personal data, and none is repeated with it, or says here why."""

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any, Final

import pytest

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.echo import REPEATED
from bot.domain.ids import PersonId
from bot.domain.origin import Origin
from bot.domain.privacy import texts

SAID: Final = "bel mevr. Fictief"
# Fields that may be erased, but in which nobody of the room writes about somebody else in the log of the incident.
ELSEWHERE: Final = {
    "AlarmRaised.place": "a piece of the text of the alarm, which is looked at whole",
    "PersonSeen.name": "our own people, from the contacts",
    "PersonSeen.organisation": "our own people, from the contacts",
    "FileShared.media_type": "what the sender's program says of the file",
    "FileShared.key": "what opens the file",
    "FileShared.iv": "what opens the file",
    "FileKept.opened_sha256": "a digest",
    "SurveyClosed.remarks": "looked at before it is kept: what may hold personal data is not kept at all",
    "MessageSaid.name": "the log of all that is said: the name that the sender goes by there",
    "MessageUnreadable.name": "the log of all that is said: the name that the sender goes by there",
    "MessageSaid.text": "the log of all that is said: agreed beforehand, apart, and never in a report",
    "MessageChanged.text": "the log of all that is said: agreed beforehand, apart, and never in a report",
    "FieldErased.ground": "looked at when it was asked",
}


def kinds() -> Iterator[type[Any]]:
    yield from dict.fromkeys((*e.KINDS, *e.INDEX_KINDS, *e.TRANSCRIPT_KINDS))


FREE: Final = tuple((kind, one.name) for kind in kinds() for one in fields(kind) if "erasable" in one.metadata)


def holding(kind: type[Any], name: str) -> Any:  # noqa: ANN401 - an entry of any kind
    """An entry with `SAID` in that field; what else it needs does not matter here."""
    needed = {x.name: "" for x in fields(kind) if x.init and x.default is MISSING and x.default_factory is MISSING}
    given = {"about": "line"} if kind is e.SourceEdited else {}
    return kind(**{**needed, **given, "origin": Origin(actor=PersonId("bakker")), name: SAID})


@pytest.mark.parametrize(("kind", "name"), FREE, ids=[f"{kind.__name__}.{name}" for kind, name in FREE])
def test_every_free_text_is_looked_at_or_says_why_not(kind: type[Any], name: str) -> None:
    looked_at = any(SAID in text for _, _, text, _ in texts(holding(kind, name), 1))
    assert looked_at != (f"{kind.__name__}.{name}" in ELSEWHERE)


def test_no_reason_outlives_its_field() -> None:
    assert set(ELSEWHERE) <= {f"{kind.__name__}.{name}" for kind, name in FREE}


# What a message may call the words of people, and why some are not hidden in `REPEATED`.
WORDS: Final = frozenset(
    ("text", "reason", "remark", "given", "recipient", "reference", "place", "decided", "situation", "parts")
)
NOT_HIDDEN: Final = {
    "PageText.text": "who is woken must know what for",
    "FloodNote.text": "rings in place of a page",
    "OldAlarm.text": "rings in place of a page",
    "ReasonAsked.reason": "the name of a question",
    "CatchUp.text": "left out when it is marked",
    "CatchUp.decided": "left out when it is marked",
    "CatchUp.situation": "left out when it is marked",
    "SitrepDraft.parts": "what a yes records; what is read of it are its lines",
    "ChannelReply.text": "the bot's own words",
    "StepShown.text": "a playbook's words",
    "StepSettled.text": "a playbook's words",
    "StepAsked.text": "a playbook's words",
    "StepDueNote.text": "a playbook's words",
}


def test_every_text_that_a_message_repeats_is_hushed_or_says_why_not() -> None:
    named = {f"{kind.__name__}.{one.name}" for kind in m.TRAITS for one in fields(kind) if one.name in WORDS}
    hushed = {f"{kind.__name__}.{name}" for kind, names in REPEATED.items() for name in names}
    assert named - hushed == set(NOT_HIDDEN)
