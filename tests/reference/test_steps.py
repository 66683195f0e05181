"""The shipped playbooks hold the steps that the field asked for, each with its role, time, decision, lines and legal basis."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.contacts import Reference
from bot.domain.ids import PlaybookId, StepId
from bot.domain.playbook import BASE, PHENOMENA, Condition, Playbook
from bot.reference.load import load_reference
from bot.words.card_index import find

ROOT = Path(__file__).parents[2]
with (Path(__file__).parent / "steps.csv").open(encoding="utf-8") as _file:
    TABLE = tuple(csv.DictReader(_file, delimiter=";"))
CALLS = {
    "PB01": {"politie", "om", "expert_cter", "communicatie"},
    "PB02": {"politie", "communicatie", "expert_cter", "om"},
    "PB03": {"politie", "expert_zorg", "communicatie"},
    "PB04": {"politie", "om", "expert_zorg", "communicatie"},
    "PB05": {"politie", "expert_ondermijning", "expert_zorg", "communicatie"},
    "PB06": {"expert_zorg", "expert_cyber", "om", "politie"},
    "PB07": {"communicatie", "expert_cyber", "expert_cter"},
    "PB08": {"expert_cyber", "communicatie", "om"},
    "PB09": {"politie", "om", "expert_zorg", "communicatie"},
    # and the police's internet group, which goes first there
    "PB10": {"iog", "expert_ondermijning", "expert_zorg", "politie", "om"},
    "PB11": {"expert_cter", "politie", "om"},
    "PB12": {"expert_zorg", "communicatie", "expert_cyber"},
}
# Signals never stand for a people, a belief or a party.
NO_PROXIES = ("moslim", "islam", "jood", "joods", "marokka", "turk", "asielzoeker", "vluchteling", "migrant", "azc", "links",
              "rechts", "partij", "moskee", "kerk", "synagoge", "allochtoon", "buitenlander")  # fmt: skip


@pytest.fixture(scope="module")
def reference() -> Reference:
    loaded = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(loaded, Reference), loaded
    return loaded


def _own(playbook: Playbook) -> str:
    return "BA" if playbook.id == BASE else f"{playbook.id}-"


def test_there_are_152_steps_and_each_is_as_the_field_has_it(reference: Reference) -> None:
    steps = {s.id: s for p in reference.playbooks.values() for s in p.steps if s.id.startswith(_own(p))}

    assert len(TABLE) == len(steps) == 152
    for row in TABLE:
        step = steps[StepId(row["stap"])]
        told = (step.phase, step.text.nl, step.role, step.due, step.decision or "", ",".join(step.kinds))
        due = timedelta(minutes=int(row["minuten"]))
        assert told == (row["fase"], row["tekst"], row["rol"], due, row["besluit"], row["log"]), row["stap"]
        assert ",".join(step.basis) == row["basis"], row["stap"]


def test_each_phenomenon_has_its_playbook_and_each_playbook_calls_whom_the_field_calls(reference: Reference) -> None:
    assert {p: set(reference.playbooks[PlaybookId(p)].calls) for p in CALLS} == CALLS
    served = [f for p in reference.playbooks.values() for f in p.phenomena]
    assert sorted(served) == sorted(PHENOMENA)
    assert "F13" in reference.playbooks[PlaybookId("PB01")].phenomena


def test_the_words_that_propose_a_playbook_are_no_proxy_for_a_group_of_people(reference: Reference) -> None:
    for playbook in reference.playbooks.values():
        found = [w for word in playbook.words for w in word.split() if w.startswith(NO_PROXIES)]
        assert found == [], playbook.id


def test_what_must_be_done_is_each_decision_and_what_a_case_cannot_do_without(reference: Reference) -> None:
    base = reference.playbooks[BASE].steps

    assert {s.id for s in base if s.required and s.decision is None} == {"BA01", "BA02", "BA09", "BA18"}
    for playbook in reference.playbooks.values():
        own = [s for s in playbook.steps if s.id.startswith("PB")]
        assert {s.id for s in own if s.required} == {s.id for s in own if s.decision is not None}


def test_the_card_that_a_step_points_to_is_found_at_once(reference: Reference) -> None:
    named = {s.help for p in reference.playbooks.values() for s in p.steps if s.help}

    assert len(named) > 5
    assert {name for name in named if len(find(reference, name).hits) != 1} == set()


def test_only_what_says_so_itself_hangs_on_an_answer(reference: Reference) -> None:
    hanging = {s.id: s.when for p in reference.playbooks.values() for s in p.steps if s.when}
    fear = (Condition(decision="B4", options=("aannemelijk", "ernstige_vrees_onderbouwd")),)
    assert hanging == dict.fromkeys((StepId("PB02-9"), StepId("PB06-9"), StepId("PB07-10")), fear)
