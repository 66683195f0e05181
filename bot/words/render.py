"""Messages in words: for every kind the plain body, the HTML, whether it may ring, and whom it names.

The body is written first, because notifications, watches and screen readers show nothing else; the HTML follows from it. What
people wrote is cut until the limits of `fit` hold: six lines and 320 characters for whatever rings, asks or notes, and a page of
twenty lines for an answer that somebody asked for. Longer than most modules: one `match` over the closed list of messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeGuard, assert_never

from bot.domain import messages as m
from bot.domain.ids import PersonId, RoleId
from bot.domain.people import Language
from bot.words import (
    after_words,
    custody_words,
    decision_words,
    flag_words,
    intake_words,
    ladder_words,
    line_words,
    observation_words,
    page_words,
    record_words,
    room_words,
    sitrep_words,
    step_words,
    teamwork_words,
    work_words,
)
from bot.words.catalogue import Catalogue
from bot.words.fit import ANSWER_CHARACTERS, FIRST_LINE, MOST_CHARACTERS, MOST_LINES, Line, fit, line
from bot.words.names import role_name
from bot.words.replies import pages
from bot.words.shown import Loose, length_of, loose, visible
from bot.words.tree import Nodes, Strong, Text, grow, html, plain, slots

MessageType = Literal["m.text", "m.notice"]

Templated = (
    m.PageText | m.NobodyReached | m.AlarmReceived | m.CallNote | m.AckConfirmed | m.RoomReady | m.DeclineConfirmed
    | m.UnreadableFrom | m.OldAlarm | m.StillComing | m.HandoverAsked | m.HandoverNote | m.FloodNote | m.AwayNote
    | m.LateAnswer | m.AnswerTakenBack | m.PageOver | m.PageSettled | m.CardPosted | m.CardChanged | m.CardRepeated
    | m.AnswerNote | m.EscalationNote | m.CalledNote | m.EmptyStepNote | m.ExhaustedNote | m.PlaybookNote | m.StepShown
    | m.ReasonAsked | m.DecisionReminder
    | m.StepSettled | m.DecisionShown | m.DecisionNote | m.LineNote | m.SourceNote | m.SitrepShown | m.SitrepDue
    | m.SitrepLater | m.ClosingAsked | m.EndNote | m.Refusal | m.DossierMaking | m.DossierProgress
    | m.DossierReady | m.ManagementNote
    | m.StepDueNote | m.LineFollowed | m.PersonalDataSeen | m.CatchUp
    | m.AlarmUnderstood | m.IntakeAsked | m.IntakeDone | m.IntakeTold | m.ExpectedNote
    | m.ActionShown | m.ActionNote | m.ActionDue
    | m.SourceStays | m.ChatKept | m.FileNote
    | m.SurveyAsked | m.SurveyResults | m.EvaluationWanted | m.EvaluationNote
    | m.ImprovementShown | m.ImprovementNote | m.ImprovementDue | m.ObservationNote
    | m.NeighbourTold | m.FlagNote | m.LanguageNote | m.WideTold | m.CircleTold | m.CircleShown | m.CircleProposed
    | m.CustodyNote | m.CopiesOut
    | m.StepAsked | m.StepNote | m.StepLate | m.StepsLate | m.RoundNote | m.DutyAsked | m.DutyNote | m.DutiesWanted
)  # fmt: skip
Worded = Templated | m.Answer | m.DidYouMean | m.ReadyAsked | m.Choice | m.SitrepDraft | m.Reminder
WORDED: Final[tuple[type[Worded], ...]] = Worded.__args__
# An edit keeps the type of the message that it changes.
_EDITED: Final[Mapping[type[m.Message], MessageType]] = {
    m.PageSettled: "m.text",
    m.StepSettled: "m.text",
    m.CardChanged: "m.notice",
    m.DossierProgress: "m.notice",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """`mentions` are Matrix ids; they ring a phone only with `m.text`."""

    body: str
    html: str
    msgtype: MessageType
    mentions: tuple[str, ...]


def is_worded(message: m.Message) -> TypeGuard[Worded]:
    """Whether the message is said in words; the others are acts, such as making a room."""
    return isinstance(message, WORDED)


def render(
    message: Worded,
    catalogue: Catalogue,
    account_of: Callable[[PersonId], str | None],
    *,
    anchor: tuple[int, str] | None = None,
    minimal: bool = False,
) -> Rendered:
    """The message in its own language. `anchor` is the sequence number and hash of the log entry that it stands for; `minimal`
    keeps the alarm's own words out of pages."""
    traits = m.TRAITS[type(message)]
    mark = _mark(message, catalogue)
    grown = (
        _answer(message, catalogue, mark)
        if isinstance(message, m.Answer)
        else _fitted(message, catalogue, mark, minimal=minimal)
    )
    grown = ((*mark, *grown[0]), *grown[1:])
    if anchor is not None and traits.anchored:
        seq, digest = anchor
        values = {"seq": str(seq), "hash": digest[:8]}
        grown = (*grown, grow(catalogue.template(message.lang, "anchor.line"), values))
    rings = traits.shape == "text"
    accounts = (account_of(person) for person in message.mention) if rings else ()
    return Rendered(
        body="\n".join(plain(nodes) for nodes in grown),
        html="<br>".join(html(nodes) for nodes in grown),
        msgtype=_EDITED.get(type(message), "m.text" if rings else "m.notice"),
        mentions=tuple(account for account in accounts if account is not None),
    )


