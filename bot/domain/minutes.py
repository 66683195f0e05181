"""What becomes of messages that stand in the log: somebody changes or removes one in the chat, and the log says so."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft


def edit_source(draft: Draft, command: c.EditSource) -> None:
    # only who wrote it can change it; anything else was made up by a server
    if draft.incident.sources.get(command.source) == draft.by.actor:
        draft.record(e.SourceEdited(source=command.source, text=command.text))


def remove_source(draft: Draft, command: c.RemoveSource) -> None:
    if command.source in draft.incident.sources:
        draft.record(e.SourceRemoved(source=command.source))
