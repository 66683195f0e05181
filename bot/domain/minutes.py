"""What the room records beside its lines and decisions: situation reports, and changes to their sources."""

from datetime import timedelta

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped


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
