"""What somebody said, as a command to an incident: one row per verb, and the meaning of reactions to the bot's own messages.

A little longer than most modules: it is the one table of verbs, with a reader for each that needs one.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bot.domain import commands as c
from bot.domain.entries import AnswerBy
from bot.domain.ids import EventId, PageId, PersonId, PlaybookId, RoleId, StepId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from bot.domain.people import Language, Person
from bot.domain.steps import number_of
from bot.domain.triage import Moment
from bot.matrix import action_commands, after_commands, custody_commands
from bot.matrix import line_commands as lines
from bot.matrix import team_commands as team
from bot.store.outbox import OutboxRow
from bot.words import flag_words
from bot.words.alarm_when import begins, moment_of
from bot.words.grammar import LAYER_WORDS, LINE_KINDS
from bot.words.line_marks import answered
from bot.words.parse import Said
from bot.words.roster_phrases import Nobody, find_person

SITREP_LATER_MINUTES: Final = 15
# Fixed words that name no phenomenon and no danger, so that nobody but the coordinator is called.
TEST_ALARM: Final[Mapping[Language, str]] = {
    "nl": "Testalarm, er is niets aan de hand.",
    "en": "Test alarm, nothing happened.",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """Who said it, from where, and in which incident as far as that is known."""

    person: Person | None
    by: Origin
    incident: Incident | None
    people: Iterable[Person] = ()  # everybody who can be named
    page: PageId | None = None  # the page that a yes or no in a direct chat answers
    now: datetime | None = None  # our clock (UTC), for whoever names a time
    zone: str = "UTC"  # IANA
    round: int | None = None  # of the message about a step that is answered
    answered: custody_commands.Answered | None = None  # what it is a reply to
    confirmed: bool = False  # a yes by a tap to what the sender's own words, proved, were taken for

    @property
    def language(self) -> Language:
        return self.person.language if self.person is not None else "nl"


Make = Callable[[Said, Heard], c.Command]


def _page(heard: Heard) -> PageId:
    if heard.page is None:
        raise c.Refused("no_page")
    return heard.page


def _step(said: Said, heard: Heard) -> StepId | None:
    """People say the number on the message, which is the step's place in the list."""
    if said.number is None:
        return None
    steps = heard.incident.steps if heard.incident else ()
    if not 1 <= said.number <= len(steps):
        raise c.Refused("no_such_step", {"step": str(said.number)})
    return steps[said.number - 1].id


def _needed_step(said: Said, heard: Heard) -> StepId:
    step = _step(said, heard)
    if step is None:
        raise c.Refused("which_step")
    return step


def _number(said: Said) -> int:
    if said.number is None:
        raise c.Refused("which_decision")
    return said.number


def _now(heard: Heard) -> datetime:
    assert heard.now is not None, "who is heard is heard at a time"
    return heard.now


def _how(heard: Heard) -> AnswerBy:
    return "reaction" if heard.by.via == "reaction" else "text"


def _answer(said: Said, heard: Heard) -> c.Command:
    eta = said.minutes if said.verb == "eta" else None
    return c.Acknowledge(page=_page(heard), answer_by=_how(heard), eta_minutes=eta, by=heard.by)


def _no(said: Said, heard: Heard) -> c.Command:
    return c.Decline(page=_page(heard), answer_by=_how(heard), by=heard.by)


def _role(said: Said) -> RoleId | None:
    return said.roles[0] if said.roles else None


def _one_role(said: Said) -> RoleId:
    if not said.roles:
        raise c.Refused("which_role")
    return said.roles[0]


def _call(said: Said, heard: Heard) -> c.Command:
    """`roep cyber`, `roep cyber reserve`, `roep @naam` with a role behind it or not."""
    if said.argument.startswith("@"):
        named = find_person(said.argument, heard.people)
        if isinstance(named, Nobody):
            raise c.Refused("which_person" if named.near else "no_such_person", {"people": _names(named.near)})
        return c.CallPerson(person=named.id, role=_role(said), by=heard.by)
    return c.CallRole(role=_one_role(said), layer=LAYER_WORDS.get(said.argument), by=heard.by)


