"""Who may give which command, and how sure we must be that they did: a table, and the check that reads it.

Authority is checked on the account (the full Matrix id): a display name or a look-alike is nobody. Deny by default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.domain import commands as c
from bot.domain.contacts import Contacts
from bot.domain.ids import Account, PersonId, RoleId
from bot.domain.incident import Incident
from bot.domain.origin import BY_CHANNEL, Proof
from bot.domain.people import COORDINATOR, MELDER, Duty, Person

_STRENGTH: Final[Mapping[Proof | None, int]] = {None: 0, "clear": 0, "decrypted": 1, "known_device": 2}


@dataclass(frozen=True, slots=True)
class Right:
    """`roles` may do it by what the contacts say they are; with `part`, so may everybody who takes part in the incident; with
    `asked`, only the person who was paged; with `channel`, also over a verified channel that is no Matrix
    account; with `offered`, only the person whom a role was offered to; with `circle`, only who is in the closed circle; with
    `duty`, also who has that duty."""

    roles: frozenset[RoleId] = frozenset()
    part: bool = False
    asked: bool = False
    channel: bool = False
    offered: bool = False
    circle: bool = False
    duty: Duty | None = None
    proof: Proof = "clear"


def _roles(*names: str) -> frozenset[RoleId]:
    return frozenset(RoleId(n) for n in names)


LEADING: Final = _roles("coordinator", "melder")
_LEAD: Final = LEADING
# A reaction, which is always in clear, is enough for an answer, a step and a mark; what binds needs decrypted text
# from a device of the sender
WHO_MAY: Final[Mapping[type[c.Command], Right]] = {
    c.RaiseAlarm: Right(_roles("melder", "coordinator", "politie", "iog"), channel=True),
    c.AnswerIntake: Right(_LEAD),
    c.SkipIntake: Right(_LEAD),
    c.SetExpectedTime: Right(_LEAD, part=True),
    c.CallNow: Right(_LEAD),
    c.StopCall: Right(_LEAD),
    c.CorrectCall: Right(_LEAD),
    c.JoinSimilar: Right(_LEAD),
    c.StartPlaybook: Right(_LEAD, proof="decrypted"),
    c.CallRole: Right(_LEAD, part=True, proof="clear"),
    c.CallPerson: Right(_LEAD, part=True),
    c.Escalate: Right(_LEAD, part=True),
    c.ShowNumbers: Right(_roles("coordinator"), proof="known_device"),
    c.Acknowledge: Right(asked=True, channel=True),
    c.Decline: Right(asked=True, channel=True),
    c.UndoAnswer: Right(asked=True),
    c.TakeOver: Right(_roles("coordinator")),
    c.AcceptHandover: Right(offered=True),
    c.PutOffHandover: Right(offered=True),
    c.FinishStep: Right(part=True),
    c.SkipStep: Right(part=True, proof="decrypted"),
    c.ClaimStep: Right(part=True),
    c.ReopenStep: Right(part=True),
    c.RecordLine: Right(part=True),
    c.QualifyLine: Right(part=True),
    c.ReplaceLine: Right(part=True),
    c.SettleAssumption: Right(part=True),
    c.AnswerQuestion: Right(part=True),
    c.AnswerNotice: Right(part=True),
    c.RecordDecision: Right(part=True, proof="known_device"),
    c.ConfirmDecision: Right(part=True),
    c.ExplainDecision: Right(part=True, proof="known_device"),
    c.ChangeDecision: Right(part=True, proof="known_device"),
    c.WithdrawDecision: Right(part=True, proof="known_device"),
    c.TakeDecision: Right(part=True, proof="known_device"),
    c.GiveReason: Right(part=True, proof="known_device"),
    c.PromiseReasons: Right(part=True, proof="known_device"),
    c.PlanReview: Right(part=True, proof="decrypted"),
    c.RecordSitrep: Right(part=True),
    c.PostponeSitrep: Right(part=True),
    c.EditSource: Right(part=True),
    c.GiveAction: Right(part=True),
    c.FinishAction: Right(part=True),
    c.DropAction: Right(part=True, proof="decrypted"),
    c.PassOnAction: Right(part=True),
    c.MoveAction: Right(part=True),
    c.InvolveMunicipality: Right(_LEAD, proof="decrypted"),
    c.ReleaseMunicipality: Right(_LEAD, proof="decrypted"),
    c.RaiseFlag: Right(_LEAD, proof="decrypted"),
    c.LowerFlag: Right(_LEAD, proof="decrypted"),
    c.ChooseLanguage: Right(_LEAD, part=True),
    c.FormCircle: Right(_roles("coordinator"), part=True, proof="known_device"),
    c.WidenCircle: Right(circle=True, proof="known_device"),
    c.NarrowCircle: Right(circle=True, proof="known_device"),
    c.PostponeStep: Right(part=True),
    c.PassOnStep: Right(part=True),
    c.AcceptStep: Right(part=True),  # that it was offered to them the rule itself sees
    c.KeepStep: Right(part=True),
    c.StartRound: Right(_roles("coordinator"), duty="voorzitter", proof="decrypted"),
    c.GiveDuty: Right(part=True, proof="decrypted"),
    c.AcceptDuty: Right(part=True),
    c.DeclineDuty: Right(part=True),
    c.LayDownDuty: Right(part=True, proof="decrypted"),
    c.ProposeClosing: Right(_LEAD, proof="decrypted"),
    c.CloseIncident: Right(_LEAD, proof="known_device"),
    c.KeepOpen: Right(_LEAD),
    c.ReopenIncident: Right(_LEAD, proof="known_device"),
    c.FinishIncident: Right(_LEAD, proof="known_device"),
    c.PlanEvaluation: Right(_LEAD, proof="decrypted"),
    c.NoteImprovement: Right(part=True),
    c.ReviewImprovement: Right(part=True),
    c.RecordObservation: Right(_roles("coordinator"), duty="waarnemer", proof="decrypted"),
    c.AskErasure: Right(_roles("coordinator"), proof="known_device"),
    c.ConfirmErasure: Right(_LEAD, proof="known_device"),
    c.PlaceHold: Right(_roles("coordinator"), proof="known_device"),
    c.LiftHold: Right(_roles("coordinator"), proof="known_device"),
}
# These come from the bot's own loops, or say what it saw happen; no human can give them.
INTERNAL: Final[frozenset[type[c.Command]]] = frozenset(
    (
        c.Tick,
        c.TakeIn,
        c.ReportDelivery,
        c.ReportRoom,
        c.ReportRoomLost,
        c.ReportMember,
        c.ReportEmergency,
        c.ReportFile,
        c.ReportAway,
        c.ReplaceKey,
        c.EraseNow,  # at the terminal, where nobody has an account
        c.RemoveSource,  # what is gone from the chat is gone, whoever did it: also who runs the server
    )
)
# Refusals of these are worth a line in the index log: somebody tried what they may not.
PRIVILEGED: Final[frozenset[type[c.Command]]] = frozenset(
    (
        c.RaiseAlarm, c.CloseIncident, c.ReopenIncident, c.FinishIncident, c.TakeOver,
        c.AskErasure, c.ConfirmErasure, c.PlaceHold, c.LiftHold,
    )
)  # fmt: skip


def takes_part(incident: Incident, person: Person) -> bool:
    """Reporter, paged, in charge as coordinator, named for the closed circle, or of a municipality that is concerned. Being in
    the room alone gives no rights."""
    return (
        person.id == incident.reporter
        or any(page.person == person.id for page in incident.pages.values())
        or COORDINATOR in person.roles
        or (MELDER in person.roles and person.municipality in (incident.municipality, *incident.involved))
        or person.id in incident.circle
        or any(person.id in neighbour.people for neighbour in incident.neighbours)
    )


def leads(incident: Incident, person: Person) -> bool:
    """Coordinator, or officer of a municipality that takes part."""
    return takes_part(incident, person) and not _LEAD.isdisjoint(person.roles)


def authorise(incident: Incident, command: c.Command, contacts: Contacts) -> None:
    """Refuses a command that its sender may not give, or that is not proved well enough."""
    if type(command) in INTERNAL:
        return
    right = WHO_MAY[type(command)]
    person = _sender(command, right, contacts)
    if person is None:
        raise c.Refused("unknown_account")
    if _STRENGTH[command.by.proof] < _STRENGTH[right.proof]:
        raise c.Refused("needs_text" if command.by.via == "reaction" else "needs_proof")
    if not _may(incident, command, right, person):
        raise c.Refused("not_allowed")


def _sender(command: c.Command, right: Right, contacts: Contacts) -> Person | None:
    """Who gave the command: by the account, or (an answer, an alarm) by the verified channel that it came over."""
    if command.by.via in BY_CHANNEL:
        return contacts.people.get(command.by.actor) if right.channel else None
    return contacts.person_of(Account(command.by.account or ""))


def _may(incident: Incident, command: c.Command, right: Right, person: Person) -> bool:
    if right.circle:
        return person.id in incident.circle
    if right.offered:
        return any(call.offered_to == person.id for call in incident.calls.values())
    if right.asked:
        return _asked(incident, command, person.id)
    if right.part and takes_part(incident, person):
        return True
    if right.duty is not None and incident.duty_holder(right.duty) == person.id:
        return True
    # a public order officer leads only the incidents of the own municipality
    held = {r for r in person.roles if r != MELDER or incident.state == "none" or takes_part(incident, person)}
    return bool(right.roles & held)


def _asked(incident: Incident, command: c.Command, person: PersonId) -> bool:
    match command:
        case c.Acknowledge(page=page) | c.Decline(page=page) | c.UndoAnswer(page=page):
            found = incident.pages.get(page)
            return found is not None and found.person == person
        case _:
            return False


def acting_as(incident: Incident, person: PersonId, contacts: Contacts) -> RoleId | None:
    """The role in which somebody speaks here: what they answered for, reported as, or hold by the contacts when that is one."""
    for call in incident.calls.values():
        if call.by == person:
            return call.role
    if person == incident.reporter:
        return MELDER
    for page in incident.pages.values():
        if page.person == person:
            return page.roles[0]
    known = contacts.people.get(person)
    return known.roles[0] if known and known.roles else None
