"""What people say about a line: understood when it is clear, left in the text when it is not, so that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.sources import NoticeRoute, Outcome
from bot.words.grammar import LINE_KINDS, Where
from bot.words.line_marks import Marks, marked, only_marks, outcome_of, recipient_of, route_of
from bot.words.parse import Chat, Said, parse


@pytest.mark.parametrize(
    ("said", "text", "marks"),
    [
        ("Station is leeg", "Station is leeg", Marks()),
        ("Leeg /bron politie /b 2 /vertrouwelijk", "Leeg", Marks("politie", 2, "vertrouwelijk")),
        ("Leeg /Bron: Politie /B2", "Leeg", Marks("politie", 2)),
        ("Empty /source youth work /reliability 3 /police only", "Empty", Marks("jongerenwerk", 3, "politie_alleen_elders")),
        ("gemeld /kenmerk AB/47-11 /route ATKM", "gemeld", Marks(reference="AB/47-11", route="atkm")),
        ("leeg /bron eigen waarneming.", "leeg", Marks("eigen_waarneming")),
        # what is not understood stays
        ("en/of zij komen", "en/of zij komen", Marks()),
        ("leeg /bron een vriend van hem", "leeg /bron een vriend van hem", Marks()),
        ("leeg /b 7", "leeg /b 7", Marks()),
        ("zie https://voorbeeld.example/bron politie", "zie https://voorbeeld.example/bron politie", Marks()),
        ("/bron politie staat leeg", "/bron politie staat leeg", Marks()),
        ("/bron pers", "", Marks("pers")),
    ],
)  # fmt: skip
def test_marks_behind_a_text(said: str, text: str, marks: Marks) -> None:
    assert marked(said) == (text, marks)


@given(st.text(alphabet="abr /b12bron politie\n", max_size=80))
def test_no_text_is_lost_but_marks(said: str) -> None:
    text, marks = marked(said)
    assert said.startswith(text)
    if marks == Marks():
        assert text == said


@pytest.mark.parametrize(
    ("said", "marks"),
    [
        ("bron politie", Marks("politie")),
        ("b 2", Marks(reliability=2)),
        ("bron politie b 2 vertrouwelijk", Marks("politie", 2, "vertrouwelijk")),
        ("/bron school /b 3", Marks("school", 3)),
        ("Source youth work, reliability 3", Marks("jongerenwerk", 3)),
        ("bussen voor morgen", None),
        ("bron", None),
    ],
)
def test_marks_said_afterwards(said: str, marks: Marks | None) -> None:
    assert only_marks(said) == marks


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("klopt", ("confirmed", "")),
        ("klopt niet", ("refuted", "")),
        ("weerlegd, want het plein is leeg", ("refuted", "het plein is leeg")),
        ("klopt omdat we ze zien", ("confirmed", "we ze zien")),
        ("refuted because the square is empty", ("refuted", "the square is empty")),
        ("jongeren komen", None),
        ("waar 40 jongeren staan", None),
        ("kloptniet", None),
    ],
)
def test_whether_an_assumption_held(said: str, outcome: tuple[Outcome, str] | None) -> None:
    assert outcome_of(said) == outcome


@pytest.mark.parametrize(
    ("name", "route"),
    [
        ("Snapchat", "gebruikersmelding"), ("TikTok art. 16", "dsa_art16"), ("ATKM", "atkm"), ("Helpwanted", "offlimits"),
        ("113", "zorglijn_113"), ("IBD", "ibd"), ("NCSC", "ncsc"), ("Autoriteit Persoonsgegevens", "ap"),
        ("contactpunt Meta", "dsa_art11"), ("politieportaal", "politieportaal"), ("OM 125p", "ontoegankelijkmaking"),
        ("discriminatie.nl", "discriminatie"), ("de buurman", None), ("apotheek", None),
    ],
)  # fmt: skip
def test_the_road_that_a_name_stands_for(name: str, route: NoticeRoute | None) -> None:
    assert route_of(name) == route


def test_whom_a_notice_went_to() -> None:
    assert recipient_of("Snapchat: drie oproepen") == ("Snapchat", "drie oproepen")
    assert recipient_of("drie oproepen gemeld") == ("", "drie oproepen gemeld")
    assert recipient_of("https://voorbeeld.example gemeld") == ("", "https://voorbeeld.example gemeld")


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ("aanname 12 klopt", "incident", Said("assumption_settled", "klopt", 12)),
        ("aanname 12 weerlegd, want leeg", "incident", Said("assumption_settled", "weerlegd, want leeg", 12)),
        ("aanname 12 jongeren komen", "incident", Said("assumption", "12 jongeren komen")),
        ("klopt aanname 12", "incident", Said("assumption_true", number=12)),
        ("refute assumption 12", "direct", Said("assumption_false", number=12)),
        ("regel 12 bron politie", "incident", Said("qualify", "bron politie", 12)),
        ("line 12", "incident", Said("show_line", number=12)),
        ("regel 3 bussen voor morgen", "incident", Chat()),
        ("regel dat even", "incident", Chat()),
        ("correctie 12 het zijn er 40", "incident", Said("correction", "het zijn er 40", 12)),
        ("correctie: het zijn er 40", "incident", Said("correction", "het zijn er 40")),
        ("antwoord 12 de school", "incident", Said("question_answer", "de school", 12)),
        ("extern Snapchat: drie", "incident", Said("external", "Snapchat: drie")),
        ("extern advies is gevraagd", "incident", Chat()),
        ("extern 12 antwoord ze kijken", "incident", Said("external_answer", "antwoord ze kijken", 12)),
        ("open", "incident", Said("open")),
        ("open de deur even", "incident", Chat()),
    ],
)
def test_what_is_typed_about_lines(typed: str, place: Where, said: object) -> None:
    assert parse(typed, place) == said


def test_every_kind_of_line_has_a_word_in_both_languages() -> None:
    taught = {"feit", "aanname", "duiding", "actie", "communicatie", "externe_melding", "privacytoets", "evaluatie"}
    assert taught | {"correctie", "kennisvraag"} == set(LINE_KINDS.values())
