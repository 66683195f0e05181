"""What the shipped files mean once loaded: people, rotations, the policy, merged playbooks, decisions, and the digest."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from string import Formatter

import pytest

from bot.domain.contacts import Contacts, Reference
from bot.domain.duty import Vacant
from bot.domain.escalation import EscalationStep, Lease, Quorum
from bot.domain.ids import Account, MunicipalityId, PersonId, PlaybookId, RoleId
from bot.domain.ladder import DEFAULT_LADDER, Rung
from bot.domain.people import CALLED, COORDINATOR, MELDER
from bot.domain.roster import LAYERS, Override
from bot.domain.standby import StandbyRules
from bot.reference import wording
from bot.reference.contacts import load_contacts
from bot.reference.free_days import YEARS, free_days
from bot.reference.load import load_reference
from bot.reference.models import HolidaysShape
from bot.reference.playbooks import load_playbooks
from bot.reference.schemas import SCHEMAS, schema

ROOT = Path(__file__).parents[2]
EXAMPLE, PLAYBOOKS = ROOT / "contacts" / "example", ROOT / "playbooks"
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
CYBER = RoleId("expert_cyber")


@pytest.fixture(scope="module")
def reference() -> Reference:
    loaded = load_reference(EXAMPLE, PLAYBOOKS)
    assert isinstance(loaded, Reference), loaded
    return loaded


@pytest.fixture
def contacts(reference: Reference) -> Contacts:
    return reference.contacts


def test_a_person_is_found_by_the_whole_account_only(contacts: Contacts) -> None:
    jansen = contacts.person_of(Account("@jansen:iog.example"))

    assert jansen is not None
    assert (jansen.id, jansen.name, jansen.roles) == ("jansen", "Jansen", (CYBER,))
    for other in ("@jansen:elders.example", "@jansen", "@Jansen:iog.example", "@jansen:iog.example.", ""):
        assert contacts.person_of(Account(other)) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("alarm Waterbrug: rellen", "waterbrug"),
        ("rellen in POLDERDAM vanavond", "polderdam"),
        ("wbrug: station", "waterbrug"),
        ("Nieuwkerk, en daarna Waterbrug", "nieuwkerk"),
        ("Waterbruggen zijn mooi", None),
        ("ergens anders", None),
        ("", None),
    ],
)
def test_a_municipality_is_heard_in_what_somebody_types(contacts: Contacts, text: str, named: str | None) -> None:
    found = contacts.municipality_named(text)

    assert (found.id if found else None) == named


def test_every_role_that_can_be_paged_has_a_first_and_another_as_reserve(reference: Reference) -> None:
    contacts = reference.contacts
    paged = {COORDINATOR, *contacts.policy.brigade, *(r for p in reference.playbooks.values() for r in p.calls)}
    for role in paged:
        first, reserve = (contacts.on_call(role, layer, AT) for layer in LAYERS)
        assert first is not None
        assert reserve is not None
        assert first != reserve
        assert role in first.roles


def test_an_override_stands_in_and_one_for_a_stranger_is_nobody(contacts: Contacts) -> None:
    def instead(person: str) -> Override:
        return Override(CYBER, "eerste", PersonId(person), AT, AT + timedelta(hours=1))

    found = contacts.on_call(CYBER, "eerste", AT, [instead("jansen")])
    assert found is not None
    assert found.id == "jansen"
    assert contacts.on_call(CYBER, "eerste", AT, [instead("niemand")]) is None


def test_each_municipality_has_two_officers_of_its_own(contacts: Contacts) -> None:
    for municipality in ("waterbrug", "polderdam", "nieuwkerk"):
        officers = contacts.officers(MunicipalityId(municipality))
        assert len(officers) == 2
        assert {officer.municipality for officer in officers} == {municipality}
        assert contacts.municipality(MunicipalityId(municipality)) is not None
    assert contacts.municipality(MunicipalityId("elders")) is None


def test_the_policy_is_as_written(contacts: Contacts) -> None:
    policy = contacts.policy
    minute = timedelta(minutes=1)

    assert policy.steps == (
        EscalationStep("eerste", 5 * minute, 1, 2 * minute),
        EscalationStep("reserve", 5 * minute, 1, 2 * minute),
        EscalationStep("coordinator", 10 * minute, 2, 3 * minute),
    )
    assert policy.brigade == ("expert_cyber", "expert_cter", "expert_ondermijning", "expert_zorg")
    assert (policy.grace, policy.duplicate_window) == (timedelta(seconds=30), 30 * minute)
    assert (policy.reopen_window, policy.sitrep_every) == (timedelta(hours=24), 60 * minute)
    assert all(person in contacts.people for person in contacts.fallback)
    assert contacts.region.break_glass == "@nood:iog.example"


def test_the_agreements_about_waking_are_as_written(contacts: Contacts) -> None:
    policy = contacts.policy

    assert policy.ladder == DEFAULT_LADDER  # the example writes out what counts without it
    assert (policy.lease, policy.quorum, policy.duty_number) == (Lease(), (), "085-0000000")
    ladders = {person.id: person.ladder for person in contacts.people.values() if person.ladder is not None}
    voice = (Rung("voice", timedelta(0)), Rung("voice", timedelta(seconds=90)))
    assert ladders == {"schouten": voice}
    assert contacts.standby == StandbyRules(exempt=frozenset(map(RoleId, ("politie", "iog"))))


def test_a_region_may_ask_for_more_than_one_and_be_more_patient(tmp_path: Path) -> None:
    directory = Path(shutil.copytree(EXAMPLE, tmp_path / "contacts"))
    file = directory / "regio.yaml"
    before, after = file.read_text(encoding="utf-8").split("  ladder:", 1)
    own = "  aantal: {expert_cter: 2}\n  aankomst: {zonder_tijd: 20m, marge: 5m, wacht: 3m, overdragen_elke: 10m}\n"
    file.write_text(before + own + "feestdagen:" + after.split("feestdagen:")[1], encoding="utf-8")
    contacts = load_contacts(directory)

    assert isinstance(contacts, Contacts)
    assert contacts.policy.quorum == (Quorum(RoleId("expert_cter"), 2),)
    assert contacts.policy.lease == Lease(*(timedelta(minutes=n) for n in (20, 5, 3, 10)))
    assert (contacts.policy.ladder, contacts.policy.duty_number) == (DEFAULT_LADDER, "")


def test_the_coast_has_a_coordinator_and_at_weekends_a_spokesperson_of_its_own(contacts: Contacts) -> None:
    def seen(role: str, at: str, municipality: str | None) -> str:
        there = MunicipalityId(municipality) if municipality else None
        person = contacts.on_call(RoleId(role), "eerste", datetime.fromisoformat(at), (), there)
        return person.id if person else ""

    noon = "2026-11-25T12:00+01:00"
    assert [seen("coordinator", noon, m) for m in ("nieuwkerk", "waterbrug", None)] == ["groen", "vandijk", "vandijk"]
    weekend = [
        seen("communicatie", f"2026-12-{day}+01:00", "nieuwkerk") for day in ("04T16:59", "04T17:00", "07T07:59")
    ]
    assert weekend == ["jacobs", "kramer", "kramer"]
    assert seen("communicatie", "2026-12-07T08:00+01:00", "nieuwkerk") == "dewit"
    assert seen("communicatie", "2026-12-05T12:00+01:00", "waterbrug") == "jacobs"
    # Christmas Day is a Friday in 2026 and the day on which the roster of the coast begins at midnight.
    assert seen("communicatie", "2026-12-25T03:00+01:00", "nieuwkerk") in ("prins", "kramer")


def test_at_christmas_fixed_shifts_win_and_a_gap_that_is_meant_says_why(contacts: Contacts) -> None:
    christmas = datetime(2026, 12, 25, 12, tzinfo=UTC)
    police = [contacts.who(RoleId("politie"), layer, christmas) for layer in LAYERS]
    assert [(who.person and who.person.id, who.source) for who in police] == [("dejong", "fixed"), ("kok", "fixed")]
    lawyer = contacts.who(RoleId("jurist"), "reserve", christmas)
    assert (lawyer.person, lawyer.gap) == (None, Vacant("intended", None, "Met kerst staat er één jurist klaar."))


def test_a_region_says_which_holidays_are_its_own() -> None:
    ordinary = free_days(HolidaysShape())
    own = free_days(
        HolidaysShape.model_validate({"niet": ["goede vrijdag"], "ook": ["Bevrijdingsdag"], "dagen": ["2027-04-02"]})
    )

    assert own - ordinary == {date(year, 5, 5) for year in YEARS if year % 5} | {date(2027, 4, 2)}
    assert len(ordinary - own) == len(YEARS)
    assert date(2027, 3, 26) in ordinary - own


def test_a_riot_pages_eight_people(reference: Reference) -> None:
    roles = {COORDINATOR, *reference.contacts.policy.brigade, *reference.playbooks[PlaybookId("PB01")].calls}

    assert len({reference.contacts.on_call(role, "eerste", AT) for role in roles}) == 8


@pytest.mark.parametrize(("playbook", "own"), [("PB00", 0), ("PB01", 11), ("PB03", 11)])
def test_base_and_own_steps_are_merged_by_time(reference: Reference, playbook: str, own: int) -> None:
    steps = reference.playbooks[PlaybookId(playbook)].steps

    assert sum(step.id.startswith("BA") for step in steps) == 20
    assert sum(step.id.startswith(f"{playbook}-") for step in steps) == own
    assert len(steps) == 20 + own
    assert [step.due for step in steps] == sorted(step.due for step in steps)
    for before, after in pairwise(steps):
        if before.due == after.due:
            assert (not before.id.startswith("BA"), _number(before.id)) < (
                not after.id.startswith("BA"),
                _number(after.id),
            )


def _number(step: str) -> int:
    return int(step.removeprefix("BA").rpartition("-")[2])


def test_every_step_has_somebody_to_do_it(reference: Reference) -> None:
    for playbook in reference.playbooks.values():
        there = {MELDER, COORDINATOR, CALLED, *playbook.calls, *reference.contacts.policy.brigade}
        for step in playbook.steps:
            assert (step.via or step.role) in there
            assert step.via is None or step.role not in playbook.calls
            assert step.decision is None or step.decision in reference.decisions
            assert step.kinds


def test_a_called_role_does_its_own_steps_and_one_that_is_not_has_a_stand_in(reference: Reference) -> None:
    riot, give_away = (
        {str(step.id): step for step in reference.playbooks[PlaybookId(name)].steps} for name in ("PB01", "PB03")
    )

    assert riot["BA10"].via is None
    assert give_away["BA10"].via == COORDINATOR
    assert riot["BA13"].via == MELDER
    assert riot["BA05"].role == CALLED


def test_the_decisions_know_who_may_choose_what(reference: Reference) -> None:
    assert list(reference.decisions) == [f"B{n}" for n in range(1, 15)]
    scale = {option.id: option.competent for option in reference.decisions["B1"].options}
    assert scale["iog_plus_inzetten"] == (COORDINATOR,)
    assert scale["crisisstructuur_grip"] == ("burgemeester",)
    assert reference.decisions["B3"].advisers == ("om",)
    assert [len(d.options) for d in reference.decisions.values()] == [5, 4, 5, 3, 8, 6, 13, 5, 6, 4, 4, 6, 4, 4]


def test_no_lawyer_is_said_to_have_looked(reference: Reference) -> None:
    assert {playbook.legally_checked_by for playbook in reference.playbooks.values()} == {""}


def test_contacts_and_playbooks_load_alone() -> None:
    contacts = load_contacts(EXAMPLE)
    assert isinstance(contacts, Contacts)
    assert load_playbooks(PLAYBOOKS) == load_playbooks(PLAYBOOKS, contacts)


def test_the_digest_follows_the_bytes_and_not_the_place(reference: Reference, tmp_path: Path) -> None:
    contacts = Path(shutil.copytree(EXAMPLE, tmp_path / "elsewhere"))
    again = load_reference(contacts, PLAYBOOKS)
    assert again == reference

    file = contacts / "gemeenten.yaml"
    file.write_bytes(file.read_bytes() + b"# een opmerking\n")
    changed = load_reference(contacts, PLAYBOOKS)
    assert isinstance(changed, Reference)
    assert changed.contacts == reference.contacts
    assert changed.digest != reference.digest


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_stored_schema_is_current(name: str) -> None:
    """When this fails: `python -m bot.reference.schemas`."""
    stored = (ROOT / name).read_text(encoding="utf-8")

    assert json.loads(stored) == json.loads(schema(SCHEMAS[name]))


def test_every_file_names_its_schema() -> None:
    for path in (*EXAMPLE.glob("*.yaml"), *PLAYBOOKS.glob("*.yaml")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file(), path


@pytest.mark.parametrize("key", wording._TABLE)
def test_both_languages_of_a_sentence_speak_of_the_same_things(key: str) -> None:
    sentence = wording._TABLE[key]

    nl, en = ({name for _, name, _, _ in Formatter().parse(text) if name} for text in (sentence.nl, sentence.en))
    assert nl == en
