"""Answers and the timeline, told from one night that the rules themselves made."""

from dataclasses import fields, replace
from datetime import datetime
from typing import get_args, get_type_hints

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.domain.ids import EventId, MunicipalityId, PageId, PersonId, RoleId, RoomId, StepId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Origin
from bot.domain.people import Duty
from bot.domain.personal_data import PersonalData
from bot.domain.playbook import Cause
from bot.words import decision_words, replies, timeline
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES
from bot.words.parse import NotUnderstood, parse
from bot.words.replies import Told
from tests.builders import NIGHT, RIOT, Case, by

CATALOGUE = load()


@pytest.fixture(scope="module")
def night() -> Case:
    case = Case()
    case.alarm()
    case.after(seconds=40).tick()
    case.after(seconds=20).answers("cyber1", eta=15)
    case.declines("cter1")
    case.opens_room()
    case.after(minutes=3).do(c.FinishStep(step=StepId("BA01"), remark="112 gebeld", by=by("bakker")))
    case.do(c.RecordLine(kind="feit", text="Drie bussen bij het station", by=by("bakker")))
    case.do(c.RecordDecision(text="Burgemeester vraagt om weg te blijven", by=by("bakker")))
    case.do(c.ExplainDecision(reason="Te veel onrust", by=by("bakker")))
    case.after(minutes=30).do(c.RecordSitrep(text="Beeld: rustig", by=by("bakker")))
    return case


def told(case: Case) -> list[Told]:
    incident = Incident(case.incident.id)
    found = []
    for seq, (entry, at) in enumerate(case.told):
        incident = evolve(incident, entry, at)
        found.append(Told(seq, entry, incident, at))
    return found


def test_status_says_who_comes_what_was_decided_and_what_is_next(night: Case) -> None:
    lines = replies.status(CATALOGUE, "nl", night.incident)
    assert lines[0].startswith("📍 2026-014 · Waterbrug · ")
    assert "cyber: ✅ Cyber1 komt over 15 min" in lines
    assert any(line.startswith("CTER: 📞 Cter2 opgeroepen") for line in lines)
    assert any("besluiten 1 · sitrap 1" in line for line in lines)
    assert any(line.startswith("Laatste besluit 1") for line in lines)
    assert replies.status(CATALOGUE, "en", None) == ("There is no open incident.",)


def test_steps_stand_one_on_a_line(night: Case) -> None:
    first, *lines = replies.steps(CATALOGUE, "nl", night.incident)
    assert first == f"2026-014 · stappen 1/{len(night.incident.steps)}"
    assert len(lines) == len(night.incident.steps)
    assert lines[0].startswith("☑ 1 Doe BA01. — gedaan, Bakker")
    assert {line[0] for line in lines} <= {"☐", "☑", "⏭"}


def test_decisions_in_a_list_and_one_whole(night: Case) -> None:
    assert decision_words.all_of(CATALOGUE, "nl", night.incident)[1].endswith(
        "Bakker: Burgemeester vraagt om weg te blijven (compleet)"
    )
    whole = decision_words.whole(CATALOGUE, "nl", night.incident, 1)
    assert whole is not None
    assert "Waarom: Te veel onrust" in whole
    assert decision_words.whole(CATALOGUE, "nl", night.incident, 2) is None


def test_the_last_lines_of_the_log(night: Case) -> None:
    lines = replies.log(CATALOGUE, "nl", told(night), 3)
    assert len(lines) == 4
    assert lines[-1].startswith(f"#{len(night.told) - 1} ")
    assert "Sitrap 1 (Bakker)" in lines[-1]


def test_long_answers_come_in_pages_with_a_way_to_the_rest() -> None:
    pages = replies.pages(CATALOGUE, "nl", [*(f"regel {n} " + "x" * 90 for n in range(60)), "y" * 4_000])
    assert len(pages) > 3
    for page in pages:
        assert len(page) <= ANSWER_LINES
        assert len("\n".join(page)) <= ANSWER_CHARACTERS
    assert all(page[-1] == "Meer? Typ: meer" for page in pages[:-1])
    whole = "".join(line for page in pages for line in page if line != "Meer? Typ: meer")
    assert whole.count("regel ") == 60
    assert whole.count("y") == 4_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("besluitt weg", 'Bedoel je "besluit"?'),
        ("sluti", "Typ het zelf: sluit"),
        ("besluit", "Typ: besluit …"),
        ("blub", "Typ help"),
        ("ja maar ik kan niet", "Stuur 1 (ik kom) of 0 (kan niet)"),
        ("700", "getal van 2 tot 600"),
        ("Er staan veertig jongeren bij het station", "Is dit een alarm?"),
    ],
)
def test_the_question_back_says_what_to_do(text: str, words: str) -> None:
    heard = parse(text, "direct")
    assert isinstance(heard, NotUnderstood)
    assert words in "\n".join(replies.not_understood(CATALOGUE, "nl", heard))


