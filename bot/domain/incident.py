"""The state that a log tells: `evolve` folds one entry into it, never refuses and never reads a clock.

Longer than most modules: one `match` over the closed list of kinds is easier to check than the same in pieces.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, assert_never, get_args

from bot.domain import after as aftermath
from bot.domain import custody as keeping
from bot.domain import entries as e
from bot.domain.escalation import FAR, EscalationPolicy
from bot.domain.growing import Growing
from bot.domain.ids import BOT, EventId, IncidentId, MunicipalityId, PageId, PersonId, RoleId, RoomId, StepId
from bot.domain.ladder import Channel, Ladder
from bot.domain.origin import BY_CHANNEL, Confidentiality, Place
from bot.domain.people import CALLED, COORDINATOR, MELDER, Duty, Language
from bot.domain.personal_data import PersonalData
from bot.domain.playbook import DecisionType, LineKind, Phase, Playbook, Step
from bot.domain.sources import NoticeRoute, Outcome, Reliability, SourceKind

if TYPE_CHECKING:
    from dataclasses import replace as altered  # so that mypy holds each change against the fields
else:
    from bot.domain.altered import altered

State = Literal["none", "open", "closed", "finished"]
PageState = Literal["open", "acknowledged", "declined", "unanswered", "undeliverable", "withdrawn"]
CallState = Literal["calling", "answered", "exhausted"]
_CHANNEL: Final[Mapping[str, e.ChannelKind]] = {kind: kind for kind in get_args(e.ChannelKind)}
REMINDERS: Final = 2  # of an action or a step: who does it, then the coordinator
REASONS_REMINDERS: Final = 3  # of reasons that were put off: the recorder, the coordinator, and then the room
MOST_SITREP_REMINDERS: Final = (
    3  # and then not before somebody records something: a room that went to sleep is left alone
)
Progress = Literal["open", "claimed", "later", "done", "skipped"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A person as known to this incident."""

    name: str
    organisation: str
    roles: tuple[RoleId, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Page:
    id: PageId
    person: PersonId
    roles: tuple[RoleId, ...]
    step: int
    since: datetime  # from when the waits count
    attempts: int = 1
    state: PageState = "open"
    delivered_at: datetime | None = None
    answered_at: datetime | None = None
    answer_cause: EventId | None = (
        None  # the reaction or message that answered, so that taking it away can be understood
    )
    eta_minutes: int | None = None
    coming_since: datetime | None = (
        None  # from when the time to come counts; None: a sign of life was seen, or it lapsed
    )
    asked_again: datetime | None = None
    ladder: Ladder = ()
    climbed: int = 0  # how many rungs were tried
    tried: tuple[Channel, ...] = ()  # every try beside Matrix, in order
    failed: frozenset[Channel] = frozenset()
    extra: bool = False  # called by hand beside somebody who had already answered
    along: bool = False  # the fallback, called together with somebody who can be reached in one way only

    def attempt(self, channel: Channel) -> int:
        """How often a channel was tried."""
        return self.attempts if channel == "matrix" else self.tried.count(channel)


@dataclass(frozen=True, slots=True)
class Call:
    """One role being called: the step it is at, and who answered (`also`: others, where more than one is wanted)."""

    role: RoleId
    step: int = -1
    state: CallState = "calling"
    by: PersonId | None = None
    also: tuple[PersonId, ...] = ()
    wanted: int = 1
    shift_ends: datetime | None = None  # of `by`; None: nothing to hand over
    offered_to: PersonId | None = None
    offered_at: datetime | None = None
    offers: int = 0

    @property
    def holders(self) -> tuple[PersonId, ...]:
        """Everybody who answered for the role, the first first."""
        return (() if self.by is None else (self.by,)) + self.also


@dataclass(frozen=True, slots=True)
class StepState:
    role: RoleId
    progress: Progress = "open"
    person: PersonId | None = None
    at: datetime | None = None
    cause: EventId | None = None
    put_at: datetime | None = None  # when it was put to the role last
    until: datetime | None = None  # when it is put again
    offered_to: PersonId | None = None
    reminders: int = 0  # since it was put, passed on or opened again
    reminded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a duty since when (UTC), and whom it was offered to."""

    person: PersonId | None = None
    since: datetime | None = None
    offered_to: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to one question of a motivation; `applies` false: it does not apply, and `text` says why."""

    text: str
    at: datetime
    by: PersonId
    applies: bool = True
    lines: tuple[int, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`by` is whose words it is, `recorder` who put it in the log, and at `place`."""

    number: int
    text: str
    at: datetime
    by: PersonId
    reason: str = ""
    confirmed: bool = False
    withdrawn: bool = False
    point: str | None = None
    option: str | None = None
    recorder: PersonId = PersonId("")
    place: Place | None = None
    taken_by: RoleId | None = None
    capacity: e.Capacity = "own"
    replaces: int | None = None
    replaced_by: int | None = None
    four_eyes: bool = False
    seconded_by: PersonId | None = None
    given: Mapping[str, Given] = field(default_factory=dict)  # by the reason's id
    reasons_due: datetime | None = None
    promises: int = 0  # how often it was said that the reasons follow
    reasons_reminded: int = 0  # 1: the recorder, 2: the coordinator, too, 3: the room has heard it
    review_at: datetime | None = None
    review_reminded: int = 0
    step: StepId | None = None  # that it finished
    personal: tuple[PersonalData, ...] = ()  # what its words may hold


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the room's log and what became of it; `answer` is what was said to a question, a notice or an assumption."""

    number: int
    kind: LineKind
    text: str
    at: datetime
    by: PersonId
    about: int | None = None
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    confidentiality: Confidentiality = "intern"
    recipient: str = ""
    reference: str = ""
    route: NoticeRoute | None = None
    outcome: Outcome | None = None
    answered_at: datetime | None = None
    answer: str = ""
    replaced_by: int | None = None
    personal: tuple[PersonalData, ...] = ()  # kinds of personal data that it may hold
    answer_personal: tuple[PersonalData, ...] = ()  # those that the answer may hold
    place: Place = "main"  # where it was said
    changed: str = ""  # what its writer made of the message later
    removed_at: datetime | None = None  # when the message was removed from the chat


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that belongs to a line: fetched since, or not to be had."""

    name: str
    person: PersonId
    by: PersonId  # who put it in the log
    line: int | None = None
    state: Literal["waiting", "kept", "not_kept"] = "waiting"
    lost: e.NotKept | None = None  # why it is not kept


@dataclass(frozen=True, slots=True)
class Action:
    """`due` is UTC; `reminders` are those since `due` was set, `reminded_at` the last of them."""

    number: int
    text: str
    owner: PersonId
    at: datetime
    due: datetime | None = None
    state: Literal["open", "done", "dropped"] = "open"
    remark: str = ""
    reminders: int = 0
    reminded_at: datetime | None = None
    personal: tuple[PersonalData, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A situation report; `parts` names the part that each line of `text` is, none when it was said in free words."""

    number: int
    text: str
    at: datetime
    by: PersonId
    unchanged: bool = False
    parts: tuple[str, ...] = ()
    personal: tuple[PersonalData, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A municipality that is concerned beside the responsible one; `people` are those of its own who were told."""

    id: MunicipalityId
    name: str
    people: tuple[PersonId, ...]


@dataclass(frozen=True)  # no slots: `altered` hands its fields over at once
class Incident:
    """Folded from the log, never saved. The mappings are never changed in place."""

    id: IncidentId
    state: State = "none"
    number: str = ""
    municipality: MunicipalityId = MunicipalityId("")
    municipality_name: str = ""
    involved: tuple[MunicipalityId, ...] = ()
    text: str = ""
    personal: tuple[PersonalData, ...] = ()  # what the text of the alarm may hold
    phenomenon: str | None = None
    reporter: PersonId = PersonId("")
    by_telephone: bool = False  # the reporter called or texted: there is no chat to ask them in
    alarm_at: datetime | None = None
    alarm_place: Place = "direct"
    expected_at: datetime | None = None
    urgency: e.Urgency = "gewoon"
    danger: bool = False
    because: tuple[str, ...] = ()  # the words for which the playbook was proposed
    place: str = ""
    channels: tuple[e.ChannelKind, ...] = ()
    intake: Mapping[e.IntakeField, e.IntakeAnswered] = field(
        default_factory=dict
    )  # what the reporter was asked and said
    quiet_until: datetime | None = None
    zone: str = ""
    exercise: bool = False
    language: Language = "nl"
    policy: EscalationPolicy | None = None
    similar_to: str | None = None
    joined_into: str | None = None
    call_at: datetime | None = None
    awaiting: tuple[RoleId, ...] = ()
    people: Mapping[PersonId, Seen] = field(default_factory=dict)
    calls: Mapping[RoleId, Call] = field(default_factory=dict)
    pages: Mapping[PageId, Page] = field(default_factory=dict)
    rooms: Mapping[Place, RoomId] = field(default_factory=dict)
    lost_rooms: frozenset[Place] = frozenset()
    members: frozenset[PersonId] = frozenset()
    from_the_start: frozenset[PersonId] = frozenset()  # who was invited before the first message of the room
    playbooks: tuple[Playbook, ...] = ()
    steps: tuple[Step, ...] = ()
    progress: Mapping[StepId, StepState] = field(default_factory=dict)
    came_due: frozenset[StepId] = frozenset()  # steps with a condition, once it had come true
    round: int = 1  # of picture, judgement and decision
    round_at: datetime | None = None  # when the second or a later one began
    again: frozenset[StepId] = frozenset()  # the steps that began again with it
    duties: Mapping[Duty, Held] = field(default_factory=dict)
    opened_at: datetime | None = None  # the room, the first time
    duties_reminded: bool = False
    decisions: tuple[Decision, ...] = ()
    actions: tuple[Action, ...] = ()
    lines: int = 0
    log_lines: Growing[int, LogLine] = field(default_factory=Growing)  # by number
    bundled: int = 0  # alarms that were taken in here because one reporter gave so many
    sources: Growing[EventId, PersonId] = field(
        default_factory=Growing
    )  # messages that stand in the log, and who wrote them
    stands_in: Growing[EventId, tuple[e.Written, int]] = field(default_factory=Growing)  # what was made of each
    removed: frozenset[EventId] = frozenset()  # those that were removed from the chat
    files: Mapping[EventId, SharedFile] = field(default_factory=dict)
    chat: Literal["marked_only", "all"] = "marked_only"
    sitreps: int = 0
    sitrep_at: datetime | None = None  # when the last one was
    sitrep_due: datetime | None = None  # when the bot reminds of the next; None: no more reminders
    sitrep_asked: int = 0  # reminders since anybody did something about the report
    reports: tuple[Report, ...] = ()
    room_opened_at: datetime | None = None  # the first time
    came: frozenset[PersonId] = frozenset()  # who was ever in the room
    closing_by: PersonId | None = None  # who proposed to close, or was asked to
    said_at: datetime | None = None  # when somebody put something in the log last
    quiet_told: bool = False  # since then it was asked whether to close
    closed_at: datetime | None = None
    after: aftermath.After = aftermath.After()
    custody: keeping.Custody = keeping.Custody()
    log_key: str = ""  # the public key that its log goes on under, once another was replaced
    waits_for: tuple[RoleId, ...] = ()  # `awaiting` is called once one of these answered
    neighbours: tuple[Neighbour, ...] = ()
    flags: tuple[e.Flag, ...] = ()
    circle: tuple[PersonId, ...] = ()  # who alone reads and speaks in the closed room
    circle_ever: frozenset[PersonId] = frozenset()  # they, and who belonged to it before
    circle_present: frozenset[PersonId] = frozenset()

    def name(self, person: PersonId) -> str:
        """The name to show; a person who was never named here shows as the id."""
        seen = self.people.get(person)
        return seen.name if seen else str(person)

    def owner(self, role: RoleId) -> PersonId | None:
        """Who holds a role in this incident, as far as somebody answered for it."""
        if role == MELDER:
            return self.reporter or None
        call = self.calls.get(role)
        return call.by if call else None

    def doer(self, step: Step) -> RoleId:
        """The role that does a step: its own when that is called here, else the role it goes through."""
        if step.role in (MELDER, COORDINATOR, CALLED) or step.role in self.calls:
            return step.role
        return step.via or COORDINATOR

    def applies(self, step: Step) -> bool:
        """Whether a step is to be done here: it has no condition, or its condition came true."""
        return not step.when or step.id in self.came_due

    def due_at(self, step: Step) -> datetime:
        """When a step should be done (UTC): before the expected moment, as far as one is known, else after the alarm."""
        assert self.alarm_at is not None, "steps follow an alarm"
        if step.id in self.again and self.round_at is not None:
            # the alarm is not repeated: a new round has the time that the first had after it
            alarmed = max((s.due for s in self.steps if s.phase == "alarm"), default=timedelta(0))
            return self.round_at + max(step.due - alarmed, timedelta(0))
        if step.before is not None and self.expected_at is not None:
            # what comes too late for that has the time that it has without such a moment
            return max(self.expected_at - step.before, min(self.alarm_at + step.due, self.expected_at))
        announced = self.expected_at if self.urgency == "gepland" else None
        return (announced or self.alarm_at) + step.due

    def duty_holder(self, duty: Duty) -> PersonId | None:
        """Who has a duty now."""
        held = self.duties.get(duty)
        return held.person if held is not None else None

    def open_step(self, role: RoleId) -> Step | None:
        """The step that was put to a role and is not finished yet."""
        for step in self.steps:
            state = self.progress.get(step.id)
            if state and state.role == role and state.progress in ("open", "claimed"):
                return step
        return None

    def decision_type(self, point: str) -> DecisionType | None:
        """The type of decision as the playbook that started last froze it."""
        frozen = (kind for book in reversed(self.playbooks) for kind in book.decisions)
        return next((kind for kind in frozen if kind.id == point), None)

    @property
    def steps_in_time(self) -> tuple[Step, ...]:
        """In the order in which they are to be done; `steps` is in the order of their numbers."""
        return tuple(sorted(self.steps, key=lambda step: step.due))

    @property
    def phase(self) -> Phase:
        """The phase of the earliest step that is not finished."""
        for step in self.steps_in_time:
            if self.applies(step) and not finished(self, step):
                return step.phase
        return "nafase" if self.steps else "alarm"


def finished(incident: Incident, step: Step) -> bool:
    state = incident.progress.get(step.id)
    return state is not None and state.progress in ("done", "skipped")


def owner_of(incident: Incident, step: StepId) -> PersonId | None:
    """Who does a step that was put: who took it on, else who answered for its role."""
    state = incident.progress[step]
    return state.person if state.progress == "claimed" else incident.owner(state.role)


def _page(incident: Incident, page: PageId, **change: object) -> Incident:
    old = incident.pages[page]
    return altered(incident, pages={**incident.pages, page: replace(old, **change)})  # type: ignore[arg-type]


def _calls(incident: Incident, roles: tuple[RoleId, ...], **change: object) -> Incident:
    changed = {r: replace(incident.calls.get(r, Call(r)), **change) for r in roles}  # type: ignore[arg-type]
    return altered(incident, calls={**incident.calls, **changed})


def _decision(incident: Incident, number: int, **change: object) -> Incident:
    changed = tuple(replace(d, **change) if d.number == number else d for d in incident.decisions)  # type: ignore[arg-type]
    return altered(incident, decisions=changed)


def _action(incident: Incident, number: int, **change: object) -> Incident:
    changed = tuple(replace(a, **change) if a.number == number else a for a in incident.actions)  # type: ignore[arg-type]
    return altered(incident, actions=changed)


def _worked(
    incident: Incident,
    entry: e.StepPostponed | e.StepOffered | e.StepPassedOn | e.StepKept,
    at: datetime,
) -> Incident:
    """A step that is put off, or that somebody else is asked to do. Who takes it over is reminded anew."""
    old = incident.progress[entry.step]
    match entry:
        case e.StepPostponed(until=until):
            new = StepState(old.role, "later", entry.origin.actor, at, until=until)
        case e.StepOffered(person=person):
            new = replace(old, offered_to=person)
        case e.StepPassedOn(person=person):
            new = StepState(old.role, "claimed", person, at, entry.origin.cause, put_at=at)
        case e.StepKept():
            new = replace(old, offered_to=None)
        case _:
            assert_never(entry)
    return altered(incident, progress={**incident.progress, entry.step: new})


def _steps_reminded(incident: Incident, entry: e.StepReminded, at: datetime) -> Incident:
    told = {step: incident.progress[step] for step in entry.steps}
    count = REMINDERS if entry.who == "coordinator" else 1
    changed = {step: replace(state, reminders=count, reminded_at=at) for step, state in told.items()}
    return altered(incident, progress={**incident.progress, **changed})


def _round(incident: Incident, entry: e.RoundStarted, at: datetime) -> Incident:
    left = {step: state for step, state in incident.progress.items() if step not in entry.steps}
    again = frozenset(entry.steps)
    due = report_due(incident, at)
    return altered(incident, round=entry.round, round_at=at, again=again, progress=left, sitrep_due=due)


def _duty(
    incident: Incident, entry: e.DutyOffered | e.DutyGiven | e.DutyDeclined | e.DutyLaidDown, at: datetime
) -> Incident:
    old = incident.duties.get(entry.duty, Held())
    match entry:
        case e.DutyOffered(person=person):
            new = replace(old, offered_to=person)
        case e.DutyGiven(person=person):
            new = Held(person, at)
        case e.DutyDeclined():
            new = replace(old, offered_to=None)
        case e.DutyLaidDown():
            new = Held(offered_to=old.offered_to)
        case _:
            assert_never(entry)
    return altered(incident, duties={**incident.duties, entry.duty: new})


def _acted(
    incident: Incident,
    entry: e.ActionDone | e.ActionDropped | e.ActionPassedOn | e.ActionMoved | e.ActionReminded,
    at: datetime,
) -> Incident:
    """What became of an action; who takes it over, or gets another time, is reminded anew."""
    match entry:
        case e.ActionDone(action=number, remark=remark):
            return _action(incident, number, state="done", remark=remark)
        case e.ActionDropped(action=number, reason=reason):
            return _action(incident, number, state="dropped", remark=reason)
        case e.ActionPassedOn(action=number, owner=owner):
            due = entry.due or incident.actions[number - 1].due
            return _action(incident, number, owner=owner, due=due, reminders=0, reminded_at=None)
        case e.ActionMoved(action=number, due=due):
            return _action(incident, number, due=due, reminders=0, reminded_at=None)
        case e.ActionReminded(action=number):
            before = incident.actions[number - 1].reminders
            return _action(incident, number, reminders=before + 1, reminded_at=at)
        case _:
            assert_never(entry)


def report_due(incident: Incident, at: datetime) -> datetime | None:
    """When the situation report after one at `at` is due (UTC), by day or night; None: whoever stopped the reminders hears of
    none again."""
    if incident.policy is None or incident.sitrep_due is None:
        return None
    return _not_long_before(incident, at + incident.policy.sitrep_every)


def _not_long_before(incident: Incident, due: datetime) -> datetime:
    """Of what was announced there is no news to report until it is near."""
    if incident.urgency != "gepland" or incident.expected_at is None:
        return due
    return max(due, incident.expected_at - FAR)


def _step(
    incident: Incident,
    entry: e.StepClaimed | e.StepFinished | e.StepSkipped | e.StepReopened,
    progress: Progress,
    at: datetime,
) -> Incident:
    old = incident.progress.get(entry.step)
    role = old.role if old else next((incident.doer(s) for s in incident.steps if s.id == entry.step), COORDINATOR)
    again = isinstance(entry, e.StepReopened)
    person = None if again else entry.person
    kept = StepState(role) if old is None or again else old  # who claims a step that is late is not reminded twice
    state = StepState(
        role, progress, person, at, entry.origin.cause, put_at=kept.put_at or at,
        reminders=kept.reminders, reminded_at=kept.reminded_at,
    )  # fmt: skip
    return altered(incident, progress={**incident.progress, entry.step: state})


def _answered(incident: Incident, entry: e.Acknowledged, at: datetime) -> Incident:
    page = incident.pages[entry.page]
    given = {"answered_at": at, "answer_cause": entry.origin.cause, "eta_minutes": entry.eta_minutes}
    incident = _page(incident, entry.page, state="acknowledged", coming_since=at, asked_again=None, **given)
    # one yes of the fallback may not send a whole brigade back to bed: it stands in where nobody else comes
    wanting = ("exhausted",) if page.along else ("calling", "exhausted")
    free = tuple(r for r in page.roles if incident.calls[r].state in wanting)
    return _take(incident, free, entry.person)


def _not_awaiting(incident: Incident, roles: tuple[RoleId, ...]) -> Incident:
    """These need not be called any more when the grace is over."""
    left = tuple(r for r in incident.awaiting if r not in roles)
    waits_for = incident.waits_for if left else ()
    return altered(incident, awaiting=left, call_at=incident.call_at if left else None, waits_for=waits_for)


def _take(incident: Incident, roles: tuple[RoleId, ...], person: PersonId) -> Incident:
    """One more for each role; it is answered once as many came as are wanted."""
    changed = {}
    for role in roles:
        call = incident.calls.get(role, Call(role))
        held = (*call.holders, *(() if person in call.holders else (person,)))
        state: CallState = "answered" if len(held) >= call.wanted else call.state
        changed[role] = replace(call, by=held[0], also=held[1:], state=state)
    return altered(incident, calls={**incident.calls, **changed})


def _seen(incident: Incident, person: PersonId) -> Incident:
    """Who said yes and came is not asked any more whether they come, also when they leave the room hours later."""
    came = [p.id for p in incident.pages.values() if p.person == person and p.state == "acknowledged"]
    return reduce(lambda so_far, page: _page(so_far, page, coming_since=None), came, incident)


def _leave(incident: Incident, roles: tuple[RoleId, ...], person: PersonId) -> Incident:
    """Who had answered for these roles no longer does: they are to be called again."""
    changed = {}
    for role in roles:
        call = incident.calls[role]
        if person not in call.holders:
            continue
        held = tuple(p for p in call.holders if p != person)
        given_up = call.by == person
        changed[role] = replace(
            call,
            by=held[0] if held else None,
            also=held[1:],
            state="calling",
            shift_ends=None if given_up else call.shift_ends,
            offered_to=None if given_up else call.offered_to,
        )
    return altered(incident, calls={**incident.calls, **changed})


def _released(incident: Incident, entry: e.Declined | e.AnswerUndone, state: PageState, at: datetime) -> Incident:
    """The page has no yes (any more): the roles that this person had answered are to be called again."""
    if state == "open":
        again = {"since": at, "attempts": 1, "climbed": 0, "failed": frozenset(), "answered_at": None}
        incident = _page(incident, entry.page, state=state, answer_cause=None, coming_since=None, **again)
    else:
        answered = {"answered_at": at, "answer_cause": entry.origin.cause, "coming_since": None}
        incident = _page(incident, entry.page, state=state, **answered)
    return _leave(incident, incident.pages[entry.page].roles, entry.person)


def _requested(incident: Incident, entry: e.PageRequested, at: datetime) -> Incident:
    """Who is called beside somebody who had answered already does not make the role unanswered; who is called out of turn
    takes no step of the policy away: whoever would have been next is so still."""
    answered = all(r in incident.calls and incident.calls[r].state == "answered" for r in entry.roles)
    along = entry.why == "unready"
    page = Page(entry.page, entry.person, entry.roles, entry.step, at, ladder=entry.ladder, extra=answered, along=along)
    incident = altered(incident, pages={**incident.pages, entry.page: page})
    if answered:
        return incident
    out_of_turn = along or entry.why == "by_hand"
    return _calls(incident, entry.roles, state="calling", **({} if out_of_turn else {"step": entry.step}))


def _dropped(incident: Incident, entry: e.TimerDropped, at: datetime) -> Incident:
    """What was not done any more is not due any more either."""
    match entry.wants:
        case "call":
            return altered(incident, awaiting=(), call_at=None, waits_for=())
        case "unanswered":
            assert entry.page is not None, "a page's timer names its page"
            incident = _page(incident, entry.page, state="unanswered")
            left = (r for r in incident.pages[entry.page].roles if incident.calls[r].state == "calling")
            return _calls(incident, tuple(left), state="exhausted")
        case "repeat" | "louder":
            assert entry.page is not None, "a page's timer names its page"
            page = incident.pages[entry.page]
            assert incident.policy is not None, "pages follow a policy"
            attempts = incident.policy.steps[page.step].repeats + 1
            return _page(incident, entry.page, attempts=attempts, climbed=len(page.ladder))
        case "ask_again" | "lapse":
            assert entry.page is not None, "a page's timer names its page"
            return _page(incident, entry.page, coming_since=None)
        case "hand_over":
            assert entry.role is not None, "a role's timer names its role"
            return _calls(incident, (entry.role,), shift_ends=None, offered_to=None)
        case "reasons":
            assert entry.decision is not None, "a decision's timer names its decision"
            return _decision(incident, entry.decision, reasons_reminded=REASONS_REMINDERS)
        case "review":
            assert entry.decision is not None, "a decision's timer names its decision"
            return _decision(incident, entry.decision, review_reminded=2)
        case "sitrep":
            return altered(incident, sitrep_due=report_due(incident, at))
        case "finish":
            return altered(incident, state="finished")
        case "action":
            assert entry.action is not None, "an action's timer names its action"
            return _action(incident, entry.action, reminders=REMINDERS)
        case "aftercare" | "survey_over" | "evaluation" | "improvement":
            return altered(incident, after=aftermath.dropped(incident.after, entry.wants, entry.improvement))
        case "step":
            assert entry.step is not None, "a step's timer names its step"
            late = replace(incident.progress[entry.step], reminders=REMINDERS)
            return altered(incident, progress={**incident.progress, entry.step: late})
        case "step_later":
            return incident  # never: a step that was put off is put whenever the bot is back
        case "duties":
            return altered(incident, duties_reminded=True)
        case "quiet":
            return altered(incident, quiet_told=True)
        case _:
            assert_never(entry.wants)


def _started(incident: Incident, playbook: Playbook) -> Incident:
    """Steps of several playbooks merge by id; what was done stays done. Once a step was put, people have numbers on their screens,
    and the steps that come later are numbered after the others."""
    known = {s.id for s in incident.steps}
    added = tuple(s for s in playbook.steps if s.id not in known)
    numbered = incident.steps if incident.progress else ()
    new = added if incident.progress else (*incident.steps, *added)
    steps = (*numbered, *sorted(new, key=lambda s: s.due))
    return altered(incident, playbooks=(*incident.playbooks, playbook), steps=steps)


def _raised(incident: Incident, entry: e.AlarmRaised, at: datetime) -> Incident:
    incident = altered(
        incident,
        state="open",
        number=entry.number,
        municipality=entry.municipality,
        municipality_name=entry.municipality_name,
        involved=entry.involved,
        text=entry.text,
        phenomenon=entry.phenomenon,
        reporter=entry.reporter,
        by_telephone=entry.origin.via in BY_CHANNEL,
        alarm_at=at,
        alarm_place=entry.origin.room,
        expected_at=entry.expected_at,
        exercise=entry.exercise,
        language=entry.language,
        policy=entry.policy,
        similar_to=entry.similar_to,
        call_at=entry.call_at,
        awaiting=entry.awaiting,
        urgency=entry.urgency,
        chat=entry.chat,
        danger=entry.danger,
        because=entry.because,
        place=entry.place,
        channels=entry.channels,
        quiet_until=entry.quiet_until,
        zone=entry.zone,
        **_first_source(entry),
    )
    return altered(incident, sitrep_due=_not_long_before(incident, at + entry.policy.sitrep_every))


def _first_source(entry: e.AlarmRaised) -> dict[str, Any]:
    """Of an alarm that was typed, what was typed is a message that stands in the log, too."""
    if entry.origin.cause is None or entry.origin.via != "text":
        return {}
    return {
        "sources": Growing({entry.origin.cause: entry.reporter}),
        "stands_in": Growing({entry.origin.cause: ("alarm", 0)}),
    }


def _intake(incident: Incident, entry: e.IntakeAnswered | e.ExpectedTimeSet, at: datetime) -> Incident:
    match entry:
        case e.ExpectedTimeSet():
            call_at = entry.call_at if incident.awaiting else None
            when = {"expected_at": entry.expected_at, "quiet_until": entry.quiet_until}
            moved = altered(incident, urgency=entry.urgency, call_at=call_at, **when)  # type: ignore[arg-type]
            progress = {step: _moved(incident, moved, step, state, at) for step, state in incident.progress.items()}
            return altered(moved, progress=progress, sitrep_due=_sooner(moved, at))
        case e.IntakeAnswered(about=about, choice=choice, text=text):
            return altered(
                incident,
                intake={**incident.intake, about: entry},
                place=text if about == "where" and text else incident.place,
                channels=(_CHANNEL[choice],) if about == "channel" and choice in _CHANNEL else incident.channels,
            )
        case _:
            assert_never(entry)


def _sooner(incident: Incident, at: datetime) -> datetime | None:
    """When the next situation report is due once the expected moment, or the hurry, is another: later while it is far off, and
    never later than an hour from now when it is not."""
    due, later = incident.sitrep_due, report_due(incident, at)
    if due is None or later is None:
        return None
    return _not_long_before(incident, min(due, later))


def _moved(before: Incident, after: Incident, step: StepId, state: StepState, at: datetime) -> StepState:
    """A step that has time again, because it follows the expected moment, is brought to mind anew."""
    known = next(one for one in after.steps if one.id == step)
    due = after.due_at(known)
    if due == before.due_at(known) or due <= at:
        return state
    return replace(state, reminders=0, reminded_at=None)


def _sourced(
    incident: Incident,
    entry: e.LineRecorded
    | e.DecisionRecorded
    | e.DecisionExplained
    | e.DecisionChanged
    | e.ReasonGiven
    | e.SitrepRecorded
    | e.ActionGiven,
) -> Incident:
    """Remembers the message that the entry was made of, so that its later change or removal is recorded too."""
    marked = getattr(entry, "source", None)
    source = marked or entry.origin.cause
    if source is None:
        return incident
    author = getattr(entry, "author", None) if marked else None
    known = {source: author or entry.origin.actor}
    made = {source: _made(incident, entry)}
    return altered(incident, sources=incident.sources | known, stands_in=incident.stands_in | made)


def _made(
    incident: Incident,
    entry: e.LineRecorded
    | e.DecisionRecorded
    | e.DecisionExplained
    | e.DecisionChanged
    | e.ReasonGiven
    | e.SitrepRecorded
    | e.ActionGiven,
) -> tuple[e.Written, int]:
    match entry:
        case e.LineRecorded():
            return "line", incident.lines
        case e.DecisionRecorded(decision=number) | e.DecisionChanged(decision=number):
            return "decision", number
        case e.DecisionExplained(decision=number) | e.ReasonGiven(decision=number):
            return "reason", number
        case e.SitrepRecorded(sitrep=number):
            return "sitrep", number
        case e.ActionGiven(action=number):
            return "action", number
        case _:
            assert_never(entry)


def _retold(incident: Incident, entry: e.SourceEdited | e.SourceRemoved, at: datetime) -> Incident:
    """What became of the message; a line shows it, and stays as it was said."""
    if isinstance(entry, e.SourceRemoved):
        incident = altered(incident, removed=incident.removed | {entry.source})
    line = incident.log_lines.get(entry.number) if entry.about == "line" else None
    if line is None:
        return incident
    if isinstance(entry, e.SourceEdited):
        return _relined(incident, replace(line, changed=entry.text))
    return _relined(incident, replace(line, removed_at=at))


def _relined(incident: Incident, line: LogLine) -> Incident:
    return altered(incident, log_lines=incident.log_lines | {line.number: line})


def _filed(incident: Incident, entry: e.FileShared | e.FileKept | e.FileNotKept) -> Incident:
    match entry:
        case e.FileShared():
            file = SharedFile(entry.name, entry.person, entry.origin.actor, entry.line)
        case e.FileKept(message=message):
            file = replace(incident.files[message], state="kept")
        case e.FileNotKept(message=message, why=why):
            file = replace(incident.files[message], state="not_kept", lost=why)
        case _:
            assert_never(entry)
    return altered(incident, files={**incident.files, entry.message: file})


def _lined(incident: Incident, line: LogLine) -> Incident:
    return altered(incident, lines=line.number, log_lines=incident.log_lines | {line.number: line})


def _line_recorded(incident: Incident, entry: e.LineRecorded, at: datetime) -> Incident:
    line = LogLine(
        number=incident.lines + 1,
        kind=entry.kind,
        text=entry.text,
        at=at,
        by=entry.author or entry.origin.actor,
        about=entry.about,
        source_kind=entry.source_kind,
        reliability=entry.reliability,
        confidentiality=entry.origin.confidentiality,
        recipient=entry.recipient,
        reference=entry.reference,
        route=entry.route,
        place=entry.origin.room,
    )
    if entry.replaces is not None:
        old = incident.log_lines[entry.replaces]
        recipient = "" if old.personal else old.recipient
        line = replace(line, recipient=recipient, outcome=old.outcome, answered_at=old.answered_at)
        line = replace(line, answer=old.answer, answer_personal=old.answer_personal)
        replaced = replace(old, replaced_by=line.number)
        incident = altered(incident, log_lines=incident.log_lines | {old.number: replaced})
    return _sourced(_lined(incident, line), entry)


def _noticed(incident: Incident, entry: e.PersonalDataNoticed) -> Incident:
    """What goes to more readers than the log itself leaves out what is marked here."""
    number, kinds = entry.number, entry.kinds
    match entry.about:
        case "alarm":
            return altered(incident, personal=_also(incident.personal, kinds))
        case "line":
            line = incident.log_lines[number]
            return _relined(incident, replace(line, personal=_also(line.personal, kinds)))
        case "answer":
            line = incident.log_lines[number]
            return _relined(incident, replace(line, answer_personal=_also(line.answer_personal, kinds)))
        case "decision":
            return altered(incident, decisions=_marked(incident.decisions, number, kinds))
        case "action":
            return altered(incident, actions=_marked(incident.actions, number, kinds))
        case "sitrep":
            return altered(incident, reports=_marked(incident.reports, number, kinds))
        case "reason" | "step" | "improvement" | "remark" | "file":
            return incident
        case _:
            assert_never(entry.about)


def _also(before: tuple[PersonalData, ...], kinds: tuple[PersonalData, ...]) -> tuple[PersonalData, ...]:
    return tuple(dict.fromkeys((*before, *kinds)))


_Numbered = TypeVar("_Numbered", Decision, Action, Report)


def _marked(some: tuple[_Numbered, ...], number: int, kinds: tuple[PersonalData, ...]) -> tuple[_Numbered, ...]:
    return tuple(replace(one, personal=_also(one.personal, kinds)) if one.number == number else one for one in some)


def _line_followed(
    incident: Incident,
    entry: e.LineQualified | e.AssumptionSettled | e.QuestionAnswered | e.NoticeAnswered,
    at: datetime,
) -> Incident:
    """What became of a line later; the line itself stays as it was said."""
    old = incident.log_lines[entry.line]
    match entry:
        case e.LineQualified():
            new = replace(
                old,
                source_kind=entry.source_kind or old.source_kind,
                reliability=entry.reliability or old.reliability,
                confidentiality=entry.treated_as or old.confidentiality,
            )
        case e.AssumptionSettled(outcome=outcome, text=text):
            new = replace(old, outcome=outcome, answered_at=at, answer=text, answer_personal=())
        case e.QuestionAnswered(text=text) | e.NoticeAnswered(text=text):
            new = replace(old, answered_at=at, answer=text, answer_personal=())
        case _:
            assert_never(entry)
    return altered(incident, log_lines=incident.log_lines | {old.number: new})


def _reported(incident: Incident, entry: e.SitrepRecorded, at: datetime) -> Incident:
    told = Report(entry.sitrep, entry.text, at, entry.origin.actor, entry.unchanged, entry.parts)
    due = report_due(incident, at)
    known = (*incident.reports, told)
    new = altered(incident, sitreps=told.number, sitrep_at=at, sitrep_due=due, sitrep_asked=0, reports=known)
    return _sourced(new, entry)


def _opened(incident: Incident, entry: e.RoomOpened, at: datetime) -> Incident:
    if entry.name != "main":
        return altered(
            incident,
            rooms={**incident.rooms, entry.name: entry.room_id},
            lost_rooms=incident.lost_rooms - {entry.name},
        )
    guests = [person for neighbour in incident.neighbours for person in neighbour.people]
    called = [p.person for p in incident.pages.values() if p.state in ("open", "acknowledged", "unanswered")]
    holders = [call.by for call in incident.calls.values() if call.by is not None]
    return altered(
        incident,
        rooms={**incident.rooms, entry.name: entry.room_id},
        opened_at=incident.opened_at or (at if entry.name == "main" else None),
        lost_rooms=incident.lost_rooms - {entry.name},
        room_opened_at=incident.room_opened_at or at,
        from_the_start=frozenset((incident.reporter, *called, *holders, *guests)),
    )


def _recorded(incident: Incident, entry: e.DecisionRecorded, at: datetime) -> Incident:
    kind = incident.decision_type(entry.point) if entry.point else None
    step = next((one for one in incident.steps if one.id == entry.step), None)
    wanted = (kind is not None and kind.four_eyes) or (step is not None and step.four_eyes)
    decision = Decision(
        entry.decision,
        entry.text,
        at,
        entry.author or entry.origin.actor,
        point=entry.point,
        option=entry.option,
        recorder=entry.origin.actor,
        place=entry.origin.room,
        taken_by=entry.taken_by,
        capacity=entry.capacity,
        replaces=entry.replaces,
        four_eyes=wanted and entry.capacity != "advice",
        reasons_due=entry.reasons_due,
        promises=0 if entry.reasons_due is None else 1,
        step=entry.step,
    )
    if entry.replaces is not None:
        incident = _decision(incident, entry.replaces, replaced_by=entry.decision)
    return _sourced(altered(incident, decisions=(*incident.decisions, decision)), entry)


def _reasoned(incident: Incident, entry: e.ReasonGiven, at: datetime) -> Incident:
    given = Given(entry.text, at, entry.origin.actor, entry.applies, entry.lines, entry.until)
    before = next((d.given for d in incident.decisions if d.number == entry.decision), {})
    return _sourced(_decision(incident, entry.decision, given={**before, entry.reason: given}), entry)


def _promised(incident: Incident, entry: e.ReasonsPromised) -> Incident:
    before = next((d.promises for d in incident.decisions if d.number == entry.decision), 0)
    return _decision(incident, entry.decision, reasons_due=entry.due, reasons_reminded=0, promises=before + 1)


def _reminded(incident: Incident, number: int, person: PersonId, which: str) -> Incident:
    """After the recorder the coordinator is reminded, unless they are one."""
    coordinator = incident.owner(COORDINATOR)
    before = next((getattr(d, which) for d in incident.decisions if d.number == number), 0)
    return _decision(incident, number, **{which: 2 if coordinator in (None, person) else before + 1})


def evolve(incident: Incident, entry: e.Entry, at: datetime) -> Incident:
    """The incident after `entry`, which was recorded at `at` (UTC). Total: every kind has its case."""
    new = _evolved(incident, entry, at)
    if entry.origin.actor == BOT or isinstance(entry, e.PersonSeen | e.PersonJoined | e.PersonLeft):
        return new
    if incident.quiet_told and not isinstance(entry, e.ClosingProposed):
        new = altered(new, closing_by=None)  # the bot's question was about how it stood before
    if incident.sitrep_asked >= MOST_SITREP_REMINDERS:
        new = altered(new, sitrep_asked=0)  # there is something to report again
    return altered(new, said_at=at, quiet_told=False)


def _evolved(incident: Incident, entry: e.Entry, at: datetime) -> Incident:
    # one closed match over every kind, so longer than a function should be
    match entry:
        case e.AlarmRaised():
            return _raised(incident, entry, at)
        case e.IntakeAnswered() | e.ExpectedTimeSet():
            return _intake(incident, entry, at)
        case e.PersonSeen():
            seen = Seen(entry.name, entry.organisation, entry.roles, entry.language)
            return altered(incident, people={**incident.people, entry.person: seen})
        case e.PlaybookStarted():
            return _started(incident, entry.playbook)
        case e.CallCorrected():
            return altered(incident, awaiting=entry.awaiting)
        case e.CallStopped():
            return altered(incident, awaiting=(), call_at=None, waits_for=())
        case e.BrigadeCalled():
            new = tuple(r for r in entry.roles if r not in incident.calls)
            incident = _not_awaiting(incident, entry.roles)
            if entry.why == "now" and incident.urgency == "gepland":  # somebody does not want to wait for the morning
                incident = altered(incident, urgency="gewoon", quiet_until=None)
                incident = altered(incident, sitrep_due=_sooner(incident, at))
            added = {r: Call(r, wanted=incident.policy.wanted(r) if incident.policy else 1) for r in new}
            return altered(incident, calls={**incident.calls, **added})
        case e.AlarmJoined():
            # who was to be called is kept: it may turn out to be another case after all, and be reopened
            return altered(incident, state="closed", closed_at=at, joined_into=entry.into, call_at=None)
        case e.AlarmTakenIn():
            said = LogLine(number=incident.lines + 1, kind="bericht", text=entry.text, at=at, by=entry.person)
            cause = entry.origin.cause if entry.origin.actor == entry.person else None
            if cause is not None:
                known = incident.sources | {cause: entry.person}
                line: tuple[e.Written, int] = ("line", said.number)
                incident = altered(incident, sources=known, stands_in=incident.stands_in | {cause: line})
            return altered(_lined(incident, said), bundled=incident.bundled + entry.flood)
        case e.PageRequested():
            return _requested(incident, entry, at)
        case e.PageTried():
            tried = incident.pages[entry.page].tried
            climbed = incident.pages[entry.page].climbed + 1 + entry.missed
            return _page(incident, entry.page, tried=(*tried, entry.channel), climbed=climbed)
        case e.PageDelivered():
            before = incident.pages[entry.page]
            failed = before.failed - {entry.channel}
            return _page(incident, entry.page, delivered_at=before.delivered_at or at, failed=failed)
        case e.ChannelFailed():
            return _page(incident, entry.page, failed=incident.pages[entry.page].failed | {entry.channel})
        case e.PageUndeliverable():
            return _page(incident, entry.page, state="undeliverable")
        case e.PageRepeated():
            return _page(incident, entry.page, attempts=entry.attempt)
        case e.PageUnanswered():
            return _page(incident, entry.page, state="unanswered")
        case e.PageWithdrawn():
            return _page(incident, entry.page, state="withdrawn")
        case e.Acknowledged():
            return _answered(incident, entry, at)
        case e.EtaGiven():
            return _page(incident, entry.page, eta_minutes=entry.eta_minutes, coming_since=at, asked_again=None)
        case e.AskedAgain():
            return _page(incident, entry.page, asked_again=at)
        case e.SignOfLife():
            return _page(incident, entry.page, coming_since=None)
        case e.AnswerLapsed():
            incident = _page(incident, entry.page, state="unanswered", coming_since=None)
            return _leave(incident, incident.pages[entry.page].roles, entry.person)
        case e.Declined():
            return _released(incident, entry, "declined", at)
        case e.AnswerUndone():
            return _released(incident, entry, "open", at)
        case e.EscalationStepEmpty():
            return _calls(incident, (entry.role,), step=entry.step)
        case e.EscalationExhausted():
            return _calls(incident, (entry.role,), state="exhausted")
        case e.RoleTakenOver():
            incident = _take(_not_awaiting(incident, (entry.role,)), (entry.role,), entry.person)
            return _calls(incident, (entry.role,), state="answered", shift_ends=None, offered_to=None)
        case e.ShiftEndNoted():
            return _calls(incident, (entry.role,), shift_ends=entry.ends, offered_to=None, offers=0)
        case e.HandoverOffered():
            offers = incident.calls[entry.role].offers + 1
            return _calls(incident, (entry.role,), offered_to=entry.successor, offered_at=at, offers=offers)
        case e.HandoverPutOff():
            return _calls(incident, (entry.role,), offered_at=at)
        case e.RoleHandedOver():
            others = tuple(p for p in incident.calls[entry.role].also if p != entry.successor)
            return _calls(incident, (entry.role,), by=entry.successor, also=others, shift_ends=None, offered_to=None)
        case e.TimerDropped():
            return _dropped(incident, entry, at)
        case e.EmergencyPaged() | e.RoomNotMade():
            return incident
        case e.SourceEdited() | e.SourceRemoved():
            return _retold(incident, entry, at)
        case e.FileShared() | e.FileKept() | e.FileNotKept():
            return _filed(incident, entry)
        case e.PageUnclear() | e.NumbersShown() | e.BotWasAway() | e.StepStayedDue():
            return incident
        case e.RoomOpened():
            return _opened(incident, entry, at)
        case e.RoomLost():
            return altered(incident, lost_rooms=incident.lost_rooms | {entry.name})
        case e.PersonJoined(name="closed_circle", person=person):
            return altered(incident, circle_present=incident.circle_present | {person})
        case e.PersonLeft(name="closed_circle", person=person):
            return altered(incident, circle_present=incident.circle_present - {person})
        case e.PersonJoined():
            here, came = incident.members | {entry.person}, incident.came | {entry.person}
            return _seen(altered(incident, members=here, came=came), entry.person)
        case e.PersonLeft():
            return altered(incident, members=incident.members - {entry.person})
        case e.StepBecameDue():
            return altered(incident, came_due=incident.came_due | {entry.step})
        case e.StepOpened():
            opened = StepState(entry.role, "open", None, at, put_at=at)
            return altered(incident, progress={**incident.progress, entry.step: opened})
        case e.StepClaimed():
            return _step(incident, entry, "claimed", at)
        case e.StepFinished():
            return _step(incident, entry, "done", at)
        case e.StepSkipped():
            return _step(incident, entry, "skipped", at)
        case e.StepReopened():
            return _step(incident, entry, "open", at)
        case e.StepPostponed() | e.StepOffered() | e.StepPassedOn() | e.StepKept():
            return _worked(incident, entry, at)
        case e.StepReminded():
            return _steps_reminded(incident, entry, at)
        case e.RoundStarted():
            return _round(incident, entry, at)
        case e.DutyOffered() | e.DutyGiven() | e.DutyDeclined() | e.DutyLaidDown():
            return _duty(incident, entry, at)
        case e.DutiesUnclaimed():
            return altered(incident, duties_reminded=True)
        case e.LineRecorded():
            return _line_recorded(incident, entry, at)
        case e.PersonalDataNoticed():
            return _noticed(incident, entry)
        case e.LineQualified() | e.AssumptionSettled() | e.QuestionAnswered() | e.NoticeAnswered():
            return _line_followed(incident, entry, at)
        case e.DecisionRecorded():
            return _recorded(incident, entry, at)
        case e.DecisionConfirmed():
            return _decision(incident, entry.decision, confirmed=True)
        case e.DecisionExplained():
            return _sourced(_decision(incident, entry.decision, reason=entry.reason), entry)
        case e.DecisionChanged():
            # said otherwise: what was seen in the words before it is seen no more
            changed = _decision(
                incident, entry.decision, text=entry.text, confirmed=False, seconded_by=None, personal=()
            )
            return _sourced(changed, entry)
        case e.DecisionWithdrawn():
            return _decision(incident, entry.decision, withdrawn=True)
        case e.DecisionSeconded():
            return _decision(incident, entry.decision, seconded_by=entry.person)
        case e.ReasonGiven():
            return _reasoned(incident, entry, at)
        case e.ReasonsPromised():
            return _promised(incident, entry)
        case e.ReasonsReminded(everybody=True):
            return _decision(incident, entry.decision, reasons_reminded=REASONS_REMINDERS)
        case e.ReasonsReminded():
            return _reminded(incident, entry.decision, entry.person, "reasons_reminded")
        case e.ReviewPlanned():
            return _decision(incident, entry.decision, review_at=entry.at, review_reminded=0)
        case e.ReviewReminded():
            return _reminded(incident, entry.decision, entry.person, "review_reminded")
        case e.SitrepRecorded():
            return _reported(incident, entry, at)
        case e.SitrepReminded():
            return altered(incident, sitrep_due=report_due(incident, at), sitrep_asked=incident.sitrep_asked + 1)
        case e.SitrepPostponed():
            return altered(incident, sitrep_due=entry.until, sitrep_asked=0)
        case e.ActionGiven():
            action = Action(entry.action, entry.text, entry.owner, at, entry.due)
            return _sourced(altered(incident, actions=(*incident.actions, action)), entry)
        case e.ActionDone() | e.ActionDropped() | e.ActionPassedOn() | e.ActionMoved() | e.ActionReminded():
            return _acted(incident, entry, at)
        case e.OthersHeldBack():
            return altered(incident, awaiting=entry.roles, call_at=entry.latest, waits_for=entry.after)
        case e.MunicipalityInvolved(municipality=municipality):
            neighbour = Neighbour(municipality, entry.name, entry.persons)
            involved = (*incident.involved, *(() if municipality in incident.involved else (municipality,)))
            return altered(incident, neighbours=(*incident.neighbours, neighbour), involved=involved)
        case e.MunicipalityReleased(municipality=municipality):
            return altered(
                incident,
                neighbours=tuple(n for n in incident.neighbours if n.id != municipality),
                involved=tuple(one for one in incident.involved if one != municipality),
            )
        case e.FlagRaised(flag=flag):
            return altered(incident, flags=(*incident.flags, flag))
        case e.FlagLowered(flag=flag):
            return altered(incident, flags=tuple(one for one in incident.flags if one != flag))
        case e.LanguageChosen(language=language):
            return altered(incident, language=language)
        case e.CircleFormed(persons=persons) | e.CircleWidened(persons=persons):
            ever = incident.circle_ever | frozenset(persons)
            return altered(incident, circle=(*incident.circle, *persons), circle_ever=ever)
        case e.CircleNarrowed(person=person):
            return altered(incident, circle=tuple(one for one in incident.circle if one != person))
        case e.ClosingProposed():
            return altered(incident, closing_by=entry.person)
        case e.ClosingSuggested():
            return altered(incident, closing_by=entry.person, quiet_told=True)
        case e.ClosingRejected():
            return altered(incident, closing_by=None)
        case e.IncidentClosed():
            after = aftermath.closed(incident.after, entry)
            return altered(incident, state="closed", closed_at=at, closing_by=None, call_at=None, after=after)
        case e.IncidentReopened():
            after, due = aftermath.reopened(incident.after), report_due(incident, at)
            return altered(incident, state="open", closed_at=None, joined_into=None, sitrep_due=due, after=after)
        case e.IncidentFinished():
            return altered(incident, state="finished")
        case (
            e.AftercareBegan() | e.SurveySent() | e.SurveyClosed() | e.EvaluationPlanned() | e.EvaluationReminded()
            | e.ImprovementNoted() | e.ImprovementAsked() | e.ImprovementReviewed() | e.ObservationRecorded()
        ):  # fmt: skip
            return altered(incident, after=aftermath.evolved(incident.after, entry))
        case e.ErasureAsked() | e.FieldErased() | e.HoldPlaced() | e.HoldLifted():
            return altered(incident, custody=keeping.evolved(incident.custody, entry, at))
        case e.KeyRotated():
            return altered(incident, log_key=entry.new_pub)
        case _:
            assert_never(entry)
