"""Rounds of picture, judgement and decision: what repeats is put again, and the earlier answers stay in the log."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.incident import Incident, finished
from bot.domain.playbook import Step


def repeating(incident: Incident) -> tuple[Step, ...]:
    """The steps that a new round puts again: those that repeat and are done. What is still open simply goes on."""
    return tuple(step for step in incident.steps if step.repeats and finished(incident, step))


def start(draft: Draft, command: c.StartRound) -> None:
    again = repeating(draft.incident)
    if not again:
        raise c.Refused("round_too_early", {"round": str(draft.incident.round)})
    draft.meet(draft.by.actor)
    draft.record(e.RoundStarted(round=draft.incident.round + 1, steps=tuple(step.id for step in again)))