def _people(said: Said, heard: Heard) -> tuple[PersonId, ...]:
    """Everybody named with an @; nobody is guessed at, because a wrong one would read in confidence."""
    found: list[PersonId] = []
    for name in flag_words.named(said.argument)[0]:
        person = find_person(name, heard.people)
        if isinstance(person, Nobody):
            raise c.Refused("circle_names", {"people": _names(person.near) or name})
        found.append(person.id)
    return tuple(found)


def _names(people: Iterable[Person]) -> str:
    return ", ".join(f"@{person.id}" for person in people)


def _take_over(role: RoleId | None, heard: Heard) -> c.Command:
    """Whom a role was offered to takes that one; anybody else answers for what nobody answered."""
    calls = heard.incident.calls.values() if heard.incident is not None else ()
    mine = [k.role for k in calls if heard.person is not None and k.offered_to == heard.person.id]
    if mine and role in (None, *mine):
        return c.AcceptHandover(role=role, by=heard.by)
    other = None if role is not None else team.offered(heard.incident, heard.by.actor, heard.by, yes=True)
    return other or c.TakeOver(role=role, by=heard.by)


def _not_yet(role: RoleId | None, heard: Heard) -> c.Command:
    calls = heard.incident.calls.values() if heard.incident is not None else ()
    if role is None and not any(call.offered_to == heard.by.actor for call in calls):
        other = team.offered(heard.incident, heard.by.actor, heard.by, yes=False)
        if other is not None:
            return other
    return c.PutOffHandover(role=role, by=heard.by)


def _later(said: Said, heard: Heard) -> c.Command:
    assert heard.now is not None, "who is heard is heard at a time"
    return team.later(said, _step(said, heard), heard.by, heard.now, heard.zone)


def _begins(sentence: str, heard: Heard) -> Moment | None:
    assert heard.now is not None, "who is heard is heard at a time"
    return begins(sentence, heard.now, heard.zone)


def _expected(said: str, heard: Heard) -> datetime:
    assert heard.now is not None, "who is heard is heard at a time"
    at = moment_of(said, heard.now, heard.zone)
    if at is None:
        raise c.Refused("expected_when")
    return at


