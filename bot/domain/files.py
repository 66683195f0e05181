"""Files that belong to lines of the log: fetched after the entry that asks for them is written, and settled once."""

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.draft import Draft
from bot.domain.ids import EventId, PersonId


def shared(message: EventId, person: PersonId, file: SharedFile, line: int | None = None) -> e.FileShared:
    """The entry that asks for the fetching of a file."""
    return e.FileShared(
        message=message,
        person=person,
        line=line,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        url=file.url,
        sha256=file.sha256,
        key=file.key,
        iv=file.iv,
    )


def settled(message: EventId, outcome: KeptFile | e.NotKept) -> e.FileKept | e.FileNotKept:
    """The entry that says what became of it."""
    match outcome:
        case KeptFile(sha256=sha256, opened_sha256=opened, size=size):
            return e.FileKept(message=message, content=sha256, opened_sha256=opened, size=size)
        case why:
            return e.FileNotKept(message=message, why=why)


def report(draft: Draft, command: c.ReportFile) -> None:
    """Once: a file that was fetched again after a crash was settled before."""
    found = draft.incident.files.get(command.message)
    if found is not None and found.state == "waiting":
        draft.record(settled(command.message, command.outcome))
