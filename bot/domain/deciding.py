"""Decisions and what becomes of them: who may take which, why, who looked along, and when somebody looks again.

Longer than most modules: every rule about a decision begins with which one is meant and who may, and those stand here once.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain import commands as c
from bot.domain import duties
from bot.domain import entries as e
from bot.domain.authority import takes_part
from bot.domain.circle import CIRCLE
from bot.domain.draft import Draft
from bot.domain.ids import PersonId, RoleId, StepId
from bot.domain.incident import REASONS_REMINDERS, Decision, Incident, finished
from bot.domain.people import BURGEMEESTER, COORDINATOR, MELDER
from bot.domain.playbook import DecisionOption, DecisionType, Reason, Step
from bot.domain.reasons import asked, basis_of, last_promise, missing, next_missing, option_of, stands

# These hold their role for one municipality only.
_LOCAL: Final = frozenset((MELDER, BURGEMEESTER))
_NUMBERS: Final = re.compile(r"#?[0-9]{1,4}(?:\s*(?:,|;|\+|\ben\b|\band\b|\s)\s*#?[0-9]{1,4})*\.?")
_NUMBER: Final = re.compile(r"[0-9]+")
_SPOKEN_OF: Final = re.compile(
    r"\b(?:regels?|lines?)\s+#?[0-9]{1,4}(?:\s*(?:,|;|\+|\ben\b|\band\b)\s*#?[0-9]{1,4})*", re.IGNORECASE
)
_CODES: Final = re.compile(r"\s*(?:,|;|\+|\s+en\s+|\s+and\s+)\s*")


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped


def _decision(draft: Draft, number: int | None) -> Decision:
    """A decision that was not withdrawn; None is the latest."""
    decisions = draft.incident.decisions
    if not decisions:
        raise c.Refused("no_decisions")
    wanted = len(decisions) if number is None else number
    if not 1 <= wanted <= len(decisions):
        raise c.Refused("no_such_decision", {"decision": str(wanted)})
    found = decisions[wanted - 1]
    if found.withdrawn:
        raise c.Refused("decision_withdrawn", {"decision": str(wanted)})
    return found


def _holding(draft: Draft, number: int) -> Decision:
    """A decision that still holds."""
    found = _decision(draft, number)
    if found.replaced_by is not None:
        raise c.Refused("decision_replaced", {"decision": str(number), "by": str(found.replaced_by)})
    if not stands(found):
        raise c.Refused("only_advice", {"decision": str(number)})
    return found


def record(draft: Draft, command: c.RecordDecision) -> None:
    """A decision in free words."""
    text = _text(command.text)
    _in_the_open(draft, text)
    if command.replaces is not None and (old := _holding(draft, command.replaces)).point is not None:
        raise c.Refused("revise_by_number", {"decision": str(old.number), "point": old.point})
    draft.meet(draft.by.actor)
    if command.author is not None:
        draft.meet(command.author)
    number = len(draft.incident.decisions) + 1
    draft.record(
        e.DecisionRecorded(
            decision=number, text=text, source=command.source, author=command.author, replaces=command.replaces
        )
    )


# --- a decision from a list ---------------------------------------------------------------------------------------------


def held_by(draft: Draft, person: PersonId) -> frozenset[RoleId]:
    """The roles in which a person can decide here: those that the contacts give them, and the reporter's. Being called for a role,
    or taking it over, makes nobody competent; a mayor's powers stop at the border of the municipality (Gemeentewet 172-176)."""
    incident = draft.incident
    known = draft.world.person(person)
    held = {MELDER} if person == incident.reporter else set()
    if known is not None and takes_part(incident, known):
        here = known.municipality == incident.municipality
        held |= {role for role in known.roles if here or role not in _LOCAL}
    return frozenset(held)


