"""What someone must hear or see, without wording: the closed list of messages that the outbox carries.

Longer than most modules because it is the one closed list. `TRAITS` says how each kind travels: its lane (the order of sending),
whether it may ring a phone, which answers the bot offers as reactions, and whether a newer one replaces one still waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final, Literal

from bot.domain.entries import Capacity, ChannelKind, Disclosure, EmptyWhy, Form, IntakeField, NotKept, Written
from bot.domain.escalation import Whom
from bot.domain.ids import EventId, IncidentId, PageId, PersonId, RoleId, RoomId, StepId
from bot.domain.ladder import Channel
from bot.domain.origin import Confidentiality, Place
from bot.domain.people import Duty, Language
from bot.domain.personal_data import PersonalData
from bot.domain.playbook import Both, LineKind, Phase
from bot.domain.sources import NoticeRoute, Reliability, SourceKind
from bot.domain.themes import Score, Theme

Details = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class To:
    """Where a message goes: a person's direct room, a room of the incident by its name, the alarm room of everybody, the management
    room, (for an answer to a question) the very room where the question was asked, a channel of a person that is not Matrix
    (`name` is then `<channel>:<person>`), the store of files (`name` is the message that has the file), the authority that puts
    time stamps on checkpoints, or the press of dossiers (`name` is the message that asked for one)."""

    kind: Literal["person", "room", "alarm", "management", "asked", "channel", "media", "authority", "press"]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What every message carries. `number` is the incident's number, empty outside an incident."""

    to: To
    lang: Language = "nl"
    number: str = ""
    exercise: bool = False
    mention: tuple[PersonId, ...] = ()


