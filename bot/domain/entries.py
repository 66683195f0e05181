"""Every kind of fact that a log can hold, in the past tense: a kind is for ever, so each is named as a crisis adviser would say it.

This module is longer than most because it is the one closed list; splitting it would hide what the log can say.
Fields marked erasable hold free text, names or accounts: rules and timers never read them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.domain.escalation import EscalationPolicy, Whom
from bot.domain.ids import EventId, IncidentId, MunicipalityId, PageId, PersonId, RoleId, RoomId, StepId
from bot.domain.ladder import Channel, Ladder
from bot.domain.origin import Confidentiality, Origin, Place
from bot.domain.people import Duty, Language
from bot.domain.personal_data import PersonalData
from bot.domain.playbook import Cause, LineKind, Playbook
from bot.domain.sources import NoticeRoute, Outcome, Reliability, SourceKind
from bot.domain.themes import Score, Theme

AnswerBy = Literal["reaction", "text", "message", "sms", "key", "button", "link"]
TimerKind = Literal[
    "call",
    "repeat",
    "louder",
    "unanswered",
    "sitrep",
    "finish",
    "ask_again",
    "lapse",
    "hand_over",
    "reasons",
    "review",
    "action",
    "aftercare",
    "survey_over",
    "evaluation",
    "improvement",
    "step",
    "step_later",
    "duties",
    "quiet",
]
# For whom a dossier is: everything, roles instead of names, or what a request under the Woo may show.
# `open_part`: whole, but for what the closed circle recorded.
Form = Literal["bundle", "pdf", "word", "excel", "csv", "html", "json", "ical", "sitrep", "note"]
Disclosure = Literal["whole", "without_names", "woo"]
Shown = Literal["whole", "open_part", "without_names", "woo"]
# What goes when its term is over: rooms, the messages that called people, who read or exported, the log of an exercise, that of a
# real incident.
Destroyable = Literal["room", "paging", "access", "exercise", "record"]
Urgency = Literal["nu", "gewoon", "gepland"]
# In whose name a decision is recorded: the own role, another's who decided, another's by mandate; advice is no decision.
# The deputy mayor decides in the mayor's place.
Capacity = Literal["own", "on_behalf", "mandate", "advice", "deputy"]
# What was written where: in the alarm, in a line or what was said to it, in a decision or its reason, in a situation report;
# a remark is what was said along with something else, such as why an incident is closed.
Written = Literal[
    "alarm", "line", "answer", "decision", "reason", "sitrep", "action", "step", "improvement", "remark", "file"
]  # fmt: skip
# Why a file is not kept: larger than agreed, no longer to be had, not what was sent, its key was erased before it came, more came
# of the incident within an hour than agreed, or the disk is too full.
NotKept = Literal["too_large", "unavailable", "damaged", "erased", "too_many", "no_room"]
CallWhy = Literal[
    "always",
    "named",
    "now",
    "danger",
    "grace_over",
    "corrected",
    "by_hand",
    "morning",  # what was announced waited for the end of the night
    "first_answered",
    "first_waited",
    "sooner",  # the expected moment came nearer
]
# What an alarm should tell and may leave open: where, when, and on what kind of channel it goes round.
IntakeField = Literal["where", "when", "channel"]
ChannelKind = Literal[
    "tiktok",
    "snapchat",
    "instagram",
    "facebook",
    "groepsapp",
    "telegram",
    "x",
    "youtube",
    "discord",
    "livestream",
    "forum",
    "signal",
    "spel",
    "mail",
    "brief",
    "telefoon",
    "anders",
]
PageWhy = Literal[
    "first",
    "reopened",
    "declined",
    "unanswered",
    "undeliverable",
    "by_hand",
    "undone",
    "lapsed",
    "escalated",
    "unready",
]
EmptyWhy = Literal["nobody_on_call", "already_called"]
# Whose words can be erased; `entry` is any of the log, by its sequence number.
Erasable = Literal["line", "decision", "action", "sitrep", "alarm", "closing", "person", "message", "entry"]
Flag = Literal["bovenregionaal"]  # what happens reaches beyond the region


def free_text(**kw: Any) -> Any:  # noqa: ANN401 - dataclasses.field itself is typed so
    return field(metadata={"erasable": True}, **kw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What every entry carries; the codec writes the origin's fields beside the entry's own."""

    origin: Origin = field(default_factory=Origin, metadata={"flatten": True})