VERBS: Final[Mapping[str, Make]] = {
    "alarm": lambda s, h: c.RaiseAlarm(text=s.argument, begins=_begins(s.argument, h), by=h.by),
    "test_alarm": lambda s, h: c.RaiseAlarm(text=TEST_ALARM[h.language], exercise=True, by=h.by),
    "expected": lambda s, h: c.SetExpectedTime(at=_expected(s.argument, h), by=h.by),
    "now": lambda s, h: c.CallNow(by=h.by),
    "stop": lambda s, h: c.StopCall(by=h.by),
    "domain": lambda s, h: c.CorrectCall(roles=s.roles, by=h.by),
    "same": lambda s, h: c.JoinSimilar(by=h.by),
    "yes": _answer,
    "eta": _answer,
    "no": _no,
    "take_over": lambda s, h: _take_over(_role(s), h),
    "not_yet": lambda s, h: _not_yet(_role(s), h),
    "later": _later,
    "pass_on_step": lambda s, h: team.passed_on(s, _step(s, h), h.by, h.people),
    "round": lambda s, h: c.StartRound(by=h.by),
    "chair": lambda s, h: team.duty(s, h.by, h.people),
    "note_taker": lambda s, h: team.duty(s, h.by, h.people),
    "spokesperson": lambda s, h: team.duty(s, h.by, h.people),
    "duty": lambda s, h: team.duty(s, h.by, h.people),
    "lay_down": lambda s, h: team.laid_down(s, h.by),
    "escalate": lambda s, h: c.Escalate(role=_role(s), by=h.by),
    "numbers": lambda s, h: c.ShowNumbers(by=h.by),
    "done": lambda s, h: c.FinishStep(step=_step(s, h), remark=s.argument, round=h.round, by=h.by),
    "skip": lambda s, h: c.SkipStep(step=_step(s, h), reason=s.argument, round=h.round, by=h.by),
    "claim": lambda s, h: c.ClaimStep(step=_step(s, h), round=h.round, by=h.by),
    "undo_step": lambda s, h: c.ReopenStep(step=_needed_step(s, h), by=h.by),
    "decision": lambda s, h: c.RecordDecision(text=s.argument, by=h.by),
    "confirm": lambda s, h: c.ConfirmDecision(decision=_number(s), by=h.by),
    "reason": lambda s, h: c.ExplainDecision(reason=s.argument, decision=s.number, by=h.by),
    "change": lambda s, h: c.ChangeDecision(decision=_number(s), text=s.argument, by=h.by),
    "sitrep": lambda s, h: c.RecordSitrep(text=s.argument, by=h.by),
    "sitrep_same": lambda s, h: c.RecordSitrep(text="", unchanged=True, by=h.by),
    "sitrep_later": lambda s, h: c.PostponeSitrep(minutes=s.minutes or SITREP_LATER_MINUTES, by=h.by),
    "sitrep_stop": lambda s, h: c.PostponeSitrep(minutes=None, by=h.by),
    "replace_line": lambda s, h: c.ReplaceLine(line=lines.number(s), text=s.argument, by=h.by),
    "qualify": lambda s, h: lines.qualified(s, h.by),
    "assumption_settled": lambda s, h: lines.settled(s, h.by),
    "assumption_true": lambda s, h: lines.settled(s, h.by),
    "assumption_false": lambda s, h: lines.settled(s, h.by),
    "question_answer": lambda s, h: c.AnswerQuestion(line=lines.number(s), text=s.argument, by=h.by),
    "external_answer": lambda s, h: c.AnswerNotice(line=lines.number(s), text=answered(s.argument) or "", by=h.by),
    "page": lambda s, h: _call(s, h),
    "playbook": lambda s, h: c.StartPlaybook(playbook=PlaybookId(s.argument), by=h.by),
    "involve": lambda s, h: c.InvolveMunicipality(named=s.argument, by=h.by),
    "release": lambda s, h: c.ReleaseMunicipality(named=s.argument, by=h.by),
    "language": lambda s, h: c.ChooseLanguage(language=flag_words.language(s.argument), by=h.by),
    "wide": lambda s, h: c.RaiseFlag(flag="bovenregionaal", reason=flag_words.named(s.argument)[1], by=h.by),
    "not_wide": lambda s, h: c.LowerFlag(flag="bovenregionaal", reason=flag_words.named(s.argument)[1], by=h.by),
    "form_circle": lambda s, h: c.FormCircle(persons=_people(s, h), reason=flag_words.named(s.argument)[1], by=h.by),
    "widen_circle": lambda s, h: c.WidenCircle(persons=_people(s, h), by=h.by),
    "narrow_circle": lambda s, h: c.NarrowCircle(persons=_people(s, h), by=h.by),
    "close": lambda s, h: c.ProposeClosing(by=h.by),
    "close_yes": lambda s, h: c.CloseIncident(reason=s.argument, by=h.by),
    "close_no": lambda s, h: c.KeepOpen(by=h.by),
    "reopen": lambda s, h: c.ReopenIncident(reason=s.argument, by=h.by),
    "finish_incident": lambda s, h: c.FinishIncident(reason=s.argument, by=h.by),
    "plan_evaluation": lambda s, h: after_commands.evaluation(s.argument, h.by, _now(h), h.zone),
    "erase": lambda s, h: custody_commands.erasure(s.argument, h.by, h.people, h.answered),
    "erase_yes": lambda s, h: c.ConfirmErasure(by=h.by),
    "hold": lambda s, h: custody_commands.hold(s.argument, h.by),
    "lift_hold": lambda s, h: custody_commands.lift(s.argument, h.by),
    "observation": lambda s, h: after_commands.observation(s.argument, h.by),
    "improvement": lambda s, h: after_commands.improvement(s.argument, h.by, h.people, _now(h), h.zone),
}
# Verbs that ask something and change nothing.
QUESTIONS: Final = frozenset(
    ("status", "steps", "decisions", "show_decision", "state_at", "log", "more", "help", "export", "reload", "channels",
     "card", "interventions", "show_line", "open", "show_point", "reasons", "actions",
     "sitrep_lcms", "show_sitrep", "timeline", "catch_up", "improvements", "survey_results",
     "indicators", "show_circle", "duties", "picture", "lessons", "open_questions")
)  # fmt: skip
# Questions about no incident at all.
OF_NO_INCIDENT: Final = frozenset(("card", "picture", "lessons", "open_questions"))

