"""Cards fit a phone in both languages, are found in spite of typing at night, and never say more than the law does."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.cards import NO_HANDBOOK
from bot.domain.contacts import Reference
from bot.domain.incident import Incident
from bot.domain.messages import Answer, To
from bot.domain.people import Language
from bot.reference.load import load_reference
from bot.words import replies
from bot.words.card_index import NEAREST, cards, find
from bot.words.card_words import CardWords, chosen
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES
from bot.words.intervention_words import interventions
from bot.words.parse import Chat, Said, parse
from tests.builders import RIOT, Case, reference

ROOT = Path(__file__).parents[2]
CATALOGUE = load()
WHOLE = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
assert isinstance(WHOLE, Reference), WHOLE
SHIPPED: Reference = WHOLE
REFS = tuple(card.ref for card in cards(SHIPPED))

# What somebody types, and the one card that is meant.
ONE = (
    ("B7", "decision:B7"),
    ("b 7", "decision:B7"),
    ("GW172-3", "basis:GW172-3"),
    ("172 lid 3", "basis:GW172-3"),
    ("artikel 172 lid 3", "basis:GW172-3"),
    ("172a", "basis:GW172a"),
    ("licht bevel", "basis:GW172-3"),
    ("noodbevel", "basis:GW175"),
    ("noodbevle", "basis:GW175"),
    ("175", "basis:GW175"),
    ("noodverordening", "basis:GW176"),
    ("gebiedsverbod", "basis:GW172a"),
    ("gebiedsverbot", "basis:GW172a,basis:ONLINE-GEBIEDSVERBOD"),
    ("online gebiedsverbod", "basis:ONLINE-GEBIEDSVERBOD"),
    ("apv", "basis:APV"),
    ("apv-online", "basis:APV-ONLINE"),
    ("verwijderbevel", "basis:VERWIJDERBEVEL"),
    ("bericht laten verwijderen", "basis:VERWIJDERBEVEL"),
    ("removal order", "basis:VERWIJDERBEVEL"),
    ("36789", "basis:WET36789"),
    ("opruiing", "basis:SR131"),
    ("opruing", "basis:SR131"),
    ("sr131", "basis:SR131"),
    ("SR131 e.a.", "basis:SR131"),
    ("doxing", "phenomenon:F06,basis:SR285d"),
    ("125p", "basis:SV125p"),
    ("dsa 16", "basis:DSA16"),
    ("DSA artikel 16", "basis:DSA16"),
    ("aanwijzing", "basis:WOM6"),
    ("wom", "basis:WOM2"),
    ("grondrechten", "basis:GRW"),
    ("free speech", "basis:GRW"),
    ("avg 6-1-e", "basis:AVG6"),
    ("datalek", "basis:AVG33"),
    ("datalke", "basis:AVG33,decision:B14"),
    ("F03", "phenomenon:F03"),
    ("f 03", "phenomenon:F03"),
    ("weggeefactie", "phenomenon:F03"),
    ("weggefactie", "phenomenon:F03"),
    ("Pedojagers", "phenomenon:F04"),
    ("oud en nieuw", "phenomenon:F13"),
    ("Snapchat", "platform:snapchat"),
    ("snpchat", "platform:snapchat"),
    ("facebook", "platform:instagram"),
    ("rode vlaggen", "group:signalen"),
    ("rode vlagen", "group:signalen"),
    ("red flags", "group:signalen"),
    ("M", "signals:M"),
    ("m3", "signals:M"),
    ("atkm", "basis:TCO,route:via_atkm"),
    ("offlimits", "route:via_offlimits"),
    ("fenomenen", "group:fenomenen"),
    ("wetsvoorstellen", "group:komend"),
)


@pytest.mark.parametrize(("typed", "refs"), ONE, ids=lambda x: x)
def test_a_card_is_found(typed: str, refs: str) -> None:
    assert set(find(SHIPPED, typed).hits) == set(refs.split(","))


def test_several_hits_are_a_list_and_none_gives_the_nearest_three() -> None:
    several = find(SHIPPED, "172")
    assert several.hits[:4] == ("basis:GW172-1", "basis:GW172-3", "basis:GW172a", "basis:GW172b")
    assert "basis:VERWIJDERBEVEL" in several.hits
    none = find(SHIPPED, "zeemeermin")
    assert (none.hits, len(none.near)) == ((), NEAREST)
    assert find(SHIPPED, "!?").hits == ()


@pytest.mark.parametrize("typed", ["SR132", "GW174a", "B14", "F12", "sr 141"])
def test_another_number_is_another_thing(typed: str) -> None:
    (ref,) = find(SHIPPED, typed).hits
    assert ref.partition(":")[2] == typed.replace(" ", "").replace("sr", "SR")


@pytest.mark.parametrize("typed", ["GW199", "F77", "B44", "sr 999"])
def test_a_number_that_does_not_exist_is_not_guessed(typed: str) -> None:
    assert find(SHIPPED, typed).hits == ()


def test_everything_can_be_found_by_its_code_and_by_its_title_in_both_languages() -> None:
    for card in cards(SHIPPED):
        for text in filter(None, (card.code, card.title.nl, card.title.en)):
            assert card.ref in find(SHIPPED, text).hits, text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("ref", REFS)
def test_every_card_fits_one_screen(ref: str, lang: Language) -> None:
    lines, choices = CardWords(CATALOGUE, lang, SHIPPED).card(ref)
    pages = replies.pages(CATALOGUE, lang, lines)
    assert len(lines) >= 3
    assert lines[0].startswith("📖 ")
    assert all("{" not in line and "**" not in line for line in lines)
    if choices:
        assert len(pages) <= 3  # a list goes on after `meer`
        assert len(lines) == len(choices) + 2
    else:
        assert len(pages) == 1
        assert len(lines) <= ANSWER_LINES
        assert len("\n".join(lines)) <= ANSWER_CHARACTERS
    if ref.startswith("basis:"):
        basis = SHIPPED.handbook.bases[ref.removeprefix("basis:")]
        assert lines[0].endswith(CATALOGUE.template(lang, f"handbook.status_{basis.status}"))
        assert lines[-1].endswith("nog niet door een jurist bekeken" if lang == "nl" else "not yet seen by a lawyer")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_longest_card_that_the_shapes_allow_fits_too(lang: Language) -> None:
    basis = next(iter(SHIPPED.handbook.bases.values()))
    labels = sum(
        len(CATALOGUE.template(lang, f"handbook.{key}")) for key in ("first", "core", "limit", "source", "unchecked")
    )
    assert 2 * 60 + 2 * 240 + 120 + 60 + labels + len(basis.source) < ANSWER_CHARACTERS


def test_without_a_word_the_groups_are_listed() -> None:
    lines, choices = CardWords(CATALOGUE, "nl", SHIPPED).answer("")
    assert lines[0].startswith("📖 Kaarten.")
    assert [one.partition(":")[0] for one in choices] == ["group"] * 12
    assert len(lines) <= ANSWER_LINES


def test_a_list_says_which_power_nobody_surely_has() -> None:
    lines, _ = CardWords(CATALOGUE, "nl", SHIPPED).answer("172")
    marked = [line for line in lines if "geen vaststaande bevoegdheid" in line]
    assert len(marked) == 1
    assert "verwijderen" in marked[0]


def test_a_decision_type_shows_its_answers_and_what_must_not_be_taken_for_one() -> None:
    (lines, choices) = CardWords(CATALOGUE, "nl", SHIPPED).answer("B7")
    assert lines[0] == "📖 B7 · Bestuurlijk bevel · besluittype"
    assert "Bevoegd: burgemeester" in lines
    assert "11 Noodbevel (175)" in lines
    # three warnings, and the choice that no law carries
    assert sum("geen vaststaande bevoegdheid" in line for line in lines) == 4
    assert choices == ()
    assert any("(burgemeester)" in line for line in CardWords(CATALOGUE, "nl", SHIPPED).answer("B1")[0])


def test_a_number_chooses_from_the_last_list_only_when_there_is_one() -> None:
    _, choices = CardWords(CATALOGUE, "nl", SHIPPED).answer("172")
    shown = Answer(to=To("asked"), lines=("x",), choices=choices)
    assert chosen(shown, "2") == "basis:GW172-3"
    assert chosen(shown, " 2. ") == "basis:GW172-3"
    for said in ("0", "6", "-1", "2 x", "", "²", "9999"):
        assert chosen(shown, said) is None
    assert chosen(None, "2") is None
    assert chosen(Answer(to=To("asked"), lines=("x",)), "1") is None


def test_a_card_that_went_with_a_reload_says_so() -> None:
    for ref in ("basis:OUD", "decision:B99", "phenomenon:F99", "signals:Q", "route:weg", "platform:hyves"):
        assert CardWords(CATALOGUE, "nl", SHIPPED).card(ref) == (
            ("📖 Deze kaart is er niet meer. Typ kaart voor de lijst.",),
            (),
        )


def test_where_there_are_no_cards_it_is_said_plainly() -> None:
    bare = reference()
    assert bare.handbook == NO_HANDBOOK
    words = CardWords(CATALOGUE, "nl", bare)
    assert words.card("group:signalen")[0] == ("📖 Er zijn hier geen kaarten. De beheerder kan ze toevoegen.",)
    assert words.answer("172")[0] == ("📖 Er zijn hier geen kaarten. De beheerder kan ze toevoegen.",)
    assert interventions(CATALOGUE, "nl", bare, None)[0] == ("📖 Er zijn hier geen interventies ingesteld.",)


# --- interventions -----------------------------------------------------------------------------------------------------


def _incident(phenomenon: str | None = "F01") -> Incident:
    case = Case()
    case.alarm()
    incident = case.incident
    assert incident.playbooks == (RIOT,)
    return replace(incident, phenomenon=phenomenon)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("phenomenon", [None, *SHIPPED.handbook.phenomena])
def test_interventions_fit_and_say_why_something_is_not_there(phenomenon: str | None, lang: Language) -> None:
    lines, choices = interventions(CATALOGUE, lang, SHIPPED, _incident(phenomenon))
    assert all(len("\n".join(page)) <= ANSWER_CHARACTERS for page in replies.pages(CATALOGUE, lang, lines))
    assert sum(line[0].isdigit() for line in lines) == len(choices)
    assert set(choices) <= set(REFS)
    unsettled = "geen vaststaande bevoegdheid" if lang == "nl" else "no settled power"
    assert sum(unsettled in line for line in lines) == 3
    assert not any(unsettled in line for line in lines if line[0].isdigit())


def test_the_lightest_comes_first_and_orders_wait_for_the_assessment() -> None:
    lines, choices = interventions(CATALOGUE, "nl", SHIPPED, _incident())
    assert lines[0].startswith("📖 Interventies · 2026-014 · Oproep tot rellen · fase ")
    assert lines[1].startswith("1 Niets doen, wel volgen · besluit: burgemeester. ")
    assert any(line.startswith("Bevelen komen pas na het oordeel") for line in lines)
    assert not any("Noodbevel" in line for line in lines)
    assert choices[0] == "basis:AVG5"


def test_what_only_one_authority_may_do_says_so() -> None:
    lines, _ = interventions(CATALOGUE, "nl", SHIPPED, None)
    assert any(line.startswith("16 Noodbevel (175) · alleen burgemeester. ") for line in lines)
    assert any(line.startswith("18 Strafrecht · alleen OM. ") for line in lines)
    assert len(replies.pages(CATALOGUE, "nl", lines)) == 2


# --- what is typed -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("kaart", ""),
        ("Kaarten", ""),
        ("kaart 172", "172"),
        ("kaart: B7", "B7"),
        ("card red flags", "red flags"),
        ("kaart 2", "2"),
        ("kaart rode vlaggen?", "rode vlaggen?"),
    ],
)
def test_it_is_understood_wherever_an_incident_is_worked_on(text: str, argument: str) -> None:
    for place in ("direct", "incident", "closed"):
        assert parse(text, place) == Said("card", argument)


def test_talk_about_a_map_is_left_alone() -> None:
    assert parse("kaart van het hele gebied hangt aan de muur", "incident") == Chat()
    assert isinstance(parse("!kaart van het hele gebied hangt aan de muur", "incident"), Said)
    assert parse("interventies", "incident") == Said("interventions")
    assert parse("interventies werken hier niet", "incident") == Chat()