# --- the incident -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Fact):
    """A municipality says that something is wrong. Freezes the escalation policy; experts are called at `call_at`."""

    number: str
    municipality: MunicipalityId
    municipality_name: str
    reporter: PersonId
    text: str = free_text()
    phenomenon: str | None = None
    urgency: Urgency = "gewoon"
    danger: bool = False
    involved: tuple[MunicipalityId, ...] = ()
    expected_at: datetime | None = None
    call_at: datetime | None = None
    awaiting: tuple[RoleId, ...] = ()
    similar_to: str | None = None  # the number of an incident that looks alike
    exercise: bool = False
    language: Language = "nl"
    chat: Literal["marked_only", "all"] = "marked_only"
    policy: EscalationPolicy = field(metadata={"blob": True})
    because: tuple[str, ...] = ()  # the words for which the playbook was proposed
    place: str = free_text(default="")
    channels: tuple[ChannelKind, ...] = ()
    quiet_until: datetime | None = None  # announced at night: nobody is called on before then
    zone: str = ""  # IANA; where it is night when it is


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeAnswered(Fact):
    """The reporter answered what the alarm had left open: by a choice from the list, in words, or (`skipped`) not at all."""

    about: IntakeField
    choice: str = ""
    text: str = free_text(default="")
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTimeSet(Fact):
    """Somebody said when it is expected to begin; what is to be done before that moment follows it. The experts who still wait
    are called at `call_at`."""

    expected_at: datetime
    urgency: Urgency
    call_at: datetime | None = None
    quiet_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSeen(Fact):
    """The first time that a person plays a part here, so that names stay readable after somebody leaves."""

    person: PersonId
    name: str = free_text()
    organisation: str = free_text(default="")
    roles: tuple[RoleId, ...] = ()
    language: Language = "nl"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookStarted(Fact):
    playbook: Playbook = field(metadata={"blob": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCorrected(Fact):
    """The reporter or coordinator named other roles before the experts were called."""

    awaiting: tuple[RoleId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStopped(Fact):
    """The experts are not called; the coordinator still was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrigadeCalled(Fact):
    roles: tuple[RoleId, ...]
    why: CallWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmJoined(Fact):
    """The reporter said that this is the same case as another incident; this one goes no further."""

    into: str  # the number of the other incident


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmTakenIn(Fact):
    """Another alarm turned out to be this case; what it said is kept here, and its reporter belongs to the room."""

    number: str
    person: PersonId
    text: str = free_text(default="")
    flood: bool = False  # one of so many alarms of one reporter that it was bundled here without being asked


# --- pages ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequested(Fact):
    """One person is called: by Matrix at once, and over the ladder's channels as long as there is no answer.

    `late_seconds`: how much later than it was due, because the bot was away.
    """

    page: PageId
    person: PersonId
    roles: tuple[RoleId, ...]
    step: int
    why: PageWhy
    ladder: Ladder = ()
    late_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTried(Fact):
    """The page was handed on to a channel of the ladder; `missed` louder tries before it fell due while the bot was away."""

    page: PageId
    channel: Channel
    attempt: int
    missed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDelivered(Fact):
    """The homeserver or the provider accepted the page; whether the person saw it only an answer can tell.

    `event` is the Matrix event, or the provider's reference.
    """

    page: PageId
    attempt: int
    channel: Channel
    event: EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFailed(Fact):
    """This channel could not bring the page; the next one was tried at once."""

    page: PageId
    channel: Channel
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUnclear(Fact):
    """The provider could not say whether it brought the page; it is not sent twice, the next channel was tried at once."""

    page: PageId
    channel: Channel
    attempt: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUndeliverable(Fact):
    page: PageId
    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRepeated(Fact):
    page: PageId
    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageUnanswered(Fact):
    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWithdrawn(Fact):
    page: PageId
    why: Literal["role_answered", "incident_closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Fact):
    """One person takes the page. `late`: after the bot had already gone on to somebody else."""

    page: PageId
    person: PersonId
    answer_by: AnswerBy
    eta_minutes: int | None = None
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EtaGiven(Fact):
    page: PageId
    person: PersonId
    eta_minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined(Fact):
    page: PageId
    person: PersonId
    answer_by: AnswerBy


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerUndone(Fact):
    """The person took the answer back within a minute; the page waits for an answer again from this moment."""

    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain(Fact):
    """Who had said to come was not seen in the room in time, and was asked again."""

    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOfLife(Fact):
    """Who was asked again answered: still coming."""

    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLapsed(Fact):
    """Who had said to come gave no sign of life; the role is called again."""

    page: PageId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftEndNoted(Fact):
    """Until when the holder of a role is on duty by the roster; None: there is no successor to hand over to."""

    role: RoleId
    person: PersonId
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverOffered(Fact):
    """The holder's shift is over; until the successor says yes, the holder stays responsible."""

    role: RoleId
    holder: PersonId
    successor: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPutOff(Fact):
    """The successor said: not yet."""

    role: RoleId
    successor: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHandedOver(Fact):
    """The successor took the role over, at the end of a shift."""

    role: RoleId
    holder: PersonId
    successor: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersShown(Fact):
    """The telephone numbers of these people were shown to the actor, to call them by hand."""

    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BotWasAway(Fact):
    """For so long nothing was heard, sent or escalated."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerDropped(Fact):
    """What fell due so long ago that doing it now would only alarm people was not done."""

    wants: TimerKind
    due: datetime
    page: PageId | None = None
    role: RoleId | None = None
    decision: int | None = None
    action: int | None = None
    improvement: int | None = None
    step: StepId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStepEmpty(Fact):
    role: RoleId
    step: int
    whom: Whom
    why: EmptyWhy


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationExhausted(Fact):
    role: RoleId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTakenOver(Fact):
    """Somebody answers for a role without having been reached by a page for it."""

    role: RoleId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPaged(Fact):
    """Pages that went out while nothing could be recorded, written down afterwards."""

    persons: tuple[PersonId, ...]
    reason: str


# --- the room ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomOpened(Fact):
    name: Place
    room_id: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNotMade(Fact):
    name: Place
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomLost(Fact):
    """The bot can no longer speak in the room: it was removed, or the room was replaced.

    Nothing is "powerless": the bot makes rooms of version 12, where nobody can take the power of who made them. The word stays,
    because a kind is for ever.
    """

    name: Place
    why: Literal["removed", "replaced", "powerless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonJoined(Fact):
    """`late`: so long after the room was opened, and for the first time, that this person was told in private how things stand."""

    person: PersonId
    name: Place
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLeft(Fact):
    person: PersonId
    name: Place


# --- steps ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOpened(Fact):
    """The step was put to the role that does it; a role has one open step at a time."""

    step: StepId
    role: RoleId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepClaimed(Fact):
    step: StepId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Fact):
    step: StepId
    person: PersonId
    remark: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSkipped(Fact):
    step: StepId
    person: PersonId
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReopened(Fact):
    step: StepId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBecameDue(Fact):
    """The condition of a step came true; from here on it is put to the role that does it."""

    step: StepId
    because: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStayedDue(Fact):
    """The answer that had made a step due was taken back; the step stays, and nothing is undone."""

    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPostponed(Fact):
    """The step is put again at `until` (UTC); meanwhile the role has the next one."""

    step: StepId
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOffered(Fact):
    """Somebody was asked to do the step; until they say yes it stays with `holder` (None: with its role)."""

    step: StepId
    person: PersonId
    holder: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPassedOn(Fact):
    """Who was asked to do the step said yes."""

    step: StepId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKept(Fact):
    """Who was asked to do the step (`person`) said no; it stays where it was."""

    step: StepId
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReminded(Fact):
    """Steps that are past their time were brought to mind: of who does them, later of the coordinator."""

    steps: tuple[StepId, ...]
    person: PersonId
    who: Literal["owner", "coordinator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStarted(Fact):
    """Picture, judgement and decision begin again: these steps are put once more. What was answered before stays in the log."""

    round: int
    steps: tuple[StepId, ...]


# --- duties -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyOffered(Fact):
    """Somebody was asked to take a duty; until they say yes it stays with `holder` (None: with nobody)."""

    duty: Duty
    person: PersonId
    holder: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyGiven(Fact):
    """From here on the person has the duty, and `holder` has it no more."""

    duty: Duty
    person: PersonId
    holder: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDeclined(Fact):
    """Who was asked to take the duty said no; it stays where it was."""

    duty: Duty
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLaidDown(Fact):
    """The person no longer has the duty; nobody has."""

    duty: Duty
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesUnclaimed(Fact):
    """A while after the room opened nobody had these duties; `person` was told."""

    duties: tuple[Duty, ...]
    person: PersonId


# --- what the room records --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRecorded(Fact):
    """A line of the room's own log: a fact, an assumption, an interpretation … kept apart by kind.

    `line` is its number in the incident (0 in older logs: there they count by order), `about` the line that it puts right.
    """

    kind: LineKind
    text: str = free_text()
    source: EventId | None = None  # the message that was marked, when it was not said as a command
    author: PersonId | None = None  # who wrote that message
    line: int = 0
    about: int | None = None
    written_at: datetime | None = None  # when the marked message was written, as the homeserver says
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    recipient: str = free_text(default="")  # whom an external notice went to
    reference: str = free_text(default="")  # under which that party keeps it
    route: NoticeRoute | None = None
    replaces: int | None = None  # the line that this one stands for from now on


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataNoticed(Fact):
    """What was written may hold personal data of these kinds; what it says is not repeated. `number` is that of the line,
    decision or situation report (0 for the alarm); the writers were told in private."""

    about: Written
    number: int
    kinds: tuple[PersonalData, ...]
    writers: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQualified(Fact):
    """Somebody said later where a line came from, how sure it is, or who may read it; None: that stays as it was."""

    line: int
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    treated_as: Confidentiality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionSettled(Fact):
    """What was held for true turned out so, or did not."""

    line: int
    outcome: Outcome
    text: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswered(Fact):
    """What nobody knew when the question was recorded."""

    line: int
    text: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeAnswered(Fact):
    """What the party outside said to an external notice."""

    line: int
    text: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecorded(Fact):
    """`point` and `option` name the type of decision and what was chosen, when it was chosen from a list; `taken_by` is the role
    whose decision it is. With `reasons_due` it was taken in a hurry: the reasons follow before then."""

    decision: int
    text: str = free_text()
    step: StepId | None = None
    source: EventId | None = None
    author: PersonId | None = None
    point: str | None = None
    option: str | None = None
    taken_by: RoleId | None = None
    capacity: Capacity = "own"
    replaces: int | None = None
    reasons_due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionConfirmed(Fact):
    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionExplained(Fact):
    decision: int
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionChanged(Fact):
    """The new wording; the old stays in the log."""

    decision: int
    text: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWithdrawn(Fact):
    """`taken_by` is the role in whose name a choice from a list was taken back, and `capacity` how the sender had a say."""

    decision: int
    reason: str = free_text(default="")
    taken_by: RoleId | None = None
    capacity: Capacity = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSeconded(Fact):
    """A second person looked at the decision and agreed, where four eyes are asked for."""

    decision: int
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGiven(Fact):
    """One question of the motivation answered; a later answer to the same question takes its place.

    `lines` are the numbers of log lines that it points to, `until` the moment that it names. `applies` false: the question does
    not apply, and `text` says why.
    """

    decision: int
    reason: str
    text: str = free_text()
    applies: bool = True
    lines: tuple[int, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsPromised(Fact):
    """The decision was taken in a hurry; the reasons that are missing follow before `due`."""

    decision: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsReminded(Fact):
    """`everybody`: nobody answered, so the whole room heard it; `person` is then who recorded the decision."""

    decision: int
    person: PersonId
    everybody: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPlanned(Fact):
    """At `at` somebody looks at the decision again."""

    decision: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReminded(Fact):
    decision: int
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepRecorded(Fact):
    """`parts` names the part of the report that each line of `text` is; none: it was said in free words."""

    sitrep: int
    text: str = free_text()
    unchanged: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepReminded(Fact):
    sitrep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepPostponed(Fact):
    """The next reminder comes later, or (`until` None) no more."""

    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdited(Fact):
    """The author changed a message that stands in the log; the first wording stays.

    `about` and `number` say what was made of that message: line 4, decision 2, the alarm (None in older logs)."""

    source: EventId
    text: str = free_text()
    about: Written | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRemoved(Fact):
    """A message that stands in the log was removed from the chat; what was recorded stays."""

    source: EventId
    about: Written | None = None
    number: int = 0


# --- files, and what is said where everything is kept ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FileShared(Fact):
    """A file that is to be kept, as its sender's message described it; whoever has `key` and `iv` can open it.

    `size` is in bytes and what the sender said it was, `sha256` (hex) that of the encrypted file.
    """

    message: EventId
    person: PersonId
    line: int | None = None  # the line that it belongs to
    name: str = free_text()
    media_type: str = free_text(default="")
    size: int | None = None
    url: str
    sha256: str
    key: str = free_text()
    iv: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKept(Fact):
    """The file was fetched and is kept as it came, encrypted: `content` names those bytes by their SHA-256 (hex).

    `opened_sha256` is the SHA-256 of the file when it is opened with its key, `size` its bytes.
    """

    message: EventId
    content: str = field(metadata={"attachment": True})
    opened_sha256: str = free_text()
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNotKept(Fact):
    """The file could not be kept: too large, not to be had, or not what its sender's message said it is."""

    message: EventId
    why: NotKept


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSaid(Fact):
    """Somebody said something in a room where everything is kept; `name` is how the sender was called then."""

    message: EventId
    name: str = free_text()
    text: str = free_text()
    answers: EventId | None = None  # the message that it is a reply to


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageChanged(Fact):
    """The sender put a message in other words; the first wording stays."""

    message: EventId
    text: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageUnreadable(Fact):
    """Something was said that the bot could not read, because its key had not come; read later, it is said as well."""

    message: EventId
    name: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWithdrawn(Fact):
    """A message was removed from the chat; what was kept of it stays."""

    message: EventId


# --- actions ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionGiven(Fact):
    """Something that one person does here; `due` (UTC) is by when, None when nobody said so."""

    action: int
    text: str = free_text()
    owner: PersonId
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone(Fact):
    action: int
    remark: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDropped(Fact):
    """The action is not needed any more."""

    action: int
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPassedOn(Fact):
    """Somebody else does it from now on; `due` (UTC) when the time changed, too."""

    action: int
    owner: PersonId
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionMoved(Fact):
    """It is to be done by another time (UTC)."""

    action: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionReminded(Fact):
    """An action that was due and not done was brought to mind: of its owner, later of the coordinator."""

    action: int
    person: PersonId
    who: Literal["owner", "coordinator"]


# --- whom else it concerns, and who alone ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersHeldBack(Fact):
    """These roles are called when one of those whom the playbook wants first (`after`) answered, at the latest at `latest`."""

    roles: tuple[RoleId, ...]
    after: tuple[RoleId, ...]
    latest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityInvolved(Fact):
    """A neighbour is concerned too; `persons` are its people, who were told and may read and speak in the room."""

    municipality: MunicipalityId
    name: str
    persons: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MunicipalityReleased(Fact):
    """The neighbour turned out not to be concerned; `persons` were told."""

    municipality: MunicipalityId
    name: str
    persons: tuple[PersonId, ...] = ()
    reason: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagRaised(Fact):
    flag: Flag
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagLowered(Fact):
    flag: Flag
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChosen(Fact):
    """The rooms go on in this language; what was said in them stays as it was said."""

    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleFormed(Fact):
    """These people alone go on in confidence, in a room of their own within the incident."""

    persons: tuple[PersonId, ...]
    reason: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleWidened(Fact):
    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleNarrowed(Fact):
    """This person does not belong to the circle any more."""

    person: PersonId


# --- the end ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingProposed(Fact):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingSuggested(Fact):
    """Nothing was logged for a set time and everything required is done or explained; `person` was asked whether to close."""

    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRejected(Fact):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed(Fact):
    """`left` are the required steps that were neither done nor skipped; `reason` says why.

    `aftercare_at` (UTC) is when the aftercare begins, `evaluate_at` when the coordinator is reminded to plan the evaluation.
    """

    person: PersonId
    reason: str = free_text(default="")
    left: tuple[StepId, ...] = ()
    aftercare_at: datetime | None = None
    evaluate_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReopened(Fact):
    person: PersonId
    reason: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFinished(Fact):
    """The time to reopen is over, and so is the aftercare. `person` ended it by hand (None: nobody had to); `left` are the steps
    of the aftercare that were neither done nor skipped, `reason` says why."""

    person: PersonId | None = None
    reason: str = free_text(default="")
    left: tuple[StepId, ...] = ()


# --- after the end ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AftercareBegan(Fact):
    """From here on the steps of the aftercare are put to those who do them. `free`: the holidays of the rosters while it lasts, as
    local days (2026-12-25)."""

    free: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySent(Fact):
    """These were asked how it went, and can answer until `open_until` (UTC). `promised`: they were told that answers have no
    name."""

    persons: tuple[PersonId, ...]
    open_until: datetime
    promised: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyClosed(Fact):
    """What came of the survey: how many were asked and answered, how often each mark from 1 to 5 was given to either question, and
    what was said, a line each, in the order of the alphabet. No marks and no words when too few answered to stay without a name."""

    asked: int
    answered: int
    reached: tuple[int, ...] = ()
    worked: tuple[int, ...] = ()
    remarks: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlanned(Fact):
    """The evaluation is at `at` (UTC); everybody is reminded of it at `remind_at`, None when it is too soon for that."""

    at: datetime
    remind_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationReminded(Fact):
    """The coordinator was reminded to plan the evaluation, or (`tomorrow`) everybody that it is near."""

    what: Literal["plan", "tomorrow"]
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementNoted(Fact):
    """Something that is to be done better, by one person, who is asked at `first_at` and `second_at` (UTC) how it stands."""

    improvement: int
    text: str = free_text()
    owner: PersonId
    first_at: datetime
    second_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementAsked(Fact):
    """Its owner was asked how a point to improve stands."""

    improvement: int
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementReviewed(Fact):
    """How a point to improve stands: done, still going, or dropped, and then why."""

    improvement: int
    outcome: Literal["done", "going", "dropped"]
    remark: str = free_text(default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRecorded(Fact):
    """How one theme went in the eyes of an observer, with the numbers of the lines that show it; the last of an observer counts.

    It holds no words, so that nobody is quoted.
    """

    theme: Theme
    score: Score
    lines: tuple[int, ...] = ()


# --- keeping and erasing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked(Fact):
    """Somebody wants the words of one thing erased; that happens once another person confirms. `which` is its number, or the id of
    a person or of a message in the chat."""

    of: Erasable
    which: str
    ground: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldErased(Fact):
    """The opening of one field is gone: what stood there can be read and proved by nobody. Who asked it and who confirmed.

    `left` is how many fields of the same erasure follow; `again`: a copy that was put back still had it.
    """

    log: Literal["incident", "transcript"] = "incident"
    seq: int
    name: str
    of: Erasable
    which: str
    ground: str = free_text()
    asked_by: PersonId
    confirmed_by: PersonId
    left: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Fact):
    """Nothing of this incident may be erased or destroyed, because of a request or a court case that runs."""

    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Fact):
    reason: str = free_text()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRotated(Fact):
    """The last entry under the old key: what follows is signed with the key whose public half (base64) is `new_pub`."""

    new_pub: str


Entry = (
    AlarmRaised | IntakeAnswered | ExpectedTimeSet
    | PersonSeen | PlaybookStarted | CallCorrected | CallStopped | BrigadeCalled | AlarmJoined | AlarmTakenIn
    | PageRequested | PageTried | PageDelivered | ChannelFailed | PageUnclear | PageUndeliverable
    | PageRepeated | PageUnanswered | PageWithdrawn
    | Acknowledged | EtaGiven | Declined | AnswerUndone | AskedAgain | SignOfLife | AnswerLapsed
    | EscalationStepEmpty | EscalationExhausted | RoleTakenOver
    | ShiftEndNoted | HandoverOffered | HandoverPutOff | RoleHandedOver | NumbersShown | BotWasAway | TimerDropped
    | EmergencyPaged | RoomOpened | RoomNotMade | RoomLost | PersonJoined | PersonLeft
    | StepOpened | StepClaimed | StepFinished | StepSkipped | StepReopened | StepBecameDue | StepStayedDue
    | LineRecorded | DecisionRecorded | DecisionConfirmed | DecisionExplained | DecisionChanged | DecisionWithdrawn
    | DecisionSeconded | ReasonGiven | ReasonsPromised | ReasonsReminded | ReviewPlanned | ReviewReminded
    | LineQualified | AssumptionSettled | QuestionAnswered | NoticeAnswered | PersonalDataNoticed
    | SitrepRecorded | SitrepReminded | SitrepPostponed | SourceEdited | SourceRemoved
    | FileShared | FileKept | FileNotKept
    | ActionGiven | ActionDone | ActionDropped | ActionPassedOn | ActionMoved | ActionReminded
    | StepPostponed | StepOffered | StepPassedOn | StepKept | StepReminded | RoundStarted
    | DutyOffered | DutyGiven | DutyDeclined | DutyLaidDown | DutiesUnclaimed
    | ClosingProposed | ClosingSuggested | ClosingRejected | IncidentClosed | IncidentReopened | IncidentFinished
    | AftercareBegan | SurveySent | SurveyClosed | EvaluationPlanned | EvaluationReminded
    | ImprovementNoted | ImprovementAsked | ImprovementReviewed | ObservationRecorded
    | OthersHeldBack | MunicipalityInvolved | MunicipalityReleased | FlagRaised | FlagLowered | LanguageChosen
    | CircleFormed | CircleWidened | CircleNarrowed
    | ErasureAsked | FieldErased | HoldPlaced | HoldLifted | KeyRotated
)  # fmt: skip

KINDS: tuple[type[Entry], ...] = Entry.__args__

# --- the transcript: a log of its own for each incident where everything that is said is kept --------------------------

TranscriptEntry = (
    MessageSaid | MessageUnreadable | MessageChanged | MessageWithdrawn | FileShared | FileKept | FileNotKept
)

TRANSCRIPT_KINDS: tuple[type[TranscriptEntry], ...] = TranscriptEntry.__args__


# --- the index log: what concerns the installation, not one incident ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStarted(Fact):
    version: str
    epoch: int
    away_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockJumped(Fact):
    """The wall clock moved against the monotonic clock by this many seconds; our time went on evenly."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceLoaded(Fact):
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRefused(Fact):
    problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRegistered(Fact):
    """An incident's log begins; so that a whole incident cannot vanish unseen."""

    incident: IncidentId
    number: str
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSealed(Fact):
    incident: IncidentId
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptBegun(Fact):
    """The log of what is said in an incident begins; so that it cannot vanish unseen either."""

    incident: IncidentId
    number: str
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptSealed(Fact):
    incident: IncidentId
    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierExported(Fact):
    """A document left the program: of which end of the log, the SHA-256 (hex) of its file, and what it kept back."""

    incident: IncidentId
    head: str
    digest: str
    disclosure: Shown = "whole"
    format: str = "bundle"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(Fact):
    """A privileged command that was refused; who may not is known by person or account, never by what was said."""

    command: str
    reason: str
    incident: IncidentId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterOverridden(Fact):
    override: str
    role: RoleId
    layer: str
    person: PersonId
    start: datetime
    end: datetime
    municipalities: tuple[MunicipalityId, ...] = ()  # whose own roster it is on; none: that for all


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideWithdrawn(Fact):
    override: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceNoted(Fact):
    """Somebody is not there for a time; without a stand-in the shifts in it have nobody."""

    absence: str
    person: PersonId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceWithdrawn(Fact):
    absence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapAsked(Fact):
    """One person asked another to take a shift; it counts once that other said yes."""

    swap: str
    role: RoleId
    layer: str
    asker: PersonId
    other: PersonId
    start: datetime
    end: datetime
    municipalities: tuple[MunicipalityId, ...] = ()  # whose own roster it is on; none: that for all


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapAnswered(Fact):
    swap: str
    answer: Literal["accepted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelVerified(Fact):
    """Somebody proved to be reached over a channel; the address itself stands in no log."""

    person: PersonId
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRemoved(Fact):
    person: PersonId
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRefused(Fact):
    """An alarm over a channel from somebody who is not registered; who it was is not kept."""

    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierRead(Fact):
    """Somebody asked for the content of an incident that is closed, or of any incident at a terminal; `EVERY_INCIDENT` stands for
    what all that are over tell together."""

    incident: IncidentId
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEmptied(Fact):
    """A room of a closed incident is empty as far as the bot's power there went, and the bot has left and forgotten it."""

    incident: IncidentId
    room_id: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsDestroyed(Fact):
    """What an incident left behind is gone because its term was over: `count` things. `since` is when that was (UTC).

    Of a log the commitments stay; `log`, `size` and `head` say which they are, and so for the log of what was said. `count` is then
    the number of fields that nothing opens any more.
    """

    what: Destroyable
    incident: IncidentId
    number: str
    count: int
    since: datetime
    log: str | None = None
    size: int | None = None
    head: str | None = None
    transcript: str | None = None
    transcript_size: int | None = None
    transcript_head: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLost(Fact):
    """The key of the logs was gone, so no entry of its own could name its successor: `new_pub` (base64) vouches for itself."""

    new_pub: str


IndexEntry = (
    BotStarted | ClockJumped | ReferenceLoaded | ReferenceRefused | IncidentRegistered | IncidentSealed | DossierExported
    | DossierRead | CommandRefused | RosterOverridden | OverrideWithdrawn | AbsenceNoted | AbsenceWithdrawn
    | SwapAsked | SwapAnswered | ChannelVerified | ChannelRemoved | CallerRefused
    | TranscriptBegun | TranscriptSealed | RoomEmptied | RecordsDestroyed | KeyRotated | KeyLost
)  # fmt: skip

INDEX_KINDS: tuple[type[IndexEntry], ...] = IndexEntry.__args__
