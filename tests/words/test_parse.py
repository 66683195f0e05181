"""What is typed at night: exact words run, mistyped words are asked about, talk is left alone, and no alarm is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import RoleId
from bot.words.arguments import fit_argument
from bot.words.folding import fold
from bot.words.grammar import BY_NAME, LINE_KINDS, ROLE_WORDS, VERBS, Where
from bot.words.parse import Chat, Heard, NotUnderstood, Said, clean, parse

RESTS = (
    "",
    " 3",
    " tekst",
    " 3 tekst",
    " cyber",
    " @jansen",
    " 03:10",
    " cyber tot 08:00",
    " @jansen op cyber tot 08:00",
    " 3 klopt",
    " 3 antwoord ja",
    " 3 bron politie",
    " beeldvorming +",
    " B7",
    " B7 4",
    " 3 @jansen",
    " @jansen",
    " liaison @jansen",
    " voorzitter",
)
CYBER, CTER, OM = RoleId("expert_cyber"), RoleId("expert_cter"), RoleId("om")

SAID: tuple[tuple[str, Where, Heard], ...] = (
    ("alarm Waterbrug: op TikTok oproep", "direct", Said("alarm", "Waterbrug: op TikTok oproep")),
    ("Alarm: Waterbrug rellen", "alarm", Said("alarm", "Waterbrug rellen")),
    ("!ALARM", "alarm", Said("alarm")),
    ("alert Waterbrug: riot", "direct", Said("alarm", "Waterbrug: riot")),
    ("nu!", "direct", Said("now")),
    ("besluit B7", "incident", Said("show_point", "B7")),
    ("besluit b 7", "direct", Said("show_point", "B7")),
    ("besluit B7 4", "incident", Said("take_point", "B7", 4)),
    ("Besluit: B12 2 spoed, rond het plein", "incident", Said("take_point", "B12 spoed, rond het plein", 2)),
    ("decision B1 3 mandate", "direct", Said("take_point", "B1 mandate", 3)),
    ("besluit burgemeester belt", "incident", Said("decision", "burgemeester belt")),
    ("besluit 3", "incident", Said("show_decision", number=3)),
    ("herzie 3 5", "incident", Said("revise", "5", 3)),
    ("herzien 3 za 20:00", "incident", Said("review", "za 20:00", 3)),
    ("redenen 3", "direct", Said("reasons", number=3)),
    ("domein CTER en cyber", "direct", Said("domain", roles=(CTER, CYBER))),
    ("domain care + undermining", "alarm", Said("domain", roles=(RoleId("expert_zorg"), RoleId("expert_ondermijning")))),
    ("zelfde", "direct", Said("same")),
    ("1", "direct", Said("yes")),
    ("1️⃣", "direct", Said("yes")),
    ("👍🏽", "direct", Said("yes")),
    ("Ja, ik kom eraan", "direct", Said("yes")),
    ("ok", "direct", Said("yes")),
    ("ja over 20 min", "direct", Said("eta", minutes=20)),
    ("1 2026-014", "direct", Said("yes", incident="2026-014")),
    ("0", "direct", Said("no")),
    ("❌", "direct", Said("no")),
    ("Nee sorry, ziek", "direct", Said("no")),
    ("kan niet komen", "direct", Said("no")),
    ("ik kan niet", "direct", Said("no")),
    ("sorry ik kan niet komen vannacht", "direct", Said("no")),
    ("I can’t", "direct", Said("no")),
    ("15", "direct", Said("eta", minutes=15)),
    ("over 15 min.", "direct", Said("eta", minutes=15)),
    ("15 2026-014", "direct", Said("eta", minutes=15, incident="2026-014")),
    ("kwartiertje", "direct", Said("eta", minutes=15)),
    ("over een half uur", "direct", Said("eta", minutes=30)),
    ("ik ben er over 10 minuten", "direct", Said("eta", minutes=10)),
    ("neem over", "incident", Said("take_over")),
    ("neem over cyber", "direct", Said("take_over", roles=(CYBER,))),
    ("status", "incident", Said("status")),
    ("wie heeft dienst?", "incident", Said("who")),
    ("wie cyber?", "incident", Said("who", roles=(CYBER,))),
    ("wie cyber zaterdag 23:00", "alarm", Said("who", "zaterdag 23:00", roles=(CYBER,))),
    ("wie is er?", "direct", Said("who")),
    ("rooster", "direct", Said("roster")),
    ("rooster cyber", "management", Said("roster", roles=(CYBER,))),
    ("rooster herstel 12", "direct", Said("undo_roster", number=12)),
    ("herstel rooster", "direct", Said("undo_roster")),
    ("ik neem cyber over tot 08:00", "incident", Said("stand_in", "over tot 08:00", roles=(CYBER,))),
    ("Neem over: cyber tot 08:00", "direct", Said("stand_in", "tot 08:00", roles=(CYBER,))),
    ("I take cyber until 8am", "direct", Said("stand_in", "until 8am", roles=(CYBER,))),
    ("ik neem cyber reserve over tot 08:00", "direct", Said("stand_in", "reserve over tot 08:00", roles=(CYBER,))),
    ("ik neem cybre over tot 08:00", "direct", Said("stand_in", "cybre over tot 08:00")),
    ("ik neem cyber over", "incident", Said("take_over", roles=(CYBER,))),
    ("ruil cyber za 22:00–zo 08:00 met @devries", "direct", Said("swap", "za 22:00–zo 08:00 met @devries", roles=(CYBER,))),
    ("ruil ja 3", "direct", Said("swap_yes", number=3)),
    ("afwezig 3 dec–10 dec", "direct", Said("absent", "3 dec–10 dec")),
    ("zet @jansen op cyber tot 08:00", "management", Said("assign", "@jansen op cyber tot 08:00")),
    ("klaar", "incident", Said("done")),
    ("Klaar 2", "incident", Said("done", number=2)),
    ("klaar stap 2: driehoek gebeld", "incident", Said("done", "driehoek gebeld", 2)),
    ("klaar 999999999999", "incident", Said("done", "", 999_999_999)),
    ("klaar stap 12345", "incident", Said("done", "", 12_345)),
    ("klaar: 999999999999", "incident", Said("done", "999999999999")),
    ("klaar: driehoek gebeld", "incident", Said("done", "driehoek gebeld")),
    ("nvt geen minderjarigen", "incident", Said("skip", "geen minderjarigen")),
    ("n.v.t. 4 geen minderjarigen", "incident", Said("skip", "geen minderjarigen", 4)),
    ("na 4 no minors", "incident", Said("skip", "no minors", 4)),
    ("ik", "incident", Said("claim")),
    ("ik 3", "incident", Said("claim", number=3)),
    ("herstel stap 3", "incident", Said("undo_step", number=3)),
    ("stappen", "closed", Said("steps")),
    ("besluit Burgemeester roept op", "incident", Said("decision", "Burgemeester roept op")),
    ("BESLUIT: Burgemeester\nroept op", "incident", Said("decision", "Burgemeester\nroept op")),
    ("besluit 3", "incident", Said("show_decision", number=3)),
    ("besluit 3 wegen dicht", "incident", Said("decision", "3 wegen dicht")),
    ("besluit 21:00 opschalen", "incident", Said("decision", "21:00 opschalen")),
    ("besluiten", "incident", Said("decisions")),
    ("klopt 3", "incident", Said("confirm", number=3)),
    ("reden te veel onrust", "incident", Said("reason", "te veel onrust")),
    ("reden 2 te veel onrust", "incident", Said("reason", "te veel onrust", 2)),
    ("reden: 2 meldingen", "incident", Said("reason", "2 meldingen")),
    ("wijzig 3: niet vandaag", "incident", Said("change", "niet vandaag", 3)),
    ("trek in 3", "incident", Said("withdraw", number=3)),
    ("feit drie bussen", "incident", Said("fact", "drie bussen")),
    ("aanname – het dooft", "incident", Said("assumption", "– het dooft")),
    ("externe melding bij ACM", "incident", Said("external", "bij ACM")),
    ("sitrap Beeld: rustig", "incident", Said("sitrep", "Beeld: rustig")),
    ("sitrap geen wijziging", "incident", Said("sitrep_same")),
    ("sitrap geen wijziging in het centrum", "incident", Said("sitrep", "geen wijziging in het centrum")),
    ("sitrap later 20", "incident", Said("sitrep_later", minutes=20)),
    ("sitrep stop", "incident", Said("sitrep_stop")),
    ("stand om 3.10", "incident", Said("state_at", "03:10")),
    ("state at 22-11 03:10", "closed", Said("state_at", "22-11 03:10")),
    ("logboek 30", "incident", Said("log", number=30)),
    ("roep om", "incident", Said("page", roles=(OM,))),
    ("roep op: politie", "incident", Said("page", roles=(RoleId("politie"),))),
    ("draaiboek pb3", "incident", Said("playbook", "PB03")),
    ("sluit", "incident", Said("close")),
    ("sluit ja", "incident", Said("close_yes")),
    ("close no", "incident", Said("close_no")),
    ("heropen", "closed", Said("reopen")),
    ("export", "incident", Said("export")),
    ("export 2026-014", "direct", Said("export", incident="2026-014")),
    ("herlaad", "management", Said("reload")),
    ("help", "alarm", Said("help")),
    ("help besluit", "incident", Said("help", "decision")),
    ("hlp", "direct", Said("help")),
    ("?", "direct", Said("help")),
    ("Méér…", "direct", Said("more")),
    ("\u202ebesluit\u200b weg blijven", "incident", Said("decision", "weg blijven")),
    ("**besluit** weg blijven", "incident", Said("decision", "weg blijven")),
)  # fmt: skip

TALK: tuple[tuple[str, Where], ...] = (
    ("ik denk dat het rustig wordt", "incident"),
    ("Wie heeft er een oplader?", "incident"),
    ("status van de brug is onbekend", "incident"),
    ("na de persconferentie bellen we", "incident"),
    ("klaar voor vandaag, mensen", "incident"),
    ("klopt", "incident"),
    ("roep om hulp kwam van het plein", "incident"),
    ("call me later", "incident"),
    ("ja", "incident"),
    ("1", "incident"),
    ("nu", "incident"),
    ("stop daarmee", "incident"),
    ("sluit de deuren even", "incident"),
    ("stand van zaken graag", "incident"),
    ("goedemorgen allemaal", "incident"),
    ("goedemorgen allemaal", "alarm"),
    ("besluitvorming is aan de driehoek", "incident"),
    ("", "incident"),
    ("👍", "incident"),
    ("wie is er", "incident"),
    ("wie komt er eten", "alarm"),
    ("ik neem het over", "incident"),
    ("ik neem contact op met de burgemeester tot 9 uur", "incident"),
    ("neem cyber mee in het overleg", "incident"),
    ("ik neem cybre over tot 08:00", "incident"),
    ("afwezig vandaag: de burgemeester", "incident"),
    ("zet de koffie op", "incident"),
    ("ruil even van plek", "incident"),
    ("feitelijk klopt dat", "management"),
)


@pytest.mark.parametrize(("text", "place", "heard"), SAID)
def test_words_of_the_grammar_run(text: str, place: Where, heard: Heard) -> None:
    assert parse(clean(text), place) == heard


@pytest.mark.parametrize(("text", "place"), TALK)
def test_people_talking_are_left_alone(text: str, place: Where) -> None:
    assert parse(clean(text), place) == Chat()


@pytest.mark.parametrize(
    ("text", "place", "suggestion", "meant"),
    [
        ("besluitt wegblijven", "direct", "besluit", Said("decision", "wegblijven")),
        ("besluitt wegblijven", "incident", "besluit", Said("decision", "wegblijven")),
        ("overdragt", "direct", "neem over", Said("take_over")),
        ("alram Waterbrug: rellen", "direct", "alarm", Said("alarm", "Waterbrug: rellen")),
        ("alram Waterbrug: rellen", "alarm", "alarm", Said("alarm", "Waterbrug: rellen")),
        ("sitrpa rustig", "direct", "sitrap", Said("sitrep", "rustig")),
        ("stapen", "direct", "stappen", Said("steps")),
        ("besliut", "direct", "besluit", None),
        ("melding in Waterbrug", "direct", "alarm", Said("alarm", "in Waterbrug")),
        ("oproepen", "direct", "roep", None),
        ("sluti", "direct", "sluit", None),
        ("exprot", "direct", "export", None),
        ("herlaadt", "management", None, None),
        ("!herlaadt", "management", "herlaad", None),
        ("stopp", "direct", "stop", None),
    ],
)
def test_a_mistyped_word_is_asked_about(text: str, place: Where, suggestion: str | None, meant: Said | None) -> None:
    heard = parse(text, place)
    if suggestion is None:
        assert heard == Chat()
    else:
        assert isinstance(heard, NotUnderstood)
        assert (heard.suggestion, heard.meant) == (suggestion, meant)


def test_what_costs_much_never_runs_on_a_guess() -> None:
    for name in ("close", "export", "stop", "reload", "close_yes"):
        assert not BY_NAME[name].fuzzy


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ja maar ik kan niet", "yes_or_no"),
        ("nee hoor ik kom", "yes_or_no"),
        ("besluit", "argument"),
        ("roep de brandweer", "argument"),
        ("9999", "number"),
        ("blub", "word"),
        ("Er staan veertig jongeren bij het station", "sentence"),
        ("nu staan er veertig jongeren bij het station", "sentence"),
        ("ik zie een oproep tot rellen", "sentence"),
        ("groep jongeren met messen bij het station", "sentence"),
        ("help er wordt geschoten", "sentence"),
        ("feest bij het station loopt uit de hand", "sentence"),
        ("besluitt de burgemeester roept op weg te blijven", "word"),
        ("help ondermijning", "argument"),
    ],
)
def test_why_it_was_not_understood(text: str, why: str) -> None:
    heard = parse(text, "direct")
    assert isinstance(heard, NotUnderstood)
    assert heard.why == why


def test_a_sentence_without_a_verb_is_offered_as_an_alarm_in_full() -> None:
    heard = parse("Er staan veertig jongeren bij het station", "direct")
    assert isinstance(heard, NotUnderstood)
    assert heard.meant == Said("alarm", "Er staan veertig jongeren bij het station")


def test_a_word_of_elsewhere_is_explained_where_it_could_be_a_lost_alarm() -> None:
    heard = parse("alarm Polderdam: rellen", "incident")
    assert isinstance(heard, NotUnderstood)
    assert heard.why == "place"


def test_an_empty_decision_in_the_room_is_asked_for() -> None:
    assert parse("besluit", "incident") == NotUnderstood("besluit", why="argument", verb="decision")


def test_commands_in_a_closed_incident_are_still_heard() -> None:
    assert parse("besluit toch niet", "closed") == Said("decision", "toch niet")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("> <@a:iog.example> wat nu?\n> tweede regel\n\nklaar 2", "klaar 2"),
        ("> * <@a:iog.example> zwaait\n\nja", "ja"),
        ("* besluit toch wel", "besluit toch wel"),
        ("> gewoon een citaat\nklaar", "> gewoon een citaat\nklaar"),
        ("al\x00arm\u0007 x\r\ny", "alarm x\ny"),
    ],
)
def test_only_what_the_person_added_is_read(body: str, words: str) -> None:
    assert clean(body) == words


def test_every_word_of_the_grammar_leads_to_its_verb() -> None:
    for verb in VERBS:
        for word in verb.words:
            heard = [parse(f"{word}{rest}", "direct") for rest in RESTS]
            assert any(isinstance(h, Said) and h.verb == verb.name for h in heard), (verb.name, word)


def test_every_role_and_kind_of_line_has_a_word() -> None:
    for role, (dutch, english) in ROLE_WORDS.items():
        for word in (*dutch, *english):
            assert parse(f"roep {word}", "direct") == Said("page", roles=(role,))
    assert set(LINE_KINDS) <= set(BY_NAME)


@given(st.text(max_size=200), st.sampled_from(("direct", "alarm", "incident", "closed", "management")))
def test_any_text_is_read_without_a_crash(text: str, place: Where) -> None:
    heard = parse(clean(text), place)
    assert isinstance(heard, Said | NotUnderstood | Chat)
    if place == "direct" and clean(text).strip():
        assert not isinstance(heard, Chat)


def test_a_message_of_64_kib_is_carried_whole() -> None:
    long = "x" * 65_000
    assert parse(f"besluit {long}", "incident") == Said("decision", long)
    assert isinstance(parse("é" * 65_000, "direct"), NotUnderstood)


@given(st.text(max_size=60), st.text(max_size=60))
def test_folding_keeps_the_way_back(left: str, right: str) -> None:
    folded = fold(left + "|" + right)
    if "|" in folded.text and "|" not in left:
        assert folded.after(folded.text.index("|") + 1).original.endswith(right[-1:])


@pytest.mark.parametrize(
    ("said", "moment"), [("24:00", None), ("23u59", "23:59"), ("32-1 10:00", None), ("1-2 3:04", "01-02 03:04")]
)
def test_moments(said: str, moment: str | None) -> None:
    fitted = fit_argument("moment", fold(said), colon=False)
    assert (fitted and fitted.text) == moment