def take(draft: Draft, command: c.TakeDecision) -> None:
    kind, option = _chosen(draft.incident, command)
    _in_the_open(draft, command.remark)
    if command.replaces is not None and _holding(draft, command.replaces).point != command.point:
        raise c.Refused("other_point", {"decision": str(command.replaces), "point": command.point})
    capacity, role = _capacity(draft, kind.id, option, command.capacity)
    advice = capacity == "advice"
    step = None if advice else _step_of(draft.incident, command.point, put=command.replaces is not None)
    language = draft.incident.language
    label = option.label.nl if language == "nl" else option.label.en
    question = kind.question.nl if language == "nl" else kind.question.en
    policy = draft.incident.policy
    assert policy is not None, "an open incident has a policy"
    draft.meet(draft.by.actor)
    draft.record(
        e.DecisionRecorded(
            decision=len(draft.incident.decisions) + 1,
            text=" – ".join(filter(None, (f"{kind.id} {question.rstrip('?')}: {label}", command.remark.strip()))),
            step=step.id if step is not None else None,
            point=kind.id,
            option=option.id,
            taken_by=role,
            capacity=capacity,
            replaces=None if advice else command.replaces,  # advice takes the place of nothing
            reasons_due=draft.world.now + policy.reasons_within if command.urgent and not advice else None,
        )
    )
    if step is not None:
        word = "besluit" if language == "nl" else "decision"
        remark = f"{word} {len(draft.incident.decisions)}"
        draft.record(e.StepFinished(step=step.id, person=draft.by.actor, remark=remark))


def _chosen(incident: Incident, command: c.TakeDecision) -> tuple[DecisionType, DecisionOption]:
    kind = incident.decision_type(command.point)
    if kind is None:
        raise c.Refused("no_such_point", {"point": command.point})
    if not 1 <= command.option <= len(kind.options):
        raise c.Refused("no_such_option", {"point": kind.id, "options": str(len(kind.options))})
    option = kind.options[command.option - 1]
    if option.law is not None:
        raise c.Refused("no_law", {"law": option.law, "point": kind.id})
    return kind, option


def _capacity(
    draft: Draft, point: str, option: DecisionOption, wanted: e.Capacity | None
) -> tuple[e.Capacity, RoleId | None]:
    """In whose name it is, and whose decision; who holds no competent role must say so."""
    if wanted == "advice":
        return "advice", draft.by.acting_as
    held = held_by(draft, draft.by.actor)
    own = next((role for role in option.competent if role in held), None)
    if own is not None and wanted in (None, "own"):
        return "own", own
    deputises = duties.holds(draft.incident, draft.by.actor, duties.DEPUTY) and BURGEMEESTER in option.competent
    if deputises and wanted in (None, "own"):
        return "deputy", BURGEMEESTER
    if wanted in (None, "own"):
        raise c.Refused("which_capacity", {"role": option.competent[0], "point": point})
    return wanted, option.competent[0]


def _step_of(incident: Incident, point: str, *, put: bool) -> Step | None:
    """The step that asks for this decision: one that is open, or (unless it must have been `put`) the first of its kind when none
    was done yet."""
    steps = [step for step in incident.steps_in_time if step.decision == point and incident.applies(step)]
    left = [step for step in steps if not finished(incident, step)]
    opened = [step for step in left if step.id in incident.progress]
    if opened:
        return opened[0]
    return left[0] if left and len(left) == len(steps) and not put else None


# --- why ----------------------------------------------------------------------------------------------------------------


def explain(draft: Draft, command: c.ExplainDecision) -> None:
    decision, reason = _decision(draft, command.decision), _text(command.reason)
    if decision.place != CIRCLE:
        _nothing_of_the_circle(draft, _named_in(reason))
    draft.meet(draft.by.actor)
    draft.record(e.DecisionExplained(decision=decision.number, reason=reason))


def give_reason(draft: Draft, command: c.GiveReason) -> None:
    decision = _decision(draft, command.decision)
    reason = _question(draft.incident, decision, command.reason)
    text = command.text.strip()
    if not text:
        raise c.Refused("text_needed" if command.applies else "why_not_applicable")
    _nothing_of_the_circle(draft, _named_in(text))
    lines: tuple[int, ...] = ()
    if command.applies:
        match reason.kind:
            case "feiten":
                lines = _lines(draft.incident, text)
                _nothing_of_the_circle(draft, lines)
            case "grondslag":
                text = _basis(basis_of(draft.incident, decision), text)
            case "moment":
                _still_to_come(draft, command.until)
            case _:
                pass
    draft.meet(draft.by.actor)
    draft.record(
        e.ReasonGiven(
            decision=decision.number,
            reason=reason.id,
            text=text,
            applies=command.applies,
            lines=lines,
            until=command.until if reason.kind == "moment" else None,
        )
    )


