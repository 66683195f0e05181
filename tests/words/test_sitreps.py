"""Situation reports, how it stood, the timeline and catching up, told from busy nights: complete, apart, and within a screen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import catching_up
from bot.domain import commands as c
from bot.domain import messages as m
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Incident, evolve
from bot.domain.people import Language
from bot.domain.playbook import LineKind
from bot.domain.sitreps import PARTS
from bot.words import replies, sitrep_draft, sitrep_words, story_words
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES, MOST_CHARACTERS, MOST_LINES
from bot.words.grammar import CHAPTERS
from bot.words.parse import Chat, Heard, Said, parse
from bot.words.render import render
from bot.words.replies import Told
from tests.builders import Case, by

CATALOGUE = load()
LEAD, REPORTER = by("coordinator1"), by("bakker")
KINDS: tuple[LineKind, ...] = (
    "feit", "aanname", "duiding", "besluit", "actie", "communicatie", "externe_melding", "privacytoets", "evaluatie",
    "correctie", "kennisvraag", "bericht",
)  # fmt: skip


def busy(times: int = 1) -> Case:
    """Every kind of line, so many times over, with decisions, actions, steps and people who could not be reached."""
    case = Case()
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    case.declines("om1")
    case.do(c.FinishStep(by=REPORTER))
    for n in range(times):
        for kind in KINDS:
            case.after(seconds=10).do(c.RecordLine(kind=kind, text=f"wat wij weten van {kind} nummer {n}", by=LEAD))
        case.do(c.RecordDecision(text=f"wij doen dit op plaats {n}", by=REPORTER))
        case.do(c.GiveAction(text=f"bel nummer {n}", due=case.world.now + timedelta(hours=1), by=REPORTER))
    case.do(c.TakeDecision(point="B1", option=1, by=LEAD))
    return case


def parts_of(case: Case, own: dict[str, str] | None = None, lang: Language = "nl") -> m.Details:
    incident, now = case.incident, case.world.now
    room = sitrep_draft.room_for(CATALOGUE, lang, incident, now, 0)
    return sitrep_draft.parts(CATALOGUE, incident, now, own or {}, room)


def draft_of(case: Case, own: dict[str, str] | None = None, lang: Language = "nl") -> tuple[str, ...]:
    return sitrep_draft.draft(CATALOGUE, lang, case.incident, parts_of(case, own, lang), case.world.now)


def told(case: Case) -> list[Told]:
    incident = Incident(case.incident.id)
    found = []
    for seq, (entry, at) in enumerate(case.told):
        incident = evolve(incident, entry, at)
        found.append(Told(seq, entry, incident, at))
    return found


# --- the draft ------------------------------------------------------------------------------------------------------------


def test_a_draft_says_nothing_of_the_closed_circle() -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    case.do(c.FormCircle(persons=(PersonId("cter1"),), reason="eigen mensen", by=REPORTER))
    before = draft_of(case)
    inside = replace(REPORTER, room="closed_circle", confidentiality="vertrouwelijk")
    case.do(c.RecordLine(kind="externe_melding", text="gemeld", recipient="Snapchat", by=inside))
    case.do(c.RecordLine(kind="aanname", text="het is er een van ons", by=inside))
    case.do(c.RecordDecision(text="wij zwijgen hierover", by=inside))
    assert draft_of(case) == before


def test_a_draft_has_twelve_parts_with_the_numbers_of_lines() -> None:
    lines = draft_of(busy())
    assert [line.split(" ", 1)[0] for line in lines[1:13]] == [str(n) for n in range(1, 13)]
    text = dict(parts_of(busy()))
    assert "op TikTok oproep" in text["wat"]
    assert "wat wij weten van feit nummer 0 (regel 1)" in text["fysiek"]
    assert "Aanname, niet nagegaan: wat wij weten van aanname nummer 0 (regel 2)" in text["duiding"]
    assert "Duiding: wat wij weten van duiding nummer 0 (regel 3)" in text["duiding"]
    assert "besluit 1: wij doen dit op plaats 0" in text["besluiten"]
    assert "(redenen volgen)" in text["besluiten"]
    assert "actie 1: bel nummer 0, Bakker, klaar" in text["acties"]
    assert "stappen 2/6, nu open: " in text["acties"]
    assert "bezet: coördinator" in text["capaciteit"]
    assert "nog geen antwoord op melding 7" in text["onzeker"]
    assert "volgende sitrap zo 22-11" in text["overleg"]


def test_a_draft_of_an_empty_night_says_where_nothing_is_known() -> None:
    case = Case()
    case.alarm("")
    lines = draft_of(case)
    assert "5 Beeld op straat: –" in lines
    assert "7 Besluiten: –" in lines
    assert len(lines) == 15


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("times", [1, 3, 12])
def test_a_draft_of_any_night_fits_one_screen_and_loses_no_number(lang: Language, times: int) -> None:
    case = busy(times)
    pages = replies.pages(CATALOGUE, lang, draft_of(case, lang=lang))
    assert len(pages) == 1
    assert len(pages[0]) <= ANSWER_LINES
    assert len("\n".join(pages[0])) <= ANSWER_CHARACTERS
    if times == 3:
        facts = dict(parts_of(case))["fysiek"]
        assert "; ook regel " in facts
        assert all(f" {n}" in facts for n in (1, 13, 25))


def test_what_people_put_in_words_themselves_is_never_cut() -> None:
    own = "w" * 300
    case = busy(12)
    text = dict(parts_of(case, {"fysiek": own, "onzeker": own}))
    assert text["fysiek"] == text["onzeker"] == own
    assert len(replies.pages(CATALOGUE, "nl", draft_of(case, {"fysiek": own, "onzeker": own}))) == 1
    everything = {str(part): own for part in PARTS}
    pages = replies.pages(CATALOGUE, "nl", draft_of(case, everything))
    assert sum(page.count("x") for page in pages) == 0
    assert "".join("".join(page) for page in pages).count("w") >= 300 * len(PARTS)


def test_what_people_said_in_the_last_report_holds_as_long_as_the_log_says_nothing_else() -> None:
    case = alarmed()
    own = {"fysiek": "rustig", "communicatie": "wij volgen het", "waar_wanneer": "station, 40 mensen"}
    for follows in (0, 1):
        parts = parts_of(case, own if follows == 0 else None)
        case.do(c.RecordSitrep(text="", parts=parts, follows=follows, drafted_at=case.world.now, by=LEAD))
    case.do(c.RecordLine(kind="feit", text="het wordt drukker", by=LEAD))
    told = dict(parts_of(case))
    assert told["communicatie"] == "wij volgen het (uit sitrap 1)"
    assert told["waar_wanneer"] == "station, 40 mensen (uit sitrap 1)"
    assert told["fysiek"] == "het wordt drukker (regel 1)"
    quiet = alarmed()
    quiet.do(c.RecordSitrep(text="", parts=parts_of(quiet), follows=0, drafted_at=quiet.world.now, by=LEAD))
    assert "(uit sitrap" not in "".join(text for _, text in parts_of(quiet))


def test_the_mark_of_an_exercise_has_its_room() -> None:
    case = busy(12)
    where: dict[str, Any] = {"to": m.To("room", "main"), "number": "2026-014", "exercise": True}
    mark = len("🎓 OEFENING · ")
    room = sitrep_draft.room_for(CATALOGUE, "nl", case.incident, case.world.now, mark)
    told_parts = sitrep_draft.parts(CATALOGUE, case.incident, case.world.now, {}, room)
    lines = sitrep_draft.draft(CATALOGUE, "nl", case.incident, told_parts, case.world.now)
    draft = m.SitrepDraft(
        lines=lines, asked=PersonId("bakker"), parts=told_parts, follows=0, drafted_at=case.world.now, **where
    )
    shown = render(draft, CATALOGUE, lambda person: None)
    assert shown.body.startswith("🎓 OEFENING")
    assert shown.body.split("\n")[-1] == lines[-1]
    assert len(shown.body) <= ANSWER_CHARACTERS


def test_nothing_confidential_or_personal_stands_in_a_draft() -> None:
    case = busy()
    case.do(c.QualifyLine(line=1, confidentiality="vertrouwelijk", by=LEAD))
    case.do(c.RecordLine(kind="feit", text="dhr. Pietersen is de beheerder", by=LEAD))
    text = "\n".join(draft_of(case))
    assert "Pietersen" not in text
    assert "van feit nummer 0" not in text
    assert "regel 1, niet voor iedereen" in text


def test_what_became_of_an_assumption_and_a_question_is_said() -> None:
    case = busy()
    case.do(c.SettleAssumption(line=2, outcome="refuted", by=LEAD))
    case.do(c.AnswerQuestion(line=11, text="de school aan de kade", by=LEAD))
    case.do(c.AnswerNotice(line=7, text="ze kijken ernaar", by=LEAD))
    text = dict(parts_of(case))
    assert "Aanname die niet klopt: wat wij weten van aanname" in text["duiding"]
    assert "antwoord: de school aan de kade" in text["onzeker"]
    assert "antwoord: ze kijken ernaar" in text["online"]
    assert "nog geen antwoord" not in text["onzeker"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text(max_size=900)), max_size=12))
def test_any_words_in_the_log_make_a_draft_that_fits(lines: list[tuple[LineKind, str]]) -> None:
    case = busy()
    for kind, text in lines:
        if text.strip():
            case.do(c.RecordLine(kind=kind, text=text, by=LEAD))
    parts = parts_of(case)
    assert "\n" not in "".join(text for _, text in parts)
    pages = replies.pages(CATALOGUE, "nl", draft_of(case))
    assert len(pages) == 1
    case.do(c.RecordSitrep(text="", parts=parts, follows=0, drafted_at=case.world.now, by=LEAD))
    assert [part for part, _ in parts] == list(case.incident.reports[0].parts)


def test_a_line_whose_message_was_changed_or_removed_says_so() -> None:
    case = alarmed()
    for event in ("$a", "$b"):
        quoted = c.RecordLine(
            kind="feit", text=f"gezien {event}", source=EventId(event), author=PersonId("cter1"), by=LEAD
        )
        case.do(quoted)
    case.do(c.EditSource(source=EventId("$a"), text="gehoord", by=by("cter1")))
    case.do(c.RemoveSource(source=EventId("$b"), by=by("cter1")))
    told = dict(parts_of(case))["fysiek"]
    assert "gezien $a (regel 1), in de chat later gewijzigd" in told
    assert "gezien $b (regel 2), in de chat later verwijderd" in told
    assert "later gewijzigd" in "\n".join(story_words.state(CATALOGUE, "nl", case.incident, case.world.now))


# --- one report ---------------------------------------------------------------------------------------------------------


def confirmed(case: Case) -> Case:
    case.do(c.RecordSitrep(text="", parts=parts_of(case), follows=0, drafted_at=case.world.now, by=LEAD))
    return case


def test_a_report_is_shown_whole_and_one_without_change_shows_what_still_holds() -> None:
    case = confirmed(busy())
    lines = sitrep_words.whole(CATALOGUE, "nl", case.incident, None) or ()
    assert lines[0].startswith("📝 2026-014 · sitrap 1 · ")
    assert any(line.startswith("5 Beeld op straat: ") for line in lines)
    case.do(c.RecordSitrep(text="", unchanged=True, by=LEAD))
    again = sitrep_words.whole(CATALOGUE, "nl", case.incident, None) or ()
    assert again[1] == "Geen wijziging sinds sitrap 1:"
    assert again[2:] == lines[1:]
    case.do(c.RecordSitrep(text="alles rustig", by=LEAD))
    assert sitrep_words.whole(CATALOGUE, "nl", case.incident, 3) is not None
    assert sitrep_words.whole(CATALOGUE, "nl", case.incident, 4) is None
    assert sitrep_words.whole(CATALOGUE, "nl", Case().incident, None) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_to_hand_over_it_is_a_block_for_each_theme_without_our_numbers(lang: Language) -> None:
    case = confirmed(busy())
    lines = sitrep_words.handed_over(CATALOGUE, lang, case.incident) or ()
    themes = [line for line in lines if line.isupper()]
    assert len(themes) == 6
    assert not any(line[0].isdigit() for line in lines)
    assert any("wat wij weten van communicatie" in line for line in lines)
    for page in replies.pages(CATALOGUE, lang, lines):
        assert len(page) <= ANSWER_LINES
        assert len("\n".join(page)) <= ANSWER_CHARACTERS


def test_free_words_are_handed_over_as_they_are_and_nothing_without_a_report() -> None:
    case = busy()
    assert sitrep_words.handed_over(CATALOGUE, "nl", case.incident) is None
    case.do(c.RecordSitrep(text="Beeld: rustig", by=LEAD))
    lines = sitrep_words.handed_over(CATALOGUE, "nl", case.incident) or ()
    assert lines[-2:] == ("BEELD", "Beeld: rustig")


# --- how it stood ---------------------------------------------------------------------------------------------------------


def moments(case: Case) -> Iterator[tuple[datetime, Incident]]:
    """Every moment at which something was recorded, and the incident as a prefix of the log tells it."""
    incident = Incident(case.incident.id)
    for n, (entry, at) in enumerate(case.told):
        incident = evolve(incident, entry, at)
        if n + 1 == len(case.told) or case.told[n + 1][1] > at:
            yield at, incident


def test_how_it_stood_knows_nothing_of_later_and_all_of_before() -> None:
    case = confirmed(busy(3))
    for at, incident in moments(case):
        text = "\n".join(story_words.state(CATALOGUE, "nl", incident, at))
        for line in case.incident.log_lines.values():
            assert (line.text in text) == (line.at <= at), line
        for decision in case.incident.decisions:
            assert (f"⚖️ {decision.number} " in text) == (decision.at <= at)


def test_how_it_stands_says_what_is_known_decided_and_open() -> None:
    case = confirmed(busy())
    lines = story_words.state(CATALOGUE, "nl", case.incident, case.world.now)
    text = "\n".join(lines)
    assert lines[0].startswith("📍 2026-014 · stand om zo 22-11")
    assert "fase beeld · gemeld zo 22-11 03:04 door Bakker" in lines[1]
    assert "· coördinator: ✅ Coordinator1 komt" in text
    assert "· Feit 1 (Coordinator1): wat wij weten van feit nummer 0" in text
    assert "Sitrap 1 (zo 22-11" in text
    assert "Kennisvraag 11 zonder antwoord" in text
    assert "Actie 1" in text
    assert text.index("Bekend:") < text.index("Besloten:") < text.index("Open:")


def test_a_decision_that_was_withdrawn_says_so_and_a_settled_assumption_too() -> None:
    case = busy()
    case.do(c.WithdrawDecision(decision=1, by=REPORTER))
    case.do(c.SettleAssumption(line=2, outcome="confirmed", by=LEAD))
    case.do(c.RecordLine(kind="correctie", text="toch niet", about=1, by=LEAD))
    text = "\n".join(story_words.state(CATALOGUE, "nl", case.incident, case.world.now))
    assert "(ingetrokken)" in text
    assert "aanname nummer 0 – klopt" in text
    assert "Correctie 13 op regel 1 (Coordinator1): toch niet" in text


# --- the timeline ---------------------------------------------------------------------------------------------------------


def test_a_timeline_is_in_order_with_the_newest_last_and_without_the_machinery() -> None:
    case = confirmed(busy())
    first, *lines = story_words.story(CATALOGUE, "nl", told(case))
    assert first == f"2026-014 · tijdlijn ({len(lines)})"
    assert "meldt in Waterbrug" in lines[0]
    assert "Sitrap 1 (Coordinator1)" in lines[-1]
    assert not any("opgeroepen" in line for line in lines[1:])


def test_a_timeline_can_be_the_last_few_or_one_chapter() -> None:
    case = confirmed(busy(2))
    few = story_words.story(CATALOGUE, "nl", told(case), count=3)
    assert few[0].startswith("2026-014 · tijdlijn (laatste 3 van ")
    assert len(few) == 4
    decided = story_words.story(CATALOGUE, "nl", told(case), "decisions")
    assert len(decided) == 1 + 3
    assert all("esluit" in line for line in decided[1:])
    facts = story_words.story(CATALOGUE, "nl", told(case), "facts")
    assert len(facts) == 1 + 2 * 3
    assert story_words.story(CATALOGUE, "en", told(alarmed()), "sitreps")[0].endswith("nothing about that yet.")


def alarmed() -> Case:
    case = Case()
    case.alarm()
    return case


@pytest.mark.parametrize("chapter", sorted(CHAPTERS))
def test_every_chapter_tells_something_of_a_busy_night(chapter: str) -> None:
    assert story_words.told_of(told(confirmed(busy())), chapter)


# --- what people type -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("sitrap", Said("sitrep_draft")),
        ("Sitrep.", Said("sitrep_draft")),
        ("sitrap 5 rustig bij station", Said("sitrep_part", "rustig bij station", 5)),
        ("sitrap 12: 04:30 driehoek", Said("sitrep_part", "04:30 driehoek", 12)),
        ("sitrap 5", Said("sitrep_part", "", 5)),
        ("sitrap: 5 bussen jongeren", Said("sitrep", "5 bussen jongeren")),
        ("sitrap 40 jongeren bij het station", Said("sitrep", "40 jongeren bij het station")),
        ("sitrap 21:00 rustig", Said("sitrep", "21:00 rustig")),
        ("sitrap rustig", Said("sitrep", "rustig")),
        ("sitrap ja", Said("sitrep_yes")),
        ("sitrep yes", Said("sitrep_yes")),
        ("sitrap ja hoor, het is rustig", Said("sitrep", "ja hoor, het is rustig")),
        ("sitrap lcms", Said("sitrep_lcms")),
        ("toon sitrap", Said("show_sitrep")),
        ("toon sitrap 2", Said("show_sitrep", number=2)),
        ("sitrap later", Said("sitrep_later")),
        ("stand", Said("state_at")),
        ("stand om 03:10", Said("state_at", "03:10")),
        ("tijdlijn", Said("timeline")),
        ("tijdlijn 20", Said("timeline", number=20)),
        ("tijdlijn besluiten", Said("timeline", "decisions")),
        ("timeline facts 5", Said("timeline", "facts", 5)),
        ("tijdlijn 2026-014", Said("timeline", incident="2026-014")),
        ("bijpraten", Said("catch_up")),
        ("praat me bij", Said("catch_up")),
        ("tijdlijn van gisteren is zoek", Chat()),
        ("tijdlijn 20 30", Chat()),
        ("bijpraten doen we straks", Chat()),
    ],
)
def test_the_words_are_understood_in_the_room(text: str, heard: Heard) -> None:
    assert parse(text, "incident") == heard


# --- catching up ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("night", [busy(1), confirmed(busy(12)), alarmed()])
def test_catching_up_is_six_lines_that_say_how_to_read_on(night: Case, lang: Language) -> None:
    where = {
        "to": m.To("person", "cter1"),
        "lang": lang,
        "number": night.incident.number,
        "mention": (PersonId("cter1"),),
    }
    shown = render(catching_up.told(night.incident, **where), CATALOGUE, lambda person: None)
    assert len(shown.body.split("\n")) == MOST_LINES
    assert len(shown.body) <= MOST_CHARACTERS
    assert ("stand" if lang == "nl" else "state") in shown.body.split("\n")[-1]
    assert shown.msgtype == "m.notice"


# --- what may hold personal data ----------------------------------------------------------------------------------------


def flagged() -> Case:
    """Everything in which a report might name somebody: the alarm, a line, an answer, a decision, and an action."""
    case = Case()
    case.alarm("Waterbrug rellen: dhr. Jansma roept op om te rellen bij station")
    case.opens_room()
    case.answers("coordinator1")
    case.do(c.RecordLine(kind="feit", text="dhr. Jansma staat bij het station", by=LEAD))
    case.do(c.RecordLine(kind="kennisvraag", text="wie riep er op", by=LEAD))
    case.do(c.AnswerQuestion(line=2, text="dhr. Jansma", by=LEAD))
    case.do(c.RecordDecision(text="we bellen dhr. Jansma", by=LEAD))
    case.do(c.GiveAction(text="bel dhr. Jansma", by=LEAD))
    return case


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_names_by_number_what_may_hold_personal_data(lang: Language) -> None:
    case = flagged()
    case.incident = replace(case.incident, language=lang)
    text = "\n".join(draft_of(case, lang=lang))
    assert "Jansma" not in text
    names = {
        "nl": ("regel 1", "besluit 1", "actie 1", "de tekst van het alarm"),
        "en": ("line 1", "decision 1", "action 1", "the text of the alarm"),
    }
    for name in names[lang]:
        assert CATALOGUE.text(lang, "sitrep.kept_back", name=name) in text
    answer = CATALOGUE.text(lang, "kept_back.text")
    assert CATALOGUE.text(lang, "sitrep.answered", text="wie riep er op", answer=answer) in text


def test_a_draft_tells_it_again_once_it_is_said_without() -> None:
    case = flagged()
    case.do(c.ChangeDecision(decision=1, text="we bellen de eigenaar", by=LEAD))
    case.do(c.AnswerQuestion(line=2, text="een leerling", by=LEAD))
    text = "\n".join(draft_of(case))
    assert "besluit 1: we bellen de eigenaar" in text
    assert "antwoord: een leerling" in text
    assert "Jansma" not in text


def test_what_was_answered_stays_out_of_a_draft_when_the_question_is_put_otherwise() -> None:
    case = flagged()
    case.do(c.ReplaceLine(line=2, text="welke leerling", by=LEAD))
    text = "\n".join(draft_of(case))
    assert "welke leerling" in text
    assert "Jansma" not in text


def test_a_report_that_may_hold_personal_data_is_not_carried_on_to_the_next() -> None:
    case = flagged()
    case.do(c.RecordSitrep(text="", parts=(("fysiek", "rustig"), ("communicatie", "dhr. Jansma is gebeld")), by=LEAD))
    assert "Jansma" not in "\n".join(draft_of(case))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_catching_up_and_how_it_stands_leave_out_what_may_hold_personal_data(lang: Language) -> None:
    case = flagged()
    case.do(c.RecordSitrep(text="dhr. Jansma is weg", by=LEAD))
    hidden = CATALOGUE.template(lang, "kept_back.text")
    stands = "\n".join(story_words.state(CATALOGUE, lang, case.incident, case.world.now))
    assert "Jansma" not in stands
    assert stands.count(hidden) == 5
    where: Any = {"to": m.To("person", "coordinator1"), "lang": lang, "number": "2026-014"}
    said = catching_up.told(case.incident, **where)
    assert "Jansma" not in repr(said)
    assert render(said, CATALOGUE, lambda person: None).body.count(hidden) == 3


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_handed_over_and_the_status_leave_personal_data_out(lang: Language) -> None:
    number, case = "06" + "00000003", Case()
    case.do(c.RaiseAlarm(text=f"Waterbrug rellen: dhr. Jansen {number} roept op", by=REPORTER))
    case.opens_room()
    case.do(c.RecordSitrep(text=f"dhr. Jansen {number} gezien", by=LEAD))
    pasted = "\n".join(sitrep_words.handed_over(CATALOGUE, lang, case.incident) or ())
    told = "\n".join(replies.status(CATALOGUE, lang, case.incident))
    for text in (pasted, told):
        assert "Jansen" not in text
        assert number not in text
    assert "[…]" in pasted