# Verbs about the sender's own channels and getting ready: no incident knows of them.
OWN_CHANNELS: Final = frozenset(
    ("my_number", "my_mail", "my_push", "my_pushover", "code", "reachable", "forget", "night_ready", "test", "heard",
     "not_heard", "calendar", "calendar_stop")
)  # fmt: skip

# What is asked about an incident when it is over, and what may still be recorded then: without a number the one that closed last
# is meant. Every verb whose command a closed incident takes is one of these.
AFTERWARDS: Final = frozenset(
    ("steps", "decisions", "show_decision", "state_at", "log", "export", "show_line", "open", "actions",
     "sitrep_lcms", "show_sitrep", "timeline", "catch_up", "done", "skip", "claim", "undo_step",
     "later", "pass_on_step",
     "action", "evaluation", "plan_evaluation", "improvement", "improvements", "survey_results", "indicators", "finish_incident",
     "observation", "chair", "note_taker", "spokesperson", "duty", "lay_down",
     "duties",
     "erase", "erase_yes", "hold", "lift_hold",
     "reasons", "reason", "confirm", "review", "withdraw",
     "qualify", "replace_line", "question_answer", "external_answer", "assumption_settled",
     "assumption_true", "assumption_false", "red_flag", *LINE_KINDS)
)  # fmt: skip


def command(said: Said, heard: Heard) -> c.Command:
    """The command that a verb stands for; raises Refused when something is missing."""
    if said.verb == "action":
        return action_commands.command(said.argument, heard.by, heard.people, _now(heard), heard.zone)
    if said.verb in LINE_KINDS:
        return lines.recorded(said, heard.by, heard.incident)
    return VERBS[said.verb](said, heard)


def round_of(row: OutboxRow) -> int | None:
    """The round in which a step was put, as its message says; None when it is about no step."""
    return int(json.loads(row.message).get("round", 1)) if row.kind == "StepShown" else None


def reaction(verb: str, row: OutboxRow, heard: Heard) -> c.Command:
    """The command that a reaction to one of the bot's messages stands for; the message says what it is about."""
    subject = row.subject or ""
    if verb in ("take_over", "not_yet"):
        answer = team.answered(row, heard.by, yes=verb == "take_over")
        if answer is not None:
            return answer
    match verb:
        case "yes" | "no":
            about = replace(heard, page=PageId(subject))
            return command(Said(verb), about)
        case "take_over":
            return _take_over(RoleId(subject), heard)
        case "not_yet":
            return c.PutOffHandover(role=RoleId(subject), by=heard.by)
        case "escalate":
            return c.Escalate(page=PageId(subject), by=heard.by)
        case "done" if row.kind in ("ActionShown", "ActionDue"):
            return c.FinishAction(action=int(subject), by=heard.by)
        case "done" if row.kind in ("ImprovementShown", "ImprovementDue"):
            return c.ReviewImprovement(improvement=int(subject), outcome="done", by=heard.by)
        case "done":
            return c.FinishStep(step=StepId(subject), round=round_of(row), by=heard.by)
        case "claim":
            return c.ClaimStep(step=StepId(subject), round=round_of(row), by=heard.by)
        case "skip":
            raise c.Refused("reason_needed")
        case "later":
            return c.PostponeStep(step=StepId(subject), by=heard.by)
        case "pass_on_step":
            raise c.Refused("step_whom", {"step": number_of(heard.incident, StepId(subject)) if heard.incident else ""})
        case "confirm":
            return c.ConfirmDecision(decision=int(subject), by=heard.by)
        case _:
            return command(Said(verb), heard)


def taken_away(incident: Incident, cause: EventId, heard: Heard) -> c.Command | None:
    """What it means that somebody removed a reaction or message that had led to an entry."""
    for page in incident.pages.values():
        if page.answer_cause == cause and heard.person is not None and page.person == heard.person.id:
            return c.UndoAnswer(page=page.id, by=heard.by)
    for step, state in incident.progress.items():
        if state.cause == cause and heard.person is not None and state.person == heard.person.id:
            return c.ReopenStep(step=step, by=heard.by)
    if cause in incident.sources:
        return c.RemoveSource(source=cause, by=heard.by)
    return None