def _question(incident: Incident, decision: Decision, wanted: str | None) -> Reason:
    questions = asked(incident, decision)
    if not questions:
        raise c.Refused("no_reasons_asked", {"decision": str(decision.number)})
    found = next_missing(incident, decision) if wanted is None else None
    if wanted is not None:
        found = next((one for one in questions if one.id == wanted), None)
    if found is None:
        raise c.Refused("reasons_complete", {"decision": str(decision.number)})
    return found


def _lines(incident: Incident, text: str) -> tuple[int, ...]:
    """`12, 14` points to lines of the log; other words are the facts themselves."""
    if not _NUMBERS.fullmatch(text):
        return ()
    numbers = tuple(dict.fromkeys(int(number) for number in _NUMBER.findall(text)))
    for number in numbers:
        if not 1 <= number <= incident.lines:
            raise c.Refused("no_such_line", {"line": str(number)})
    return numbers


def _named_in(text: str) -> tuple[int, ...]:
    """The lines that words speak of: `zie regel 12 en 14`."""
    return tuple(int(number) for named in _SPOKEN_OF.findall(text) for number in _NUMBER.findall(named))


def _nothing_of_the_circle(draft: Draft, lines: tuple[int, ...]) -> None:
    """A reason is read by everybody who takes part: it does not point into the closed circle, nor say that there is one."""
    for number in lines:
        line = draft.incident.log_lines.get(number)
        if line is not None and line.place == CIRCLE:
            code = "reason_of_circle" if draft.by.actor in draft.incident.circle else "no_such_line"
            raise c.Refused(code, {"line": str(number)})


def _in_the_open(draft: Draft, text: str) -> None:
    """Who knows what the circle recorded does not point to it where everybody reads along.

    Of anybody else a number says nothing: to refuse it would tell what it stands for, and it may be of another line than the log's.
    """
    if draft.by.room != CIRCLE and draft.by.actor in draft.incident.circle_ever:
        _nothing_of_the_circle(draft, _named_in(text))


def _basis(codes: tuple[str, ...], text: str) -> str:
    """The legal codes that were meant, by their number in the list or by name; without a list any words will do."""
    if not codes:
        return text
    by_name = {code.casefold(): code for code in codes} | {str(n): code for n, code in enumerate(codes, start=1)}
    found = [by_name.get(said.strip(" .").casefold()) for said in _CODES.split(text)]
    if None in found:
        raise c.Refused("no_such_basis", {"codes": ", ".join(codes)})
    return ", ".join(dict.fromkeys(code for code in found if code is not None))


def _still_to_come(draft: Draft, until: datetime | None) -> None:
    """`until` is by the wall clock (UTC). What held until a moment that is over, its reasons must say in words."""
    if until is None:
        raise c.Refused("which_moment")
    if until <= draft.world.wall:
        raise c.Refused("until_past")


def promise(draft: Draft, command: c.PromiseReasons) -> None:
    decision = _holding(draft, command.decision)
    if not missing(draft.incident, decision):
        raise c.Refused("reasons_complete", {"decision": str(decision.number)})
    if last_promise(decision):
        raise c.Refused("no_more_delay", {"decision": str(decision.number)})
    policy = draft.incident.policy
    assert policy is not None, "an open incident has a policy"
    draft.record(e.ReasonsPromised(decision=decision.number, due=draft.world.now + policy.reasons_within))


# --- what becomes of it -------------------------------------------------------------------------------------------------


def confirm(draft: Draft, command: c.ConfirmDecision) -> None:
    """Where four eyes are asked for, the first to confirm is the second pair."""
    decision = _decision(draft, command.decision)
    second = decision.four_eyes and decision.seconded_by is None
    if second:
        _other_eyes(draft, decision)
    if not second and decision.confirmed:
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    if second:
        draft.record(e.DecisionSeconded(decision=decision.number, person=draft.by.actor))
    else:
        draft.record(e.DecisionConfirmed(decision=decision.number))