# --- pages and their answers ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText(Message):
    """The page itself. `next_at` is when the bot calls the next; `attempt` counts from 1; it comes `late_seconds` late."""

    page: PageId
    roles: tuple[RoleId, ...]
    municipality: str
    text: str
    reporter: str
    organisation: str
    said_at: datetime
    next_at: datetime
    attempt: int = 1
    late_seconds: int = 0
    expected_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPage(Message):
    """The same page over another channel: short, and without the alarm's own words, because it is not encrypted on its way."""

    page: PageId
    channel: Channel
    person: PersonId
    roles: tuple[RoleId, ...]
    municipality: str
    said_at: datetime
    next_at: datetime
    attempt: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEcho(Message):
    """What was understood of an answer, or that the page is over, on the channel that it came by."""

    page: PageId
    channel: Channel
    person: PersonId
    what: Literal["coming", "eta", "cannot", "over"]
    roles: tuple[RoleId, ...]
    municipality: str
    eta_minutes: int | None = None
    taken_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCalledOff(Message):
    """Nothing of this page may ring any more: a repeating push, a call that is being made."""

    page: PageId
    channel: Channel
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class StillComing(Message):
    """To who said yes and was not seen since: are you still coming? `next_at` is when the bot calls the next."""

    page: PageId
    roles: tuple[RoleId, ...]
    municipality: str
    answered_at: datetime
    next_at: datetime
    room: RoomId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverAsked(Message):
    """To the successor, whose shift has begun: take the role over from the holder?"""

    role: RoleId
    holder: str
    open_steps: int
    last_decision: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverNote(Message):
    """In the room, and to the holder: how the handing over of a role stands."""

    what: Literal["offered", "put_off", "done", "nobody"]
    role: RoleId
    holder: str
    successor: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers(Message):
    """To who asked and may: how to call these people by hand. The numbers themselves are looked up when it is sent."""

    persons: tuple[PersonId, ...]
    names: tuple[str, ...]
    duty_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodNote(Message):
    """To the coordinator: one reporter gives so many alarms that the further ones are kept in this incident."""

    reporter: str
    count: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyReached(Message):
    """To the coordinator: the list for a role is exhausted."""

    role: RoleId
    tried: tuple[str, ...]
    since: datetime
    at: datetime
    duty_number: str = ""
    came: int = 0  # of `wanted` people
    wanted: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmReceived(Message):
    """The confirmation to the reporter: what was understood and what will happen."""

    municipality: str
    text: str
    roles: tuple[RoleId, ...]
    grace_seconds: int | None  # None: they are being called now
    danger: bool = False
    similar_to: str | None = None
    calls_at: datetime | None = None  # announced: they are called then


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmUnderstood(Message):
    """To the reporter: what the bot made of the sentence, and which words made it so. `calendar`: the time of the year that
    it has to do with."""

    title: Both | None
    because: tuple[str, ...] = ()
    calendar: Both | None = None
    place: str = ""
    expected_at: datetime | None = None
    channels: tuple[ChannelKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeAsked(Message):
    """To the reporter: something that the alarm left open, with numbered answers; `left` questions including this one."""

    about: IntakeField
    left: int
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeDone(Message):
    """To the reporter: nothing more is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTold(Message):
    """In the room: what the reporter answered, by a choice from the list or in words."""

    about: IntakeField
    choice: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedNote(Message):
    """When it is expected to begin; so many `steps` have another time now. The experts are called at `call_at`, if they still
    have to be."""

    expected_at: datetime
    steps: int
    call_at: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNote(Message):
    """To the reporter: the experts are called now, others are called, or nobody is."""

    what: Literal["now", "corrected", "stopped", "joined", "bundled", "later"]
    roles: tuple[RoleId, ...] = ()
    other: str = ""  # the number of the incident that this one joined
    until: datetime | None = None  # by when the roles are called at the latest, after those who come first


@dataclass(frozen=True, slots=True, kw_only=True)
class AckConfirmed(Message):
    page: PageId
    at: datetime
    municipality: str
    room: RoomId | None
    eta_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomReady(Message):
    """To somebody who answered before the room was there."""

    municipality: str
    room: RoomId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineConfirmed(Message):
    page: PageId
    next: str | None  # the name of the person who is called now


@dataclass(frozen=True, slots=True, kw_only=True)
class LateAnswer(Message):
    """Somebody else already answered; the latecomer is welcome too."""

    page: PageId
    taken_by: str
    municipality: str
    room: RoomId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTakenBack(Message):
    page: PageId


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOver(Message):
    """To somebody whose page was withdrawn: nothing more to do."""

    page: PageId
    taken_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettled(Message):
    """The page's text is changed in place so that nobody answers an old one."""

    page: PageId
    state: Literal["acknowledged", "declined", "withdrawn"]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableFrom(Message):
    """To the coordinator, so that it rings: what somebody said could not be read, and it may have been an alarm."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldAlarm(Message):
    """To the coordinator, so that it rings: an alarm that was texted long ago came in only now. Nobody else is called."""

    person: str
    said_at: datetime
    text: str


# --- the room ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRoom(Message):
    name: Place
    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Message):
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class LockRoom(Message):
    """Only the bot may speak (`locked`), or everybody again."""

    locked: bool


@dataclass(frozen=True, slots=True)
class CardCall:
    role: RoleId
    state: Literal["calling", "answered", "exhausted"]
    person: str
    at: datetime | None
    eta_minutes: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """The facts on the one status card."""

    municipality: str
    title: Both
    phase: Phase
    state: Literal["open", "closed", "finished"]
    reporter: str
    organisation: str
    alarm_at: datetime
    calls: tuple[CardCall, ...]
    steps_done: int
    steps_total: int
    decisions: int
    sitreps: int
    decisions_open: int = 0  # that lack a reason or a second pair of eyes
    round: int = 1  # of picture, judgement and decision
    present: int = 0  # who is in the room; joining is no answer to a page
    asked: int = 0
    coming: int = 0  # said yes and is here, or comes at once
    under_way: int = 0
    arrival: datetime | None = None  # of the first who is under way
    unreachable: int = 0
    chat: Literal["marked_only", "all"] = "marked_only"
    neighbours: tuple[str, ...] = ()  # municipalities that are concerned too
    wide: bool = False  # it reaches beyond the region


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPosted(Message):
    """The first card, which is pinned."""

    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChanged(Message):
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRepeated(Message):
    """For somebody who came later and cannot read what was said before."""

    card: Card
    newcomer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerNote(Message):
    """`after_seconds` from the page to the answer."""

    person: str
    roles: tuple[RoleId, ...]
    what: Literal["coming", "eta", "cannot", "undone", "took_over"]
    at: datetime
    after_seconds: int | None = None
    eta_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationNote(Message):
    roles: tuple[RoleId, ...]
    missed: str  # who was not reached
    why: Literal["unanswered", "undeliverable", "lapsed"]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNote(Message):
    """In the room: somebody was called after the first call."""

    roles: tuple[RoleId, ...]
    person: str
    at: datetime
    page: PageId = PageId("")  # none in what an older release left to be sent
    late_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayNote(Message):
    """In the room: the bot was away until `at`, and what that meant."""

    seconds: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyStepNote(Message):
    role: RoleId
    whom: Whom
    why: EmptyWhy
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustedNote(Message):
    """`tried` are the names of who was paged: somebody must call them, or the duty desk, by hand."""

    role: RoleId
    at: datetime
    tried: tuple[str, ...] = ()
    duty_number: str = ""
    came: int = 0  # of `wanted` people
    wanted: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybookNote(Message):
    title: Both
    steps: int


# --- steps, decisions, lines ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown(Message):
    """`role` does it; `for_role` is the role that it is about when it goes through another, and can be paged."""

    step: StepId
    nr: int
    total: int
    text: Both
    role: RoleId
    due_at: datetime
    for_role: RoleId | None = None
    help: str = ""  # the card that says more
    point: str | None = None  # the decision that it asks for
    round: int = 1  # in which it was put


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettled(Message):
    """`until` is when a step that was put off is put again."""

    step: StepId
    nr: int
    total: int
    text: Both
    progress: Literal["open", "claimed", "later", "done", "skipped"]
    by: str
    at: datetime
    remark: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepAsked(Message):
    """To who is asked to do a step: do you take it over from `holder` (None: nobody in particular has it)?"""

    step: StepId
    nr: int
    text: Both
    by: str
    due_at: datetime
    holder: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepNote(Message):
    """In the room: who was asked to do a step, and whether they do."""

    nr: int
    what: Literal["offered", "passed", "kept"]
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LateStep:
    step: StepId
    nr: int
    text: Both
    due_at: datetime
    role: RoleId


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLate(Message):
    """To who does a step that is past its time."""

    late: LateStep


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsLate(Message):
    """To the coordinator: all that is past its time, at least one."""

    steps: tuple[LateStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundNote(Message):
    """In the room: so many steps begin again."""

    round: int
    steps: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyAsked(Message):
    """To who is asked to take a duty, from `holder` (None: nobody has it)."""

    duty: Duty
    holder: str | None
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyNote(Message):
    """In the room: how it stands with a duty. `holder` had it before, or (declined) still has it."""

    duty: Duty
    what: Literal["offered", "given", "declined", "laid_down"]
    person: str
    holder: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesWanted(Message):
    """To the coordinator: nobody has these yet."""

    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class DueCause:
    """An answer that made a step due: the number of a decision, of a step (done, or `skipped`), or a phenomenon."""

    decision: int | None = None
    step: int | None = None
    skipped: bool = False
    phenomenon: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDueNote(Message):
    """A step with a condition became due; without `because`: the answer was taken back, and the step stays."""

    nr: int
    text: Both
    at: datetime
    because: tuple[DueCause, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionShown(Message):
    """`role` is whose decision it is, `missing` how many reasons are still to be given, `due` before when; `second`: it waits for
    another pair of eyes."""

    decision: int
    text: str
    by: str
    at: datetime
    point: str | None = None
    capacity: Capacity = "own"
    role: RoleId | None = None
    second: bool = False
    missing: int = 0
    due: datetime | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionNote(Message):
    """`replaces`: what a decision that was withdrawn had taken the place of; `last`: its reasons cannot be put off again."""

    decision: int
    what: Literal[
        "confirmed",
        "explained",
        "changed",
        "withdrawn",
        "seconded",
        "complete",
        "left",
        "promised",
        "review",
        "overdue",
        "unanswered",
    ]
    text: str
    by: str
    at: datetime
    missing: int = 0
    until: datetime | None = None
    replaces: int | None = None
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAsked(Message):
    """One question of a motivation, the `nr`-th of `total`; `codes` are the legal codes to choose from. `before` and `given` repeat
    what was recorded just now: an answer, or (not `applies`) why the question does not apply."""

    decision: int
    reason: str
    name: Both
    question: Both
    nr: int
    total: int
    codes: tuple[str, ...] = ()
    before: Both | None = None
    given: str = ""
    applies: bool = True
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionReminder(Message):
    """To who recorded the decision, or later the coordinator: reasons are missing, or it is time to look at it again."""

    decision: int
    what: Literal["reasons", "review"]
    text: str
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineNote(Message):
    """A line of the log, echoed with its number and with what was understood of where it came from."""

    kind: LineKind
    line: int
    text: str
    by: str
    at: datetime
    about: int | None = None
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    confidentiality: Confidentiality = "intern"
    recipient: str = ""
    reference: str = ""
    route: NoticeRoute | None = None
    replaces: int | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataSeen(Message):
    """To who wrote it, and nobody else: there may be personal data of these kinds in it. What it says is not repeated."""

    about: Written
    named: int  # the number of the line, decision or situation report
    kinds: tuple[PersonalData, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFollowed(Message):
    """What became of a line: it was qualified, an assumption was settled, a question or an external notice was answered."""

    line: int
    what: Literal["qualified", "confirmed", "refuted", "answered", "notice_answered"]
    by: str
    at: datetime
    text: str = ""
    source_kind: SourceKind | None = None
    reliability: Reliability | None = None
    confidentiality: Confidentiality | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote(Message):
    """In the room: a message that stands in the log, as line 4 or the alarm (`about` and `named`), was changed or removed."""

    what: Literal["edited", "removed"]
    by: str
    at: datetime
    about: Written | None = None
    named: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStays(Message):
    """To who changed or removed it: what stays in the log, and what to do when that is not meant."""

    what: Literal["edited", "removed"]
    about: Written
    named: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatKept(Message):
    """In the room when it opens: everything that is said here is kept."""

    municipality: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFile(Message):
    """Fetch the file of the entry that this row is about, from the log of the incident or (`transcript`) of what is said in it.

    Its address and key stand in that entry and nowhere else.
    """

    message: EventId
    person: PersonId
    transcript: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNote(Message):
    """Whether a file is kept: in the room that it is, in private that it is not. `line` None: it was said where all is kept."""

    what: Literal["kept"] | NotKept
    line: int | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepShown(Message):
    """`parts` are those of the twelve that it has, with their texts; none when `text` says it in free words."""

    sitrep: int
    text: str
    unchanged: bool
    by: str
    at: datetime
    parts: Details = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepDue(Message):
    """`last`: nobody is reminded again before something is recorded."""

    sitrep: int
    person: str
    last_at: datetime | None
    steps_done: int
    steps_total: int
    decisions: int
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepLater(Message):
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchUp(Message):
    """What somebody who comes late must know, in one look: to that person alone, on coming or when asked for."""

    municipality: str
    title: Both
    text: str
    alarm_at: datetime
    phase: Phase
    state: Literal["open", "closed", "finished"]
    coming: tuple[RoleId, ...]
    steps_done: int
    steps_total: int
    actions: int  # still to be done
    decision: int | None = None  # the last one that stands
    decided: str = ""
    sitrep: int | None = None  # the last one that says something
    situation: str = ""
    # whose words may hold personal data and so are left out: this message shows on a screen that others may see
    kept_back: tuple[Literal["text", "decided", "situation"], ...] = ()
    room: RoomId | None = None
    reply_to: str = ""


# --- the end ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionShown(Message):
    """An action as it was understood: whose it is and by when (UTC)."""

    action: int
    text: str
    owner: str
    due: datetime | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionNote(Message):
    action: int
    what: Literal["done", "dropped"]
    text: str
    by: str
    at: datetime
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDue(Message):
    """To the owner (`owner` None), or to the coordinator about the action of `owner`."""

    action: int
    text: str
    due: datetime
    owner: str | None


# --- whom else it concerns, and who alone ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourTold(Message):
    """To somebody of the municipality `name`: an incident of `municipality` concerns them too, or does not after all."""

    what: Literal["involved", "released"]
    name: str
    municipality: str
    title: Both
    by: str
    room: RoomId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagNote(Message):
    """In the room: whom else it concerns. `name` is a municipality, empty for what reaches beyond the region."""

    what: Literal["involved", "released", "raised", "lowered"]
    by: str
    at: datetime
    name: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageNote(Message):
    """In the room, in the language that it goes on in."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WideTold(Message):
    """To the coordinator: it reaches beyond the region, and what that asks of them."""

    by: str
    reason: str
    duty_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleTold(Message):
    """To one person, in private: the closed circle is being made, they belong to it, or they do so no more."""

    what: Literal["forming", "invited", "left"]
    by: str
    names: tuple[str, ...] = ()
    room: RoomId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleShown(Message):
    """In the closed room: who is in the circle, or that somebody is in the room who is not."""

    what: Literal["opened", "widened", "narrowed", "stranger"]
    names: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleProposed(Message):
    """To the coordinator: this playbook goes on with few people, in a room of their own."""

    title: Both


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChanged(Message):
    municipality: str
    neighbours: tuple[str, ...]
    wide: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Remove(Message):
    """Out of the room, who does not belong there any more."""

    person: PersonId


# --- the end ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingAsked(Message):
    """`by` proposed it; empty: the bot did, because nothing was logged for a while. `required` are those of the open steps that
    must be done, or left with a reason; `open_lines` are the numbers of questions and external notices without an answer and of
    assumptions that nobody settled; `reviews` are the decisions of which the bot reminds later, also after closing."""

    by: str
    open_steps: tuple[Both, ...]
    required: tuple[Both, ...] = ()
    open_decisions: tuple[int, ...] = ()
    actions: int = 0
    open_lines: tuple[int, ...] = ()
    reviews: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNote(Message):
    """`aftercare_at` (UTC) is when the aftercare begins, after a closing that has any."""

    what: Literal["closed", "kept_open", "reopened", "finished"]
    by: str
    at: datetime
    reason: str = ""
    aftercare_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyNote(Message):
    """What becomes of recorded words: erased once another confirms (`asked`), `erased`, or all of it to
    be kept (`held`) or no longer (`lifted`).

    `of` and `which` say of what: a kind of thing and its number, or a person's name; of a message in the chat it
    is a reply to that.
    """

    what: Literal["asked", "erased", "held", "lifted"]
    by: str
    at: datetime
    of: str = ""
    which: str = ""
    confirmed_by: str = ""
    reason: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiesOut(Message):
    """Words were erased, and these are the moments (UTC, oldest first) at which exports were made that may still hold them."""

    made: tuple[datetime, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract(Message):
    """Takes an event out of its room, as far as the bot's power there goes: its words were erased. Without `event` it is the one
    that the message `key` of the outbox becomes: it was on its way when they went."""

    event: EventId | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyRoom(Message):
    """Takes everything out of a room whose term is over, as far as the bot's power there goes; then leaves and forgets the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked(Message):
    """One question of the survey, from 1 to 3, to one person. `promised`: answers are shown without a name; `until` is UTC."""

    question: Literal[1, 2, 3]
    promised: bool
    people: int
    until: datetime
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyResults(Message):
    """To the coordinator, when the survey is over: the mean of the marks in tenths (None: nobody gave one, or too few did to stay
    without a name), and how many remarks there are."""

    asked: int
    answered: int
    reached: int | None
    worked: int | None
    remarks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationWanted(Message):
    """To the coordinator: nobody planned the evaluation yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationNote(Message):
    """To all who took part: when the evaluation is."""

    what: Literal["planned", "tomorrow"]
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementShown(Message):
    """`ask_at` (UTC) is when its owner is asked how it stands."""

    improvement: int
    text: str
    owner: str
    by: str
    at: datetime
    ask_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementNote(Message):
    improvement: int
    what: Literal["done", "going", "dropped"]
    text: str
    remark: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImprovementDue(Message):
    """To its owner: how does this stand?"""

    improvement: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationNote(Message):
    """To the observer: what was kept, and the themes that are `left`."""

    theme: Theme
    score: Score
    lines: tuple[int, ...]
    left: tuple[Theme, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint(Message):
    """The signed note, put in the room's state where the homeserver becomes its witness; `of` names a log beside the incident's."""

    note: str
    of: Literal["", "transcript"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKey(Message):
    """The public key (base64) that signs the checkpoints, put in the room's state beside them."""

    public_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampAsked(Message):
    """A time stamp of an authority outside is wanted on this note."""

    note: str


# --- answers to questions, and notes for operators -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Message):
    """An answer that somebody asked for: lines of text, already in the asker's language; a page of at most 20 lines at a time."""

    lines: tuple[str, ...]
    rest: tuple[tuple[str, ...], ...] = ()  # further pages, for `meer`
    choices: tuple[str, ...] = ()  # the cards that the numbers in the lines stand for
    reply_to: str = ""  # the event that asked
    files: tuple[str, ...] = ()  # below the directory of dossiers, uploaded encrypted before the lines


@dataclass(frozen=True, slots=True, kw_only=True)
class DidYouMean(Answer):
    """The word was not understood; `meant` is the sentence that a yes will be read as."""

    meant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyAsked(Answer):
    """One step of getting ready for the night, or of a test: a yes is read as the sentence `meant`, a no as `otherwise`."""

    meant: str
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Answer):
    """A question with numbered answers: the number `n` of the person who asked is read as the sentence `meant[n - 1]`."""

    asked: PersonId
    meant: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitrepDraft(Answer):
    """A situation report that nobody confirmed yet: a yes records `parts`. `own` are those that `asked` put in words; drafted at a
    time (UTC) when there were `follows` reports."""

    asked: PersonId
    parts: Details
    follows: int
    drafted_at: datetime
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder(Answer):
    """What somebody must hear in good time without having asked: a shift that comes, a gap, a test that is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachShown(Message):
    """The bot's contact card, or the secret address of a person's push channel or calendar; all are looked up when it is sent.

    The address of a calendar follows from `seed` and the vault's key, and stands nowhere.
    """

    what: Literal["contact", "ntfy", "calendar"]
    person: PersonId
    seed: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelCode(Message):
    """The code that proves an address, over that channel; it follows from `seed` and the vault's key, and stands nowhere."""

    channel: Channel
    person: PersonId
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTest(Message):
    """A test over one channel: does the phone wake its owner?"""

    channel: Channel
    person: PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReply(Message):
    """An answer to where somebody wrote from, already in their language. `sealed` is that address as only the vault can read it;
    `person` is None when nobody verified it."""

    channel: Channel
    person: PersonId | None
    sealed: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Message):
    """Why a command was not carried out: `refused.<code>` in the catalogue. `danger`: what was said spoke of danger to life."""

    code: str
    details: Details = ()
    reply_to: str = ""
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeDossier(Message):
    """Make what `person` asked for in the message `asked`: the bundle, or one document (`which` is the number of a report or a
    decision). Without `circle` what the closed circle recorded is kept back."""

    incident: IncidentId
    person: PersonId
    asked: EventId
    circle: bool
    form: Form
    copy: Disclosure
    which: int | None = None
    written_in: Language | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierMaking(Message):
    """A long dossier is being made: of so many documents none is there yet."""

    asked: EventId
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierProgress(Message):
    """That message as it reads while documents get ready."""

    asked: EventId
    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierReady(Message):
    """The bundle or (`single`) one document, uploaded encrypted into the room that asked; `path` is where the file is below the
    directory of dossiers."""

    path: str
    entries: int
    single: bool = False
    marked: int = 0  # possible personal data, for a human to judge


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagementNote(Message):
    """One line for operators: `management.<code>` in the catalogue."""

    code: str
    details: Details = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds(Message):
    """The bot offers the answers to its own message as reactions."""

    keys: tuple[str, ...]


class Lane(IntEnum):
    """The order of sending: a lower lane always goes first."""

    PAGE = 0  # the first page of somebody for an incident
    LOUDER = 1  # that page once more, or over another channel
    ANSWER = 2
    ROOM = 3
    TALK = 4
    COSMETIC = 5


@dataclass(frozen=True, slots=True)
class Traits:
    lane: Lane
    shape: Literal["text", "notice", "edit", "act"]  # only `text` may ring a phone
    seeds: tuple[str, ...] = ()
    slot: str | None = None
    anchored: bool = False  # shows the log entry it stands for


_TALK, _ANSWER = Lane.TALK, Lane.ANSWER
TRAITS: Final[Mapping[type[Message], Traits]] = {
    PageText: Traits(Lane.PAGE, "text", seeds=("✅", "❌")),
    ChannelPage: Traits(Lane.LOUDER, "act"),
    ChannelEcho: Traits(_ANSWER, "act"),
    ChannelCalledOff: Traits(_ANSWER, "act"),
    StillComing: Traits(Lane.LOUDER, "text", seeds=("✅", "❌")),
    HandoverAsked: Traits(Lane.LOUDER, "text", seeds=("✅", "❌")),
    HandoverNote: Traits(_TALK, "notice", anchored=True),
    Numbers: Traits(_ANSWER, "act"),
    FloodNote: Traits(Lane.PAGE, "text"),
    NobodyReached: Traits(Lane.PAGE, "text", seeds=("✅",)),
    AlarmReceived: Traits(_ANSWER, "text", seeds=("✅", "❌")),
    CallNote: Traits(_ANSWER, "notice"),
    AlarmUnderstood: Traits(_ANSWER, "notice"),
    IntakeAsked: Traits(_ANSWER, "notice"),
    IntakeDone: Traits(_ANSWER, "notice"),
    IntakeTold: Traits(_TALK, "notice", anchored=True),
    ExpectedNote: Traits(_TALK, "notice", anchored=True),
    AckConfirmed: Traits(_ANSWER, "text"),
    RoomReady: Traits(_ANSWER, "text"),
    DeclineConfirmed: Traits(_ANSWER, "text"),
    LateAnswer: Traits(_ANSWER, "text"),
    AnswerTakenBack: Traits(_ANSWER, "text"),
    PageOver: Traits(_ANSWER, "notice"),
    UnreadableFrom: Traits(Lane.PAGE, "text"),
    OldAlarm: Traits(Lane.PAGE, "text"),
    PageSettled: Traits(Lane.COSMETIC, "edit"),
    MakeRoom: Traits(Lane.ROOM, "act"),
    Invite: Traits(Lane.ROOM, "act"),
    LockRoom: Traits(_TALK, "act"),
    CardPosted: Traits(Lane.ROOM, "notice"),
    CardChanged: Traits(Lane.COSMETIC, "edit", slot="card"),
    CardRepeated: Traits(_TALK, "notice"),
    ActionShown: Traits(_TALK, "text", seeds=("✅",), anchored=True),
    ActionNote: Traits(_TALK, "notice", anchored=True),
    ActionDue: Traits(_TALK, "text", seeds=("✅",)),
    AnswerNote: Traits(_TALK, "notice", anchored=True),
    EscalationNote: Traits(_TALK, "notice", anchored=True),
    CalledNote: Traits(_TALK, "notice", anchored=True),
    AwayNote: Traits(_TALK, "notice", anchored=True),
    EmptyStepNote: Traits(_TALK, "notice", anchored=True),
    ExhaustedNote: Traits(_TALK, "notice", anchored=True),
    PlaybookNote: Traits(_TALK, "notice", anchored=True),
    StepShown: Traits(_TALK, "text", seeds=("✅", "⏭️", "👤"), anchored=True),
    StepSettled: Traits(_TALK, "edit", anchored=True),  # who ticked waits for it: before the step that comes next
    StepDueNote: Traits(_TALK, "notice", anchored=True),
    StepAsked: Traits(_ANSWER, "text", seeds=("✅", "❌")),
    StepNote: Traits(_TALK, "notice", anchored=True),
    StepLate: Traits(_TALK, "text", seeds=("✅", "⏰")),
    StepsLate: Traits(_TALK, "text"),
    RoundNote: Traits(_TALK, "notice", anchored=True),
    DutyAsked: Traits(_ANSWER, "text", seeds=("✅", "❌")),
    DutyNote: Traits(_TALK, "notice", anchored=True),
    DutiesWanted: Traits(_TALK, "text"),
    DecisionShown: Traits(_TALK, "text", seeds=("✅",), anchored=True),
    DecisionNote: Traits(_TALK, "notice", anchored=True),
    ReasonAsked: Traits(_ANSWER, "text"),
    DecisionReminder: Traits(_TALK, "text"),
    LineNote: Traits(_TALK, "notice", anchored=True),
    LineFollowed: Traits(_TALK, "notice", anchored=True),
    PersonalDataSeen: Traits(_ANSWER, "notice"),
    SourceNote: Traits(_TALK, "notice", anchored=True),
    SourceStays: Traits(_ANSWER, "notice"),
    ChatKept: Traits(_TALK, "notice"),
    FetchFile: Traits(Lane.COSMETIC, "act"),
    FileNote: Traits(_TALK, "notice"),
    SitrepShown: Traits(_TALK, "text", anchored=True),
    SitrepDue: Traits(_TALK, "text", seeds=("✅", "⏰", "❌")),
    SitrepLater: Traits(_TALK, "notice"),
    SitrepDraft: Traits(_ANSWER, "notice", seeds=("✅",)),
    CatchUp: Traits(_TALK, "notice"),
    NeighbourTold: Traits(_TALK, "text"),
    FlagNote: Traits(_TALK, "notice", anchored=True),
    LanguageNote: Traits(_TALK, "notice", anchored=True),
    WideTold: Traits(_TALK, "text"),
    CircleTold: Traits(_ANSWER, "text"),
    CircleShown: Traits(_TALK, "notice", anchored=True),
    CircleProposed: Traits(_TALK, "text"),
    TopicChanged: Traits(Lane.COSMETIC, "act", slot="topic"),
    Remove: Traits(Lane.ROOM, "act"),
    ClosingAsked: Traits(_TALK, "text", seeds=("❌",)),  # closing itself needs words
    EndNote: Traits(_TALK, "notice", anchored=True),
    CustodyNote: Traits(_TALK, "notice", anchored=True),
    CopiesOut: Traits(_ANSWER, "notice"),
    Retract: Traits(_TALK, "act"),
    EmptyRoom: Traits(Lane.COSMETIC, "act"),
    SurveyAsked: Traits(_TALK, "text"),
    SurveyResults: Traits(_TALK, "text"),
    EvaluationWanted: Traits(_TALK, "text"),
    EvaluationNote: Traits(_TALK, "text"),
    ImprovementShown: Traits(_TALK, "text", seeds=("✅",), anchored=True),
    ImprovementNote: Traits(_TALK, "notice", anchored=True),
    ImprovementDue: Traits(_TALK, "text", seeds=("✅",)),
    ObservationNote: Traits(_TALK, "notice"),
    Checkpoint: Traits(Lane.COSMETIC, "act", slot="checkpoint"),
    LogKey: Traits(Lane.COSMETIC, "act", slot="log_key"),
    StampAsked: Traits(Lane.COSMETIC, "act", slot="stamp"),
    Answer: Traits(_ANSWER, "notice"),
    DidYouMean: Traits(_ANSWER, "notice", seeds=("✅", "❌")),
    ReadyAsked: Traits(_ANSWER, "text", seeds=("✅", "❌")),
    Choice: Traits(_ANSWER, "notice"),
    Reminder: Traits(_TALK, "text"),
    ReachShown: Traits(_ANSWER, "act"),
    ChannelCode: Traits(_ANSWER, "act"),
    ChannelTest: Traits(_ANSWER, "act"),
    ChannelReply: Traits(_ANSWER, "act"),
    Refusal: Traits(_ANSWER, "notice"),
    MakeDossier: Traits(_TALK, "act"),
    DossierMaking: Traits(_ANSWER, "notice"),
    DossierProgress: Traits(Lane.COSMETIC, "edit"),
    DossierReady: Traits(_ANSWER, "notice"),
    ManagementNote: Traits(_TALK, "notice"),
    Seeds: Traits(Lane.COSMETIC, "act"),
}
BY_NAME: Final[Mapping[str, type[Message]]] = {kind.__name__: kind for kind in TRAITS}


def seeds(message: Message) -> tuple[str, ...]:
    """The answers that the bot offers as reactions; none that would do nothing."""
    match message:
        case AlarmReceived(grace_seconds=None) | DecisionShown(capacity="advice"):
            return ()
        case SitrepDue(last_at=None):
            return tuple(key for key in TRAITS[SitrepDue].seeds if key != "✅")
        case _:
            return TRAITS[type(message)].seeds


def lane(message: Message) -> Lane:
    """A first page goes before every repeat, so that a flood of repeats does not hold up a new incident."""
    if isinstance(message, PageText) and message.attempt > 1:
        return Lane.LOUDER
    return TRAITS[type(message)].lane


def slot(message: Message) -> str | None:
    """Of one slot of an incident only the newest message that still waits is sent; so an outage piles up no repeats."""
    if isinstance(message, Checkpoint) and message.of:
        return f"checkpoint {message.of}"
    return f"page {message.page}" if isinstance(message, PageText) else TRAITS[type(message)].slot


def subject(message: Message) -> str | None:
    """What a message is about, so that a reaction to it, or an edit of it, finds its way."""
    match message:
        case (
            PageText(page=page)
            | AckConfirmed(page=page)
            | DeclineConfirmed(page=page)
            | LateAnswer(page=page)
            | AnswerTakenBack(page=page)
            | PageOver(page=page)
            | PageSettled(page=page)
            | ChannelPage(page=page)
            | ChannelEcho(page=page)
            | ChannelCalledOff(page=page)
            | StillComing(page=page)
            | CalledNote(page=page)
        ):
            return page
        case NobodyReached(role=role) | HandoverAsked(role=role) | HandoverNote(role=role):
            return role
        case StepShown(step=step) | StepSettled(step=step) | StepAsked(step=step):
            return step
        case StepLate(late=late):
            return late.step
        case DutyAsked(duty=duty):
            return duty
        case (
            DecisionShown(decision=decision)
            | DecisionNote(decision=decision)
            | ReasonAsked(decision=decision)
            | DecisionReminder(decision=decision)
        ):
            return str(decision)
        case ActionShown(action=action) | ActionNote(action=action) | ActionDue(action=action):
            return str(action)
        case (
            ImprovementShown(improvement=improvement)
            | ImprovementNote(improvement=improvement)
            | ImprovementDue(improvement=improvement)
        ):
            return str(improvement)
        case SurveyAsked(question=question):
            return str(question)
        case ObservationNote(theme=theme):
            return theme
        case SitrepDue(sitrep=sitrep) | SitrepShown(sitrep=sitrep):
            return str(sitrep)
        case SitrepDraft(asked=asked):
            return asked
        case LineNote(line=line) | LineFollowed(line=line):
            return str(line)
        case Invite(person=person) | Remove(person=person):
            return person
        case FetchFile(message=source):
            return source
        case MakeDossier(asked=asked) | DossierMaking(asked=asked) | DossierProgress(asked=asked):
            return asked
        case _:
            return None