def _mark(message: m.Message, catalogue: Catalogue) -> Nodes:
    """In front of everything: that it is practice, and that 112 comes first."""
    exercise = grow(catalogue.template(message.lang, "exercise.mark"), {}) if message.exercise else ()
    danger = isinstance(message, m.LineNote | m.IntakeAsked | m.Refusal) and message.danger
    return (*exercise, *(grow(catalogue.template(message.lang, "danger.mark"), {}) if danger else ()))


def _fitted(message: Templated, catalogue: Catalogue, mark: Nodes, *, minimal: bool) -> tuple[Nodes, ...]:
    taken = len(plain(mark))
    asked_for = isinstance(message, m.Refusal)
    characters = ANSWER_CHARACTERS if asked_for else MOST_CHARACTERS
    first = FIRST_LINE - taken if m.TRAITS[type(message)].shape == "text" else None
    lines = _lines(message, catalogue, minimal=minimal)
    return fit(catalogue, message.lang, lines, characters=characters - taken, first=first)


def _answer(message: m.Answer, catalogue: Catalogue, mark: Nodes) -> tuple[Nodes, ...]:
    """The lines are in the asker's language already and hold what people wrote, so nothing in them is markup."""
    shown = pages(catalogue, message.lang, message.lines or ("–",), reserve=len(plain(mark)))[0]
    if isinstance(message, m.DidYouMean | m.ReadyAsked | m.Reminder):
        taken = len(plain(mark))
        asked = [line("plain", text=loose(text)) for text in shown[:MOST_LINES]]
        first, *rest = fit(catalogue, message.lang, asked, characters=MOST_CHARACTERS - taken, first=FIRST_LINE - taken)
        return ((Strong(first),), *rest)
    return ((Strong((Text(shown[0]),)),), *((Text(text),) for text in shown[1:]))


def _details(
    catalogue: Catalogue, lang: Language, family: Literal["refused", "management"], code: str, details: m.Details
) -> list[Line]:
    """A sentence for a code, filled with its details; roles, steps of the escalation and times away are named. An unknown code
    is shown as it is: an answer without its own sentence is better than none at night."""
    values: dict[str, str] = {name: loose(_named(catalogue, lang, name, value)) for name, value in details}
    key = f"{family}.{code}"
    if not catalogue.has(key):
        rest = " · ".join(f"{name} {visible(value)}" for name, value in details)
        return [line(f"{family}.other", code=loose(code), details=loose(rest))]
    missing = {name: Loose("–") for name in slots(catalogue.template(lang, key))}
    return [line(key, **{**missing, **values})]


def _named(catalogue: Catalogue, lang: Language, name: str, value: str) -> str:
    if name == "role":
        return role_name(catalogue, lang, RoleId(value))
    if name == "away" and value.isdecimal():
        return length_of(int(value), lang)
    if name == "law" and catalogue.has(f"law.{value}"):
        return catalogue.template(lang, f"law.{value}")
    if name == "whom" and catalogue.has(f"whom.{value}"):
        return catalogue.template(lang, f"whom.{value}")
    return value


