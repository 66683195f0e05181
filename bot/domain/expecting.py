"""What is expected when, and what the reporter still tells of it: answers to what the alarm left open, and another moment."""

from datetime import datetime
from typing import get_args

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import waves
from bot.domain.draft import Draft
from bot.domain.intake import CHOICES, left_open, night_ends, planned


def tonight(draft: Draft) -> datetime | None:
    """When the night ends that it is now (UTC); None by day."""
    world = draft.world
    return night_ends(world.now, world.wall, world.reference.contacts.region.zone)


def answer(draft: Draft, command: c.AnswerIntake) -> None:
    """A later answer to the same question takes the place of the first."""
    if command.choice and command.choice not in (*CHOICES[command.about], *_known_channels(command.about)):
        raise c.Refused("no_such_choice")
    text = command.text.strip()
    draft.meet(draft.by.actor)
    if command.at is not None:
        _expect(draft, command.at)
    skipped = not command.choice and not text
    draft.record(e.IntakeAnswered(about=command.about, choice=command.choice, text=text, skipped=skipped))


def _known_channels(about: e.IntakeField) -> tuple[str, ...]:
    return get_args(e.ChannelKind) if about == "channel" else ()


def skip_rest(draft: Draft) -> None:
    rest = left_open(draft.incident)
    if not rest:
        raise c.Refused("nothing_asked")
    draft.meet(draft.by.actor)
    for about in rest:
        draft.record(e.IntakeAnswered(about=about, skipped=True))


def set_time(draft: Draft, command: c.SetExpectedTime) -> None:
    if command.at == draft.incident.expected_at:
        raise c.Refused("already_recorded")
    draft.meet(draft.by.actor)
    _expect(draft, command.at)


def _expect(draft: Draft, at: datetime) -> None:
    """Who still waits to be called follows the new moment: later means in the morning, sooner may mean now."""
    incident, now = draft.incident, draft.world.now
    if at <= now:
        raise c.Refused("expected_past")
    morning = tonight(draft)
    nobody_yet = bool(incident.awaiting) and not incident.waits_for
    open_to_change = incident.urgency == "gepland" or (incident.urgency == "gewoon" and nobody_yet)
    urgency = planned(at, morning, now) if open_to_change else incident.urgency
    quiet = morning if urgency == "gepland" else None
    waited = incident.urgency == "gepland" and nobody_yet
    call_at = (quiet if nobody_yet else None) or incident.call_at if incident.awaiting else None
    draft.record(e.ExpectedTimeSet(expected_at=at, urgency=urgency, call_at=call_at, quiet_until=quiet))
    if waited and quiet is None:
        waves.call(draft, draft.incident.awaiting, "sooner")
