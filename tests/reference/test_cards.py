"""The files of what can be looked up: each seeded mistake is named with its place, and the shipped ones are whole."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.domain.cards import Handbook
from bot.domain.contacts import Reference
from bot.domain.playbook import PHASES
from bot.reference.cards import CARD_FILES, CardFiles, read_cards, year_ago
from bot.reference.check import check
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from tests.reference.mistakes import BASE, DECISIONS, Mistake
from tests.reference.test_check import AT, EXAMPLE, PLAYBOOKS, seeded

BASES, PHENOMENA = "playbooks/grondslagen.yaml", "playbooks/fenomenen.yaml"
SIGNALS, PLATFORMS = "playbooks/signalen.yaml", "playbooks/platforms.yaml"
LONG = "x" * 241


def line(file: str, text: str) -> int:
    """The first line of a shipped file that holds this, from 1."""
    rows = (PLAYBOOKS.parent / file).read_text(encoding="utf-8").splitlines()
    return next(n for n, row in enumerate(rows, start=1) if text in row)


WRONG = (
    Mistake(
        "a code twice",
        BASES,
        "code: GW172-3\n",
        "code: GW125\n",
        (
            f"{BASES}:{line(BASES, 'code: GW172-3')}:11: GW125 staat er al, op regel {line(BASES, 'code: GW125')}",
            f"{BASES}:{line(BASES, f'basis: [{chr(34)}GW172-3')}:13: onbekende grondslag: GW172-3 (bedoel je: GW172-1?)",
        ),
    ),
    Mistake(
        "English missing",
        PHENOMENA,
        '      en: "Call to riot"\n',
        "",
        (f"{PHENOMENA}:{line(PHENOMENA, 'Oproep tot rellen')}:7: de Engelse tekst (en) ontbreekt",),
    ),
    Mistake(
        "too long for a phone",
        PHENOMENA,
        '"Call to riot"',
        f'"{LONG[:61]}"',
        (f"{PHENOMENA}:{line(PHENOMENA, 'Call to riot')}:11: te lang voor een telefoon: 61 tekens, hoogstens 60",),
    ),
    Mistake(
        "a status that does not exist",
        BASES,
        "    status: geldend",
        "    status: zeker",
        (
            (
                f"{BASES}:{line(BASES, '    status: geldend')}:13: zeker kan hier niet; kies uit: geldend, controleer, geen_wet,"
                " geen_vaststaande_bevoegdheid, wetsvoorstel"
            ),
        ),
    ),
    Mistake(
        "a bill without a flag",
        BASES,
        "    vlag: cyberbeveiligingswet\n",
        "",
        (
            (
                f"{BASES}:{line(BASES, 'vlag: cyberbeveiligingswet') - 1}:13: een wetsvoorstel heeft een vlag nodig:"
                " vlag met de naam van de wet"
            ),
        ),
    ),
    Mistake(
        "a bill that is switched on",
        BASES,
        "vlag: cyberbeveiligingswet\n",
        "vlag: cyberbeveiligingswet\n    aan: true\n",
        (
            (
                f"{BASES}:{line(BASES, 'vlag: cyberbeveiligingswet') + 1}:10: aan kan pas als het wet is: verander dan ook de"
                " status"
            ),
        ),
    ),
    Mistake(
        "a measure on a power that nobody surely has",
        BASES,
        'basis: ["GW174"]',
        'basis: ["VERWIJDERBEVEL"]',
        (
            (
                f"{BASES}:{line(BASES, f'basis: [{chr(34)}GW174')}:13: VERWIJDERBEVEL draagt geen maatregel: geen"
                " vaststaande bevoegdheid; haal deze maatregel weg"
            ),
        ),
    ),
    Mistake(
        "a measure on a bill",
        BASES,
        'basis: ["GW174"]',
        'basis: ["WET36789"]',
        (
            (
                f"{BASES}:{line(BASES, f'basis: [{chr(34)}GW174')}:13: WET36789 draagt geen maatregel: wetsvoorstel;"
                " haal deze maatregel weg"
            ),
        ),
    ),
    Mistake(
        "an answer that the decision does not have",
        BASES,
        "optie: ouderbevel_172b",
        "optie: verwijderbevel",
        (f"{BASES}:{line(BASES, 'optie: ouderbevel')}:12: B7 heeft geen antwoord verwijderbevel",),
    ),
    Mistake(
        "a measure of an unknown decision",
        BASES,
        "besluit: B7\n    optie: waarschuwing",
        "besluit: B77\n    optie: waarschuwing",
        (f"{BASES}:{line(BASES, 'optie: waarschuwing') - 1}:14: onbekend besluit: B77",),
    ),
    Mistake(
        "a red flag of no group",
        SIGNALS,
        "code: V7",
        "code: W7",
        (f"{SIGNALS}:{line(SIGNALS, 'code: V7')}:11: geen groep met letter W",),
    ),
    Mistake(
        "a route on an unknown basis",
        PLATFORMS,
        'basis: ["TCO"]',
        'basis: ["TCX"]',
        (f"{PLATFORMS}:{line(PLATFORMS, 'TCO')}:13: onbekende grondslag: TCX",),
    ),
    Mistake(
        "an address that nobody looked up",
        PLATFORMS,
        "verdwijnt: true",
        "melden: https://snap.example/melden",
        (
            (
                f"{PLATFORMS}:{line(PLATFORMS, 'verdwijnt')}:13: zet bij gecheckt wanneer dit adres is nagezocht, of laat het"
                " leeg"
            ),
        ),
    ),
    Mistake(
        "no web address",
        PLATFORMS,
        "verdwijnt: true",
        "melden: snap.example",
        (
            (
                f"{PLATFORMS}:{line(PLATFORMS, 'verdwijnt')}:13: snap.example is geen webadres; schrijf https://… of laat het"
                " leeg"
            ),
        ),
    ),
)
# With these the bot runs; only `check` says what is unwise.
UNWISE = (
    Mistake(
        "a step on an unknown basis",
        BASE,
        "basis: [GW172-1]",
        "basis: [GW172-9]",
        (f"{BASE}:{line(BASE, 'basis: [GW172-1]')}:13: onbekende grondslag: GW172-9 (bedoel je: GW172-1?)",),
    ),
    Mistake(
        "looked up more than a year ago",
        BASES,
        "geraadpleegd: 2026-03-10",
        "geraadpleegd: 2025-11-21",
        (
            (
                f"{BASES}:{line(BASES, 'geraadpleegd')}:19: GW125 is voor het laatst nagekeken op 2025-11-21, meer dan een jaar"
                " geleden"
            ),
        ),
    ),
    Mistake("a file that is not there", SIGNALS, None, None, (f"{SIGNALS}:1:1: het bestand ontbreekt",)),
)


@pytest.mark.parametrize("mistake", [*WRONG, *UNWISE], ids=lambda mistake: mistake.name)
def test_a_seeded_mistake_is_named_with_file_line_and_column(mistake: Mistake, tmp_path: Path) -> None:
    contacts, playbooks = seeded(mistake, tmp_path)

    found = {str(problem).replace(f"{tmp_path}/", "") for problem in check(contacts, playbooks, AT)}
    assert found == set(mistake.said)
    assert isinstance(load_reference(contacts, playbooks), Broken) == (mistake in WRONG)


def test_a_directory_from_before_there_were_cards_still_serves(tmp_path: Path) -> None:
    playbooks = Path(shutil.copytree(PLAYBOOKS, tmp_path / "playbooks"))
    for name in CARD_FILES:
        (playbooks / name).unlink()

    loaded = load_reference(EXAMPLE, playbooks)
    assert isinstance(loaded, Reference)
    assert not loaded.handbook.bases
    missing = [p for p in check(EXAMPLE, playbooks, AT) if (p.line, p.column) == (1, 1)]
    assert sorted(Path(p.path).name for p in missing) == sorted(CARD_FILES)


def test_when_the_decisions_are_broken_what_refers_to_them_is_not_judged(tmp_path: Path) -> None:
    broken = Mistake("no decisions", DECISIONS, None, None, ())
    _, playbooks = seeded(broken, tmp_path)

    assert isinstance(read_cards(playbooks, None), CardFiles)


@pytest.fixture(scope="module")
def handbook() -> Handbook:
    loaded = load_reference(EXAMPLE, PLAYBOOKS)
    assert isinstance(loaded, Reference), loaded
    return loaded.handbook


def test_every_kind_of_case_and_every_red_flag_is_there(handbook: Handbook) -> None:
    assert list(handbook.phenomena) == [f"F{n:02}" for n in range(1, 14)]
    flags = {signal.code: signal.weight for group in handbook.signals for signal in group.signals}
    assert len(flags) == 38
    assert {code: weight for code, weight in flags.items() if weight < 0} == {"D1": -1, "D2": -2, "D3": -1, "D4": -1}
    assert sorted(code for code, weight in flags.items() if weight == 3) == [
        "C2",
        "K1",
        "M1",
        "M2",
        "M3",
        "T3",
        "Z1",
        "Z2",
    ]
    assert (handbook.alarm_from, handbook.follow_from) == (6, 3)


def test_no_lawyer_is_said_to_have_looked_and_no_address_to_be_checked(handbook: Handbook) -> None:
    assert {basis.checked_by for basis in handbook.bases.values()} == {""}
    assert all(basis.source and basis.consulted for basis in handbook.bases.values())
    assert {(p.report_url, p.authority_url, p.checked) for p in handbook.platforms} == {("", "", "")}


def test_pending_law_is_off_and_carries_nothing(handbook: Handbook) -> None:
    pending = {basis.flag for basis in handbook.bases.values() if basis.status == "wetsvoorstel"}
    assert pending == {
        "wet_oaov_36789",
        "wet_gegevensvergaring_oo",
        "meldpunt_burgemeesters",
        "nieuw_wetboek_sv",
        "cyberbeveiligingswet",
    }
    for basis in handbook.bases.values():
        assert not basis.on
        assert basis.carries == (basis.status in ("geldend", "controleer", "geen_wet"))


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("phenomenon", [None, *(f"F{n:02}" for n in range(1, 14))])
def test_what_no_law_carries_is_never_among_the_measures(
    handbook: Handbook, phenomenon: str | None, phase: str
) -> None:
    found = handbook.measures_for(phenomenon, phase)  # type: ignore[arg-type]
    assert found
    assert all(handbook.bases[code].carries for measure in found for code in measure.bases)
    orders = [measure for measure in found if measure.decision == "B7"]
    assert not orders or phase in ("oordeel", "besluit", "interventie")


def test_the_measures_stand_in_the_order_of_the_decision_types(handbook: Handbook) -> None:
    loaded = load_reference(EXAMPLE, PLAYBOOKS)
    assert isinstance(loaded, Reference)
    for code, left_out in (("B5", {"bestuurlijk_bevel"}), ("B7", {"geen", "verwijderbevel_36789"})):
        options = [option.id for option in loaded.decisions[code].options if option.id not in left_out]
        assert [measure.option for measure in handbook.measures if measure.decision == code] == options


def test_a_year_ago_exists_on_every_day() -> None:
    assert year_ago(date(2028, 2, 29)) == date(2027, 2, 28)
    assert year_ago(datetime(2026, 11, 22, tzinfo=UTC).date()) == date(2025, 11, 22)