def test_somebody_with_several_pages_chooses_by_number() -> None:
    pages = replies.choose_page(CATALOGUE, "nl", [("2026-014", "Waterbrug", (RoleId("expert_cyber"),))])
    assert pages[1] == "cyber · 2026-014 · Waterbrug"
    assert "1 2026-014" in pages[2]


# Ids are their own types to the checker only; to the program they are texts.
EXAMPLE: dict[object, object] = {
    str: "tekst", int: 3, bool: True, RoleId: RoleId("expert_cyber"), PersonId: PersonId("jansen"), PageId: PageId("p9"),
    StepId: StepId("BA09"), EventId: EventId("$e"), RoomId: RoomId("!k"), MunicipalityId: MunicipalityId("waterbrug"),
    datetime: NIGHT, datetime | None: NIGHT, PageId | None: None, RoleId | None: None,
    tuple[Cause, ...]: (Cause(decision=3, option="aannemelijk"), Cause(step=StepId("BA09"), outcome="nvt")),
    tuple[RoleId, ...]: (RoleId("om"),), tuple[PersonId, ...]: (PersonId("jansen"),),
    tuple[PersonalData, ...]: ("phone", "name"), tuple[StepId, ...]: (StepId("BA09"),), tuple[Duty, ...]: ("voorzitter",),
    tuple[str, ...]: ("wat",), tuple[int, ...]: (12,),
}  # fmt: skip


def example(kind: type[e.Entry], **change: object) -> e.Entry:
    """An entry with something in every field, so that no value is missing in its sentence."""
    hints = get_type_hints(kind)
    values: dict[str, object] = {"origin": Origin(actor=PersonId("bakker"))}
    for field in fields(kind):
        hint = hints[field.name]
        if field.name == "playbook":
            values[field.name] = RIOT
        elif field.name == "policy" or (field.name == "until" and hint != datetime):
            values[field.name] = None
        elif hint in EXAMPLE:
            values[field.name] = EXAMPLE[hint]
        elif field.name != "origin" and get_args(hint):
            values[field.name] = get_args(hint)[0] if isinstance(get_args(hint)[0], str) else None
    return kind(**(values | change))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", e.KINDS, ids=lambda kind: str(kind.__name__))
def test_every_kind_of_entry_has_its_sentence_in_both_languages(kind: type[e.Entry], night: Case) -> None:
    dutch, english = (timeline.line(CATALOGUE, example(kind), night.incident, NIGHT, lang) for lang in LANGUAGES)
    assert dutch
    assert english
    assert dutch != english
    assert "{" not in dutch + english
    assert "None" not in dutch + english