def _lines(message: Templated, catalogue: Catalogue, *, minimal: bool) -> list[Line]:
    # one closed match over every kind that is said in words, so longer than a function should be
    match message:
        case m.PageText():
            return page_words.page(catalogue, message, minimal=minimal)
        case m.NobodyReached():
            return page_words.nobody_reached(catalogue, message)
        case m.AlarmReceived():
            return page_words.alarm(catalogue, message)
        case m.CallNote():
            return page_words.call_note(catalogue, message)
        case m.AlarmUnderstood():
            return intake_words.understood(catalogue, message)
        case m.IntakeAsked():
            return intake_words.question(message)
        case m.IntakeDone():
            return intake_words.done(message)
        case m.IntakeTold():
            return intake_words.told(catalogue, message)
        case m.ExpectedNote():
            return intake_words.expected(message)
        case m.AckConfirmed():
            return page_words.acknowledged(message)
        case m.RoomReady():
            return page_words.room_ready(message)
        case m.DeclineConfirmed():
            return page_words.declined(message)
        case m.UnreadableFrom():
            return page_words.unreadable(message)
        case m.OldAlarm():
            return page_words.old_alarm(message)
        case m.LateAnswer():
            return page_words.late(message)
        case m.StillComing():
            return ladder_words.still_coming(catalogue, message)
        case m.HandoverAsked():
            return ladder_words.handover(catalogue, message)
        case m.HandoverNote():
            return ladder_words.handover_note(catalogue, message)
        case m.FloodNote():
            return ladder_words.flood(message)
        case m.AwayNote():
            return ladder_words.away(message)
        case m.AnswerTakenBack():
            return page_words.taken_back(message)
        case m.PageOver():
            return page_words.over(message)
        case m.PageSettled():
            return page_words.settled(message)
        case m.CardPosted() | m.CardChanged() | m.CardRepeated():
            return room_words.card(catalogue, message)
        case m.AnswerNote():
            return room_words.answer(catalogue, message)
        case m.EscalationNote():
            return room_words.missed(catalogue, message)
        case m.CalledNote():
            return room_words.called(catalogue, message)
        case m.EmptyStepNote():
            return room_words.empty_step(catalogue, message)
        case m.ExhaustedNote():
            return room_words.exhausted(catalogue, message)
        case m.PlaybookNote():
            return room_words.playbook(message)
        case m.StepShown():
            return room_words.step(catalogue, message)
        case m.StepSettled():
            return room_words.step_settled(message)
        case m.StepDueNote():
            return step_words.due_note(catalogue, message)
        case m.StepAsked():
            return teamwork_words.step_asked(message)
        case m.StepNote():
            return teamwork_words.step_note(message)
        case m.StepLate():
            return teamwork_words.late(message)
        case m.StepsLate():
            return teamwork_words.all_late(catalogue, message)
        case m.RoundNote():
            return teamwork_words.began(message)
        case m.DutyAsked():
            return teamwork_words.asked(catalogue, message)
        case m.DutyNote():
            return teamwork_words.noted(catalogue, message)
        case m.DutiesWanted():
            return teamwork_words.wanted(catalogue, message)
        case m.DecisionShown():
            return decision_words.shown(catalogue, message)
        case m.DecisionNote():
            return decision_words.note(message)
        case m.ReasonAsked():
            return decision_words.question(message)
        case m.DecisionReminder():
            return decision_words.reminder(message)
        case m.LineNote():
            return line_words.note(catalogue, message)
        case m.PersonalDataSeen():
            return line_words.personal_data(catalogue, message)
        case m.LineFollowed():
            return line_words.followed(catalogue, message)
        case m.SourceNote():
            return record_words.source(catalogue, message)
        case m.SourceStays():
            return record_words.stays(catalogue, message)
        case m.ChatKept():
            return record_words.chat_kept(message)
        case m.FileNote():
            return record_words.file(message)
        case m.SitrepShown():
            return sitrep_words.shown(catalogue, message)
        case m.CatchUp():
            return sitrep_words.caught_up(catalogue, message)
        case m.SitrepDue():
            return room_words.sitrep_due(message)
        case m.SitrepLater():
            return room_words.sitrep_later(message)
        case m.ActionShown():
            return work_words.shown(catalogue, message)
        case m.ActionNote():
            return work_words.noted(message)
        case m.ActionDue():
            return work_words.due(message)
        case m.NeighbourTold():
            return flag_words.neighbour(message)
        case m.LanguageNote():
            return flag_words.language_chosen(message)
        case m.FlagNote():
            return flag_words.note(message)
        case m.WideTold():
            return flag_words.wide(message)
        case m.CircleTold():
            return flag_words.circle_told(message)
        case m.CircleShown():
            return flag_words.circle_shown(message)
        case m.CircleProposed():
            return flag_words.proposed(message)
        case m.ClosingAsked():
            return step_words.closing(catalogue, message)
        case m.EndNote():
            return [*room_words.end(message), *after_words.end(message)]
        case m.CustodyNote():
            return custody_words.note(catalogue, message)
        case m.CopiesOut():
            return custody_words.copies(message)
        case m.SurveyAsked():
            return after_words.survey(message)
        case m.SurveyResults():
            return after_words.results(message)
        case m.EvaluationWanted():
            return after_words.wanted(message)
        case m.EvaluationNote():
            return after_words.evaluation(message)
        case m.ImprovementShown():
            return after_words.improvement(message)
        case m.ImprovementNote():
            return after_words.improvement_note(message)
        case m.ImprovementDue():
            return after_words.improvement_due(message)
        case m.ObservationNote():
            return observation_words.note(catalogue, message)
        case m.Refusal(code=code, details=details):
            return _details(catalogue, message.lang, "refused", code, details)
        case m.ManagementNote(code=code, details=details):
            return _details(catalogue, message.lang, "management", code, details)
        case m.DossierMaking(of=of):
            return [line("dossier.making", number=message.number, done="0", of=str(of))]
        case m.DossierProgress(done=done, of=of):
            key = "dossier.making" if done < of else "dossier.made"
            return [line(key, number=message.number, done=str(done), of=str(of))]
        case m.DossierReady():
            first = line("dossier.first", number=message.number, entries=str(message.entries))
            marked = [line("dossier.marked", count=str(message.marked))] if message.marked else []
            more = [] if message.single else [line("dossier.verify"), line("dossier.also")]
            return [first, line("dossier.file"), *marked, *more]
        case _:
            assert_never(message)
