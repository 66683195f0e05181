"""One or more of every kind of message that is said in words, as they come in a night, and the text files made of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bot.domain import messages as m
from bot.domain.ids import EventId, PageId, PersonId, RoleId, RoomId, StepId
from bot.domain.people import Language
from bot.domain.playbook import Both
from bot.domain.themes import THEMES
from bot.words.catalogue import Catalogue
from bot.words.render import Worded, render
from tests.builders import NIGHT

GOLDEN: Final = Path(__file__).parent / "golden"
EVENING: Final = NIGHT
ROOM: Final = RoomId("!kXv3mQeXw0b9cJpZ2yVQd1sT7uRfHn4aLgE6oBiWtYk")
PAGE: Final = PageId("p1")
CYBER, CTER, OM = RoleId("expert_cyber"), RoleId("expert_cter"), RoleId("om")
ZORG, POLITIE, COORDINATOR = RoleId("expert_zorg"), RoleId("politie"), RoleId("coordinator")
TITLE: Final = Both("Oproep tot rellen", "Call to riot")
TRIANGLE: Final = Both("Informeer de driehoek", "Inform the triangle")
LONG_STEP: Final = Both(
    "Stel sporen veilig. Laat strafbare oproep melden of ontoegankelijk maken.",
    "Secure traces. Have a criminal call reported or made inaccessible.",
)
TEXT: Final = "op TikTok oproep om vanavond 21u te rellen bij station"


def after(minutes: int, seconds: int = 0) -> datetime:
    return EVENING + timedelta(minutes=minutes, seconds=seconds)


def _at(minutes: int) -> datetime:
    return after(minutes)


_ROOM: Final[dict[str, Any]] = {"to": m.To("room", "main"), "number": "2026-014"}
_DM: Final[dict[str, Any]] = {"to": m.To("person", "jansen"), "number": "2026-014", "mention": (PersonId("jansen"),)}
_CALLS: Final = (
    m.CardCall(CYBER, "answered", "Jansen", _at(3), 15),
    m.CardCall(OM, "calling", "De Vries", _at(1), None),
)
_CARD: Final = m.Card(
    "Waterbrug",
    TITLE,
    "beeld",
    "open",
    "Bakker",
    "OOV Waterbrug",
    EVENING,
    _CALLS,
    0,
    9,
    0,
    0,
    asked=2,
    under_way=1,
    arrival=_at(18),
)
_MANY: Final = tuple(
    m.CardCall(role, "answered" if n % 2 else "calling", "De Vries", _at(n), None)
    for n, role in enumerate((CYBER, CTER, RoleId("expert_ondermijning"), ZORG, POLITIE, OM, RoleId("communicatie")))
)


def _each(*values: str | int) -> tuple[Any, ...]:
    """The values of a closed list, to build one message for each."""
    return values


def _page(**change: Any) -> m.PageText:  # noqa: ANN401 - any field
    page = m.PageText(
        page=PAGE, roles=(CYBER,), municipality="Waterbrug", text=TEXT, reporter="Bakker", organisation="OOV Waterbrug",
        said_at=EVENING, next_at=_at(6), to=m.To("person", "jansen"), number="2026-014", mention=(PersonId("jansen"),),
    )  # fmt: skip
    return replace(page, **change)


def _alarm(**change: Any) -> m.AlarmReceived:  # noqa: ANN401 - any field
    alarm = m.AlarmReceived(municipality="Waterbrug", text=TEXT, roles=(CYBER,), grace_seconds=30, **_DM)
    return replace(alarm, **change)


def _intake(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> Iterator[Worded]:
    saturday = EVENING + timedelta(days=6, hours=17)
    roles = (POLITIE, OM, CTER, RoleId("communicatie"), CYBER, ZORG)
    yield _alarm(grace_seconds=None, calls_at=_at(236), roles=roles)
    yield _page(expected_at=saturday, exercise=True)
    football = Both("voetbal", "football")
    yield m.AlarmUnderstood(
        title=TITLE, because=("rellen", "vuurwerk", "bivakmuts"), calendar=football, place="bij het station",
        expected_at=saturday, channels=("tiktok", "groepsapp"), **dm,
    )  # fmt: skip
    yield m.AlarmUnderstood(title=TITLE, place="op de Kade", **dm)
    yield m.AlarmUnderstood(title=None, channels=("telegram",), exercise=True, **dm)
    for about in _each("where", "when", "channel"):
        yield m.IntakeAsked(about=about, left=3, danger=about == "where", **dm)
    yield m.IntakeAsked(about="when", left=1, exercise=True, danger=True, **dm)
    yield m.IntakeDone(**dm)
    yield m.IntakeTold(about="where", choice="", text="op de kade bij de school", **by, **room)
    yield m.IntakeTold(about="when", choice="vandaag", text="", **by, **room)
    yield m.IntakeTold(about="channel", choice="groepsapp", text="", **by, **room)
    yield m.ExpectedNote(expected_at=saturday, steps=3, call_at=_at(236), **by, **room)
    yield m.ExpectedNote(expected_at=saturday, steps=0, call_at=None, **by, **room)
    yield m.LineNote(kind="feit", line=17, text="Er wordt geschoten", danger=True, **by, **room)
    yield m.Refusal(code="not_allowed", danger=True, **dm)


def _decisions(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> Iterator[Worded]:
    text = "B7 Bestuurlijk bevel: Noodbevel (175) – rond het station en het plein"
    mayor = RoleId("burgemeester")
    taken: dict[str, Any] = {"decision": 3, "text": text, "point": "B7", "role": mayor, "missing": 19, **by, **room}
    yield m.DecisionShown(**taken, second=True)
    for capacity in _each("on_behalf", "mandate", "deputy", "advice"):
        yield m.DecisionShown(**taken, capacity=capacity)
    yield m.DecisionShown(**{**taken, "replaces": 2}, second=True, due=_at(120), exercise=True)
    yield m.DecisionNote(decision=3, what="withdrawn", text="Het plein is leeg", replaces=2, **by, **room)
    for what in _each("seconded", "complete", "left", "promised", "review", "overdue", "unanswered"):
        yield m.DecisionNote(decision=3, what=what, text="", missing=4, until=_at(120), **by, **room)
    yield m.DecisionNote(decision=3, what="promised", text="", missing=4, until=_at(120), last=True, **by, **room)
    longest = Both(
        "Neemt de maatregel de dreiging weg? Denk aan herplaatsing en andere kanalen.",
        "Does the measure take the threat away? Think of posting again and other channels.",
    )
    basis = Both("Grondslag", "Legal basis")
    asked: dict[str, Any] = {"decision": 3, "reason": "grondslag", "name": basis, "nr": 2, "total": 19}
    which = Both("Op welke grondslag? Noem het nummer.", "On which legal basis? Give its number.")
    codes = ("GW125", "GW172-3", "GW172a", "GW172b", "GW174", "WOM5", "WOM6", "WOM7", "GW175", "GW176")
    facts = Both("Feiten", "Facts")
    yield m.ReasonAsked(**asked, question=which, codes=codes, before=facts, given=TEXT, **dm)
    yield m.ReasonAsked(**asked, question=which, codes=codes, before=facts, given=TEXT, applies=False, **dm)
    yield m.ReasonAsked(
        **{**asked, "name": Both("Neemt de dreiging weg", "Takes the threat away")}, question=longest, **room
    )
    for reminded in _each("reasons", "review"):
        yield m.DecisionReminder(decision=3, what=reminded, text=text, missing=4, **dm)
    lines = ("⚖️ B1: Opschalen?", "1 Niet inzetten", "2 Volgen", "Antwoord met het nummer.")
    yield m.Choice(lines=lines, asked=PersonId("bakker"), meant=("besluit B1 1", "besluit B1 2"), **room)
    yield m.StepShown(
        step=StepId("BA13"),
        nr=13,
        total=32,
        text=LONG_STEP,
        role=mayor,
        due_at=_at(60),
        for_role=mayor,
        point="B5",
        **room,
    )
    yield m.CardChanged(card=replace(_CARD, decisions=12, decisions_open=3), **room)


def _pictures(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> Iterator[Worded]:
    """Situation reports with parts, a draft of one, and who comes late."""
    parts = (
        ("wat", "Oproep tot rellen; „op TikTok oproep om vanavond 21u te rellen bij station” (gemeld zo 22-11 03:04)"),
        ("fysiek", "Drie bussen jongeren bij het station (regel 7)"),
        ("duiding", "Aanname, niet nagegaan: Groep gaat naar het plein (regel 12)"),
        ("overleg", "volgende sitrap zo 22-11 04:27"),
    )
    yield m.SitrepShown(sitrep=3, text="x", unchanged=False, parts=parts, **by, **room)
    yield m.SitrepShown(sitrep=3, text="x", unchanged=False, parts=parts[:1], **by, **room, exercise=True)
    yield m.SitrepDraft(
        lines=("📝 Concept van sitrap 1. Nog niets vastgelegd.", "2 Wat is er aan de hand: rustig", "✅ klopt, leg zo vast"),
        asked=PersonId("bakker"), parts=(("wat", "rustig"),), follows=0, drafted_at=_at(23), own=("wat",), **room,
    )  # fmt: skip
    late: dict[str, Any] = {
        "municipality": "Waterbrug", "title": TITLE, "text": TEXT, "alarm_at": EVENING, "phase": "oordeel", "state": "open",
        "steps_done": 4, "steps_total": 9, "actions": 2,
    }  # fmt: skip
    yield m.CatchUp(
        coming=(CYBER, CTER), decision=3, decided="Burgemeester vraagt mensen om weg te blijven", sitrep=1,
        situation="40 jongeren bij het station, rustig", room=ROOM, **late, **dm,
    )  # fmt: skip
    yield m.CatchUp(coming=(), **{**late, "state": "closed"}, **dm, exercise=True)
    yield m.CatchUp(
        coming=(), decision=3, sitrep=1, kept_back=("text", "decided", "situation"), **{**late, "text": ""}, **dm
    )


def _after(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> list[Worded]:
    """What is said after the end."""
    everybody: dict[str, Any] = {**room, "mention": (PersonId("bakker"), PersonId("jansen"))}
    text = "Eerder de school bellen"
    return [
        m.ClosingAsked(by="Bakker", open_steps=(), open_decisions=(3,), open_lines=(12, 15), actions=2, **room),
        m.ClosingAsked(by="Bakker", open_steps=(), open_lines=(12, 15), **room),
        m.ClosingAsked(by="Bakker", open_steps=(), reviews=(3, 5), **room),
        m.ClosingAsked(by="", open_steps=(LONG_STEP,), open_decisions=(3,), open_lines=(12, 15), reviews=(3, 5), **room),
        m.ClosingAsked(by="Bakker", open_steps=(), actions=2, reviews=(3, 5), **room),
        m.EndNote(what="closed", reason="rustig, de rest volgt", aftercare_at=_at(1800), **by, **room),
        m.EndNote(what="reopened", reason="toch weer onrust bij het station", **by, **room),
        m.EndNote(what="finished", reason="gaat verder in het jeugdoverleg", **by, **room),
        m.StepShown(
            step=StepId("BA18"), nr=27, total=32, text=LONG_STEP, role=RoleId("melder"), due_at=_at(1500), for_role=OM,
            **dm,
        ),
        *(
            m.SurveyAsked(question=n, promised=True, people=9, until=_at(9000), **dm) for n in _each(1, 2, 3)
        ),
        m.CustodyNote(what="asked", of="line", which="12", reason="daar staat een naam van een kind", **by, **room),
        m.CustodyNote(what="asked", of="person", which="Van Dijk", **by, **room),
        m.CustodyNote(what="asked", of="message", reason="daar staat een naam van een kind", reply_to="$7", **by, **room),
        *(
            m.CustodyNote(what="erased", of=of, which="3", confirmed_by="Van Dijk", reason="verzoek", **by, **room)
            for of in _each("decision", "action", "alarm")
        ),
        m.CustodyNote(what="held", reason="er loopt een Woo-verzoek", **by, **room),
        m.CustodyNote(what="lifted", reason="het Woo-verzoek is beantwoord", **by, **room),
        m.CopiesOut(made=tuple(_at(60 * n) for n in range(12)), **dm),
        m.SurveyAsked(question=1, promised=False, people=3, until=_at(9000), **dm),
        m.SurveyResults(asked=9, answered=6, reached=43, worked=38, remarks=4, **dm),
        m.SurveyResults(asked=9, answered=3, reached=None, worked=None, remarks=0, **dm),
        m.EvaluationWanted(**dm),
        m.EvaluationNote(what="planned", at=_at(6000), by="Van Dijk", **everybody),
        m.EvaluationNote(what="tomorrow", at=_at(6000), by="", **everybody),
        m.ImprovementShown(improvement=2, text=text, owner="Jansen", ask_at=_at(45000), **by, **everybody),
        *(
            m.ImprovementNote(improvement=2, what=what, text=text, remark="afspraak gemaakt", **by, **room)
            for what in _each("done", "going", "dropped")
        ),
        m.ImprovementNote(improvement=2, what="done", text=text, remark="", **by, **room),
        m.ImprovementDue(improvement=2, text=text, **dm),
        m.ObservationNote(theme="beeldvorming", score="+", lines=(12, 14), left=THEMES[2:], **dm),
        m.ObservationNote(theme="grondrechten", score="nvt", lines=(), left=(), **dm),
        m.ObservationNote(theme="nafase", score="--", lines=tuple(range(100, 160)), left=THEMES[:1], **dm),
    ]  # fmt: skip


def _flags(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> Iterator[Worded]:
    long_name = "Nieuwkerk aan de Polderdamse Waterbrug"
    roles = (POLITIE, OM, RoleId("communicatie"), CYBER, CTER, ZORG)
    yield m.CallNote(what="later", roles=roles, until=_at(3), **dm)
    also = replace(_CARD, neighbours=("Polderdam", "Nieuwkerk"), wide=True)
    yield m.CardChanged(card=also, **room)
    yield m.CardChanged(card=replace(also, calls=_MANY, state="closed"), **room)
    told: dict[str, Any] = {"municipality": "Waterbrug", "title": TITLE, "by": "Bakker", **dm}
    yield m.NeighbourTold(what="involved", name="Polderdam", room=ROOM, **told)
    yield m.NeighbourTold(what="involved", name=long_name, **{**told, "municipality": long_name}, exercise=True)
    yield m.NeighbourTold(what="released", name="Polderdam", **told)
    for what in _each("involved", "released", "raised", "lowered"):
        reason = "" if what == "involved" else "Zelfde nepbrief bij twee gemeenten buiten de regio"
        yield m.FlagNote(what=what, name="Polderdam", reason=reason, **by, **room)
    yield m.LanguageNote(**by, **room)
    yield m.WideTold(by="Bakker", reason="Zelfde nepbrief bij twee gemeenten", duty_number="085-0000000", **dm)
    yield m.WideTold(by="Bakker", reason=TEXT * 6, exercise=True, **dm)
    names = ("Bakker", "Jansen", "De Vries", "Van den Berg", "Peters", "Hendriks", "Dekker")
    yield m.CircleTold(what="forming", by="Bakker", names=names, reason="eigen mensen", **dm)
    yield m.CircleTold(what="invited", by="Bakker", names=names[:3], room=ROOM, **dm)
    yield m.CircleTold(what="invited", by="Bakker", names=names * 4, room=ROOM, exercise=True, **dm)
    yield m.CircleTold(what="left", by="Bakker", **dm)
    circle = {**room, "to": m.To("room", "closed_circle"), "at": by["at"]}
    for shown in _each("opened", "widened", "narrowed", "stranger"):
        yield m.CircleShown(what=shown, names=names[:2] if shown == "opened" else names[:1], **circle)
    yield m.CircleShown(what="opened", names=names * 4, exercise=True, **circle)
    yield m.CircleProposed(title=TITLE, **dm)


def _teamwork(dm: dict[str, Any], room: dict[str, Any], by: dict[str, Any]) -> Iterator[Worded]:
    at: dict[str, Any] = {"at": _at(23)}
    for duty in _each("voorzitter", "loco_burgemeester"):
        yield m.DutyAsked(duty=duty, holder="Jansen", by="Bakker", **dm)
    yield m.DutyAsked(duty="verslaglegger", holder=None, by="Bakker", **dm, exercise=True)
    for duty in _each("woordvoerder", "liaison"):
        yield m.DutyNote(duty=duty, what="given", person="De Vries", holder=None, **at, **room)
    for what in _each("offered", "given", "declined", "laid_down"):
        yield m.DutyNote(duty="voorzitter", what=what, person="De Vries", holder="Jansen", **at, **room)
    for what in _each("offered", "declined"):
        yield m.DutyNote(duty="voorzitter", what=what, person="De Vries", holder=None, **at, **room)
    yield m.DutiesWanted(duties=("voorzitter",), **dm)
    yield m.DutiesWanted(duties=("voorzitter", "verslaglegger"), **dm)
    asked: dict[str, Any] = {"step": StepId("BA13"), "nr": 13, "text": LONG_STEP, "by": "Bakker", "due_at": _at(60)}
    yield m.StepAsked(**asked, **dm)
    yield m.StepAsked(**asked, holder="Jansen", **dm)
    for what in _each("offered", "passed", "kept"):
        yield m.StepNote(nr=13, what=what, person="De Vries", **at, **room)
    late = [m.LateStep(StepId(f"PB01-{n}"), n, LONG_STEP, _at(n), CYBER) for n in range(11, 17)]
    yield m.StepLate(late=late[0], **dm)
    for many in (late[:1], late[:3], late):
        yield m.StepsLate(steps=tuple(many), **dm)
    yield m.RoundNote(round=2, steps=6, **by, **room)
    step: dict[str, Any] = {"step": StepId("BA13"), "nr": 13, "total": 32, "text": LONG_STEP}
    yield m.StepShown(**step, role=POLITIE, due_at=_at(90), round=2, point="B5", help="B5", **room)
    yield m.StepSettled(**step, progress="later", until=_at(40), **by, **room)
    yield m.CardChanged(card=replace(_CARD, round=2), **room)


def _many() -> list[Worded]:
    """Built in Dutch; the English files say the same in English."""
    dm, room = _DM, _ROOM
    step: dict[str, Any] = {"step": StepId("BA04"), "nr": 2, "total": 9, "text": TRIANGLE}
    by: dict[str, Any] = {"by": "Bakker", "at": _at(23)}
    return [
        _page(),
        _page(roles=(CYBER, CTER), attempt=2, exercise=True),
        _page(
            roles=(CYBER, CTER, OM, ZORG),
            municipality="Nieuwkerk aan de Polderdamse Waterbrug",
            text=TEXT * 6,
            organisation="",
        ),
        m.NobodyReached(role=CYBER, tried=("Jansen", "De Vries"), since=_at(1), at=_at(16), **dm),
        m.NobodyReached(role=CTER, tried=("De Boer", "Peters"), since=_at(1), at=_at(16), came=1, wanted=2, **dm),
        _alarm(),
        _alarm(grace_seconds=None, danger=True, roles=(CTER, POLITIE)),
        _alarm(text="", roles=(), similar_to="2026-013"),
        *(
            m.CallNote(what=what, roles=(CYBER, CTER), other="2026-013", **dm)
            for what in _each("now", "corrected", "stopped", "joined")
        ),
        m.AckConfirmed(page=PAGE, at=_at(2), municipality="Waterbrug", room=ROOM, **dm),
        m.AckConfirmed(page=PAGE, at=_at(2), municipality="Waterbrug", room=None, eta_minutes=15, **dm),
        m.RoomReady(municipality="Waterbrug", room=ROOM, **dm),
        m.DeclineConfirmed(page=PAGE, next="De Vries", **dm),
        m.DeclineConfirmed(page=PAGE, next=None, **dm),
        m.UnreadableFrom(to=m.To("person", "smit"), mention=(PersonId("smit"),), person="Bakker"),
        m.OldAlarm(to=m.To("person", "smit"), mention=(PersonId("smit"),), person="Bakker", said_at=_at(2), text=TEXT),
        m.LateAnswer(page=PAGE, taken_by="De Vries", municipality="Waterbrug", room=ROOM, **dm),
        m.AnswerTakenBack(page=PAGE, **dm),
        m.PageOver(page=PAGE, taken_by="De Vries", **dm),
        m.PageOver(page=PAGE, taken_by=None, **dm),
        *(
            m.PageSettled(page=PAGE, state=state, at=_at(2), **dm)
            for state in _each("acknowledged", "declined", "withdrawn")
        ),
        m.CardPosted(card=_CARD, **room),
        m.CardChanged(
            card=replace(
                _CARD,
                calls=_MANY,
                phase="oordeel",
                steps_done=4,
                decisions=2,
                sitreps=1,
                asked=7,
                coming=3,
                unreachable=1,
            ),
            **room,
        ),
        m.CardChanged(card=replace(_CARD, calls=(), state="closed", organisation=""), **room),
        m.CardRepeated(card=_CARD, newcomer="Smit", **room, exercise=True),
        m.AnswerNote(person="Jansen", roles=(CYBER,), what="coming", at=_at(2), after_seconds=72, **room),
        *(
            m.AnswerNote(person="Jansen", roles=(CYBER,), what=what, at=_at(2), eta_minutes=15, **room)
            for what in _each("eta", "cannot", "undone", "took_over")
        ),
        *(
            m.EscalationNote(roles=(CYBER,), missed="Jansen", why=why, at=_at(6), **room)
            for why in _each("unanswered", "undeliverable", "lapsed")
        ),
        m.CalledNote(page=PAGE, roles=(CYBER,), person="De Vries", at=_at(6), **room),
        m.CalledNote(page=PAGE, roles=(CYBER,), person="De Vries", at=_at(6), late_seconds=240, **room),
        m.StillComing(
            page=PAGE,
            roles=(CYBER, CTER),
            municipality="Waterbrug",
            answered_at=_at(2),
            next_at=_at(47),
            room=ROOM,
            **dm,
        ),
        m.HandoverAsked(role=CYBER, holder="Jansen", open_steps=2, last_decision=3, at=_at(9), **dm),
        m.HandoverAsked(role=CYBER, holder="Jansen", open_steps=0, last_decision=None, at=_at(9), **dm, exercise=True),
        *(
            m.HandoverNote(what=what, role=CYBER, holder="Jansen", successor="De Vries", at=_at(9), **room)
            for what in _each("offered", "put_off", "done", "nobody")
        ),
        m.FloodNote(reporter="Bakker", count=11, text=TEXT, **dm),
        m.AwayNote(seconds=240, at=_at(10), **room),
        m.EmptyStepNote(role=CTER, whom="reserve", why="nobody_on_call", at=_at(6), **room),
        m.EmptyStepNote(role=CTER, whom="coordinator", why="already_called", at=_at(6), **room),
        m.ExhaustedNote(role=CYBER, at=_at(16), **room),
        m.ExhaustedNote(role=CTER, at=_at(16), came=1, wanted=2, **room),
        m.ExhaustedNote(role=CYBER, at=_at(16), tried=("Jansen", "De Vries"), duty_number="085-0000000", **room),
        m.PlaybookNote(title=TITLE, steps=9, **room),
        m.StepShown(**step, role=RoleId("melder"), due_at=_at(26), for_role=OM, **room, mention=(PersonId("bakker"),)),
        m.StepShown(**{**step, "text": LONG_STEP}, role=OM, due_at=_at(90), **room, exercise=True),
        m.StepShown(**step, role=OM, due_at=_at(90), help="B7", **room),
        *(
            m.StepSettled(
                **step, progress=progress, remark="gebeld" if progress in ("done", "skipped") else "", **by, **room
            )
            for progress in _each("open", "claimed", "done", "skipped")
        ),
        m.DecisionShown(decision=3, text="Burgemeester roept op Instagram op om weg te blijven", **by, **room),
        *(
            m.DecisionNote(decision=3, what=what, text="" if what == "confirmed" else "Te veel onrust", **by, **room)
            for what in _each("confirmed", "explained", "changed", "withdrawn")
        ),
        *_intake(dm, room, by),
        *_decisions(dm, room, by),
        *_flags(dm, room, by),
        *_teamwork(dm, room, by),
        m.LineNote(kind="feit", line=7, text="Drie bussen jongeren bij het station", **by, **room),
        m.LineNote(
            kind="aanname",
            line=12,
            text="Groep gaat naar het plein",
            source_kind="politie",
            reliability=2,
            confidentiality="vertrouwelijk",
            **by,
            **room,
        ),
        m.LineNote(kind="correctie", line=13, text="Het zijn er 40, geen 60", about=12, **by, **room),
        m.LineNote(
            kind="externe_melding",
            line=14,
            text="Drie oproepen met plaats en tijd gemeld",
            recipient="Snapchat",
            reference="4711",
            route="gebruikersmelding",
            **by,
            **room,
        ),
        m.LineNote(kind="kennisvraag", line=15, text="Van welke school zijn ze?", **by, **room),
        m.LineNote(kind="feit", line=16, text="De beheerder heeft de sleutel", replaces=7, **by, **room),
        *(
            m.PersonalDataSeen(about=about, named=12, kinds=("phone", "name"), **dm)
            for about in _each(
                "alarm",
                "line",
                "answer",
                "decision",
                "reason",
                "sitrep",
                "action",
                "step",
                "improvement",
                "remark",
                "file",
            )
        ),
        m.LineFollowed(line=12, what="qualified", source_kind="school", reliability=3, **by, **room),
        *(
            m.LineFollowed(line=12, what=what, text="Het plein is leeg", **by, **room)
            for what in _each("confirmed", "refuted", "answered", "notice_answered")
        ),
        *(m.SourceNote(what=what, **by, **room) for what in _each("edited", "removed")),
        *(
            m.SourceNote(what=what, about=about, named=12, text=TEXT if what == "edited" else "", **by, **room)
            for what in _each("edited", "removed")
            for about in _each("alarm", "line", "decision", "reason", "sitrep", "action")
        ),
        *(
            m.SourceStays(what=what, about=about, named=12, **dm)
            for what in _each("edited", "removed")
            for about in _each("alarm", "line", "decision", "reason", "sitrep", "action")
        ),
        m.ChatKept(municipality="Waterbrug", **room),
        m.CardPosted(card=replace(_CARD, chat="all"), **room),
        m.CardRepeated(card=replace(_CARD, chat="all"), newcomer="De Boer", **room),
        m.FileNote(what="kept", line=12, name="plein-bij-het-station.jpg", **room),
        *(
            m.FileNote(what=what, line=line, name="plein-bij-het-station.jpg", **dm)
            for what in _each("too_large", "unavailable", "damaged", "erased", "too_many", "no_room")
            for line in (12, None)
        ),
        m.SitrepShown(
            sitrep=1,
            text="Beeld: 40 jongeren, rustig. Besluit: volgen.",
            unchanged=False,
            **by,
            **room,
        ),
        m.SitrepShown(sitrep=2, text="", unchanged=True, **by, **room),
        m.SitrepDue(sitrep=2, person="Bakker", last_at=_at(26), steps_done=4, steps_total=9, decisions=3, **room),
        m.SitrepDue(sitrep=1, person="Bakker", last_at=None, steps_done=0, steps_total=9, decisions=0, **room),
        m.SitrepDue(
            sitrep=2, person="Bakker", last_at=_at(26), steps_done=4, steps_total=9, decisions=3, last=True, **room
        ),
        m.SitrepDue(
            sitrep=1, person="Bakker", last_at=None, steps_done=0, steps_total=9, decisions=0, last=True, **room
        ),
        m.SitrepLater(until=_at(40), **room),
        m.SitrepLater(until=None, **room),
        *_pictures(dm, room, by),
        m.ClosingAsked(by="Bakker", open_steps=(TRIANGLE, LONG_STEP), **room),
        m.ClosingAsked(by="Bakker", open_steps=(), **room),
        m.ClosingAsked(by="Bakker", open_steps=(TRIANGLE, LONG_STEP), actions=2, **room),
        *(
            m.ActionShown(action=2, text="Bel de school", owner="Jansen", due=due, **by, **room)
            for due in (_at(60), None)
        ),
        m.ActionNote(action=2, what="done", text="Bel de school", remark="de rector komt", **by, **room),
        m.ActionNote(action=2, what="done", text="Bel de school", **by, **room),
        m.ActionNote(action=2, what="dropped", text="Bel de school", remark="de school is dicht", **by, **room),
        *(m.ActionDue(action=2, text="Bel de school", due=_at(60), owner=owner, **dm) for owner in (None, "Jansen")),
        m.ClosingAsked(
            by="Bakker", open_steps=(TRIANGLE,), required=(TRIANGLE, LONG_STEP, TRIANGLE, LONG_STEP), **room
        ),
        m.StepDueNote(nr=27, text=LONG_STEP, at=_at(70), because=(m.DueCause(decision=3), m.DueCause(step=4)), **room),
        m.StepDueNote(nr=27, text=LONG_STEP, at=_at(70), because=(m.DueCause(step=4, skipped=True),), **room),
        m.StepDueNote(nr=27, text=TRIANGLE, at=_at(70), because=(m.DueCause(phenomenon="F07"),), **room),
        m.StepDueNote(nr=27, text=TRIANGLE, at=_at(75), **room),
        m.EndNote(what="closed", by="Bakker", at=_at(300), reason="rustig, export volgt morgen", **room),
        *(m.EndNote(what=what, **by, **room) for what in _each("closed", "kept_open", "reopened")),
        m.ClosingAsked(by="Bakker", open_steps=(TRIANGLE, LONG_STEP), open_decisions=(3, 5), **room),
        *_after(dm, room, by),
        m.Answer(
            lines=("Wie heeft dienst", "cyber: Jansen · reserve De Vries", "<b>geen opmaak</b> **ook niet**"), **room
        ),
        m.DidYouMean(
            lines=('Ik begrijp "besluitt" niet. Bedoel je "besluit"?', "✅ ja · ❌ nee"), meant="besluit x", **room
        ),
        m.ReadyAsked(
            lines=(
                "🔁 Jansen vraagt: neem jij cyber over?",
                "za 28-11 22:00–zo 29-11 08:00",
                "✅ ja · ❌ nee · of antwoord 1 of 0",
            ),
            meant="ruil ja 3",
            otherwise="ruil nee 3",
            **dm,
        ),
        m.Reminder(
            lines=("📅 Het rooster is veranderd. Voor jou:", "Vervalt: cyber: za 28-11 22:00–zo 29-11 08:00"), **dm
        ),
        m.Refusal(code="no_such_decision", details=(("decision", "9"),), **room),
        m.Refusal(code="already_called", details=(("role", "expert_cter"),), **room),
        m.DossierMaking(asked=EventId("$vraag"), of=14, **dm),
        m.DossierProgress(asked=EventId("$vraag"), done=6, of=14, **dm),
        m.DossierProgress(asked=EventId("$vraag"), done=14, of=14, **dm),
        m.DossierReady(path="x.zip", entries=214, **room),
        m.ManagementNote(
            code="exhausted", details=(("number", "2026-014"), ("role", "expert_cyber")), to=m.To("management")
        ),
    ]


SAMPLES: Final = tuple(_many())


def in_language(message: Worded, lang: Language) -> Worded:
    return replace(message, lang=lang)


def golden(catalogue: Catalogue, lang: Language) -> str:
    """The file of a language: every sample as a phone shows it, under the name of its kind."""
    parts = []
    for sample in SAMPLES:
        said = render(
            in_language(sample, lang), catalogue, lambda person: f"@{person}:iog.example", anchor=(12, "1a2b3c4d5e")
        )
        rings = f" → {', '.join(said.mentions)}" if said.mentions else ""
        parts.append(f"[{type(sample).__name__} {said.msgtype}{rings}]\n{said.body}\n")
    return "\n".join(parts)
