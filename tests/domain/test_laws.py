"""Laws that hold for any story: of commands by anybody, at any time, in any order."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.erased import ERASED
from bot.domain.escalation import Lease, Quorum
from bot.domain.ids import EventId, IncidentId, PageId, PersonId, PlaybookId, RoleId, RoomId, StepId
from bot.domain.incident import Incident, evolve
from bot.domain.ladder import CHANNELS
from bot.domain.paging import asked_for
from bot.domain.people import DUTIES
from bot.domain.playbook import Condition, Playbook
from bot.domain.roster import Override
from bot.domain.themes import SCORES, THEMES
from bot.domain.timers import timers
from bot.domain.triage import Moment
from tests.builders import NIGHT, STAFF, Case, by

PEOPLE = (
    "bakker",
    "visser",
    "vreemde",
    "coordinator1",
    "coordinator2",
    "cyber1",
    "cyber2",
    "cter1",
    "cter2",
    "om1",
    "om2",
    "achtervang",
)
STEPS = ("BA01", "BA03", "BA05", "BA09", "PB01-2", "PB01-5", "XX")


# Shifts that end within a night, so that roles are handed over.
STAND_INS = (
    Override(RoleId("om"), "eerste", PersonId("om2"), NIGHT, NIGHT + timedelta(hours=1)),
    Override(
        RoleId("coordinator"),
        "eerste",
        PersonId("coordinator2"),
        NIGHT + timedelta(minutes=5),
        NIGHT + timedelta(days=1),
    ),
)


LATER = tuple(NIGHT + timedelta(hours=n) for n in (1, 3, 9, 40))


def _commands() -> st.SearchStrategy[c.Command]:
    who = st.builds(by, st.sampled_from(PEOPLE), st.sampled_from(("clear", "decrypted", "known_device")))
    page = st.integers(1, 20).map(lambda n: PageId(f"p{n}"))
    step = st.none() | st.sampled_from(STEPS).map(StepId)
    person = st.sampled_from(PEOPLE).map(PersonId)
    role = st.sampled_from(STAFF).map(RoleId)
    text = st.sampled_from(("", "tekst", "rellen bij het station", "Waterbrug rellen: nu", "er is een bom"))
    event = st.sampled_from(("$a", "$b")).map(EventId)
    number = st.integers(0, 4)
    duty = st.sampled_from(DUTIES)
    due = st.just(NIGHT + timedelta(minutes=20))
    eta = st.none() | st.sampled_from((15, 30))
    how = st.sampled_from(("text", "reaction", "message"))
    moment, about = st.none() | st.sampled_from(LATER), st.sampled_from(("where", "when", "channel"))
    begins = st.builds(Moment, st.sampled_from(LATER), st.just("za 20:00"), st.booleans(), st.booleans())
    plain: list[type[Any]] = [
        c.CallNow, c.StopCall, c.JoinSimilar, c.ProposeClosing, c.KeepOpen, c.ReopenIncident,
    ]  # fmt: skip
    return st.one_of(
        st.builds(c.RaiseAlarm, text=text, by=who),
        *(st.builds(kind, by=who) for kind in plain),
        st.builds(c.Tick),
        st.builds(c.CloseIncident, reason=text, by=who),
        st.builds(c.Acknowledge, page=page, answer_by=how, eta_minutes=eta, by=who),
        st.builds(c.Decline, page=page, answer_by=how, by=who),
        st.builds(c.UndoAnswer, page=page, by=who),
        st.builds(c.TakeOver, role=st.none() | role, by=who),
        st.builds(c.CorrectCall, roles=st.tuples(role), by=who),
        st.builds(c.CallRole, role=role, by=who),
        st.builds(c.StartPlaybook, playbook=st.sampled_from(("PB00", "PB01", "PB09")).map(PlaybookId), by=who),
        st.builds(c.FinishStep, step=step, by=who),
        st.builds(c.SkipStep, step=step, reason=text, by=who),
        st.builds(c.ClaimStep, step=step, by=who),
        st.builds(c.ReopenStep, step=st.sampled_from(STEPS).map(StepId), by=who),
        st.builds(c.RecordLine, kind=st.just("feit"), text=text, source=st.none() | event, by=who),
        st.builds(c.RecordLine, kind=st.sampled_from(("aanname", "kennisvraag", "externe_melding")), text=text, by=who),
        st.builds(c.RecordLine, kind=st.just("correctie"), text=text, about=number, by=who),
        st.builds(c.QualifyLine, line=number, reliability=st.none() | st.sampled_from((1, 2)), by=who),
        st.builds(c.SettleAssumption, line=number, outcome=st.sampled_from(("confirmed", "refuted")), text=text, by=who),
        st.builds(c.RecordLine, kind=st.just("feit"), text=st.just("dhr. Jansen is @rel_koning"), by=who),
        st.builds(c.ReplaceLine, line=number, text=text, by=who),
        st.builds(c.AnswerQuestion, line=number, text=text, by=who),
        st.builds(c.AnswerNotice, line=number, text=text, by=who),
        st.builds(c.GiveAction, text=text, owner=st.none() | person, due=st.none() | due, by=who),
        st.builds(c.FinishAction, action=number, by=who),
        st.builds(c.DropAction, action=number, reason=text, by=who),
        st.builds(c.PassOnAction, action=number, owner=person, by=who),
        st.builds(c.MoveAction, action=number, due=st.just(NIGHT + timedelta(hours=2)), by=who),
        st.builds(c.PassOnAction, action=number, owner=person, due=due, by=who),
        st.builds(c.PostponeStep, step=step, until=st.none() | due, by=who),
        st.builds(c.PassOnStep, step=step, person=person, by=who),
        st.builds(c.AcceptStep, step=step, by=who),
        st.builds(c.KeepStep, step=step, by=who),
        st.builds(c.StartRound, by=who),
        st.builds(c.GiveDuty, duty=duty, person=st.none() | person, by=who),
        st.builds(c.AcceptDuty, duty=st.none() | duty, by=who),
        st.builds(c.DeclineDuty, duty=st.none() | duty, by=who),
        st.builds(c.LayDownDuty, duty=duty, by=who),
        st.builds(c.RaiseAlarm, text=text, begins=begins, by=who),
        st.builds(c.AnswerIntake, about=about, choice=st.sampled_from(("", "nu", "tiktok")), text=text, at=moment, by=who),
        st.builds(c.SkipIntake, by=who),
        st.builds(c.SetExpectedTime, at=st.sampled_from(LATER), by=who),
        st.builds(c.RecordDecision, text=text, by=who),
        st.builds(c.ConfirmDecision, decision=number, by=who),
        st.builds(c.ExplainDecision, reason=text, by=who),
        st.builds(c.ChangeDecision, decision=number, text=text, by=who),
        st.builds(c.WithdrawDecision, decision=number, by=who),
        st.builds(
            c.TakeDecision, point=st.sampled_from(("B1", "B7", "B9")), option=st.integers(0, 5), urgent=st.booleans(),
            capacity=st.sampled_from((None, "on_behalf", "mandate", "advice")), replaces=st.none() | number, by=who,
        ),
        st.builds(
            c.GiveReason, decision=number, text=text, reason=st.none() | st.sampled_from(("feiten", "doel", "x")),
            applies=st.booleans(), by=who,
        ),
        st.builds(c.PromiseReasons, decision=number, by=who),
        st.builds(c.PlanReview, decision=number, at=st.just(NIGHT + timedelta(hours=3)), by=who),
        st.builds(c.RecordSitrep, text=text, unchanged=st.booleans(), by=who),
        st.builds(
            c.RecordSitrep, text=st.just(""), parts=st.sampled_from(((("wat", "x"),), (("wat", "x"), ("fysiek", "y")))),
            follows=st.none() | number, drafted_at=st.none() | st.just(NIGHT), by=who,
        ),
        st.builds(c.PostponeSitrep, minutes=st.none() | st.just(15), by=who),
        st.builds(c.EditSource, source=event, text=text, by=who),
        st.builds(c.RemoveSource, source=event, by=who),
        st.builds(c.ReportRoom, name=st.just("main"), room_id=st.none() | st.just(RoomId("!r"))),
        st.builds(c.ReportRoomLost, name=st.just("main"), why=st.just("removed")),
        st.builds(c.ReportMember, person=person, name=st.just("main"), joined=st.booleans()),
        st.builds(
            c.ReportDelivery, page=page, attempt=st.just(1), channel=st.sampled_from(CHANNELS),
            outcome=st.sampled_from(("delivered", "undeliverable", "unclear")), event=st.just(EventId("$p")),
        ),
        st.builds(c.CallRole, role=role, layer=st.sampled_from(("eerste", "reserve")), by=who),
        st.builds(c.CallPerson, person=person, role=st.none() | role, by=who),
        st.builds(c.Escalate, role=st.none() | role, by=who),
        st.builds(c.Escalate, page=page, by=who),
        st.builds(c.AcceptHandover, role=st.none() | role, by=who),
        st.builds(c.PutOffHandover, role=st.none() | role, by=who),
        st.builds(c.ShowNumbers, by=who),
        st.builds(c.ReportAway, seconds=st.just(240)),
        st.builds(c.FinishIncident, reason=text, by=who),
        st.builds(c.ReopenIncident, reason=text, by=who),
        st.builds(c.PlanEvaluation, at=st.just(NIGHT + timedelta(days=4)), by=who),
        st.builds(c.NoteImprovement, text=text, owner=st.none() | person, by=who),
        st.builds(
            c.ReviewImprovement, improvement=number, outcome=st.sampled_from(("done", "going", "dropped")), remark=text,
            by=who,
        ),
        st.builds(
            c.RecordObservation, theme=st.sampled_from(THEMES), score=st.sampled_from(SCORES),
            lines=st.lists(number, max_size=2).map(tuple), by=who,
        ),
        st.builds(c.TakeIn, number=st.just(""), person=person, text=text, flood=st.booleans()),
    )  # fmt: skip


_MOMENTS = st.sampled_from((0, 1, 29, 30, 60, 299, 300, 301, 3600, 90_000, 700_000, 3_000_000))
# named, proposed (so that the experts wait for the grace), nothing said, danger
ALARMS = ("rellen: bij het station", "ze willen rellen", "", "er is een bom")
STORIES = st.lists(st.tuples(_MOMENTS, _commands()), max_size=30).flatmap(
    lambda story: st.sampled_from(ALARMS).map(lambda text: [(0, c.RaiseAlarm(text=text, by=by("bakker"))), *story])
)
WITHOUT_ALARM = st.lists(st.tuples(_MOMENTS, _commands()), max_size=30)


def _hanging_on(playbook: Playbook) -> Playbook:
    """The same with required steps, one that hangs on another, and some that every round repeats."""
    when = (Condition(step=StepId("BA03")),)
    steps = (
        replace(s, required=s.id != "BA09", repeats=s.id in ("BA01", "BA03"), when=when if s.id == "PB01-2" else ())
        for s in playbook.steps
    )
    # one of them is for after the end
    after = (replace(s, phase="nafase") if s.id == "PB01-5" else s for s in steps)
    return replace(playbook, steps=tuple(after))


def _play(story: list[tuple[int, c.Command]]) -> Case:
    case = Case(lease=Lease(), quorum=(Quorum(RoleId("expert_cter"), 2),), aftercare=True)
    playbooks = {p.id: _hanging_on(p) for p in case.world.reference.playbooks.values()}
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks=playbooks))
    people = case.world.reference.contacts.people
    case.world = replace(case.world, reachable=dict.fromkeys(people, frozenset(CHANNELS)), overrides=STAND_INS)
    for seconds, command in story:
        before = case.incident
        case.after(seconds=seconds)
        try:
            case.do(command)
        except c.Refused:
            assert case.incident is before, "a refused command changes nothing"
            continue
        if isinstance(command, c.Tick):
            assert not [t for t in timers(case.incident) if t.due <= case.world.now], "no due timer remains unfired"
    return case


def _fold(told: list[tuple[e.Entry, Any]], start: Incident | None = None) -> Incident:
    incident = start or Incident(IncidentId("00000000-0000-0000-0000-000000000001"))
    for entry, at in told:
        incident = evolve(incident, entry, at)
    return incident


@given(STORIES | WITHOUT_ALARM)
def test_any_story_folds_and_is_announced(story: list[tuple[int, c.Command]]) -> None:
    case = _play(story)
    incident = Incident(case.incident.id)
    for entry, at in case.told:
        incident = evolve(incident, entry, at)
        for message in announce(incident, entry, at):
            assert type(message) in m.TRAITS
            assert message.number == incident.number
    assert incident == case.incident


@given(STORIES, st.integers(0, 60))
def test_folding_a_prefix_and_then_the_rest_equals_folding_all(story: list[tuple[int, c.Command]], cut: int) -> None:
    told = _play(story).told
    assert _fold(told[cut:], _fold(told[:cut])) == _fold(told)


@given(STORIES)
def test_an_alarmed_incident_always_has_a_timer_unless_a_person_stopped_the_last(
    story: list[tuple[int, c.Command]],
) -> None:
    incident = _play(story).incident
    stopped = incident.sitrep_due is None
    assert timers(incident) or stopped or incident.state == "finished"


@given(STORIES)
def test_every_page_is_open_answered_over_or_withdrawn_and_no_answered_role_is_still_paged(
    story: list[tuple[int, c.Command]],
) -> None:
    incident = _play(story).incident
    for page in incident.pages.values():
        if page.state == "open" and not page.extra:
            assert any(incident.calls[r].state != "answered" for r in page.roles)
    for call in incident.calls.values():
        assert (call.state != "answered") or call.by is not None
        assert (call.state == "answered") or len(call.holders) < call.wanted


@given(STORIES)
def test_in_an_open_incident_a_role_that_is_called_has_an_open_page(story: list[tuple[int, c.Command]]) -> None:
    incident = _play(story).incident
    if incident.state == "open":
        for role, call in incident.calls.items():
            assert (call.state != "calling") or asked_for(incident, role) is not None


@given(STORIES)
def test_nobody_is_paged_for_a_role_who_already_said_no(story: list[tuple[int, c.Command]]) -> None:
    said_no: set[tuple[str, str]] = set()
    case = _play(story)
    pages = {x.page: x for x, _ in case.told if isinstance(x, e.PageRequested)}
    for entry, _ in case.told:
        match entry:
            case e.PageRequested(person=person, roles=roles, why=why) if (
                why != "by_hand"
            ):  # that is an order of a human
                assert not {(person, r) for r in roles} & said_no
            case e.Declined(page=page, person=person):
                said_no |= {(person, r) for r in pages[page].roles}
            case e.Acknowledged(page=page, person=person) | e.AnswerUndone(page=page, person=person):
                said_no -= {(person, r) for r in pages[page].roles}
            case _:
                pass


@given(STORIES)
def test_each_role_has_one_open_step_at_a_time(story: list[tuple[int, c.Command]]) -> None:
    case = _play([*story, (0, c.ReportRoom(name="main", room_id=RoomId("!r2")))])
    roles = [s.role for s in case.incident.progress.values() if s.progress == "open"]
    reopened = [x for x, _ in case.told if isinstance(x, e.StepReopened)]
    assert len(roles) - len(set(roles)) <= len(reopened)


@given(STORIES)
def test_a_step_that_hangs_on_an_answer_is_put_to_nobody_before_that_answer(story: list[tuple[int, c.Command]]) -> None:
    case = _play(story)
    due: set[StepId] = set()
    hanging = {s.id for s in case.incident.steps if s.when}
    for entry, _ in case.told:
        match entry:
            case e.StepBecameDue(step=step):
                assert step not in due
                due.add(step)
            case e.StepOpened(step=step):
                assert step in due or step not in hanging
            case _:
                pass


@given(STORIES)
def test_nothing_required_is_left_open_without_a_reason(story: list[tuple[int, c.Command]]) -> None:
    for entry, _ in _play(story).told:
        assert not isinstance(entry, e.IncidentClosed) or not entry.left or entry.reason


def _without_free_text(entry: e.Entry) -> e.Entry:
    gone = {f.name: ERASED for f in fields(entry) if f.metadata.get("erasable")}
    return replace(entry, origin=replace(entry.origin, account=ERASED), **gone)  # type: ignore[arg-type]


@settings(max_examples=50)
@given(STORIES)
def test_timers_and_rules_fold_alike_after_erasure(story: list[tuple[int, c.Command]]) -> None:
    told = _play(story).told
    whole, erased = _fold(told), _fold([(_without_free_text(x), at) for x, at in told])
    assert timers(whole) == timers(erased)
    assert (whole.state, whole.calls, whole.pages, whole.progress) == (
        erased.state,
        erased.calls,
        erased.pages,
        erased.progress,
    )


@given(STORIES, st.integers(0, 10))
def test_a_late_double_or_needless_tick_is_harmless(story: list[tuple[int, c.Command]], minutes: int) -> None:
    case = _play(story)
    case.after(minutes=minutes).tick()
    assert case.tick() == []
    assert timedelta(0) <= case.world.now - case.told[-1][1]
