"""What people write behind `actie`: a name and a time anywhere in it, or what becomes of one by its number."""

from datetime import UTC, datetime

import pytest

from bot.domain.people import Person
from bot.words.roster_phrases import Nobody
from bot.words.when import Unclear
from bot.words.work_words import Changed, Done, Dropped, Wish, read
from tests.builders import contacts

NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)  # 12:00 in Amsterdam
AT_14 = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


def understood(said: str) -> tuple[object, ...]:
    wish = read(said, contacts().people.values(), NOW, "Europe/Amsterdam")
    match wish:
        case Wish(text=text, owner=owner, due=due):
            return ("new", text, _who(owner), _when(due))
        case Changed(number=number, owner=owner, due=due):
            return ("changed", number, _who(owner), _when(due))
        case Done(number=number, remark=text):
            return ("done", number, text)
        case Dropped(number=number, reason=text):
            return ("dropped", number, text)


def _who(owner: Person | Nobody | None) -> str | None:
    return "?" if isinstance(owner, Nobody) else owner.id if owner else None


def _when(due: datetime | Unclear | None) -> object:
    return due.why if isinstance(due, Unclear) else due


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("bel de school", ("new", "bel de school", None, None)),
        ("bel de school @cyber1 14:00", ("new", "bel de school", "cyber1", AT_14)),
        ("bel de school om 14:00 @cyber1.", ("new", "bel de school", "cyber1", AT_14)),
        ("@cyber1 belt om 14:00 de school", ("new", "@cyber1 belt om 14:00 de school", "cyber1", AT_14)),
        ("bel de school voor 14.00 uur", ("new", "bel de school", None, AT_14)),
        ("bel de school over 120 minuten", ("new", "bel de school", None, AT_14)),
        ("bel de school morgen 14:00", ("new", "bel de school", None, datetime(2026, 11, 23, 13, 0, tzinfo=UTC))),
        ("bel de school 11:00", ("new", "bel de school", None, datetime(2026, 11, 23, 10, 0, tzinfo=UTC))),
        ("bel de school vandaag 11:00", ("new", "bel de school", None, "past")),
        ("call the school @nobody-here", ("new", "call the school", "?", None)),
        ("2 bussen regelen @cyber1", ("new", "2 bussen regelen", "cyber1", None)),
        ("2 klaar", ("done", 2, "")),
        ("2 Klaar: de rector komt", ("done", 2, "de rector komt")),
        ("2 done", ("done", 2, "")),
        ("2 vervalt omdat de school dicht is", ("dropped", 2, "de school dicht is")),
        ("2 drop because it is shut", ("dropped", 2, "it is shut")),
        ("2 vervalt", ("dropped", 2, "")),
        ("2 @cyber1", ("changed", 2, "cyber1", None)),
        ("2 14:00", ("changed", 2, None, AT_14)),
    ],
)
def test_an_action_is_read_as_it_was_said(said: str, expected: tuple[object, ...]) -> None:
    assert understood(said) == expected
