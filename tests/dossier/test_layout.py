"""What a dossier shows of each part of an incident: every decision whole, who had which task when, and what is still open."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.erased import ERASED
from bot.domain.growing import Growing
from bot.domain.ids import IncidentId, PersonId
from bot.domain.incident import Decision, Given, Incident
from bot.domain.people import Language
from bot.domain.playbook import Both
from bot.dossier.collect import Broken, Dossier, collect, tell
from bot.dossier.layout import fingerprint, lay_out
from bot.dossier.sheet import Bar, Cell, Code, Facts, Length, Ref, Section, Sentence, Sheet, Table, When
from bot.logbook.chain import EMPTY
from bot.words.catalogue import Catalogue
from tests.builders import DECISIONS, NIGHT, PLAIN, by
from tests.dossier.story import NUMBER, Night

WHO = PersonId("coordinator1")


async def told(night: Night, catalogue: Catalogue) -> Dossier:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    found = tell(stored, catalogue)
    assert not isinstance(found, Broken)
    return found


def sections(sheet: Sheet) -> dict[str, Section]:
    def below(section: Section) -> Iterator[Section]:
        yield section
        for one in section.sections:
            yield from below(one)

    return {one.id: one for section in sheet.sections for one in below(section)}


def texts(section: Section) -> list[str]:
    return [text for cell in _cells(section) for text in _said(cell)]


def _cells(section: Section) -> Iterator[Cell]:
    for block in section.blocks:
        match block:
            case Facts(rows):
                yield from (cell for _, cell in rows)
            case Table(_, rows, _):
                yield from (cell for row in rows for cell in row)
            case Sentence(text):
                yield text
    for one in section.sections:
        yield from _cells(one)


def _said(cell: Cell) -> list[str]:
    match cell:
        case tuple():
            return [text for one in cell for text in _said(one)]
        case str():
            return [cell]
        case Bar(ground):
            return [f"▒ {ground}"]
        case Code(text) | When(text, _) | Length(text, _) | Ref(text, _):
            return [text]


def test_a_decision_stands_on_a_page_of_its_own_with_every_reason(catalogue: Catalogue) -> None:
    kind = DECISIONS[0]
    given = {kind.asks[0]: Given("Rust in de wijk.", NIGHT, WHO, until=NIGHT + timedelta(hours=6))}
    decision = Decision(
        1, "Ja, opschalen.", NIGHT, WHO, point=kind.id, option=kind.options[0].id, given=given, recorder=WHO
    )
    sheet = lay_out(of(decision), "S2V5", "nl", catalogue)
    shown = sections(sheet)["decision-1"]
    assert shown.own_page
    assert sections(sheet)["timeline"].own_page  # nor does anything else stand on the page of the last one
    assert not sections(lay_out(of(), "S2V5", "nl", catalogue))["timeline"].own_page
    said = texts(shown)
    assert {"Ja, opschalen.", "Rust in de wijk.", kind.options[0].label.nl} <= set(said)
    assert {one.label.nl for one in kind.options} <= set(said)
    questions = [one.id for one in shown.sections[0].sections]
    assert len(questions) == len(set(questions)) >= 2
    assert "ontbreekt" in said  # what was asked and not answered


def of(*decisions: Decision) -> Dossier:
    incident = Incident(IncidentId("x"), number=NUMBER, playbooks=(PLAIN,), decisions=decisions)
    return Dossier(incident, (), {}, "iog.example/log/x", EMPTY, b"", 0, ())


def test_a_phenomenon_is_named_by_the_playbook_that_is_written_for_it(catalogue: Catalogue) -> None:
    book = replace(PLAIN, phenomena=("F01", "F13"), title=Both("Oproep tot rellen", "Call to riot"))

    def summary(code: str) -> list[str]:
        incident = Incident(IncidentId("x"), number=NUMBER, playbooks=(book,), phenomenon=code)
        dossier = Dossier(incident, (), {}, "iog.example/log/x", EMPTY, b"", 0, ())
        return texts(sections(lay_out(dossier, "S2V5", "nl", catalogue))["summary"])

    assert "F01 Oproep tot rellen" in summary("F01")
    assert "F13" in summary("F13")  # a turn of the year is worked by the same playbook, and is none
    assert "F02" in summary("F02")


@pytest.mark.parametrize("lang", ["nl", "en"])
async def test_each_decision_reads_as_it_was_recorded(night: Night, catalogue: Catalogue, lang: Language) -> None:
    dossier = await told(night, catalogue)
    found = sections(lay_out(dossier, "S2V5", lang, catalogue))
    recorded = [one.fact for one in dossier.facts if isinstance(one.fact, e.DecisionRecorded)]
    assert len(recorded) == 2
    for fact in recorded:
        assert fact.text in texts(found[f"decision-{fact.decision}"])


async def test_tasks_reports_actions_and_lines_are_told(night: Night, catalogue: Catalogue) -> None:
    await night.do(c.ReopenIncident(by=by("coordinator1")))
    await night.do(c.GiveDuty(duty="verslaglegger", by=by("coordinator1")))
    await night.do(c.GiveDuty(duty="verslaglegger", by=by("cter1")), minutes=10)
    await night.do(c.GiveAction(text="Camerabeelden veiligstellen", owner=WHO, by=by("coordinator1")))
    await night.do(c.RecordLine(kind="aanname", text="Er komen er meer.", by=by("cter1")), minutes=1)
    found = sections(lay_out(await told(night, catalogue), "S2V5", "nl", catalogue))
    duties = found["duties"].blocks[0]
    assert isinstance(duties, Table)
    first, second = duties.rows
    assert (first[0], first[1], second[1]) == ("verslaglegger", "Coordinator1", "Cter1")
    assert first[3] == second[2]  # one ends where the next begins
    assert "Camerabeelden veiligstellen" in texts(found["actions"])
    assert "Het plein is leeg." in texts(found["sitrep-1"])
    assert {"Er komen er meer.", "nog open"} <= set(texts(found["lines"]))


async def test_what_was_erased_is_a_bar_that_says_so(night: Night, catalogue: Catalogue) -> None:
    dossier = await told(night, catalogue)
    lines = {nr: replace(line, text=ERASED) for nr, line in dossier.incident.log_lines.items()}
    bare = replace(dossier, incident=replace(dossier.incident, log_lines=Growing(lines), text=ERASED))
    found = sections(lay_out(bare, "S2V5", "nl", catalogue))
    assert "▒ gewist" in texts(found["lines"])
    assert "▒ gewist" in texts(found["incident"])


async def test_a_document_is_as_confidential_as_its_worst_line(night: Night, catalogue: Catalogue) -> None:
    dossier = await told(night, catalogue)
    assert lay_out(dossier, "S2V5", "nl", catalogue).marks == ("intern",)
    secret = (*dossier.lines[:-1], replace(dossier.lines[-1], confidentiality="vertrouwelijk"))
    exercise = replace(dossier, lines=secret, incident=replace(dossier.incident, exercise=True))
    assert lay_out(exercise, "S2V5", "nl", catalogue).marks == ("OEFENING", "vertrouwelijk")


def test_the_fingerprint_of_a_key_can_be_read_out() -> None:
    assert fingerprint("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=") == "5647 5aa7 5463 474c 0285 df5d bf2b cab7"
    assert fingerprint("geen sleutel") == ""
