"""What was announced wakes nobody at night, follows its moment, and what an alarm left open is asked and may be skipped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.escalation import Lease
from bot.domain.ids import MunicipalityId
from bot.domain.incident import Incident, evolve
from bot.domain.intake import CHOICES, left_open, night_ends
from bot.domain.ladder import Channel
from bot.domain.people import COORDINATOR
from bot.domain.playbook import Both, CalendarProfile
from bot.domain.timers import by_day, next_due, next_report, timers
from bot.domain.triage import Moment
from bot.domain.world import Recent
from bot.words import replies
from bot.words.catalogue import load
from bot.words.shown import moment
from bot.words.sitrep_draft import parts
from tests.builders import NIGHT, RIOT, Case, by, of

SATURDAY = datetime(2026, 11, 28, 19, 0, tzinfo=UTC)  # za 28-11 20:00 in Amsterdam
MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
EVERY: frozenset[Channel] = frozenset(("ntfy", "mail", "sms", "voice"))
PLANNED = Moment(SATURDAY, "za 20:00", announced=True, dated=True)


def told(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    """What everybody heard of the entries; the case stands behind the last of them."""
    incident, said = Incident(case.incident.id), []
    new = {id(entry) for entry in entries}
    for entry, at in case.told:
        incident = evolve(incident, entry, at)
        if id(entry) in new:
            said += announce(incident, entry, at)
    return said


def planned(text: str = "Waterbrug rellen, verwacht za 20:00: oproep", begins: Moment = PLANNED) -> Case:
    case = Case()
    case.world = replace(case.world, reachable=dict.fromkeys(case.world.reference.contacts.people, EVERY))
    case.do(c.RaiseAlarm(text=text, begins=begins, by=by("bakker")))
    return case


def test_what_is_announced_at_night_waits_for_the_morning_but_the_coordinator_knows() -> None:
    case = planned()
    raised = of(e.AlarmRaised, [entry for entry, _ in case.told])[0]
    assert (raised.urgency, raised.expected_at, raised.call_at, raised.quiet_until) == (
        "gepland",
        SATURDAY,
        MORNING,
        MORNING,
    )
    pages = of(e.PageRequested, [entry for entry, _ in case.told])
    assert [(page.person, page.ladder) for page in pages] == [("coordinator1", ())]
    assert next_due(case.incident) == MORNING  # nobody is asked or paged anything before
    assert case.after(hours=3).tick() == []


def test_in_the_morning_the_experts_are_called_and_the_reason_is_said() -> None:
    case = planned()
    case.answers("coordinator1")
    case.world = replace(case.world, now=MORNING, wall=MORNING)
    called = case.tick()
    assert of(e.BrigadeCalled, called)[0].why == "morning"
    pages = of(e.PageRequested, called)
    assert {page.person for page in pages} >= {"politie1", "om1", "cter1"}
    assert all(page.ladder == () for page in pages)
    assert of(e.PageUnanswered, case.after(minutes=5).tick())  # by day nobody's silence waits


EVENING = datetime(2026, 11, 21, 20, 55, tzinfo=UTC)  # za 21-11 21:55 in Amsterdam


def in_the_evening(at: datetime = EVENING) -> Case:
    case = Case()
    case.world = replace(case.world, now=at, wall=at)
    case.do(c.RaiseAlarm(text="Waterbrug rellen, verwacht za 20:00: oproep", begins=PLANNED, by=by("bakker")))
    return case


def moments(case: Case, until: datetime) -> list[tuple[str, datetime]]:
    """What the clock brings until then, minute by minute."""
    found = []
    while case.world.now < until:
        found += [(type(entry).__name__, case.world.now) for entry in case.after(minutes=1).tick()]
    return found


def test_what_is_announced_just_before_the_night_wakes_nobody_in_it() -> None:
    case = in_the_evening()
    case.opens_room()
    heard = moments(case, MORNING + timedelta(minutes=5))
    night = [(what, at) for what, at in heard if EVENING + timedelta(minutes=5) <= at < MORNING]
    assert night == []
    assert ("PageUnanswered", MORNING) in heard
    assert ("DutiesUnclaimed", MORNING) in heard


def test_no_report_is_asked_of_what_is_still_far_off() -> None:
    case = in_the_evening()
    assert case.incident.sitrep_due == SATURDAY - timedelta(hours=6)
    case.do(c.SetExpectedTime(at=SATURDAY + timedelta(days=1), by=by("bakker")))
    assert case.incident.sitrep_due == SATURDAY + timedelta(hours=18)
    case.do(c.SetExpectedTime(at=EVENING + timedelta(hours=5), by=by("bakker")))
    assert case.incident.sitrep_due == EVENING + timedelta(hours=1)


@pytest.mark.parametrize("hurry", ["now", "sooner", "danger"])
def test_hurry_ends_the_quiet_of_the_night(hurry: str) -> None:
    case = in_the_evening()
    if hurry == "sooner":
        case.do(c.SetExpectedTime(at=EVENING + timedelta(hours=7), by=by("bakker")))
    elif hurry == "danger":
        case = Case()
        case.world = replace(case.world, now=EVENING, wall=EVENING)
        case.do(c.RaiseAlarm(text="rellen met gewonden", begins=PLANNED, by=by("bakker")))
    else:
        case = planned()
        case.do(c.CallNow(by=by("bakker")))
    assert of(e.PageUnanswered, case.after(minutes=6).tick())


def test_a_step_in_the_past_of_a_moment_that_came_nearer_has_its_ordinary_time() -> None:
    case = in_the_evening()
    step = replace(case.incident.steps[3], before=timedelta(days=30))
    assert case.incident.due_at(step) == EVENING + step.due


def test_a_step_that_follows_a_moment_that_moved_is_brought_to_mind_again() -> None:
    step = replace(RIOT.steps[0], before=timedelta(hours=3))
    playbook = replace(RIOT, steps=(step, *RIOT.steps[1:]))
    case = Case()
    books = {**case.world.reference.playbooks, playbook.id: playbook}
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks=books))
    case.do(c.RaiseAlarm(text="Waterbrug rellen, verwacht za 20:00: x", begins=PLANNED, by=by("bakker")))
    case.answers("coordinator1")
    case.opens_room()
    case.world = replace(case.world, now=SATURDAY - timedelta(hours=2))
    case.tick()
    assert case.incident.progress[step.id].reminders
    case.do(c.SetExpectedTime(at=SATURDAY + timedelta(hours=5), by=by("bakker")))
    assert case.incident.progress[step.id].reminders == 0
    case.world = replace(case.world, now=SATURDAY + timedelta(hours=2))
    assert [x.steps for x in of(e.StepReminded, case.tick())] == [(step.id,)]


def test_less_than_six_hours_before_it_begins_the_loud_channels_ring() -> None:
    case = planned(begins=Moment(MORNING + timedelta(hours=5), "12:00", announced=True, dated=True))
    assert case.incident.urgency == "gepland"
    case.world = replace(case.world, now=MORNING, wall=MORNING)
    assert all(page.ladder for page in of(e.PageRequested, case.tick()))


@pytest.mark.parametrize(
    ("text", "begins", "urgency"),
    [
        pytest.param("rellen za 20:00", Moment(SATURDAY, "za 20:00", dated=True), "gepland", id="proposed-and-dated"),
        pytest.param("Waterbrug rellen: za 20:00", Moment(SATURDAY, "za 20:00", dated=True), "gewoon", id="an-order"),
        pytest.param("rellen 20:00", Moment(SATURDAY, "20:00"), "gewoon", id="a-time-without-a-day"),
        pytest.param("nu rellen", PLANNED, "nu", id="now-goes-first"),
        pytest.param("rellen met gewonden", PLANNED, "nu", id="danger-goes-first"),
        pytest.param(
            "rellen", Moment(NIGHT + timedelta(hours=5), "08:00", announced=True), "gewoon", id="within-six-hours"
        ),
        pytest.param("rellen", None, "gewoon", id="no-time"),
    ],
)
def test_how_much_hurry_there_is(text: str, begins: Moment | None, urgency: str) -> None:
    case = Case()
    case.do(c.RaiseAlarm(text=text, begins=begins, by=by("bakker")))
    assert case.incident.urgency == urgency


def test_what_begins_before_the_night_is_over_wakes_people() -> None:
    evening = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)  # 22:30
    case = Case()
    case.world = replace(case.world, now=evening, wall=evening)
    case.do(c.RaiseAlarm(text="rellen", begins=Moment(MORNING, "07:00", announced=True, dated=True), by=by("bakker")))
    assert (case.incident.urgency, case.incident.quiet_until) == ("gewoon", None)


def test_the_night_after_an_announced_evening_is_quiet_again() -> None:
    case = Case()
    case.do(c.RaiseAlarm(text="Waterbrug rellen", begins=PLANNED, by=by("bakker")))
    that_night, next_night = SATURDAY + timedelta(hours=4), SATURDAY + timedelta(hours=28)
    assert by_day(case.incident, that_night) == that_night
    assert by_day(case.incident, next_night) == datetime(2026, 11, 30, 6, 0, tzinfo=UTC)


def test_the_draft_of_a_report_names_the_next_as_it_will_be_asked_for() -> None:
    case = Case()
    case.do(c.RaiseAlarm(text="Waterbrug rellen", begins=PLANNED, by=by("bakker")))
    assert case.incident.sitrep_due is not None
    assert next_report(case.incident, case.world.now) == by_day(case.incident, case.incident.sitrep_due)
    told = dict(parts(load(), case.incident, case.world.now, {}, 1_000))
    asked_for = next_report(case.incident, case.world.now)
    assert asked_for is not None
    assert moment(asked_for, "nl") in told["overleg"]


def test_by_day_what_is_announced_is_called_at_once_without_a_loud_channel() -> None:
    noon = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    case = Case()
    case.world = replace(case.world, now=noon, wall=noon)
    case.world = replace(case.world, reachable=dict.fromkeys(case.world.reference.contacts.people, EVERY))
    entries = case.do(c.RaiseAlarm(text="Waterbrug rellen, verwacht: ja", begins=PLANNED, by=by("bakker")))
    pages = of(e.PageRequested, entries)
    assert len(pages) > 1
    assert {page.ladder for page in pages} == {()}


@pytest.mark.parametrize(
    ("clock", "ends"),
    [((21, 59), None), ((22, 0), (23, 7)), ((6, 59), (22, 7)), ((7, 0), None), ((0, 0), (22, 7))],
)
def test_the_night_is_from_ten_until_seven(clock: tuple[int, int], ends: tuple[int, int] | None) -> None:
    wall = datetime(2026, 11, 22, *clock, tzinfo=UTC) - timedelta(hours=1)
    found = night_ends(wall, wall, "Europe/Amsterdam")
    expected = None if ends is None else datetime(2026, 11, ends[0], ends[1] - 1, tzinfo=UTC)
    assert found == expected


def test_the_night_of_the_clock_change_ends_at_seven_on_the_clock() -> None:
    wall = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # 00:00; the clock goes back at three
    assert night_ends(wall, wall, "Europe/Amsterdam") == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)


def test_now_ends_the_wait_and_rings_loudly() -> None:
    case = planned()
    entries = case.do(c.CallNow(by=by("bakker")))
    assert of(e.BrigadeCalled, entries)[0].why == "now"
    assert all(page.ladder for page in of(e.PageRequested, entries))
    assert (case.incident.urgency, case.incident.quiet_until) == ("gewoon", None)


def test_a_moment_that_comes_nearer_calls_who_still_waited() -> None:
    case = planned()
    entries = case.do(c.SetExpectedTime(at=NIGHT + timedelta(hours=2), by=by("bakker")))
    changed = of(e.ExpectedTimeSet, entries)[0]
    assert (changed.urgency, changed.call_at, changed.quiet_until) == ("gewoon", MORNING, None)
    assert of(e.BrigadeCalled, entries)[0].why == "sooner"
    assert case.incident.awaiting == ()


def test_a_moment_that_moves_further_keeps_the_morning() -> None:
    case = planned()
    later = SATURDAY + timedelta(hours=1)
    assert of(e.ExpectedTimeSet, case.do(c.SetExpectedTime(at=later, by=by("coordinator1"))))
    assert (case.incident.expected_at, case.incident.call_at, case.incident.urgency) == (later, MORNING, "gepland")


def test_a_proposal_that_turns_out_to_be_for_later_waits_for_the_morning() -> None:
    case = Case()
    case.alarm("ze willen rellen")
    case.do(c.SetExpectedTime(at=SATURDAY, by=by("bakker")))
    assert (case.incident.urgency, case.incident.call_at) == ("gepland", MORNING)
    assert not of(e.BrigadeCalled, case.after(seconds=31).tick())


def test_who_was_called_already_is_not_called_off_by_a_later_moment() -> None:
    case = Case()
    case.alarm()
    case.do(c.SetExpectedTime(at=SATURDAY, by=by("bakker")))
    assert (case.incident.urgency, case.incident.quiet_until) == ("gewoon", None)


@pytest.mark.parametrize("at", [NIGHT, NIGHT - timedelta(hours=1)])
def test_a_moment_that_is_over_is_refused(at: datetime) -> None:
    case = planned()
    with pytest.raises(c.Refused, match="expected_past"):
        case.do(c.SetExpectedTime(at=at, by=by("bakker")))


def test_steps_before_the_moment_follow_it() -> None:
    step = replace(RIOT.steps[3], before=timedelta(hours=3))
    playbook = replace(RIOT, steps=(*RIOT.steps[:3], step, *RIOT.steps[4:]))
    case = Case()
    books = {**case.world.reference.playbooks, playbook.id: playbook}
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks=books))
    case.do(c.RaiseAlarm(text="Waterbrug rellen, verwacht za 20:00: x", begins=PLANNED, by=by("bakker")))
    assert case.incident.due_at(step) == SATURDAY - timedelta(hours=3)
    entries = case.do(c.SetExpectedTime(at=SATURDAY + timedelta(hours=1), by=by("bakker")))
    assert case.incident.due_at(step) == SATURDAY - timedelta(hours=2)
    note = of(m.ExpectedNote, told(case, entries))[0]
    assert (note.steps, note.call_at) == (1, MORNING)


# --- questions ---------------------------------------------------------------------------------------------------------


def asked(case: Case, entries: list[e.Entry]) -> list[str]:
    return [x.about for x in told(case, entries) if isinstance(x, m.IntakeAsked)]


def test_what_the_sentence_left_open_is_asked_one_at_a_time_and_ends() -> None:
    case = Case()
    assert asked(case, case.alarm("er is iets raars")) == ["where"]
    entries = case.do(c.AnswerIntake(about="where", text="bij de kade", by=by("bakker")))
    assert asked(case, entries) == ["when"]
    assert case.incident.place == "bij de kade"
    entries = case.do(c.AnswerIntake(about="when", text="za 20:00", at=SATURDAY, by=by("bakker")))
    assert asked(case, entries) == ["channel"]
    assert case.incident.expected_at == SATURDAY
    entries = case.do(c.AnswerIntake(about="channel", choice="tiktok", by=by("bakker")))
    assert of(m.IntakeDone, told(case, entries))
    assert (case.incident.channels, left_open(case.incident)) == (("tiktok",), ())


def test_every_question_can_be_skipped_and_all_of_them_at_once() -> None:
    case = Case()
    case.alarm("er is iets raars")
    entries = case.do(c.AnswerIntake(about="where", by=by("bakker")))
    assert of(e.IntakeAnswered, entries)[0].skipped
    assert asked(case, entries) == ["when"]
    entries = case.do(c.SkipIntake(by=by("bakker")))
    assert [x.about for x in of(e.IntakeAnswered, entries)] == ["when", "channel"]
    assert of(m.IntakeDone, told(case, entries))
    with pytest.raises(c.Refused, match="nothing_asked"):
        case.do(c.SkipIntake(by=by("bakker")))


def test_nothing_is_asked_of_who_told_all() -> None:
    case = Case()
    begins = Moment(NIGHT + timedelta(hours=18), "vanavond 21u", dated=True)
    alarm = "Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station"
    assert asked(case, case.do(c.RaiseAlarm(text=alarm, begins=begins, by=by("bakker")))) == []


def test_nobody_is_asked_before_the_time_to_correct_is_over() -> None:
    case = Case()
    assert asked(case, case.alarm("ze willen rellen")) == []
    assert asked(case, case.after(seconds=30).tick()) == ["where"]


@pytest.mark.parametrize("text", ["", "Testalarm, er is niets aan de hand."])
def test_a_bare_alarm_and_practice_ask_nothing(text: str) -> None:
    case = Case()
    assert asked(case, case.do(c.RaiseAlarm(text=text, exercise=bool(text), by=by("bakker")))) == []


def test_who_alarms_by_telephone_is_asked_nothing() -> None:
    case = Case()
    origin = replace(by("bakker"), via="sms", account="sms:x")
    assert asked(case, case.do(c.RaiseAlarm(text="er is iets raars", by=origin))) == []


def test_a_closed_incident_asks_and_takes_no_more() -> None:
    case = Case()
    case.alarm("er is iets raars")
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(reason="loos", by=by("bakker")))
    with pytest.raises(c.Refused, match="incident_closed"):
        case.do(c.AnswerIntake(about="where", text="hier", by=by("bakker")))


@pytest.mark.parametrize(("about", "choice"), [("where", "maan"), ("when", "ooit"), ("channel", "krant")])
def test_a_choice_that_is_not_in_the_list_is_refused(about: e.IntakeField, choice: str) -> None:
    case = Case()
    case.alarm("er is iets raars")
    with pytest.raises(c.Refused, match="no_such_choice"):
        case.do(c.AnswerIntake(about=about, choice=choice, by=by("bakker")))


def test_names_in_an_answer_are_noticed() -> None:
    case = Case()
    case.alarm("er is iets raars")
    entries = case.do(c.AnswerIntake(about="where", text="bij dhr. Jansen thuis", by=by("bakker")))
    assert of(e.PersonalDataNoticed, entries)


def test_every_choice_fits_a_number_on_a_phone() -> None:
    assert all(1 < len(choices) <= 9 for choices in CHOICES.values())


# --- danger, the calendar, and two alike -------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "first"), [("er wordt geschoten", True), ("geen gewonden, wel schade", False)])
def test_a_line_about_danger_says_112_first(text: str, first: bool) -> None:
    case = Case()
    case.alarm()
    case.opens_room()
    note = of(m.LineNote, told(case, case.do(c.RecordLine(kind="feit", text=text, by=by("bakker")))))[0]
    assert note.danger is first


def test_a_day_of_the_calendar_makes_another_phenomenon_of_it() -> None:
    new_year = CalendarProfile("F13", Both("jaarwisseling", "New Year"), ("oudjaar",), "12-30", "01-01")
    playbook = replace(RIOT, phenomena=("F01", "F13"), calendar=(new_year,))
    found = []
    for day in (datetime(2026, 12, 29, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)):
        case = Case()
        books = {**case.world.reference.playbooks, playbook.id: playbook}
        reference = replace(case.world.reference, playbooks=books)
        case.world = replace(case.world, now=day, wall=day, reference=reference)
        heard = told(case, case.alarm("ze willen rellen"))
        found.append((case.incident.phenomenon, of(m.AlarmUnderstood, heard)[0].calendar))
    assert found == [("F01", None), ("F13", new_year.name)]


def test_what_looks_like_another_case_says_so_and_never_holds_up_the_coordinator() -> None:
    case = Case()
    known = Recent("2026-013", case.world.reference.contacts.municipalities[0].id, "F01", NIGHT - timedelta(minutes=29))
    case.world = replace(case.world, recent=(known,))
    heard = told(case, case.alarm())
    assert of(m.AlarmReceived, heard)[0].similar_to == "2026-013"
    assert [x.to.name for x in of(m.PageText, heard)] == ["coordinator1"]
    case = Case()
    case.world = replace(case.world, recent=(replace(known, raised_at=NIGHT - timedelta(minutes=31)),))
    assert of(m.AlarmReceived, told(case, case.alarm()))[0].similar_to is None


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("politie gebeld, oproep op snap", ("snapchat",)), ("de school werd gebeld met een dreiging", ("telefoon",))],
)
def test_that_somebody_was_rung_about_it_is_no_channel(text: str, kinds: tuple[str, ...]) -> None:
    case = Case()
    case.alarm(text)
    assert case.incident.channels == kinds


def test_who_is_next_at_night_hears_it_in_the_chat_alone_also_when_it_is_expected_in_the_morning() -> None:
    case = planned(begins=Moment(MORNING + timedelta(hours=3), "10:00", announced=True, dated=True))
    case.after(hours=2).declines("coordinator1")  # by now it is less than six hours off
    assert case.page("coordinator2").ladder == ()


def test_a_shift_that_ends_at_night_is_handed_over_in_the_morning() -> None:
    case = planned()
    case.incident = replace(case.incident, policy=replace(case.world.reference.contacts.policy, lease=Lease()))
    case.answers("coordinator1")
    role = case.incident.calls[COORDINATOR]
    ends = replace(role, shift_ends=NIGHT + timedelta(hours=1))
    case.incident = replace(case.incident, calls={**case.incident.calls, COORDINATOR: ends})
    assert [timer.due for timer in timers(case.incident) if timer.wants == "hand_over"] == [MORNING]


def test_what_went_on_in_another_incident_has_no_aftercare_and_says_where_it_went() -> None:
    case = Case(aftercare=True, quiet_after=timedelta(hours=2))
    recent = Recent("2026-013", MunicipalityId("waterbrug"), "F01", NIGHT - timedelta(minutes=5))
    case.world = replace(case.world, recent=(recent,))
    case.alarm()
    case.answers("coordinator1")
    case.do(c.JoinSimilar(by=by("bakker")))
    later = case.after(days=3).tick()

    assert [type(entry) for entry in later] == [e.IncidentFinished]
    state = replies.status(load(), "nl", case.incident)[1]
    assert state.startswith("Gaat verder in 2026-013, sinds zo 22-11 03:04"), state
