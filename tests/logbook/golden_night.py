"""Makes the golden logs of a release: nights that hold every kind of entry, sealed with a fixed key and counted salts.

Run once for a release (`python -m tests.logbook.golden_night 0.2.0`); what it wrote is never made again.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.custody import Recorded
from bot.domain.escalation import Lease, Quorum
from bot.domain.files import settled, shared
from bot.domain.ids import EventId, IncidentId, PersonId, RoleId, RoomId, StepId
from bot.domain.ladder import Channel
from bot.domain.playbook import Condition
from bot.domain.roster import Override
from bot.domain.survey import Answered
from bot.domain.triage import Moment
from bot.domain.world import Recent
from bot.logbook.bundle import Anchor, bundle_files, write_directory
from bot.logbook.chain import EMPTY, Opening, seal
from bot.logbook.checkpoint import sign
from bot.logbook.codec import Codec
from bot.logbook.merkle import Frontier
from tests.builders import NIGHT, RIOT, Case, by

GOLDEN = Path(__file__).parent / "golden"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
Told = list[tuple[e.Entry, datetime]]


def _salts() -> Callable[[], bytes]:
    counted = iter(range(1, 1_000_000))
    return lambda: sha256(b"golden%d" % next(counted)).digest()


def long_night() -> Told:
    """An alarm that is corrected, answered, missed, escalated and taken over; a room that works; closed, reopened, finished."""
    case = Case()
    cyber = RoleId("expert_cyber")
    kept = tuple(r for r in case.world.reference.contacts.rotations if (r.role, r.layer) != ("expert_zorg", "eerste"))
    contacts = replace(case.world.reference.contacts, rotations=kept)
    case.world = replace(case.world, reference=replace(case.world.reference, contacts=contacts))
    case.alarm("ze willen vanavond rellen bij het station")
    case.do(c.CorrectCall(roles=(cyber, RoleId("expert_zorg"), RoleId("om"), RoleId("politie")), by=by("bakker")))
    case.after(seconds=30).tick()
    case.do(
        c.ReportDelivery(
            page=case.page("cyber1").page, attempt=1, channel="matrix", outcome="delivered", event=EventId("$p")
        )
    )
    case.do(
        c.ReportDelivery(
            page=case.page("om1").page, attempt=1, channel="matrix", outcome="undeliverable", reason="no room"
        )
    )
    case.do(c.ReportRoom(name="main", room_id=None, reason="502"))
    case.opens_room()
    case.do(c.ReportMember(person=PersonId("bakker"), name="main", joined=True))
    case.answers("coordinator1", eta=15)
    case.answers("coordinator1", eta=30)
    case.answers("politie1")
    case.after(seconds=20).do(c.UndoAnswer(page=case.page("politie1").page, by=by("politie1", "clear")))
    case.declines("cyber1")
    case.after(minutes=1).tick()
    case.after(minutes=5).tick()
    case.answers("politie1")
    case.after(minutes=5).tick()
    case.after(minutes=6).tick()
    case.do(c.TakeOver(by=by("coordinator1")))
    case.do(c.ReportEmergency(persons=(PersonId("coordinator1"),), reason="database", at=case.world.now))
    _room_works(case)
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.KeepOpen(by=by("coordinator1", "clear")))
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    case.after(hours=1).do(c.ReopenIncident(by=by("bakker")))
    case.do(c.ReportRoomLost(name="main", why="removed"))
    case.do(c.ReportMember(person=PersonId("bakker"), name="main", joined=False))
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(by=by("bakker")))
    case.after(hours=24).tick()
    return case.told


def _room_works(case: Case) -> None:
    source = EventId("$boodschap")
    case.do(c.ClaimStep(by=by("bakker", "clear")))
    case.do(c.FinishStep(remark="112 gebeld", by=by("bakker")))
    case.do(c.ReopenStep(step=StepId("BA01"), by=by("bakker")))
    case.do(c.SkipStep(step=StepId("BA01"), reason="geen gevaar", by=by("bakker")))
    mark = c.RecordLine(
        kind="bericht", text="40 jongeren", source=source, author=PersonId("politie1"), by=by("bakker", "clear")
    )
    case.do(mark)
    case.do(c.EditSource(source=source, text="60 jongeren", by=by("politie1")))
    case.do(c.RemoveSource(source=source, by=by("politie1", "clear")))
    case.do(c.RecordDecision(text="Burgemeester roept op om weg te blijven — nu", by=by("bakker")))
    case.do(c.ConfirmDecision(decision=1, by=by("bakker", "clear")))
    case.do(c.ExplainDecision(reason="lichtste middel", by=by("bakker")))
    case.do(c.ChangeDecision(decision=1, text="Burgemeester vraagt weg te blijven", by=by("bakker")))
    case.do(c.WithdrawDecision(decision=1, reason="achterhaald", by=by("bakker")))
    case.do(c.TakeIn(number="2026-015", person=PersonId("bakker"), text="ook bij het busstation"))
    case.do(c.RecordSitrep(text="rustig bij het station", by=by("coordinator1")))
    case.do(c.PostponeSitrep(minutes=15, by=by("coordinator1")))
    case.after(minutes=15).tick()


def joined_night() -> Told:
    """An alarm that turns out to be a case that is known: stopped, and joined to it."""
    case = Case()
    same = Recent("2026-013", case.world.reference.contacts.municipalities[0].id, "F01", NIGHT)
    case.world = replace(case.world, recent=(same,))
    case.alarm("ze willen rellen")
    case.do(c.StopCall(by=by("bakker")))
    case.do(c.JoinSimilar(by=by("bakker")))
    return case.told


def index_night() -> list[tuple[e.IndexEntry, datetime]]:
    incident = IncidentId("00000000-0000-0000-0000-000000000001")
    entries: list[e.IndexEntry] = [
        e.BotStarted(version="0.1.0", epoch=1, away_seconds=240),
        e.ReferenceLoaded(digest="0" * 64),
        e.ReferenceRefused(problems=3),
        e.ClockJumped(seconds=-3600),
        e.IncidentRegistered(incident=incident, number="2026-014", log=f"iog.example/log/inc-{incident}"),
        e.CommandRefused(command="CloseIncident", reason="not_allowed", incident=incident, origin=by("visser")),
        e.RosterOverridden(
            override="o1",
            role=RoleId("expert_cyber"),
            layer="eerste",
            person=PersonId("cyber2"),
            start=NIGHT,
            end=NIGHT,
        ),
        e.IncidentSealed(incident=incident, size=3, root="0" * 64),
        e.DossierExported(incident=incident, head="0" * 64, digest="0" * 64, origin=by("coordinator1")),
        e.DossierRead(incident=incident, what="log", origin=by("bakker")),
    ]
    return [(entry, NIGHT) for entry in entries]


def ladder_night() -> Told:
    """A page that climbs over channels that fail, a yes that lapses, a role handed over at the end of a shift, and an outage."""
    case = Case(lease=Lease(), quorum=(Quorum(RoleId("expert_cter"), 2),), duty_number="085-0000000")
    every: frozenset[Channel] = frozenset(("ntfy", "mail", "sms", "voice"))
    case.world = replace(case.world, reachable=dict.fromkeys(case.world.reference.contacts.people, every))
    case.alarm()
    case.opens_room()
    page = case.page("cter1").page
    failed = c.ReportDelivery(page=page, attempt=1, channel="ntfy", outcome="undeliverable", reason="refused_403")
    case.do(failed)
    case.after(seconds=61).tick()
    case.do(replace(failed, channel="sms", outcome="unclear", reason="no_answer_in_time"))
    case.answers("cter1", eta=15)
    case.answers("coordinator1")
    case.do(c.TakeIn(number="", person=PersonId("bakker"), text="nog een alarm", flood=True))
    case.do(c.ShowNumbers(by=by("coordinator1")))
    case.do(c.Escalate(role=RoleId("om"), by=by("coordinator1")))
    case.do(c.CallRole(role=RoleId("politie"), layer="reserve", by=by("coordinator1")))
    case.do(c.CallPerson(person=PersonId("cyber2"), by=by("coordinator1")))
    case.after(minutes=26).tick()
    case.answers("cter1")
    case.do(c.ReportAway(seconds=240))
    case.after(minutes=20).tick()
    case.after(minutes=6).tick()
    case.answers("zorg1")
    end = case.world.wall + timedelta(hours=1)
    stand_in = Override(RoleId("expert_zorg"), "eerste", PersonId("zorg2"), end, end + timedelta(hours=8))
    case.world = replace(case.world, overrides=(stand_in,))
    case.declines("zorg1")
    case.answers("zorg1")
    case.do(c.ReportMember(person=PersonId("zorg1"), name="main", joined=True))
    case.after(minutes=61).tick()
    case.do(c.PutOffHandover(by=by("zorg2", "clear")))
    case.after(minutes=16).tick()
    case.do(c.AcceptHandover(by=by("zorg2", "clear")))
    case.after(days=3).tick()
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(by=by("bakker")))
    return case.told


def reach_index_night() -> list[tuple[e.IndexEntry, datetime]]:
    jansen, role = PersonId("cyber1"), RoleId("expert_cyber")
    entries: list[e.IndexEntry] = [
        e.OverrideWithdrawn(override="o1", origin=by("cyber1")),
        e.AbsenceNoted(absence="a1", person=jansen, start=NIGHT, end=NIGHT, origin=by("cyber1")),
        e.AbsenceWithdrawn(absence="a1", origin=by("cyber1")),
        e.SwapAsked(
            swap="s1", role=role, layer="eerste", asker=jansen, other=PersonId("cyber2"), start=NIGHT, end=NIGHT
        ),
        e.SwapAnswered(swap="s1", answer="accepted", origin=by("cyber2")),
        e.ChannelVerified(person=jansen, channel="sms"),
        e.ChannelRemoved(person=jansen, channel="sms"),
        e.CallerRefused(channel="sms"),
    ]
    return [(entry, NIGHT) for entry in entries]


def playbooks_night() -> Told:
    """A step that becomes due by an answer, which is taken back; closed with something required open, and why."""
    case = Case()
    asked = replace(RIOT.steps[0], required=True)
    then = replace(RIOT.steps[1], when=(Condition(step=asked.id),), before=timedelta(minutes=30), four_eyes=True)
    playbook = replace(RIOT, steps=(asked, then, *RIOT.steps[2:]))
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    case.opens_room()
    case.do(c.FinishStep(by=by("bakker")))
    case.do(c.ReopenStep(step=asked.id, by=by("bakker")))
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(reason="rustig, de rest volgt morgen", by=by("bakker")))
    return case.told


def files_of(origin: str, codec: Codec[Any], told: Iterable[tuple[object, datetime]]) -> dict[str, bytes]:
    """The bundle of a log, sealed with the fixed key."""
    head, frontier, salts = EMPTY, Frontier(), _salts()
    raws: list[bytes] = []
    openings: list[Opening] = []
    blobs: dict[str, bytes] = {}
    for entry, at in told:
        encoded = codec.encode(entry)
        sealed, opened = seal(origin, head, at, encoded.type, encoded.fields, salts)
        head, frontier = sealed.head, frontier.add(sealed.raw)
        raws.append(sealed.raw)
        openings += opened
        blobs |= encoded.blobs
        if isinstance(entry, e.FileKept):
            blobs[entry.content] = FILE
        if isinstance(entry, e.FieldErased):
            openings = [one for one in openings if (one.seq, one.name) != (entry.seq, entry.name)]
    anchor = Anchor("$kaart", head.h, "!kamer", head.seq)
    note = sign(origin, frontier.size, frontier.root(), KEY)
    return bundle_files(origin, raws, openings, note, [anchor], blobs, KEY.public_key(), {})


def lines_night() -> Told:
    """Lines with what they rest on, an assumption settled twice, a question and a notice answered, a correction."""
    case = Case()
    case.alarm()
    case.opens_room()
    lead, reporter = by("coordinator1"), by("bakker")
    secret = replace(reporter, confidentiality="vertrouwelijk")
    case.do(c.RecordLine(kind="feit", text="Station is leeg", source_kind="politie", reliability=2, by=secret))
    case.do(c.RecordLine(kind="aanname", text="Groep gaat naar het plein", by=lead))
    case.do(c.QualifyLine(line=2, source_kind="school", reliability=3, confidentiality="openbaar", by=lead))
    case.do(c.SettleAssumption(line=2, outcome="confirmed", by=lead))
    case.do(c.SettleAssumption(line=2, outcome="refuted", text="het plein is leeg", by=reporter))
    case.do(c.RecordLine(kind="kennisvraag", text="Van welke school zijn ze?", by=lead))
    case.do(c.AnswerQuestion(line=3, text="de school aan de kade", by=reporter))
    notice = c.RecordLine(kind="externe_melding", text="drie oproepen gemeld", recipient="Snapchat", by=lead)
    case.do(replace(notice, reference="4711", route="gebruikersmelding"))
    case.do(c.AnswerNotice(line=4, text="ze kijken ernaar", by=lead))
    case.do(c.RecordLine(kind="correctie", text="er staan nog 10 mensen", about=1, by=lead))
    mark = c.RecordLine(kind="feit", text="het zijn er 40", source=EventId("$m"), author=PersonId("politie1"), by=lead)
    case.do(replace(mark, written_at=NIGHT))
    case.do(c.RecordLine(kind="feit", text="dhr. Jansen heeft de sleutel", by=reporter))
    case.do(c.ReplaceLine(line=7, text="de beheerder heeft de sleutel", by=reporter))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    return case.told


def decisions_night() -> Told:
    """Decisions from a list: with reasons, in a hurry, as advice, seconded, reviewed and replaced."""
    case = Case()
    case.alarm()
    case.opens_room()
    case.answers("coordinator1")
    lead = by("coordinator1")
    case.do(c.RecordLine(kind="feit", text="40 jongeren bij het station", by=by("bakker")))
    case.do(c.TakeDecision(point="B1", option=1, by=lead))
    case.do(c.GiveReason(decision=1, text="1", by=lead))
    case.do(c.GiveReason(decision=1, text="één plein", applies=False, by=lead))
    case.do(c.TakeDecision(point="B7", option=3, capacity="on_behalf", urgent=True, by=lead))
    case.do(c.ConfirmDecision(decision=2, by=by("bakker")))
    case.do(c.GiveReason(decision=2, reason="duur", text="06:00", until=NIGHT + timedelta(hours=3), by=lead))
    case.do(c.PromiseReasons(decision=2, by=lead))
    case.do(c.TakeDecision(point="B7", option=1, capacity="advice", by=lead))
    case.do(c.PlanReview(decision=2, at=NIGHT + timedelta(hours=1), by=by("bakker")))
    case.after(hours=1).tick()
    case.after(hours=1).tick()
    case.do(c.TakeDecision(point="B7", option=2, capacity="mandate", replaces=2, urgent=True, by=lead))
    case.after(hours=30).tick()
    case.do(c.WithdrawDecision(decision=4, reason="het plein is leeg", capacity="on_behalf", by=lead))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    return case.told


def actions_night() -> Told:
    """Actions of every kind: with and without a time, passed on, moved, done, dropped, and two reminders."""
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.answers("cyber1")
    case.opens_room()
    lead, reporter = by("coordinator1"), by("bakker")
    due = case.world.now + timedelta(minutes=20)
    case.do(c.GiveAction(text="bel de school", owner=PersonId("cyber1"), due=due, by=lead))
    case.do(c.GiveAction(text="bewaar het filmpje", by=reporter))
    case.do(c.GiveAction(text="regel hekken", by=reporter))
    case.do(c.PassOnAction(action=3, owner=PersonId("cyber1"), by=reporter))
    case.do(c.MoveAction(action=3, due=due + timedelta(hours=3), by=reporter))
    case.after(minutes=20).tick()
    case.after(minutes=15).tick()
    case.do(c.FinishAction(action=1, remark="de rector komt", by=by("cyber1")))
    case.do(c.DropAction(action=2, reason="de politie heeft het", by=reporter))
    case.do(c.ProposeClosing(by=reporter))
    case.do(c.CloseIncident(by=reporter))
    return case.told


def picture_night() -> Told:
    """A situation report of parts that somebody confirmed, one without a change, and who came late and was told."""
    case = Case()
    case.alarm()
    case.opens_room()
    lead = by("coordinator1")
    parts = (("wat", "oproep tot rellen"), ("fysiek", "rustig bij het station"), ("overleg", "04:30 driehoek"))
    case.do(c.RecordSitrep(text="", parts=parts, follows=0, drafted_at=case.world.now, by=lead))
    case.do(c.RecordSitrep(text="", unchanged=True, by=lead))
    case.after(minutes=11).do(c.ReportMember(person=PersonId("cter1"), name="main", joined=True))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    return case.told


FILE = b"versleutelde bytes van een foto"
SHARED = SharedFile(
    "plein.jpg", "image/jpeg", len(FILE), "mxc://iog.example/plein", sha256(FILE).hexdigest(), "sleutel", "begin"
)


def record_night() -> Told:
    """Everything that is said is kept; two pictures are marked, one is too large; a message and an alarm are changed."""
    case = Case()
    contacts = case.world.reference.contacts
    all_kept = tuple(replace(one, chat="all") for one in contacts.municipalities)
    reference = replace(case.world.reference, contacts=replace(contacts, municipalities=all_kept))
    case.world = replace(case.world, reference=reference)
    reporter, lead = by("bakker"), by("coordinator1")
    case.do(c.RaiseAlarm(text="Waterbrug rellen: 40 man", by=replace(reporter, cause=EventId("$alarm"))))
    case.opens_room()
    case.do(c.EditSource(source=EventId("$alarm"), text="60 man, dhr. Jansen is erbij", by=reporter))
    for n in (1, 2):
        picture, writer = EventId(f"$foto{n}"), PersonId("politie1")
        case.do(c.RecordLine(kind="bericht", text="plein.jpg", source=picture, author=writer, file=SHARED, by=lead))
    kept = KeptFile(SHARED.sha256, sha256(b"een foto").hexdigest(), len(FILE))
    case.do(c.ReportFile(message=EventId("$foto1"), outcome=kept))
    case.do(c.ReportFile(message=EventId("$foto2"), outcome="too_large"))
    case.do(c.RemoveSource(source=EventId("$foto1"), by=by("politie1", "clear")))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    return case.told


def said_night() -> list[tuple[e.TranscriptEntry, datetime]]:
    """What was said in that room, with an answer, a change, a removal and two pictures."""
    first, second, said = EventId("$een"), EventId("$twee"), by("politie1")
    kept = KeptFile(SHARED.sha256, sha256(b"een foto").hexdigest(), len(FILE))
    entries: list[e.TranscriptEntry] = [
        e.MessageSaid(message=first, name="Politie1", text="er staan 40 man", origin=said),
        e.MessageSaid(message=second, name="Bakker", text="ik zie er 60", answers=first, origin=by("bakker")),
        e.MessageChanged(message=first, text="er staan 50 man", origin=said),
        e.MessageWithdrawn(message=second, origin=by("bakker", "clear")),
        e.MessageSaid(message=EventId("$foto1"), name="Politie1", text="plein.jpg", origin=said),
        replace(shared(EventId("$foto1"), PersonId("politie1"), SHARED), origin=said),
        settled(EventId("$foto1"), kept),
        settled(EventId("$foto2"), "unavailable"),
        e.MessageUnreadable(message=EventId("$drie"), name="Bakker", origin=by("bakker", "clear")),
    ]
    return [(entry, NIGHT) for entry in entries]


def said_index_night() -> list[tuple[e.IndexEntry, datetime]]:
    incident = IncidentId("00000000-0000-0000-0000-000000000001")
    entries: list[e.IndexEntry] = [
        e.TranscriptBegun(incident=incident, number="2026-014", log=f"iog.example/log/chat-{incident}"),
        e.TranscriptSealed(incident=incident, size=9, root="0" * 64),
    ]
    return [(entry, NIGHT) for entry in entries]


def ended_index_night() -> list[tuple[e.IndexEntry, datetime]]:
    """What is left of incidents whose terms are over."""
    incident = IncidentId("00000000-0000-0000-0000-000000000001")
    entries: list[e.IndexEntry] = [
        e.DossierExported(incident=incident, head="0" * 64, digest="0" * 64, disclosure="woo", format="pdf"),
        e.RoomEmptied(incident=incident, room_id=RoomId("!kamer:iog.example")),
        e.RecordsDestroyed(
            what="paging", incident=incident, number="2026-014", count=3, since=NIGHT, origin=by("coordinator1")
        ),
        e.RecordsDestroyed(
            what="exercise",
            incident=incident,
            number="2026-014",
            count=210,
            since=NIGHT,
            origin=by("coordinator1"),
            log=f"iog.example/log/inc-{incident}",
            size=40,
            head="0" * 64,
            transcript=f"iog.example/log/chat-{incident}",
            transcript_size=9,
            transcript_head="0" * 64,
        ),
    ]
    return [(entry, NIGHT) for entry in entries]


def flags_night() -> Told:
    """Whom a playbook wants first, a neighbour that comes and goes, beyond the region and back, and a closed circle at work."""
    case = Case()
    book = replace(RIOT, first=(RoleId("politie"),), closed_circle=True)
    known = case.world.reference
    case.world = replace(case.world, reference=replace(known, playbooks={**known.playbooks, book.id: book}))
    case.alarm()
    case.answers("politie1")
    case.answers("coordinator1")
    case.opens_room()
    case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    case.do(c.RaiseFlag(flag="bovenregionaal", reason="zelfde brief bij twee buren", by=by("coordinator1")))
    case.do(c.LowerFlag(flag="bovenregionaal", reason="het bleef hier", by=by("coordinator1")))
    case.do(c.ReleaseMunicipality(named="Polderdam, het was een ander dorp", by=by("bakker")))
    case.do(c.ChooseLanguage(language="en", by=by("bakker")))
    case.do(c.ChooseLanguage(language="nl", by=by("bakker")))
    case.do(c.FormCircle(persons=(PersonId("politie1"),), reason="eigen mensen", by=by("coordinator1")))
    case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring")))
    within = replace(by("politie1"), room="closed_circle", confidentiality="vertrouwelijk")
    case.do(c.ReportMember(person=PersonId("politie1"), name="closed_circle", joined=True, by=within))
    case.do(c.RecordLine(kind="feit", text="de bron zit in eigen huis", by=within))
    case.do(c.RecordDecision(text="we zeggen niets tot de ochtend", by=within))
    case.do(c.WidenCircle(persons=(PersonId("om1"),), by=within))
    case.do(c.NarrowCircle(persons=(PersonId("om1"),), by=within))
    case.do(c.ReportMember(person=PersonId("politie1"), name="closed_circle", joined=False, by=within))
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    return case.told


def aftercare_night() -> Told:
    """Closed, opened again and closed; the aftercare, a survey, an evaluation, points to
    improve, and the end by hand."""
    case = Case(aftercare=True)
    steps = (*RIOT.steps, replace(RIOT.steps[0], id=StepId("BA18"), phase="nafase", required=True))
    playbook = replace(RIOT, steps=steps)
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    lead, reporter = by("coordinator1"), by("bakker")
    for person in ("coordinator1", "cyber1", "cter1", "om1"):
        case.answers(person)
    case.opens_room()
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    case.after(hours=1).do(c.ReopenIncident(reason="toch weer onrust", by=lead))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    case.after(hours=30).tick()
    case.after(days=2).tick()
    case.do(c.PlanEvaluation(at=case.world.now + timedelta(days=2), by=lead))
    case.after(days=1, hours=2).tick()
    case.do(c.NoteImprovement(text="eerder de school bellen", owner=PersonId("cyber1"), by=reporter))
    case.do(c.NoteImprovement(text="het plein beter bekijken", by=reporter))
    case.do(c.NoteImprovement(text="een vaste plek voor de pers", by=reporter))
    answered = (*(Answered(mark, 6 - mark) for mark in (2, 3, 4, 5)), Answered(5, None, "sneller bellen"))
    case.world = replace(case.after(days=6).world, answered=answered)
    case.tick()
    case.do(c.ReviewImprovement(improvement=1, outcome="going", remark="afspraak gemaakt", by=by("cyber1")))
    case.do(c.ReviewImprovement(improvement=2, outcome="done", by=reporter))
    case.do(c.ReviewImprovement(improvement=3, outcome="dropped", remark="er komt geen pers", by=reporter))
    case.do(c.RecordObservation(theme="beeldvorming", score="-", by=lead))
    case.do(c.GiveDuty(duty="waarnemer", person=PersonId("cter1"), by=lead))
    case.do(c.AcceptDuty(duty="waarnemer", by=by("cter1")))
    case.do(c.RecordObservation(theme="samenwerking", score="++", by=by("cter1")))
    case.do(c.FinishIncident(reason="gaat verder in het jeugdoverleg", by=lead))
    case.after(days=32).tick()
    return case.told


def teamwork_night() -> Told:
    """Duties that change hands, steps that are put off, passed on and late, and a second round."""
    case = Case()
    steps = tuple(replace(step, repeats=step.id in ("BA01", "BA03")) for step in RIOT.steps)
    playbook = replace(RIOT, steps=steps)
    case.world = replace(case.world, reference=replace(case.world.reference, playbooks={playbook.id: playbook}))
    case.alarm()
    case.answers("coordinator1")
    case.answers("cyber1")
    case.opens_room()
    lead, reporter, cyber = by("coordinator1"), by("bakker"), PersonId("cyber1")
    case.do(c.GiveDuty(duty="voorzitter", by=reporter))
    case.do(c.GiveDuty(duty="voorzitter", person=cyber, by=reporter))
    case.do(c.AcceptDuty(by=by("cyber1", "clear")))
    case.do(c.GiveDuty(duty="loco_burgemeester", person=PersonId("bakker"), by=lead))
    case.do(c.DeclineDuty(by=by("bakker", "clear")))
    case.do(c.LayDownDuty(duty="voorzitter", by=by("cyber1")))
    case.do(c.PassOnStep(step=StepId("BA01"), person=cyber, by=reporter))
    case.do(c.KeepStep(by=by("cyber1", "clear")))
    case.do(c.PassOnStep(step=StepId("BA01"), person=cyber, by=reporter))
    case.do(c.AcceptStep(by=by("cyber1", "clear")))
    case.do(c.PostponeStep(step=StepId("BA03"), by=lead))
    case.after(minutes=15).tick()
    case.after(minutes=15).tick()
    case.do(c.FinishStep(by=by("cyber1")))
    case.do(c.StartRound(by=lead))
    case.do(c.GiveAction(text="bel de school", by=reporter))
    case.do(c.PassOnAction(action=1, owner=cyber, due=case.world.now + timedelta(hours=1), by=reporter))
    case.after(hours=7).tick()
    case.do(c.ProposeClosing(by=reporter))
    case.do(c.CloseIncident(by=reporter))
    return case.told


def intake_night() -> Told:
    """Announced at night, so the experts wait for the morning; another moment, and answers to what the alarm left open."""
    case = Case()
    saturday = NIGHT + timedelta(days=6, hours=17)
    begins = Moment(saturday, "za 20:00", announced=True, dated=True)
    case.do(c.RaiseAlarm(text="Waterbrug rellen, verwacht za 20:00: oproep", begins=begins, by=by("bakker")))
    case.opens_room()
    case.do(c.AnswerIntake(about="where", text="op de kade", by=by("bakker")))
    case.do(c.AnswerIntake(about="channel", choice="groepsapp", by=by("bakker")))
    case.do(c.AnswerIntake(about="when", by=by("bakker")))
    case.do(c.SetExpectedTime(at=saturday + timedelta(hours=1), by=by("coordinator1")))
    case.after(hours=4).tick()
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(by=by("bakker")))
    return case.told


def quiet_night() -> Told:
    """Everybody came, nobody says anything any more, and the bot asks whether to close."""
    case = Case(quiet_after=timedelta(hours=2))
    case.alarm()
    for page in tuple(case.incident.pages.values()):
        case.answers(str(page.person))
    case.opens_room()
    case.after(hours=6).tick()  # nobody is woken to close
    case.do(c.CloseIncident(by=by("coordinator1")))
    return case.told


def custody_night() -> Told:
    """Words that two people erased, and a hold that was placed and lifted."""
    case = Case()
    case.alarm()
    lead, other = by("coordinator1"), by("coordinator2")
    case.do(c.RecordLine(kind="feit", text="Jelle Hofstra staat bij het station", by=by("bakker")))
    case.do(c.PlaceHold(reason="er loopt een Woo-verzoek", by=lead))
    case.do(c.LiftHold(reason="het verzoek is beantwoord", by=lead))
    held = ((seq, entry, {one.name for one in fields(entry)}) for seq, (entry, _) in enumerate(case.told))
    recorded = tuple(Recorded("incident", seq, entry, frozenset(names)) for seq, entry, names in held)
    case.world = replace(case.world, recorded=tuple(replace(x, open=x.open & _filled(x.entry)) for x in recorded))
    case.do(c.AskErasure(of="line", which="1", ground="hij is een kind", by=lead))
    case.do(c.ConfirmErasure(by=other))
    case.do(c.ProposeClosing(by=lead))
    case.do(c.CloseIncident(by=lead))
    return case.told


def keys_night() -> list[tuple[e.Entry, datetime]]:
    """A log that goes on under another key."""
    case = Case()
    case.alarm()
    case.do(c.ReplaceKey(new_pub="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="))
    case.do(c.ProposeClosing(by=by("coordinator1")))
    case.do(c.CloseIncident(by=by("coordinator1")))
    return case.told


def keys_index_night() -> list[tuple[e.IndexEntry, datetime]]:
    """A key that was replaced, and one that was gone."""
    entries: list[e.IndexEntry] = [
        e.KeyRotated(new_pub="A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="),
        e.KeyLost(new_pub="RCaofotOtcu16x8GUZbTFq+onKMtqhW4oKk9cPWvkjU="),
    ]
    return [(entry, NIGHT) for entry in entries]


def _filled(entry: object) -> frozenset[str]:
    """A field at its default is not written."""
    return frozenset(one.name for one in fields(entry) if getattr(entry, one.name) != one.default)  # type: ignore[arg-type]


NIGHTS: dict[str, dict[str, Callable[[], Iterable[tuple[object, datetime]]]]] = {
    "0.1.0": {"long": long_night, "joined": joined_night, "index": index_night},
    "0.2.0": {"ladder": ladder_night, "reach-index": reach_index_night},
    "0.3.0": {
        "playbooks": playbooks_night,
        "lines": lines_night,
        "decisions": decisions_night,
        "actions": actions_night,
        "picture": picture_night,
        "record": record_night,
        "record-transcript": said_night,
        "record-index": said_index_night,
        "aftercare": aftercare_night,
        "flags": flags_night,
        "teamwork": teamwork_night,
        "intake": intake_night,
        "quiet": quiet_night,
        "custody": custody_night,
        "ended-index": ended_index_night,
        "keys": keys_night,
        "keys-index": keys_index_night,
    },
}


def codec_of(name: str) -> Codec[Any]:
    """What reads and writes the log of that name."""
    kinds = {"index": e.INDEX_KINDS, "transcript": e.TRANSCRIPT_KINDS}
    return Codec(next((found for ending, found in kinds.items() if name.endswith(ending)), e.KINDS))


def make(release: str) -> None:
    for name, night in NIGHTS[release].items():
        told = night()
        codec = codec_of(name)
        write_directory(files_of(f"iog.example/log/{name}", codec, told), GOLDEN / release / name)


if __name__ == "__main__":
    make(sys.argv[1])
