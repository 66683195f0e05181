"""What goes over a channel fits it: one text message in its own alphabet, in both languages, whatever people are called."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import messages as m
from bot.domain.ids import PageId, PersonId, RoleId
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.people import ROLES, Language
from bot.words.catalogue import LANGUAGES, Catalogue, load
from bot.words.channel_words import echo, link_fits, page
from bot.words.gsm7 import BASIC, EXTENDED, MOST_SEPTETS, cut, gsm7, is_gsm7, septets
from tests.builders import NIGHT
from tests.pagers.ground import LINK

WORDS = load()
CYBER = RoleId("expert_cyber")
LONG = "https://oproepen.veiligheidsregio-noordoost.example/a/K7Q2XMAAAAAAAAAAAAAAAAAAAA"
NAMES = st.text(max_size=200)


def channel_page(**change: Any) -> m.ChannelPage:  # noqa: ANN401 - any field
    given: dict[str, Any] = {
        "page": PageId("p1"),
        "channel": "sms",
        "person": PersonId("jansen"),
        "roles": (CYBER,),
        "municipality": "Waterbrug",
        "said_at": NIGHT,
        "next_at": NIGHT + timedelta(minutes=6),
        "to": m.To("channel", "sms:jansen"),
        "number": "2026-014",
    }
    return m.ChannelPage(**{**given, **change})


def channel_echo(**change: Any) -> m.ChannelEcho:  # noqa: ANN401 - any field
    given: dict[str, Any] = {
        "page": PageId("p1"),
        "channel": "sms",
        "person": PersonId("jansen"),
        "what": "coming",
        "roles": (CYBER,),
        "municipality": "Waterbrug",
        "to": m.To("channel", "sms:jansen"),
        "number": "2026-014",
    }
    return m.ChannelEcho(**{**given, **change})


def fits(text: str) -> None:
    assert is_gsm7(text), text
    assert septets(text) <= MOST_SEPTETS, text


def test_the_page_is_one_text_message() -> None:
    assert page(WORDS, channel_page(), LINK).text == (
        f"OPROEP cyber 2026-014 Waterbrug 03:04. Antwoord 1=ik kom 0=kan niet, of {LINK}"
    )
    assert page(WORDS, channel_page(lang="en"), LINK).text == (
        f"CALL cyber 2026-014 Waterbrug 03:04. Reply 1=coming 0=cannot, or {LINK}"
    )
    exercise = page(WORDS, channel_page(exercise=True), "").text
    assert exercise == "OEFENING OPROEP cyber 2026-014 Waterbrug 03:04. Antwoord 1=ik kom 0=kan niet."
    assert page(WORDS, channel_page(exercise=True, lang="en"), "").text.startswith("EXERCISE CALL cyber")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("link", ["", LINK, LONG])
@pytest.mark.parametrize("exercise", [False, True])
@pytest.mark.parametrize("municipality", ["Waterbrug", "Coëvorden aan de Ïssel en Súdwest-Polderdam – “Nieuwkerk”", ""])
def test_every_page_fits_and_keeps_its_link(lang: Language, link: str, exercise: bool, municipality: str) -> None:
    text = page(WORDS, channel_page(lang=lang, exercise=exercise, municipality=municipality, roles=ROLES), link).text
    fits(text)
    assert text.endswith(link or ".")
    assert "2026-014" in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("hears", [True, False])
@pytest.mark.parametrize("length", range(40, 160, 3))
def test_however_long_the_link_role_and_municipality_stay(lang: Language, hears: bool, length: int) -> None:
    link = f"https://{'o' * length}.example/a/{'x' * 22}"
    said = channel_page(lang=lang, exercise=True, municipality="Polderdam aan de IJssel", roles=ROLES)
    text = page(WORDS, said, link, hears_texts=hears).text
    fits(text)
    assert "2026-014 Polderda" in text
    before = page(WORDS, said, "").text.partition(" 2026-014")[0]
    assert text.partition(" 2026-014")[0][:24] == before[:24]
    assert (link in text) or "http" not in text
    assert (link in text) or not link_fits(WORDS, lang, f"{link}{'x' * len('OEFENING ')}", hears_texts=hears)
    assert hears or "1=" not in text


def test_who_cannot_be_answered_by_text_does_not_ask_for_that() -> None:
    assert page(WORDS, channel_page(), LINK, hears_texts=False).text == (
        f"OPROEP cyber 2026-014 Waterbrug 03:04. Antwoord: {LINK}"
    )
    assert page(WORDS, channel_page(), "", hears_texts=False).text == (
        "OPROEP cyber 2026-014 Waterbrug 03:04. Antwoord in de chat: een sms terug komt niet aan."
    )
    assert page(WORDS, channel_page(lang="en"), "", hears_texts=False).text.endswith("a text back does not arrive.")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("what", ["coming", "eta", "cannot", "over"])
@pytest.mark.parametrize("taken_by", [None, "De Vries", "Zoë van der Coördinator-Ïssel 🚨" * 9])
def test_every_echo_fits(lang: Language, what: str, taken_by: str | None) -> None:
    said = channel_echo(lang=lang, what=what, taken_by=taken_by, eta_minutes=15, exercise=True, roles=ROLES)
    fits(echo(WORDS, said).text)


def test_an_echo_says_what_was_understood() -> None:
    assert echo(WORDS, channel_echo()).text.startswith("Genoteerd, je komt: cyber 2026-014 Waterbrug.")
    assert "over 15 min" in echo(WORDS, channel_echo(what="eta", eta_minutes=15)).text
    assert echo(WORDS, channel_echo(what="over", taken_by="De Vries")).text.startswith("De Vries heeft de oproep")


@pytest.mark.parametrize("channel", CHANNELS[1:])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_says_how_to_answer_and_nothing_of_what_the_alarm_said(channel: Channel, lang: Language) -> None:
    assert set(CHANNELS) == set(get_args(Channel))
    said = page(WORDS, channel_page(channel=channel, lang=lang, exercise=True), LINK)
    assert said.title.startswith(("OEFENING OPROEP cyber", "EXERCISE PAGE cyber"))
    assert len(said.title) <= 60
    assert "2026-014" in said.title
    if channel == "ntfy":
        assert LINK not in said.text  # its buttons carry it
    elif channel != "voice":
        assert LINK in said.text
    if channel != "sms":
        assert len(said.text) <= 320
        without = page(WORDS, channel_page(channel=channel, lang=lang), "").text
        assert "http" not in without
        assert "chat" in without


@given(NAMES, NAMES)
def test_whatever_people_are_called_it_fits(municipality: str, taken_by: str) -> None:
    fits(page(WORDS, channel_page(municipality=municipality), LINK).text)
    fits(echo(WORDS, channel_echo(what="over", municipality=municipality, taken_by=taken_by)).text)


@given(st.text())
def test_any_text_can_be_written_in_this_alphabet(text: str) -> None:
    written = gsm7(text)
    assert is_gsm7(written)
    assert gsm7(written) == written
    assert septets(cut(text)) <= MOST_SEPTETS
    assert len(cut(text)) == len(written) or septets(written) > MOST_SEPTETS


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Súdwest-Fryslân", "Sudwest-Fryslan"),
        ("coördinator één België geïnd", "coördinator één Belgie geind"),
        ("‘ja’ – “nee”… €5 ½", "'ja' - \"nee\"... €5 1/2"),
        ("🚨 oproep\u200b\u202e nu\u00a0!", " oproep nu !"),
        ("Ĳsselstein ŁÓDŹ", "IJsselstein LODZ"),
        ("Ватербрюг", "?????????"),
        ("a\u0308 e\u0308", "ä e"),
    ],
)
def test_letters_outside_the_alphabet_are_written_otherwise(text: str, written: str) -> None:
    assert gsm7(text) == written


def test_the_alphabet_is_the_whole_of_it() -> None:
    assert len(BASIC) == 127  # and the escape to the ten others
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED
    assert septets("a€") == 3
    assert all(letter in BASIC for letter in "éèàùüöäñ")
    assert not any(letter in BASIC for letter in "ëïáíóúâêîôûç")


def test_every_text_for_a_text_message_is_in_the_alphabet_already(words: Catalogue) -> None:
    for lang in LANGUAGES:
        for key, text in words.texts[lang].items():
            if key.startswith(("channel.sms", "channel.echo", "channel.exercise")):
                assert is_gsm7(text), key
