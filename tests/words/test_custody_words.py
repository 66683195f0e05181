"""What people type to have something erased, and the reason that they give."""

import pytest

from bot.domain import commands as c
from bot.domain.ids import EventId
from bot.domain.origin import Origin
from bot.matrix.custody_commands import Answered, erasure
from bot.words.custody_words import Wanted, read, reason
from tests.builders import contacts


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("regel 12 omdat het een kind is", Wanted("line", "12", "het een kind is")),
        ("Regel #012, want dit moet weg", Wanted("line", "12", "dit moet weg")),
        ("bestand 4 wegens verzoek", Wanted("line", "4", "verzoek")),
        ("besluit 3: verzoek van de ouders", Wanted("decision", "3", "verzoek van de ouders")),
        ("actie 2", Wanted("action", "2", "")),
        ("het alarm omdat er een naam in staat", Wanted("alarm", "", "er een naam in staat")),
        ("naam van @cyber1 omdat uit dienst", Wanted("person", "cyber1", "uit dienst")),
        ("bericht omdat er een naam in staat", Wanted("message", "", "er een naam in staat")),
        ("dit bericht, want het is van een kind", Wanted("message", "", "het is van een kind")),
        ("the message because it names a child", Wanted("message", "", "it names a child")),
        ("line 12 because it names a child", Wanted("line", "12", "it names a child")),
        ("the alert due to a request", Wanted("alarm", "", "a request")),
        ("name of cyber1 because gone", Wanted("person", "cyber1", "gone")),
        ("alles", None),
        ("regel twaalf", None),
        ("", None),
    ],
)
def test_what_is_to_go_and_why(said: str, wanted: Wanted | None) -> None:
    assert read(said) == wanted


def test_a_reason_alone_may_do_without_the_word_because() -> None:
    assert reason("omdat er een Woo-verzoek loopt") == reason("er een Woo-verzoek loopt") == "er een Woo-verzoek loopt"


def test_somebody_who_is_not_known_has_no_name_to_erase() -> None:
    people = contacts().people.values()
    assert erasure("naam Cyber1 omdat weg", Origin(), people, None).which == "cyber1"
    for said, code in (("naam niemand omdat weg", "no_such_person"), ("alles weg", "erase_what")):
        with pytest.raises(c.Refused, match=code):
            erasure(said, Origin(), people, None)


def test_a_message_is_the_one_that_was_replied_to() -> None:
    """Of the bot's own message it is what that told: its words are somebody's, and stand there."""
    asked = erasure("bericht omdat het weg moet", Origin(), (), Answered(EventId("$7")))
    assert (asked.of, asked.which, asked.ground) == ("message", "$7", "het weg moet")
    asked = erasure("bericht omdat het weg moet", Origin(), (), Answered(EventId("$8"), own=True, entry=34))
    assert (asked.of, asked.which) == ("entry", "34")
    for answered, code in ((None, "erase_which_message"), (Answered(EventId("$8"), own=True), "erase_own_message")):
        with pytest.raises(c.Refused, match=code):
            erasure("bericht omdat het weg moet", Origin(), (), answered)