def _other_eyes(draft: Draft, decision: Decision) -> None:
    """Whoever took or recorded it sees nothing new, nor does who holds the power when another used it for them; and of a tap nobody
    knows for sure from whom it comes."""
    actor = draft.by.actor
    deputises = decision.taken_by == BURGEMEESTER and duties.holds(draft.incident, actor, duties.DEPUTY)
    principal = decision.capacity in ("on_behalf", "mandate") and (
        deputises or decision.taken_by in held_by(draft, actor)
    )
    if principal or actor in (decision.by, decision.recorder):
        raise c.Refused("same_eyes", {"decision": str(decision.number)})
    if draft.by.proof != "known_device":
        raise c.Refused(
            "second_in_text" if draft.by.via == "reaction" else "needs_proof", {"decision": str(decision.number)}
        )


def change(draft: Draft, command: c.ChangeDecision) -> None:
    """Only words: a choice from a list is revised, so that competence and four eyes are asked for again."""
    decision = _holding(draft, command.decision)
    if decision.point is not None:
        raise c.Refused("revise_by_number", {"decision": str(decision.number), "point": decision.point})
    text = _text(command.text)
    _in_the_open(draft, text)
    draft.meet(draft.by.actor)
    draft.record(e.DecisionChanged(decision=decision.number, text=text))


def withdraw(draft: Draft, command: c.WithdrawDecision) -> None:
    """A choice from a list is taken back as it was taken: by who may, and with the reason. What it had replaced stays replaced, and
    the step that it finished is to be done again."""
    decision, reason = _decision(draft, command.decision), command.reason.strip()
    _in_the_open(draft, reason)
    if decision.replaced_by is not None:
        raise c.Refused("decision_replaced", {"decision": str(decision.number), "by": str(decision.replaced_by)})
    kind = draft.incident.decision_type(decision.point) if decision.point else None
    option = option_of(kind, decision.option)
    taken_back = e.DecisionWithdrawn(decision=decision.number, reason=reason)
    if kind is not None and option is not None and stands(decision):
        if not reason:
            raise c.Refused("withdraw_why", {"decision": str(decision.number)})
        wanted = None if command.capacity == "advice" else command.capacity
        capacity, role = _capacity(draft, kind.id, option, wanted)
        taken_back = replace(taken_back, capacity=capacity, taken_by=role)
    draft.meet(draft.by.actor)
    draft.record(taken_back)
    if (step := _again_to_do(draft.incident, decision)) is not None:
        draft.record(e.StepReopened(step=step, person=draft.by.actor))


def _again_to_do(incident: Incident, decision: Decision) -> StepId | None:
    """The step that a decision finished, itself or by what it took the place of; none while another of its type holds."""
    if incident.state != "open" or any(one.point == decision.point and stands(one) for one in incident.decisions):
        return None
    while decision.step is None and decision.replaces is not None:
        decision = incident.decisions[decision.replaces - 1]
    state = incident.progress.get(decision.step) if decision.step is not None else None
    return decision.step if state is not None and state.progress == "done" else None


def plan_review(draft: Draft, command: c.PlanReview) -> None:
    decision = _holding(draft, command.decision)
    if command.at <= draft.world.now:
        raise c.Refused("time_over")
    draft.meet(draft.by.actor)
    draft.record(e.ReviewPlanned(decision=decision.number, at=command.at))


def remind(draft: Draft, number: int, what: e.TimerKind) -> None:
    """First the recorder; a while later the coordinator; of reasons that still do not come, the room hears."""
    decision = draft.incident.decisions[number - 1]
    if what == "reasons" and decision.reasons_reminded == REASONS_REMINDERS - 1:
        draft.record(e.ReasonsReminded(decision=number, person=decision.recorder, everybody=True))
        return
    before = decision.reasons_reminded if what == "reasons" else decision.review_reminded
    coordinator = draft.incident.owner(COORDINATOR)
    person = decision.recorder if before == 0 or coordinator is None else coordinator
    kind = e.ReasonsReminded if what == "reasons" else e.ReviewReminded
    draft.record(kind(decision=number, person=person))
