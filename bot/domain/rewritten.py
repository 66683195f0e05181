"""What becomes of a message that stands in the log: its writer changed it, or it was removed from the chat. What stood, stands."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft


def edit_source(draft: Draft, command: c.EditSource) -> None:
    incident = draft.incident
    # only who wrote it can change it; anything else was made up by a server
    if incident.sources.get(command.source) != draft.by.actor:
        return
    about, number = incident.stands_in.get(command.source, (None, 0))
    line = incident.log_lines.get(number) if about == "line" else None
    if line is not None and command.text == (line.changed or line.text):
        return
    draft.record(e.SourceEdited(source=command.source, text=command.text, about=about, number=number))


def remove_source(draft: Draft, command: c.RemoveSource) -> None:
    incident = draft.incident
    if command.source not in incident.sources or command.source in incident.removed:
        return
    about, number = incident.stands_in.get(command.source, (None, 0))
    draft.meet(draft.by.actor)
    draft.record(e.SourceRemoved(source=command.source, about=about, number=number))
