"""Values that tests start from: a small fictional region, moments, and commands as people give them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.contacts import Contacts, Reference, Region
from bot.domain.decide import decide
from bot.domain.escalation import EscalationPolicy, EscalationStep
from bot.domain.ids import Account, IncidentId, MunicipalityId, PersonId, PlaybookId, RoleId, RoomId, StepId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Origin, Proof, Via
from bot.domain.people import CALLED, Municipality, Person
from bot.domain.playbook import Both, DecisionOption, DecisionType, Playbook, Reason, Step
from bot.domain.roster import Layer, Rotation
from bot.domain.world import World

T = TypeVar("T")
NIGHT = datetime(2026, 11, 22, 2, 4, tzinfo=UTC)  # zo 22-11 03:04 in Amsterdam
ALARM = "Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station"
EXPERTS = tuple(RoleId(r) for r in ("expert_cyber", "expert_cter", "expert_ondermijning", "expert_zorg"))
LIAISONS = tuple(RoleId(r) for r in ("politie", "om", "communicatie"))
STAFF = ("coordinator", *EXPERTS, *LIAISONS)


def account(person: str) -> Account:
    return Account(f"@{person}:iog.example")


def _person(name: str, role: str, municipality: str | None = None) -> Person:
    home = MunicipalityId(municipality) if municipality else None
    return Person(PersonId(name), name.capitalize(), "Waterbrug", (account(name),), (RoleId(role),), home)


def contacts(**policy: Any) -> Contacts:  # noqa: ANN401 - fields of the policy
    """Everyone on call is called after the role: `cyber1` first, `cyber2` reserve; `bakker` reports for Waterbrug."""
    people = [_person("bakker", "melder", "waterbrug"), _person("visser", "melder", "polderdam")]
    rotations = []
    layers: tuple[tuple[Layer, int], ...] = (("eerste", 1), ("reserve", 2))
    for role in STAFF:
        for layer, n in layers:
            name = f"{role.removeprefix('expert_')}{n}"
            people.append(_person(name, role))
            start = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - a roster counts in local wall time
            rotations.append(Rotation(RoleId(role), layer, "week", start, (PersonId(name),)))
    people.append(_person("achtervang", "coordinator"))
    steps = (
        EscalationStep("eerste", timedelta(minutes=5)),
        EscalationStep("reserve", timedelta(minutes=5)),
        EscalationStep("coordinator", timedelta(minutes=5)),
    )
    return Contacts(
        region=Region("Noord", "Europe/Amsterdam", "nl", "iog.example", False, Account("@noodsleutel:iog.example")),
        municipalities=(
            Municipality(MunicipalityId("waterbrug"), "Waterbrug"),
            Municipality(MunicipalityId("polderdam"), "Polderdam"),
        ),
        people={p.id: p for p in people},
        rotations=tuple(rotations),
        policy=replace(EscalationPolicy(steps, EXPERTS), **policy),
        fallback=(PersonId("achtervang"),),
    )


def _step(step: str, role: str, minutes: int, via: str | None = None, decision: str | None = None) -> Step:
    through = RoleId(via) if via else None
    text = Both(f"Doe {step}.", f"Do {step}.")
    return Step(StepId(step), "beeld", text, RoleId(role), timedelta(minutes=minutes), through, decision)


BASE = (
    _step("BA01", "melder", 0),
    _step("BA03", "coordinator", 5),
    _step("BA05", CALLED, 15),
    _step("BA09", "coordinator", 30, decision="B1"),
)
# Two points of decision, small enough to read: B1 is the coordinator's, B7 the mayor's with four eyes and a choice no law carries.
REASONS = (
    Reason("feiten", "feiten", Both("Feiten", "Facts"), Both("Op welke feiten?", "On which facts?")),
    Reason("grondslag", "grondslag", Both("Grondslag", "Legal basis"), Both("Welke grondslag?", "Which basis?")),
    Reason("doel", "tekst", Both("Doel", "Purpose"), Both("Wat moet dit bereiken?", "What must this achieve?")),
    Reason("duur", "moment", Both("Tot wanneer", "Until when"), Both("Tot wanneer geldt het?", "Until when?")),
    Reason("wom", "tekst", Both("Wom", "Wom"), Both("Waarom volstaat de Wom niet?", "Why is the Wom not enough?")),
)


def _option(option: str, role: str, *basis: str, **more: Any) -> DecisionOption:  # noqa: ANN401 - other fields
    return DecisionOption(option, Both(f"Kies {option}", f"Choose {option}"), (RoleId(role),), basis, **more)


DECISIONS = (
    DecisionType(
        "B1",
        Both("Opschalen?", "Scale up?"),
        (_option("volgen", "coordinator"), _option("driehoek", "burgemeester", "GW172-1")),
        (RoleId("coordinator"),),
        (),
        Both("Urgentie.", "Urgency."),
        asks=("feiten", "doel"),
    ),
    DecisionType(
        "B6",
        Both("Platform melden?", "Notify the platform?"),
        (_option("melden", "melder"), _option("niet", "melder")),
        (RoleId("melder"),),
        (),
        Both("Schade.", "Harm."),
        asks=("doel",),
    ),
    DecisionType(
        "B7",
        Both("Bestuurlijk bevel", "Order"),
        (
            _option("geen", "burgemeester"),
            _option("licht_bevel", "burgemeester", "GW172-3", "GW174"),
            _option("noodbevel", "burgemeester", "GW175", asks=("wom",)),
            _option("verwijderbevel", "burgemeester", law="wet_oaov_36789"),
        ),
        (RoleId("burgemeester"),),
        (RoleId("jurist"),),
        Both("Ernst van de vrees.", "How serious the fear is."),
        asks=("feiten", "grondslag", "doel", "duur"),
        four_eyes=True,
    ),
)
RIOT = Playbook(
    PlaybookId("PB01"),
    Both("Oproep tot rellen", "Call to riot"),
    ("F01",),
    (RoleId("politie"), RoleId("om"), RoleId("expert_cter"), RoleId("communicatie")),
    (*BASE[:3], _step("PB01-2", "expert_cter", 25), BASE[3], _step("PB01-5", "burgemeester", 55, "melder")),
    names=("rellen",),
    words=("rellen", "relschoppers"),
    decisions=DECISIONS,
    reasons=REASONS,
)
PLAIN = Playbook(PlaybookId("PB00"), Both("Basis", "Base"), (), (), BASE, decisions=DECISIONS, reasons=REASONS)


def reference(**policy: Any) -> Reference:  # noqa: ANN401
    return Reference(contacts(**policy), {RIOT.id: RIOT, PLAIN.id: PLAIN}, {}, "0" * 64)


def world(*, at: datetime = NIGHT, **policy: Any) -> World:  # noqa: ANN401
    return World(now=at, wall=at, reference=reference(**policy), next_number="2026-014")


def by(person: str, proof: Proof = "known_device") -> Origin:
    via: Via = "reaction" if proof == "clear" else "text"
    return Origin(actor=PersonId(person), account=account(person), via=via, room="direct", proof=proof)


class Case:
    """One incident told by its entries: commands at moments, and what came of them."""

    def __init__(self, **policy: Any) -> None:  # noqa: ANN401
        self.world = world(**policy)
        self.incident = Incident(IncidentId("00000000-0000-0000-0000-000000000001"))
        self.told: list[tuple[e.Entry, datetime]] = []

    def after(self, **passed: float) -> "Case":
        at = self.world.now + timedelta(**passed)
        self.world = replace(self.world, now=at, wall=at)
        return self

    def do(self, command: c.Command) -> list[e.Entry]:
        entries = decide(self.incident, command, self.world)
        for entry in entries:
            self.incident = evolve(self.incident, entry, self.world.now)
            self.told.append((entry, self.world.now))
        return entries

    def alarm(self, text: str = ALARM, person: str = "bakker") -> list[e.Entry]:
        return self.do(c.RaiseAlarm(text=text, by=by(person)))

    def tick(self) -> list[e.Entry]:
        return self.do(c.Tick())

    def opens_room(self) -> list[e.Entry]:
        return self.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")))

    def page(self, person: str) -> e.PageRequested:
        """The newest page to a person."""
        return next(x for x, _ in reversed(self.told) if isinstance(x, e.PageRequested) and x.person == person)

    def answers(self, person: str, eta: int | None = None) -> list[e.Entry]:
        page = self.page(person).page
        return self.do(c.Acknowledge(page=page, answer_by="text", eta_minutes=eta, by=by(person)))

    def declines(self, person: str) -> list[e.Entry]:
        return self.do(c.Decline(page=self.page(person).page, answer_by="reaction", by=by(person, "clear")))


def of(kind: type[T], entries: Iterable[object]) -> list[T]:
    return [x for x in entries if isinstance(x, kind)]
