"""What people, clocks and deliveries ask of an incident, in the imperative; and the refusal when that cannot be.

Longer than most modules because it is the one closed list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.entries import AnswerBy, Capacity, Erasable, Flag, IntakeField, NotKept
from bot.domain.ids import EventId, PageId, PersonId, PlaybookId, RoleId, RoomId, StepId
from bot.domain.ladder import Channel
from bot.domain.origin import Confidentiality, Origin, Place
from bot.domain.people import Duty, Language
from bot.domain.playbook import LineKind
from bot.domain.roster import Layer
from bot.domain.sources import NoticeRoute, Outcome, Reliability, SourceKind
from bot.domain.themes import Score, Theme
from bot.domain.triage import Moment


class Refused(Exception):
    """The command makes no sense now, or its sender may not give it; nothing was recorded.

    `code` names the sentence in the catalogue (`refused.<code>`), `details` fill it.
    """

    def __init__(self, code: str, details: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.details: Mapping[str, str] = details or {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What every command carries: where it came from."""

    by: Origin = field(default_factory=Origin)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseAlarm(Order):
    """`text` is the sentence behind the word `alarm`, as it was said; it may be empty."""

    text: str
    exercise: bool = False
    begins: Moment | None = None  # when the sentence says that it begins


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerIntake(Order):
    """What the alarm had left open: a `choice` of the list, or `text`; neither: the question is skipped. `at` (UTC) is a time that
    was understood from the text."""

    about: IntakeField
    choice: str = ""
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipIntake(Order):
    """Ask nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetExpectedTime(Order):
    """When it is expected to begin (UTC)."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNow(Order):
    """Do not wait for the end of the grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCall(Order):
    """Do not call the experts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectCall(Order):
    """Call these roles instead."""

    roles: tuple[RoleId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinSimilar(Order):
    """This alarm is the same case as the one it looks like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIn(Order):
    """Keep what another alarm said, which turned out to be this case."""

    number: str
    person: PersonId
    text: str
    flood: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPlaybook(Order):
    playbook: PlaybookId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRole(Order):
    """Page a role by hand; with a layer, that person beside whoever is being called already."""

    role: RoleId
    layer: Layer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPerson(Order):
    """Page somebody by name, for a role they may hold (the first of theirs when none is named)."""

    person: PersonId
    role: RoleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(Order):
    """Do not wait any longer for an answer: call the next. By its page when a message about that page was answered, which no
    longer counts when that page is over; else by role, or (neither) every role that is being called."""

    page: PageId | None = None
    role: RoleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptHandover(Order):
    """`role` None: the one that was offered to the sender."""

    role: RoleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOffHandover(Order):
    role: RoleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNumbers(Order):
    """Show how to call, by hand, whoever was paged here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(Order):
    page: PageId
    answer_by: AnswerBy
    eta_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(Order):
    page: PageId
    answer_by: AnswerBy


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAnswer(Order):
    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOver(Order):
    """Answer for a role that nobody answered; without a role: every role that nobody answered."""

    role: RoleId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishStep(Order):
    """`step` None means the sender's own open step."""

    step: StepId | None = None
    remark: str = ""
    round: int | None = None  # of the message that it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipStep(Order):
    reason: str
    step: StepId | None = None
    round: int | None = None  # of the message that it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimStep(Order):
    step: StepId | None = None
    round: int | None = None  # of the message that it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenStep(Order):
    step: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine(Order):
    """`about` is the line that it puts right; `recipient`, `reference` and `route` belong to an external notice. How confidential
    it is, its origin says."""

    kind: LineKind
    text: str
    source: EventId | None = None
    author: PersonId | None = None
    about: int | None = None
    written_at: datetime | None = None
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    recipient: str = ""
    reference: str = ""
    route: NoticeRoute | None = None
    file: SharedFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QualifyLine(Order):
    """What is None stays as it was."""

    line: int
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    confidentiality: Confidentiality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceLine(Order):
    """The same line in other words; the old stays in the log."""

    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleAssumption(Order):
    line: int
    outcome: Outcome
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion(Order):
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNotice(Order):
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDecision(Order):
    """`replaces` is the number of the decision that this one takes the place of."""

    text: str
    source: EventId | None = None
    author: PersonId | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmDecision(Order):
    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainDecision(Order):
    """`decision` None means the latest."""

    reason: str
    decision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDecision(Order):
    decision: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDecision(Order):
    """`capacity` None: in the sender's own role."""

    decision: int
    reason: str = ""
    capacity: Capacity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDecision(Order):
    """The `option`-th answer (from 1) to the question of a type of decision. `capacity` None: in the sender's own role.

    `urgent`: the reasons follow later. `remark` is what was said beside the number: where, for whom.
    """

    point: str
    option: int
    remark: str = ""
    capacity: Capacity | None = None
    urgent: bool = False
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveReason(Order):
    """The answer to one question of the motivation; `reason` None means the first that is missing. `applies` false: the question
    does not apply and `text` says why; `until` is the moment (UTC) that the words name."""

    decision: int
    text: str
    reason: str | None = None
    applies: bool = True
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseReasons(Order):
    """The reasons that are missing follow later."""

    decision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReview(Order):
    decision: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSitrep(Order):
    """In free words, or as a draft that somebody confirms: `parts` with their texts, drafted at a time (UTC) when there were
    `follows` reports."""

    text: str
    unchanged: bool = False
    parts: tuple[tuple[str, str], ...] = ()
    follows: int | None = None
    drafted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeSitrep(Order):
    """`minutes` None: remind no more."""

    minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSource(Order):
    source: EventId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSource(Order):
    source: EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAction(Order):
    """`owner` None: the sender; `due` (UTC) None: no time was named."""

    text: str
    owner: PersonId | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishAction(Order):
    action: int
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DropAction(Order):
    action: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnAction(Order):
    """`due` None: the time stays as it was."""

    action: int
    owner: PersonId
    due: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAction(Order):
    action: int
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvolveMunicipality(Order):
    """`named` is what somebody said, with the name of a municipality in it."""

    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseMunicipality(Order):
    """As `InvolveMunicipality`; what stands beside the name is the reason."""

    named: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseFlag(Order):
    flag: Flag
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerFlag(Order):
    flag: Flag
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseLanguage(Order):
    """In which language the room goes on."""

    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCircle(Order):
    """Who says so belongs to it."""

    persons: tuple[PersonId, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WidenCircle(Order):
    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowCircle(Order):
    persons: tuple[PersonId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeStep(Order):
    """`step` None means the sender's own open step; `until` (UTC) None: for a quarter of an hour."""

    step: StepId | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PassOnStep(Order):
    """Ask somebody else to do a step; it stays where it is until they say yes."""

    person: PersonId
    step: StepId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptStep(Order):
    """`step` None: the one that was offered to the sender."""

    step: StepId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepStep(Order):
    """No to a step that was offered to the sender."""

    step: StepId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRound(Order):
    """Picture, judgement and decision once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDuty(Order):
    """`person` None: the sender takes it."""

    duty: Duty
    person: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDuty(Order):
    """`duty` None: the one that was offered to the sender."""

    duty: Duty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineDuty(Order):
    duty: Duty | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayDownDuty(Order):
    duty: Duty


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeClosing(Order):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident(Order):
    """`reason` says why what is required was left undone; needed only then."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepOpen(Order):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenIncident(Order):
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishIncident(Order):
    """Ends the aftercare. `reason` says why what is left of it is not done; needed only then."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvaluation(Order):
    """`at` is UTC on our own clock."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteImprovement(Order):
    """`owner` None: the sender."""

    text: str
    owner: PersonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewImprovement(Order):
    improvement: int
    outcome: Literal["done", "going", "dropped"]
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordObservation(Order):
    """How one theme went in the eyes of the sender, with the numbers of the lines that show it."""

    theme: Theme
    score: Score
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Order):
    """Time went by. Carries nothing and is idempotent: late, double or needless ticks are harmless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDelivery(Order):
    """What became of a page on a channel."""

    page: PageId
    attempt: int
    channel: Channel
    outcome: Literal["delivered", "undeliverable", "unclear"]
    event: EventId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRoom(Order):
    """What became of making a room."""

    name: Place
    room_id: RoomId | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRoomLost(Order):
    name: Place
    why: Literal["removed", "replaced", "powerless"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportMember(Order):
    person: PersonId
    name: Place
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEmergency(Order):
    """Pages that went out while nothing could be recorded."""

    persons: tuple[PersonId, ...]
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile(Order):
    """What became of the fetching of a file: it is kept, or why it is not."""

    message: EventId
    outcome: KeptFile | NotKept


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAway(Order):
    """The bot was not there for so many seconds until now."""

    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskErasure(Order):
    """The words of this thing must go; another person has to confirm. `which` is its number, or the id of a person or of a
    message in the chat."""

    of: Erasable
    which: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmErasure(Order):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseNow(Order):
    """Both who decided it are named by whoever sits at the terminal."""

    of: Erasable
    which: str
    ground: str
    first: PersonId
    second: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceHold(Order):
    """Keep everything until it is lifted."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold(Order):
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceKey(Order):
    """The log goes on under another key, of which this is the public half (base64)."""

    new_pub: str


Command = (
    RaiseAlarm | AnswerIntake | SkipIntake | SetExpectedTime
    | CallNow | StopCall | CorrectCall | JoinSimilar | TakeIn | StartPlaybook | CallRole
    | CallPerson | Escalate | Acknowledge | Decline | UndoAnswer | TakeOver | AcceptHandover | PutOffHandover | ShowNumbers
    | FinishStep | SkipStep | ClaimStep | ReopenStep
    | RecordLine | RecordDecision | ConfirmDecision | ExplainDecision | ChangeDecision | WithdrawDecision
    | QualifyLine | ReplaceLine | SettleAssumption | AnswerQuestion | AnswerNotice
    | TakeDecision | GiveReason | PromiseReasons | PlanReview
    | RecordSitrep | PostponeSitrep | EditSource | RemoveSource
    | GiveAction | FinishAction | DropAction | PassOnAction | MoveAction
    | InvolveMunicipality | ReleaseMunicipality | RaiseFlag | LowerFlag | ChooseLanguage | FormCircle | WidenCircle | NarrowCircle
    | PostponeStep | PassOnStep | AcceptStep | KeepStep | StartRound
    | GiveDuty | AcceptDuty | DeclineDuty | LayDownDuty
    | ProposeClosing | CloseIncident | KeepOpen | ReopenIncident
    | FinishIncident | PlanEvaluation | NoteImprovement | ReviewImprovement | RecordObservation
    | Tick | ReportDelivery | ReportRoom | ReportRoomLost | ReportMember | ReportEmergency | ReportAway
    | ReportFile
    | AskErasure | ConfirmErasure | EraseNow | PlaceHold | LiftHold | ReplaceKey
)  # fmt: skip

COMMANDS: tuple[type[Command], ...] = Command.__args__