def test_every_ending_of_a_sentence_is_used() -> None:
    changes: tuple[tuple[type[e.Entry], dict[str, object]], ...] = (
        (e.AlarmRaised, {"exercise": False}), (e.PersonSeen, {"organisation": ""}),
        (e.Acknowledged, {"late": False, "eta_minutes": None}), (e.Acknowledged, {"late": False, "eta_minutes": 5}),
        (e.StepFinished, {"remark": ""}), (e.DecisionWithdrawn, {"reason": ""}), (e.SitrepRecorded, {"unchanged": False}),
        (e.SitrepPostponed, {"until": NIGHT}), (e.LineRecorded, {"author": PersonId("smit"), "about": None, "replaces": None}),
        (e.DecisionRecorded, {"author": PersonId("smit")}), (e.PageWithdrawn, {"why": "incident_closed"}),
        (e.EscalationStepEmpty, {"why": "already_called"}), (e.RoomLost, {"why": "replaced"}), (e.RoomLost, {"why": "powerless"}),
        (e.ShiftEndNoted, {"ends": None}), (e.IncidentClosed, {"reason": ""}),
        (e.ActionGiven, {"due": None}), (e.ActionGiven, {"due": NIGHT}), (e.ActionDone, {"remark": ""}),
        (e.ActionReminded, {"who": "coordinator"}), (e.ActionReminded, {"who": "owner"}),
        (e.StepReminded, {"who": "coordinator"}), (e.ActionPassedOn, {"due": None}), (e.ReasonsReminded, {"everybody": False}),
        (e.DutyOffered, {"holder": PersonId("smit")}), (e.DutyGiven, {"holder": PersonId("smit")}),
        (e.ReasonGiven, {"applies": False}), (e.ReasonGiven, {"applies": True}),
        *((e.DecisionRecorded, {"point": "B7", "capacity": how}) for how in get_args(e.Capacity)),
        *(
            (e.DecisionWithdrawn, {"taken_by": RoleId("burgemeester"), "capacity": how})
            for how in get_args(e.Capacity)
            if how != "advice"
        ),
        (e.LineRecorded, {"about": None, "replaces": None}),
        (e.LineRecorded, {"about": None, "author": None, "replaces": None}),
        (e.LineRecorded, {"about": 12, "replaces": None}), (e.LineRecorded, {"replaces": 12}),
        (e.AssumptionSettled, {"outcome": "refuted"}), (e.AssumptionSettled, {"outcome": "refuted", "text": ""}),
        (e.AssumptionSettled, {"outcome": "confirmed", "text": ""}),
        (e.SourceEdited, {"about": "line"}), (e.SourceRemoved, {"about": "line"}),
        (e.SourceEdited, {"about": None}), (e.SourceRemoved, {"about": None}),
        *((e.FileNotKept, {"why": why}) for why in get_args(e.NotKept)),
        (e.IncidentReopened, {"reason": ""}), (e.IncidentFinished, {"person": PersonId("smit")}),
        (e.IncidentFinished, {"person": PersonId("smit"), "reason": ""}),
        (e.SurveyClosed, {"reached": (1, 0, 2, 0, 0), "worked": (1, 0, 2, 0, 0)}), (e.EvaluationReminded, {"what": "tomorrow"}),
        (e.SurveyClosed, {"reached": (), "worked": ()}),
        (e.ImprovementReviewed, {"outcome": "going"}), (e.ImprovementReviewed, {"outcome": "dropped"}),
        *((kind, {"of": of}) for kind in (e.ErasureAsked, e.FieldErased) for of in get_args(e.Erasable)),
        (e.LanguageChosen, {"language": "en"}), (e.LanguageChosen, {"language": "nl"}),
        (e.MunicipalityInvolved, {"persons": ()}), (e.MunicipalityReleased, {"reason": ""}), (e.CircleFormed, {"reason": ""}),
        (e.RoomOpened, {"name": "closed_circle"}), (e.PersonJoined, {"name": "closed_circle"}),
        (e.PersonLeft, {"name": "closed_circle"}),
        (e.IntakeAnswered, {"skipped": True}), (e.IntakeAnswered, {"skipped": False}),
        (e.ExpectedTimeSet, {"urgency": "gewoon"}), (e.ExpectedTimeSet, {"urgency": "gepland"}),
    )  # fmt: skip
    made = [example(kind) for kind in e.KINDS] + [example(kind, **change) for kind, change in changes]
    used = set()
    for entry in made:
        ending, _ = timeline._told(CATALOGUE, entry, Incident(Case().incident.id), "nl")
        key = f"entry.{type(entry).__name__}"
        used.add(f"{key}.{ending}" if ending else key)
    assert {key for key in CATALOGUE.texts["nl"] if key.startswith("entry.")} == used


def test_what_was_erased_shows_as_a_bar(night: Case) -> None:
    line = e.LineRecorded(kind="feit", text=ERASED, origin=Origin(actor=PersonId("bakker")))
    assert timeline.line(CATALOGUE, line, night.incident, NIGHT, "nl") == f"Feit {night.incident.lines} (Bakker): „▒▒▒”"


def test_a_page_of_another_role_names_the_person_who_answered(night: Case) -> None:
    answered = next(entry for entry, _ in night.told if isinstance(entry, e.Acknowledged))
    assert timeline.line(CATALOGUE, answered, night.incident, NIGHT, "nl") == "Cyber1 komt over 15 min (cyber)"
    plain = replace(answered, eta_minutes=None)
    assert timeline.line(CATALOGUE, plain, night.incident, NIGHT, "en") == "Cyber1 is coming (cyber)"
