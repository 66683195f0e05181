"""Marks what goes into the log with possible personal data in it: it is recorded all the same, and its writer is told."""

from collections.abc import Iterator

from bot.domain import entries as e
from bot.domain.contacts import Contacts
from bot.domain.draft import Draft
from bot.domain.ids import PersonId
from bot.domain.personal_data import find


def notice(draft: Draft) -> None:
    """After what a command led to: one mark for each text in which something was found."""
    known: frozenset[str] | None = None
    for entry in tuple(draft.entries):
        for about, number, text, writer in texts(entry, draft.incident.lines):
            known = colleagues(draft.world.reference.contacts) if known is None else known
            if kinds := find(text, known):
                writers = tuple(dict.fromkeys((writer, entry.origin.actor)))
                draft.record(e.PersonalDataNoticed(about=about, number=number, kinds=kinds, writers=writers))


def texts(entry: e.Entry, lines: int) -> Iterator[tuple[e.Written, int, str, PersonId]]:
    """What people wrote in an entry, where it stands, and who wrote it; `lines` is the number of the newest line.

    Longer than a function should be: one case for each kind of entry.
    """
    actor = entry.origin.actor
    match entry:
        case e.AlarmRaised():
            yield "alarm", 0, entry.text, actor
        case e.IntakeAnswered():
            yield "alarm", 0, entry.text, actor
        case e.LineRecorded():
            # a number that is said to be a reference is no citizen's
            reference = f"kenmerk {entry.reference}" if entry.reference else ""
            yield "line", entry.line, f"{entry.text} {entry.recipient} {reference}", entry.author or actor
        case e.AlarmTakenIn():  # stands here as a line, which the entry does not number
            yield "line", lines, entry.text, entry.person
        case e.FileShared():
            yield "file", 0, entry.name, entry.person
        case e.AssumptionSettled() | e.QuestionAnswered() | e.NoticeAnswered():
            yield "answer", entry.line, entry.text, actor
        case e.DecisionRecorded():
            yield "decision", entry.decision, entry.text, entry.author or actor
        case e.DecisionChanged():
            yield "decision", entry.decision, entry.text, actor
        case e.DecisionExplained():
            yield "reason", entry.decision, entry.reason, actor
        case e.ReasonGiven():
            yield "reason", entry.decision, entry.text, actor
        case e.SitrepRecorded():
            yield "sitrep", entry.sitrep, entry.text, actor
        case e.ActionGiven():
            yield "action", entry.action, entry.text, actor
        case e.ActionDone():
            yield "action", entry.action, entry.remark, actor
        case e.ActionDropped():
            yield "action", entry.action, entry.reason, actor
        case e.StepFinished():
            yield "step", 0, entry.remark, actor
        case e.StepSkipped():
            yield "step", 0, entry.reason, actor
        case e.SourceEdited(about=about) if about is not None:
            yield about, entry.number, entry.text, actor
        case e.ImprovementNoted():
            yield "improvement", entry.improvement, entry.text, actor
        case e.ImprovementReviewed():
            yield "improvement", entry.improvement, entry.remark, actor
        case (
            e.DecisionWithdrawn() | e.IncidentClosed() | e.IncidentReopened() | e.IncidentFinished()
            | e.FlagRaised() | e.FlagLowered() | e.MunicipalityReleased() | e.CircleFormed()
        ):  # fmt: skip
            yield "remark", 0, entry.reason, actor
        case e.HoldPlaced() | e.HoldLifted():
            yield "remark", 0, entry.reason, actor
        case e.ErasureAsked():
            yield "remark", 0, entry.ground, actor
        case _:
            return


def colleagues(contacts: Contacts) -> frozenset[str]:
    """The handles of the people of the project itself, whom one may name."""
    people = contacts.people.values()
    accounts = (account for person in people for account in person.accounts)
    return frozenset((*(str(person.id).lower() for person in people), *(_local(account) for account in accounts)))


def _local(account: str) -> str:
    return account.removeprefix("@").partition(":")[0].lower()
