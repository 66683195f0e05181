"""Each shipped playbook is walked from alarm to end by people who answer what they are asked; and all its texts fit a phone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.aftercare import is_aftercare, steps_left
from bot.domain.announce import announce
from bot.domain.closing import required_left
from bot.domain.contacts import Reference
from bot.domain.ids import PersonId, PlaybookId, RoleId
from bot.domain.incident import Incident, evolve, finished
from bot.domain.origin import Origin
from bot.domain.playbook import BASE, Step
from bot.reference.load import load_reference
from bot.words.catalogue import LANGUAGES, load
from bot.words.fit import FIRST_LINE, MOST_CHARACTERS, MOST_LINES
from bot.words.render import is_worded, render
from tests.builders import NIGHT, Case

ROOT = Path(__file__).parents[2]
CATALOGUE = load()


@pytest.fixture(scope="module")
def reference() -> Reference:
    loaded = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(loaded, Reference), loaded
    return loaded


SHIPPED = [PlaybookId(f"PB{n:02}") for n in range(1, 13)]


class Walk(Case):
    """An incident of the example region in which everybody who is called comes, and every step that is put is answered."""

    def __init__(self, reference: Reference, playbook: PlaybookId) -> None:
        super().__init__()
        self.world = replace(self.world, reference=reference)
        self.officer = next(p.id for p in reference.contacts.people.values() if RoleId("melder") in p.roles)
        self.do(c.RaiseAlarm(text=f"{playbook}: dit speelt er", by=self.by(self.officer)))
        self.opens_room()
        # who is wanted first answers first, and the others are called by that
        while asked := [page for page in self.incident.pages.values() if page.state == "open"]:
            for page in asked:
                self.do(c.Acknowledge(page=page.id, answer_by="text", by=self.by(page.person)))

    def by(self, person: PersonId) -> Origin:
        account = self.world.reference.contacts.people[person].accounts[0]
        return Origin(actor=person, account=account, via="text", room="main", proof="known_device")

    @property
    def put(self) -> Iterator[tuple[Step, PersonId]]:
        """The steps that wait for an answer, each with who answers it."""
        for step in self.incident.steps:
            state = self.incident.progress.get(step.id)
            if state is not None and state.progress == "open":
                yield step, self.incident.owner(state.role) or self.officer

    def answers_all(self, fear: int) -> None:
        """`fear` is the answer to the question how much fear of disorder there is (B4): 1 is too little to act upon."""
        self.fear = fear
        while put := list(self.put):
            self.after(minutes=1)
            for step, person in put:
                self.answer(step, self.by(person))

    def answer(self, step: Step, by: Origin) -> None:
        if step.decision is not None:
            option = self.fear if step.decision == "B4" else 1
            self.do(c.TakeDecision(point=step.decision, option=option, capacity="on_behalf", by=by))
        if not finished(self.incident, step):
            self.do(c.FinishStep(step=step.id, by=by))

    def messages(self) -> Iterator[m.Message]:
        incident = Incident(self.incident.id)
        for entry, at in self.told:
            incident = evolve(incident, entry, at)
            yield from announce(incident, entry, at)


@pytest.mark.parametrize("fear", [1, 3])
@pytest.mark.parametrize("playbook", SHIPPED)
def test_a_playbook_ends_finished_with_every_required_step_done_or_with_a_reason(
    reference: Reference, playbook: PlaybookId, fear: int
) -> None:
    walk = Walk(reference, playbook)
    assert [p.id for p in walk.incident.playbooks] == [playbook]
    walk.answers_all(fear)
    by = walk.by(walk.officer)
    walk.do(c.ProposeClosing(by=by))
    walk.do(c.CloseIncident(reason="de rest volgt" if required_left(walk.incident) else "", by=by))
    before = {s.id for s in walk.incident.steps if is_aftercare(walk.incident, s) and finished(walk.incident, s)}
    assert before == set(), "the aftercare is for after the end"
    walk.after(days=4).tick()
    walk.answers_all(fear)
    assert {"BA18", "BA19", "BA20"} <= {s for s, state in walk.incident.progress.items() if state.progress == "done"}
    assert steps_left(walk.incident) == ()
    walk.after(days=7, seconds=1).tick()

    assert walk.incident.state == "finished"
    assert next(entry for entry, _ in walk.told if isinstance(entry, e.IncidentFinished)).left == ()
    closed = next(entry for entry, _ in walk.told if isinstance(entry, e.IncidentClosed))
    for step in walk.incident.steps:
        accounted = finished(walk.incident, step) or (step.id in closed.left and closed.reason != "")
        assert accounted or not walk.incident.applies(step), step.id
    hanging = {s.id for s in walk.incident.steps if s.when}
    assert {s.id for s in walk.incident.steps if not walk.incident.applies(s)} == (hanging if fear == 1 else set())
    assert {x.step for x, _ in walk.told if isinstance(x, e.StepBecameDue)} == (set() if fear == 1 else hanging)


def test_a_step_keeps_its_number_when_another_playbook_starts_and_the_earliest_is_put_first(
    reference: Reference,
) -> None:
    walk = Walk(reference, PlaybookId("PB07"))
    before = walk.incident.steps
    walk.do(c.StartPlaybook(playbook=PlaybookId("PB01"), by=walk.by(walk.officer)))
    added = walk.incident.steps[len(before) :]
    assert walk.incident.steps[: len(before)] == before
    assert [s.due for s in added] == sorted(s.due for s in added)
    assert {s.id for s in added} == {f"PB01-{n}" for n in range(1, 12)}
    known, started = {s.id: s for s in walk.incident.steps}, len(walk.told)
    walk.answers_all(fear=3)
    opened = [known[x.step] for x, _ in walk.told[started:] if isinstance(x, e.StepOpened) and x.role == "melder"]
    dues = [step.due for step in opened if not step.when]
    assert dues == sorted(dues)
    assert {"PB07", "PB01"} < {step.id[:4] for step in opened}


@pytest.mark.parametrize("playbook", [*SHIPPED, BASE])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_a_playbook_fits_a_phone_and_stands_there_whole(
    reference: Reference, playbook: PlaybookId, lang: str
) -> None:
    for nr, step in enumerate(reference.playbooks[playbook].steps, start=1):
        text = step.text.nl if lang == "nl" else step.text.en
        where = {"to": m.To("room", "main"), "lang": lang, "number": "2026-014"}
        shown = m.StepShown(
            step=step.id, nr=nr, total=32, text=step.text, role=step.via or step.role, due_at=NIGHT + step.due,
            for_role=step.role if step.via else None, help=step.help, mention=(PersonId("bakker"),), **where,  # type: ignore[arg-type]
        )  # fmt: skip
        due = m.StepDueNote(nr=nr, text=step.text, at=NIGHT, because=(m.DueCause(decision=3),), **where)  # type: ignore[arg-type]
        for message in (shown, replace(shown, exercise=True), due):
            assert is_worded(message)
            body = render(message, CATALOGUE, lambda person: f"@{person}:iog.example").body
            lines = body.split("\n")
            assert len(lines) <= MOST_LINES, body
            assert len(body) <= MOST_CHARACTERS, body
            assert len(lines[0]) <= FIRST_LINE or message is due, body
            assert text in body, body


def test_every_title_fits_the_card(reference: Reference) -> None:
    for playbook in reference.playbooks.values():
        for lang in LANGUAGES:
            where = {"to": m.To("room", "main"), "lang": lang, "number": "2026-014"}
            note = m.PlaybookNote(title=playbook.title, steps=len(playbook.steps), **where)  # type: ignore[arg-type]
            body = render(note, CATALOGUE, lambda person: None).body
            assert (playbook.title.nl if lang == "nl" else playbook.title.en) in body
