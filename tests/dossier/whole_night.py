"""A night with everything in it that a dossier has to show: decisions with their reasons, lines of every kind, a report in parts,
actions, tasks that changed hands, a closed circle, words that were erased, and what came after the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

from bot.domain import commands as c
from bot.domain.ids import MunicipalityId, PersonId, RoleId, RoomId, StepId
from bot.domain.origin import Origin
from bot.domain.people import Person
from bot.domain.playbook import LineKind
from bot.domain.sitreps import PARTS
from bot.store.database import open_database
from bot.store.migrate import upgrade
from tests.builders import ALARM, account, by, reference
from tests.dossier.story import Night

MAYOR = Person(
    PersonId("vos"), "Vos", "Waterbrug", (account("vos"),), (RoleId("burgemeester"),), MunicipalityId("waterbrug")
)
ERASED_WORDS = "Een buurman noemt de jongen van nummer 12."
OF_CIRCLE = "De bron zit in eigen huis."
REASONS = {  # of the order, by question
    "feiten": "1, 3",
    "grondslag": "GW175",
    "doel": "De rust in de wijk vóór middernacht terug,\nzonder dat iemand gewond raakt.",
    "duur": "tot zes uur",
    "wom": "De Wom geeft geen bevel aan wie nog niet betoogt.",
}
_TOLD: tuple[LineKind, ...] = tuple(kind for kind in get_args(LineKind) if kind not in ("besluit", "actie", "sitrap"))


def in_circle(person: str) -> Origin:
    return replace(by(person), room="closed_circle", confidentiality="vertrouwelijk")


async def tell_whole(night: Night) -> None:
    await _gathers(night)
    await _notes(night)
    await _decides(night)
    await _works(night)
    await _confides(night)
    await _ends(night)
    await night.sends_all()


async def _gathers(night: Night) -> None:
    await night.do(c.RaiseAlarm(text=ALARM, by=by("bakker")))
    incident = await night.do(c.ReportRoom(name="main", room_id=RoomId("!kamer:iog.example")), seconds=3)
    incident = await night.answers(incident, "coordinator1", eta=10)
    incident = await night.answers(incident, "cyber1")
    await night.answers(incident, "cter1")
    await night.do(c.CallPerson(person=MAYOR.id, role=RoleId("burgemeester"), by=by("coordinator1")), minutes=1)


async def _notes(night: Night) -> None:
    """Line 1 is erased later; 2 and on are one of each kind."""
    await night.do(c.RecordLine(kind="feit", text=ERASED_WORDS, by=by("bakker")), minutes=1)
    for kind in _TOLD:
        about = 1 if kind == "correctie" else None
        line = c.RecordLine(kind=kind, text=f"Dit is een {kind}.", about=about, by=by("coordinator1"))
        if kind == "externe_melding":
            line = replace(line, recipient="Platform Kletser", reference="K-77")
        await night.do(line, seconds=30)
    incident = await night.do(c.RecordLine(kind="aanname", text="Het plein loopt leeg.", by=by("cter1")), seconds=30)
    settled = c.SettleAssumption(line=incident.lines, outcome="refuted", text="Het liep vol.", by=by("cter1"))
    await night.do(settled)
    asked = await night.do(c.RecordLine(kind="kennisvraag", text="Wie beheert de groep?", by=by("cter1")), seconds=30)
    await night.do(c.AnswerQuestion(line=asked.lines, text="Dat weet de politie.", by=by("cyber1")))


async def _decides(night: Night) -> None:
    await night.do(c.TakeDecision(point="B1", option=1, by=by("coordinator1")), minutes=1)
    await night.do(c.TakeDecision(point="B7", option=2, by=by("vos")), minutes=1)
    await night.do(c.TakeDecision(point="B7", option=3, replaces=2, by=by("vos")), minutes=1)
    until = night.now + timedelta(hours=6)
    for reason, text in REASONS.items():
        moment = until if reason == "duur" else None
        await night.do(c.GiveReason(decision=3, reason=reason, text=text, until=moment, by=by("vos")), seconds=40)
    await night.do(c.ConfirmDecision(decision=3, by=by("bakker")), minutes=1)
    await night.do(c.PlanReview(decision=3, at=night.now + timedelta(hours=2), by=by("vos")))
    await night.do(c.RecordDecision(text="Geen persbericht.", by=by("coordinator1")), minutes=2)
    await night.do(c.ChangeDecision(decision=4, text="Nog geen persbericht.", by=by("coordinator1")), minutes=1)
    await night.do(c.WithdrawDecision(decision=4, reason="De pers belt al.", by=by("coordinator1")), minutes=1)


async def _works(night: Night) -> None:
    await night.do(c.GiveDuty(duty="verslaglegger", by=by("cyber1")))
    await night.do(c.GiveDuty(duty="verslaglegger", by=by("cter1")), minutes=10)
    await night.do(c.LayDownDuty(duty="verslaglegger", by=by("cter1")), minutes=10)
    for text in ("Camerabeelden veiligstellen", "Platform bellen", "School inlichten"):
        await night.do(c.GiveAction(text=text, owner=PersonId("cyber1"), by=by("coordinator1")))
    await night.do(c.FinishAction(action=1, remark="Staan veilig.", by=by("cyber1")), minutes=5)
    await night.do(c.DropAction(action=2, reason="Het platform belde zelf.", by=by("coordinator1")))
    await night.do(c.SkipStep(step=StepId("BA03"), reason="Was al bekend.", by=by("coordinator1")))
    await night.do(c.ReopenStep(step=StepId("BA03"), by=by("coordinator1")), minutes=1)
    await night.do(c.FinishStep(step=StepId("BA03"), by=by("coordinator1")), minutes=1)
    parts = tuple((part, f"Over {part}: rustig.") for part in PARTS)
    await night.do(c.RecordSitrep(text="", parts=parts, by=by("coordinator1")), minutes=3)


async def _confides(night: Night) -> None:
    await night.do(c.FormCircle(persons=(PersonId("cter1"),), by=by("coordinator1")), minutes=1)
    await night.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring:iog.example")))
    await night.do(c.RecordLine(kind="feit", text=OF_CIRCLE, by=in_circle("coordinator1")), minutes=1)


async def _ends(night: Night) -> None:
    await night.do(c.AskErasure(of="line", which="1", ground="hij is een kind", by=by("coordinator1")), minutes=1)
    await night.do(c.ConfirmErasure(by=by("coordinator2")), minutes=1)
    await night.do(c.ProposeClosing(by=by("coordinator1")), minutes=1)
    await night.do(c.CloseIncident(reason="De rest doet de dagdienst.", by=by("coordinator1")), seconds=5)
    await night.do(c.NoteImprovement(text="Eerder de school bellen", by=by("coordinator1")), minutes=1)


@asynccontextmanager
async def told_whole(path: Path) -> AsyncIterator[Night]:
    """The night in a new SQLite database at `path`."""
    url = f"sqlite:///{path}"
    await upgrade(url)
    database = await open_database(url)
    held = reference()
    contacts = replace(held.contacts, people={**held.contacts.people, MAYOR.id: MAYOR})
    try:
        night = Night(database, held=replace(held, contacts=contacts))
        await tell_whole(night)
        yield night
    finally:
        await database.close()
