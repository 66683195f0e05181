"""What the room records beside its lines: decisions and what becomes of them, situation reports, and changes to their sources."""

from datetime import timedelta

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.incident import Decision


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped


def record_decision(draft: Draft, command: c.RecordDecision) -> None:
    draft.meet(draft.by.actor)
    if command.author is not None:
        draft.meet(command.author)
    number = len(draft.incident.decisions) + 1
    draft.record(
        e.DecisionRecorded(decision=number, text=_text(command.text), source=command.source, author=command.author)
    )


def _decision(draft: Draft, number: int | None) -> Decision:
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


def confirm_decision(draft: Draft, command: c.ConfirmDecision) -> None:
    if _decision(draft, command.decision).confirmed:
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    draft.record(e.DecisionConfirmed(decision=command.decision))


def explain_decision(draft: Draft, command: c.ExplainDecision) -> None:
    number = _decision(draft, command.decision).number
    draft.meet(draft.by.actor)
    draft.record(e.DecisionExplained(decision=number, reason=_text(command.reason)))


def change_decision(draft: Draft, command: c.ChangeDecision) -> None:
    number = _decision(draft, command.decision).number
    draft.meet(draft.by.actor)
    draft.record(e.DecisionChanged(decision=number, text=_text(command.text)))


def withdraw_decision(draft: Draft, command: c.WithdrawDecision) -> None:
    number = _decision(draft, command.decision).number
    draft.meet(draft.by.actor)
    draft.record(e.DecisionWithdrawn(decision=number, reason=command.reason.strip()))


def record_sitrep(draft: Draft, command: c.RecordSitrep) -> None:
    if command.unchanged and draft.incident.sitreps == 0:
        raise c.Refused("no_sitrep_yet")
    text = "" if command.unchanged else _text(command.text)
    draft.meet(draft.by.actor)
    draft.record(e.SitrepRecorded(sitrep=draft.incident.sitreps + 1, text=text, unchanged=command.unchanged))


def postpone_sitrep(draft: Draft, command: c.PostponeSitrep) -> None:
    until = None if command.minutes is None else draft.world.now + timedelta(minutes=command.minutes)
    draft.record(e.SitrepPostponed(until=until))


def edit_source(draft: Draft, command: c.EditSource) -> None:
    # only who wrote it can change it; anything else was made up by a server
    if draft.incident.sources.get(command.source) == draft.by.actor:
        draft.record(e.SourceEdited(source=command.source, text=command.text))


def remove_source(draft: Draft, command: c.RemoveSource) -> None:
    if command.source in draft.incident.sources:
        draft.record(e.SourceRemoved(source=command.source))
