"""Every mistake that people make in the files, seeded one at a time, and what `check` must say about it.

A table and nothing else; it is longer than other modules because the mistakes are many.
"""

from dataclasses import dataclass

REGION = "contacts/regio.yaml"
MUNICIPALITIES = "contacts/gemeenten.yaml"
PEOPLE = "contacts/personen.yaml"
ROTATIONS = "contacts/roosters.yaml"
RIOT = "playbooks/PB01.yaml"
BASE = "playbooks/basis.yaml"
DECISIONS = "playbooks/besluiten.yaml"
CTER_STEP = "    rol: expert_cter\n    termijn: 25m"


@dataclass(frozen=True, slots=True)
class Mistake:
    """In `file`, the first `right` becomes `wrong`; without `right` the whole file does, and without `wrong` it goes."""

    name: str
    file: str
    right: str | None
    wrong: str | bytes | None
    said: tuple[str, ...]


MISTAKES = (
    Mistake(
        "unknown key",
        REGION,
        "taal: nl",
        "tal: nl",
        (
            "contacts/regio.yaml:3:1: verplicht veld ontbreekt: taal",
            "contacts/regio.yaml:7:1: onbekend veld: tal (bedoel je: taal?)",
        ),
    ),
    Mistake(
        "unknown key far from any",
        REGION,
        "taal: nl",
        "taal: nl\nkleur: blauw",
        ("contacts/regio.yaml:8:1: onbekend veld: kleur",),
    ),
    Mistake(
        "unknown key in a step",
        RIOT,
        "    rol: melder\n    termijn: 15m",
        "    rol: melder\n    termijn: 15m\n    verplicth: ja",
        ("playbooks/PB01.yaml:23:5: onbekend veld: verplicth (bedoel je: verplicht?)",),
    ),
    Mistake(
        "unknown key in a flow block",
        REGION,
        "{wie: reserve, wacht: 5m,",
        "{wie: reserve, wachten: 5m,",
        (
            "contacts/regio.yaml:14:7: verplicht veld ontbreekt: wacht",
            "contacts/regio.yaml:14:22: onbekend veld: wachten (bedoel je: wacht?)",
        ),
    ),
    Mistake(
        "duplicate key",
        REGION,
        "taal: nl",
        "taal: nl\nserver: ander.example",
        ("contacts/regio.yaml:8:1: dubbele sleutel: server (staat al op regel 4)",),
    ),
    Mistake(
        "duplicate key in a step",
        RIOT,
        "    rol: melder\n    termijn: 15m",
        "    rol: melder\n    termijn: 15m\n    rol: om",
        ("playbooks/PB01.yaml:23:5: dubbele sleutel: rol (staat al op regel 21)",),
    ),
    Mistake(
        "missing key",
        PEOPLE,
        '    organisatie: Gemeente Waterbrug\n    accounts: ["@bakker',
        '    accounts: ["@bakker',
        ("contacts/personen.yaml:5:5: verplicht veld ontbreekt: organisatie",),
    ),
    Mistake(
        "unknown person in a rotation",
        ROTATIONS,
        "eerste: [jansen, devries]",
        "eerste: [jansen, devreis]",
        ("contacts/roosters.yaml:13:22: onbekende persoon: devreis (bedoel je: devries?)",),
    ),
    Mistake(
        "unknown person in the fallback",
        REGION,
        "terugval: [vandijk, smit]",
        "terugval: [zzzzzz, smit]",
        ("contacts/regio.yaml:9:12: onbekende persoon: zzzzzz",),
    ),
    Mistake(
        "duplicate person",
        PEOPLE,
        "  - id: visser",
        "  - id: bakker",
        ("contacts/personen.yaml:11:9: persoon bakker staat er al, op regel 5",),
    ),
    Mistake(
        "duplicate account",
        PEOPLE,
        '["@visser:iog.example"]',
        '["@bakker:iog.example"]',
        ("contacts/personen.yaml:14:16: account @bakker:iog.example is al van bakker, op regel 8",),
    ),
    Mistake(
        "break-glass account of a person",
        PEOPLE,
        '["@visser:iog.example"]',
        '["@nood:iog.example"]',
        ("contacts/personen.yaml:14:16: account @nood:iog.example is al van noodaccount, op regel 8",),
    ),
    Mistake(
        "account on another server",
        PEOPLE,
        '["@visser:iog.example"]',
        '["@visser:elders.example"]',
        (
            (
                "contacts/personen.yaml:14:16: @visser:elders.example staat op een andere server dan iog.ex"
                "ample; dat mag alleen met federatie: true"
            ),
        ),
    ),
    Mistake(
        "account without quotes",
        PEOPLE,
        '["@visser:iog.example"]',
        "[@visser:iog.example]",
        ("contacts/personen.yaml:14:16: een waarde die met @ begint moet tussen aanhalingstekens",),
    ),
    Mistake(
        "account that is a name",
        PEOPLE,
        '["@visser:iog.example"]',
        '["visser"]',
        ("contacts/personen.yaml:14:16: visser is geen Matrix-account; schrijf @naam:server",),
    ),
    Mistake(
        "person in a rotation without the role",
        ROTATIONS,
        "eerste: [jansen, devries]",
        "eerste: [jansen, deboer]",
        ("contacts/roosters.yaml:13:22: deboer heeft de rol expert_cyber niet",),
    ),
    Mistake(
        "unknown municipality",
        PEOPLE,
        "    rollen: [melder]\n    gemeente: waterbrug\n  - id: visser",
        "    rollen: [melder]\n    gemeente: waterburg\n  - id: visser",
        ("contacts/personen.yaml:10:15: onbekende gemeente: waterburg",),
    ),
    Mistake(
        "reporter without municipality",
        PEOPLE,
        "    rollen: [melder]\n    gemeente: waterbrug\n  - id: visser",
        "    rollen: [melder]\n  - id: visser",
        ("contacts/personen.yaml:9:13: wie melder of burgemeester is heeft een gemeente nodig",),
    ),
    Mistake(
        "municipality named twice",
        MUNICIPALITIES,
        "ook: [Polder-dam, pdam]",
        "ook: [Polder-dam, WATERBRUG]",
        ("contacts/gemeenten.yaml:9:23: waterbrug staat er al, op regel 4",),
    ),
    Mistake(
        "two municipalities on one square",
        MUNICIPALITIES,
        "ook: [Polder-dam, pdam]",
        "tegel: {rij: 1, kolom: 2, kort: Pol}\n  - id: dijkstad\n    naam: Dijkstad\n    tegel: {kort: Dijk, kolom: 2, rij: 1}",
        ("contacts/gemeenten.yaml:12:40: hier ligt Polderdam al, of die heet in het kort net zo (regel 9)",),
    ),
    Mistake(
        "two municipalities with one short name",
        MUNICIPALITIES,
        "ook: [Polder-dam, pdam]",
        "tegel: {rij: 1, kolom: 2, kort: Pol}\n  - id: dijkstad\n    naam: Dijkstad\n    tegel: {rij: 1, kolom: 3, kort: POL}",
        ("contacts/gemeenten.yaml:12:37: hier ligt Polderdam al, of die heet in het kort net zo (regel 9)",),
    ),
    Mistake(
        "a square off the top and one too far",
        MUNICIPALITIES,
        "ook: [Polder-dam, pdam]",
        "tegel: {rij: -1, kolom: 13, kort: Polderdam}",
        (
            "contacts/gemeenten.yaml:9:18: moet minstens 1 zijn",
            "contacts/gemeenten.yaml:9:29: mag hoogstens 12 zijn",
            "contacts/gemeenten.yaml:9:39: te lang voor een telefoon: 9 tekens, hoogstens 7",
        ),
    ),
    Mistake(
        "a municipality off the map",
        MUNICIPALITIES,
        "ook: [Polder-dam, pdam]",
        "tegel: {rij: 1, kolom: 2, kort: Pol}",
        (
            "contacts/gemeenten.yaml:4:9: Waterbrug heeft geen tegel en staat niet op de kaart van het regionale beeld",
            "contacts/gemeenten.yaml:10:9: Nieuwkerk heeft geen tegel en staat niet op de kaart van het regionale beeld",
        ),
    ),
    Mistake(
        "unknown role",
        PEOPLE,
        "    rollen: [burgemeester]",
        "    rollen: [burgemeetser]",
        ("contacts/personen.yaml:46:14: onbekende rol: burgemeetser (bedoel je: burgemeester?)",),
    ),
    Mistake(
        "mayor of no municipality",
        PEOPLE,
        "    rollen: [burgemeester]\n    gemeente: waterbrug",
        "    rollen: [burgemeester]",
        ("contacts/personen.yaml:46:13: wie melder of burgemeester is heeft een gemeente nodig",),
    ),
    Mistake(
        "unknown role in a step",
        RIOT,
        "    rol: expert_cter\n    termijn: 25m",
        "    rol: expert_cters\n    termijn: 25m",
        ("playbooks/PB01.yaml:30:10: onbekende rol: expert_cters (bedoel je: expert_cter?)",),
    ),
    Mistake(
        "unknown role in via",
        RIOT,
        "via: {burgemeester: melder}",
        "via: {burgemeestr: melder}",
        ("playbooks/PB01.yaml:9:7: onbekende rol: burgemeestr (bedoel je: burgemeester?)",),
    ),
    Mistake(
        "stand-in who is not paged",
        RIOT,
        "via: {burgemeester: melder}",
        "via: {burgemeester: jurist}",
        (
            (
                "playbooks/PB01.yaml:8:11: stap BA13: niemand krijgt een oproep als burgemeester; zet burge"
                "meester bij oproepen of via"
            ),
            "playbooks/PB01.yaml:9:21: via jurist: die rol krijgt zelf geen oproep",
        ),
    ),
    Mistake(
        "step's role without a page",
        RIOT,
        "    rol: melder\n    termijn: 15m",
        "    rol: jurist\n    termijn: 15m",
        (
            (
                "playbooks/PB01.yaml:21:10: stap PB01-1: niemand krijgt een oproep als jurist; zet jurist b"
                "ij oproepen of via"
            ),
        ),
    ),
    Mistake(
        "base step's role without a page",
        BASE,
        "via: {burgemeester: melder, om: coordinator}",
        "via: {burgemeester: melder}",
        (("playbooks/basis.yaml:104:10: stap BA10: niemand krijgt een oproep als om; zet om bij oproepen of via"),),
    ),
    Mistake(
        "called role without rotation",
        RIOT,
        "oproepen: [politie, om,",
        "oproepen: [politie, burgemeester, om,",
        ("playbooks/PB01.yaml:8:21: geen rooster voor burgemeester: een oproep komt bij niemand aan",),
    ),
    Mistake(
        "brigade role without rotation",
        ROTATIONS,
        (
            "  - rol: expert_zorg\n    wissel: week\n    vanaf: 2026-01-05 08:00\n    eerste: [vandenberg,"
            " brouwer]\n    reserve: [brouwer, vandenberg]\n"
        ),
        "",
        (
            "contacts/regio.yaml:16:60: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB03.yaml:8:21: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB04.yaml:8:25: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB05.yaml:8:42: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB06.yaml:8:12: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB09.yaml:8:25: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB10.yaml:8:33: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
            "playbooks/PB12.yaml:8:12: geen rooster voor expert_zorg: een oproep komt bij niemand aan",
        ),
    ),
    Mistake(
        "no coordinator on call",
        ROTATIONS,
        (
            "  - rol: coordinator\n    wissel: week\n    vanaf: 2026-01-05 08:00\n    eerste: [vandijk, sm"
            "it]\n    reserve: [smit, vandijk]\n"
        ),
        "",
        ("contacts/roosters.yaml:5:3: geen rooster voor coordinator: een oproep komt bij niemand aan",),
    ),
    Mistake(
        "empty order",
        ROTATIONS,
        "eerste: [jansen, devries]",
        "eerste: []",
        ("contacts/roosters.yaml:13:13: deze lijst mag niet leeg zijn",),
    ),
    Mistake(
        "rotation that starts in the future",
        ROTATIONS,
        "  - rol: expert_cyber\n    wissel: week\n    vanaf: 2026-01-05 08:00",
        "  - rol: expert_cyber\n    wissel: week\n    vanaf: 2026-11-30 08:00",
        (
            (
                "contacts/roosters.yaml:12:12: gat in het rooster: expert_cyber (eerste) heeft van 2026-11-"
                "22 13:00 tot 2026-11-30 08:00 niemand"
            ),
            (
                "contacts/roosters.yaml:12:12: gat in het rooster: expert_cyber (reserve) heeft van 2026-11"
                "-22 13:00 tot 2026-11-30 08:00 niemand"
            ),
        ),
    ),
    Mistake(
        "rotation that starts after the horizon",
        ROTATIONS,
        "  - rol: expert_cyber\n    wissel: week\n    vanaf: 2026-01-05 08:00",
        "  - rol: expert_cyber\n    wissel: week\n    vanaf: 2027-06-07 08:00",
        (
            (
                "contacts/roosters.yaml:12:12: gat in het rooster: expert_cyber (eerste) heeft van 2026-11-"
                "22 13:00 tot 2026-12-06 13:00 niemand"
            ),
            (
                "contacts/roosters.yaml:12:12: gat in het rooster: expert_cyber (reserve) heeft van 2026-11"
                "-22 13:00 tot 2026-12-06 13:00 niemand"
            ),
        ),
    ),
    Mistake(
        "same person in both layers",
        ROTATIONS,
        "reserve: [devries, jansen]",
        "reserve: [jansen, devries]",
        ("contacts/roosters.yaml:14:14: devries is eerste én reserve van expert_cyber op 2026-11-22 13:00",),
    ),
    Mistake(
        "same person in both layers later",
        ROTATIONS,
        "    eerste: [jansen, devries]\n    reserve: [devries, jansen]",
        "    eerste: [jansen, devries]\n    reserve: [devries, devries, jansen]",
        ("contacts/roosters.yaml:14:14: devries is eerste én reserve van expert_cyber op 2026-11-22 13:00",),
    ),
    Mistake(
        "the same rotation twice",
        ROTATIONS,
        "  - rol: expert_cter\n",
        (
            "  - rol: expert_cyber\n    wissel: dag\n    vanaf: 2026-01-05 08:00\n    eerste: [jansen]\n   "
            " reserve: [devries]\n  - rol: expert_cter\n"
        ),
        ("contacts/roosters.yaml:15:10: rooster expert_cyber vanaf dit moment staat er al, op regel 10",),
    ),
    Mistake(
        "not a moment",
        ROTATIONS,
        "    vanaf: 2026-01-05 08:00\n    eerste: [jansen, devries]",
        "    vanaf: maandag\n    eerste: [jansen, devries]",
        ("contacts/roosters.yaml:12:12: maandag is geen moment; schrijf bijvoorbeeld 2026-01-05 08:00",),
    ),
    Mistake(
        "a day that does not exist",
        ROTATIONS,
        "    vanaf: 2026-01-05 08:00\n    eerste: [jansen, devries]",
        "    vanaf: 2026-02-30 08:00\n    eerste: [jansen, devries]",
        (("contacts/roosters.yaml:12:12: 2026-02-30 08:00 is geen moment; schrijf bijvoorbeeld 2026-01-05 08:00"),),
    ),
    Mistake(
        "a time of day as duration",
        REGION,
        "{wie: eerste, wacht: 5m,",
        "{wie: eerste, wacht: 12:30,",
        (
            (
                "contacts/regio.yaml:13:28: 12:30 is een kloktijd, geen duur; schrijf bijvoorbeeld 12m (min"
                "uten) of 12u (uren)"
            ),
        ),
    ),
    Mistake(
        "a time of day as term",
        RIOT,
        "termijn: 15m",
        "termijn: 12:30",
        (
            (
                "playbooks/PB01.yaml:22:14: 12:30 is een kloktijd, geen duur; schrijf bijvoorbeeld 12m (min"
                "uten) of 12u (uren)"
            ),
        ),
    ),
    Mistake(
        "duration without unit",
        REGION,
        "bedenktijd: 30s",
        "bedenktijd: 30",
        ("contacts/regio.yaml:17:15: een duur heeft een eenheid: 30s, 30m, 30u of 30d",),
    ),
    Mistake(
        "no duration at all",
        REGION,
        "bedenktijd: 30s",
        "bedenktijd: even",
        ("contacts/regio.yaml:17:15: even is geen duur; schrijf bijvoorbeeld 30s, 5m, 2u of 7d",),
    ),
    Mistake(
        "number where text is expected",
        REGION,
        "naam: Regio Deltaland",
        "naam: 112",
        ("contacts/regio.yaml:3:7: hier hoort tekst, geen getal; zet er aanhalingstekens omheen",),
    ),
    Mistake(
        "list where text is expected",
        REGION,
        "naam: Regio Deltaland",
        "naam: [Regio]",
        ("contacts/regio.yaml:3:7: hier hoort tekst, geen lijst",),
    ),
    Mistake(
        "text where a list is expected",
        REGION,
        "terugval: [vandijk, smit]",
        "terugval: vandijk",
        ("contacts/regio.yaml:9:11: hier hoort een lijst, geen tekst",),
    ),
    Mistake(
        "text where a truth is expected",
        REGION,
        "federatie: false",
        "federatie: nee",
        ("contacts/regio.yaml:5:12: hier hoort true of false, geen tekst",),
    ),
    Mistake(
        "text where a block is expected",
        RIOT,
        "titel:\n  nl: Oproep tot rellen\n  en: Call to riot",
        "titel: Oproep tot rellen",
        ("playbooks/PB01.yaml:4:8: hier hoort een blok met velden, geen tekst",),
    ),
    Mistake(
        "nothing where text is expected",
        REGION,
        "naam: Regio Deltaland",
        "naam:",
        ("contacts/regio.yaml:3:6: hier hoort tekst, geen lege waarde",),
    ),
    Mistake(
        "unknown choice",
        ROTATIONS,
        "    wissel: dag\n    vanaf: 2026-01-05 07:00\n    eerste: [dejong",
        "    wissel: maand\n    vanaf: 2026-01-05 07:00\n    eerste: [dejong",
        ("contacts/roosters.yaml:31:13: maand kan hier niet; schrijf dag, week, 2 weken, 3 dagen of 12u",),
    ),
    Mistake(
        "too many repeats",
        REGION,
        "herhaal: 2,",
        "herhaal: 50,",
        ("contacts/regio.yaml:15:47: mag hoogstens 10 zijn",),
    ),
    Mistake(
        "unknown time zone",
        REGION,
        "tijdzone: Europe/Amsterdam",
        "tijdzone: Europe/Amsterdm",
        (("contacts/regio.yaml:6:11: onbekende tijdzone: Europe/Amsterdm; schrijf bijvoorbeeld Europe/Amsterdam"),),
    ),
    Mistake(
        "time zone that is a path",
        REGION,
        "tijdzone: Europe/Amsterdam",
        "tijdzone: ../../etc/passwd",
        (("contacts/regio.yaml:6:11: onbekende tijdzone: ../../etc/passwd; schrijf bijvoorbeeld Europe/Amsterdam"),),
    ),
    Mistake(
        "an id with capitals",
        MUNICIPALITIES,
        "id: polderdam",
        "id: Polderdam",
        (
            (
                "contacts/gemeenten.yaml:7:9: Polderdam kan geen id zijn: kleine letters, cijfers en streep"
                "jes, begin met een letter"
            ),
        ),
    ),
    Mistake(
        "block where names go",
        RIOT,
        "via: {burgemeester: melder}",
        "via: melder",
        ("playbooks/PB01.yaml:9:6: hier hoort een blok met velden, geen tekst",),
    ),
    Mistake(
        "misspelt key in a step",
        RIOT,
        "termijn: 15m",
        "termjin: 15m",
        (
            "playbooks/PB01.yaml:16:5: verplicht veld ontbreekt: termijn",
            "playbooks/PB01.yaml:22:5: onbekend veld: termjin (bedoel je: termijn?)",
        ),
    ),
    Mistake(
        "missing English",
        RIOT,
        (
            "      nl: Vraag jongerenwerk en scholen of dit leeft.\n      en: Ask youth work and schools"
            " whether this is alive among the young.\n"
        ),
        "      nl: Vraag jongerenwerk en scholen of dit leeft.\n",
        ("playbooks/PB01.yaml:36:7: de Engelse tekst (en) ontbreekt",),
    ),
    Mistake(
        "empty English",
        RIOT,
        "      en: Ask youth work and schools whether this is alive among the young.",
        '      en: ""',
        ("playbooks/PB01.yaml:37:11: de Engelse tekst (en) ontbreekt",),
    ),
    Mistake(
        "text too long for a phone",
        RIOT,
        "      nl: Vraag jongerenwerk en scholen of dit leeft.",
        "      nl: " + "Vraag jongerenwerk en scholen of dit leeft. " * 3,
        ("playbooks/PB01.yaml:36:11: te lang voor een telefoon: 131 tekens, hoogstens 120",),
    ),
    Mistake(
        "id is not the file's name",
        RIOT,
        "id: PB01\n",
        "id: PB02\n",
        ("playbooks/PB01.yaml:3:5: id PB02 hoort in PB02.yaml",),
    ),
    Mistake(
        "step id twice",
        RIOT,
        "id: PB01-2",
        "id: PB01-1",
        ("playbooks/PB01.yaml:25:9: stap PB01-1 staat er al",),
    ),
    Mistake(
        "step id of the base",
        RIOT,
        "id: PB01-2",
        "id: BA01",
        ("playbooks/PB01.yaml:25:9: stap BA01 staat er al",),
    ),
    Mistake(
        "unknown decision",
        RIOT,
        "besluit: B8",
        "besluit: B18",
        ("playbooks/PB01.yaml:48:14: onbekend besluit: B18",),
    ),
    Mistake(
        "decision that is no code",
        RIOT,
        "besluit: B8",
        "besluit: opruiing",
        ("playbooks/PB01.yaml:48:14: opruiing kan hier niet; schrijf bijvoorbeeld B1",),
    ),
    Mistake(
        "decision twice",
        DECISIONS,
        "  - id: B2\n",
        "  - id: B1\n",
        (
            "playbooks/basis.yaml:76:14: onbekend besluit: B2",
            "playbooks/besluiten.yaml:129:9: B1 staat er al, op regel 99",
        ),
    ),
    Mistake(
        "option twice",
        DECISIONS,
        "{id: volgen_zonder",
        "{id: niet_inzetten, nl: Niet, en: Not}\n      - {id: volgen_zonder",
        ("playbooks/besluiten.yaml:106:14: niet_inzetten staat er al, op regel 105",),
    ),
    Mistake(
        "unknown phenomenon",
        RIOT,
        "fenomenen: [F01, F13]",
        "fenomenen: [F01, F14]",
        ("playbooks/PB01.yaml:7:18: onbekend fenomeen: F14",),
    ),
    Mistake(
        "condition without a kind",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{is: gedaan}]",
        ("playbooks/PB01.yaml:32:11: een voorwaarde noemt één ding: besluit, stap of fenomeen",),
    ),
    Mistake(
        "condition of two kinds",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{stap: PB01-1, fenomeen: F01, is: gedaan}]",
        ("playbooks/PB01.yaml:32:11: een voorwaarde noemt één ding: besluit, stap of fenomeen",),
    ),
    Mistake(
        "condition on an unknown decision",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{besluit: B44, is: [aannemelijk]}]",
        ("playbooks/PB01.yaml:32:21: onbekend besluit: B44",),
    ),
    Mistake(
        "condition on an answer that the decision does not have",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{besluit: B4, is: [aannemelijk, misschien]}]",
        ("playbooks/PB01.yaml:32:43: B4 heeft geen antwoord misschien",),
    ),
    Mistake(
        "condition on a decision without an answer",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{besluit: B4}]",
        ("playbooks/PB01.yaml:32:11: hier ontbreekt het antwoord: is",),
    ),
    Mistake(
        "condition on a step of another playbook",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{stap: PB03-1, is: gedaan}]",
        ("playbooks/PB01.yaml:32:18: stap PB03-1 staat niet in dit draaiboek en niet in de basis",),
    ),
    Mistake(
        "condition on a step that ends otherwise",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{stap: PB01-1, is: misschien}]",
        ("playbooks/PB01.yaml:32:30: een stap is gedaan of nvt, niet misschien",),
    ),
    Mistake(
        "condition on an unknown phenomenon",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{fenomeen: F77}]",
        ("playbooks/PB01.yaml:32:22: onbekend fenomeen: F77",),
    ),
    Mistake(
        "condition on a phenomenon with an answer",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{fenomeen: F07, is: gedaan}]",
        ("playbooks/PB01.yaml:32:31: bij fenomeen hoort geen antwoord",),
    ),
    Mistake(
        "unknown field in a condition",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{stapp: PB01-1, is: gedaan}]",
        ("playbooks/PB01.yaml:32:12: onbekend veld: stapp (bedoel je: stap?)",),
    ),
    Mistake(
        "no conditions",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: []",
        ("playbooks/PB01.yaml:32:10: deze lijst mag niet leeg zijn",),
    ),
    Mistake(
        "step that waits for itself",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    als: [{stap: PB01-2, is: gedaan}]",
        ("playbooks/PB01.yaml:32:10: deze voorwaarden wachten op elkaar: PB01-2 → PB01-2",),
    ),
    Mistake(
        "steps that wait for each other",
        RIOT,
        CTER_STEP + "\n    log: [duiding]\n  - id: PB01-3\n",
        CTER_STEP
        + "\n    als: [{stap: PB01-3, is: nvt}]\n    log: [duiding]"
        + "\n  - id: PB01-3\n    als: [{stap: PB01-2, is: gedaan}]\n",
        ("playbooks/PB01.yaml:32:10: deze voorwaarden wachten op elkaar: PB01-2 → PB01-3 → PB01-2",),
    ),
    Mistake(
        "four eyes without a decision",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    vier_ogen: true",
        ("playbooks/PB01.yaml:32:16: vier_ogen hoort bij een stap met een besluit",),
    ),
    Mistake(
        "help from a card that is not there",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    hulp: B77",
        ("playbooks/PB01.yaml:32:11: er is geen kaart B77",),
    ),
    Mistake(
        "required without a truth",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    verplicht: ja",
        ("playbooks/PB01.yaml:32:16: hier hoort true of false, geen tekst",),
    ),
    Mistake(
        "a time of day before the expected moment",
        RIOT,
        CTER_STEP,
        CTER_STEP + "\n    voor: 20:00",
        (
            "playbooks/PB01.yaml:32:11: 20:00 is een kloktijd, geen duur; schrijf bijvoorbeeld 12m (minuten) of 12u (uren)",
        ),
    ),
    Mistake(
        "unknown phase",
        RIOT,
        "    fase: oordeel",
        "    fase: denken",
        (
            (
                "playbooks/PB01.yaml:42:11: denken kan hier niet; kies uit: alarm, beeld, oordeel, besluit,"
                " interventie, communicatie, nafase"
            ),
        ),
    ),
    Mistake(
        "name of another playbook",
        RIOT,
        "namen: [rellen,",
        "namen: [Weggeefactie, rellen,",
        ("playbooks/PB03.yaml:10:9: weggeefactie is al een naam van PB01",),
    ),
    Mistake(
        "review date passed",
        RIOT,
        "geldig_vanaf: 2026-11-01\nherzien_voor: 2027-11-01",
        "geldig_vanaf: 2025-11-01\nherzien_voor: 2026-11-22",
        ("playbooks/PB01.yaml:13:15: dit draaiboek moest voor 2026-11-22 herzien zijn",),
    ),
    Mistake(
        "review before validity",
        RIOT,
        "herzien_voor: 2027-11-01",
        "herzien_voor: 2026-10-01",
        ("playbooks/PB01.yaml:13:15: herzien_voor ligt niet na geldig_vanaf",),
    ),
    Mistake(
        "not a date",
        RIOT,
        "herzien_voor: 2027-11-01",
        "herzien_voor: volgend jaar",
        ("playbooks/PB01.yaml:13:15: volgend jaar is geen datum; schrijf jjjj-mm-dd",),
    ),
    Mistake(
        "anchor bomb",
        MUNICIPALITIES,
        "gemeenten:",
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\ngemeenten:",
        (
            (
                "contacts/gemeenten.yaml:3:4: ankers en verwijzingen (& en *) mogen niet; schrijf de waarde"
                " voluit of zet er aanhalingstekens omheen"
            ),
        ),
    ),
    Mistake(
        "alias",
        MUNICIPALITIES,
        "gemeenten:",
        "gemeenten: *alle\nmeer:",
        (
            (
                "contacts/gemeenten.yaml:3:12: ankers en verwijzingen (& en *) mogen niet; schrijf de waard"
                "e voluit of zet er aanhalingstekens omheen"
            ),
        ),
    ),
    Mistake(
        "tag",
        MUNICIPALITIES,
        "id: waterbrug",
        "id: !!python/object:os.system waterbrug",
        (("contacts/gemeenten.yaml:4:9: labels (!) mogen niet; haal het weg of zet aanhalingstekens om de waarde"),),
    ),
    Mistake(
        "deep nesting",
        MUNICIPALITIES,
        "gemeenten:",
        "gemeenten: " + "[" * 40 + "]" * 40 + "\nmeer:",
        ("contacts/gemeenten.yaml:3:31: te diep genest: meer dan 20 lagen",),
    ),
    Mistake(
        "list as key",
        MUNICIPALITIES,
        "gemeenten:",
        "[a, b]: c\ngemeenten:",
        ("contacts/gemeenten.yaml:3:1: hier hoort een naam als sleutel, geen lijst of blok",),
    ),
    Mistake(
        "second document",
        MUNICIPALITIES,
        "  - id: polderdam",
        "---\n  - id: polderdam",
        ("contacts/gemeenten.yaml:7:1: één document per bestand: haal --- weg",),
    ),
    Mistake(
        "tab",
        MUNICIPALITIES,
        "    naam: Waterbrug",
        "\tnaam: Waterbrug",
        ("contacts/gemeenten.yaml:5:1: tab in de inspringing; gebruik spaties",),
    ),
    Mistake(
        "colon inside the text",
        REGION,
        "naam: Regio Deltaland",
        "naam: Regio: Deltaland",
        (("contacts/regio.yaml:3:12: een dubbele punt met spatie in de tekst: zet de tekst tussen aanhalingstekens"),),
    ),
    Mistake(
        "quote not closed",
        REGION,
        '"@nood:iog.example"',
        '"@nood:iog.example',
        ("contacts/regio.yaml:8:14: een aanhalingsteken is niet gesloten",),
    ),
    Mistake(
        "bracket not closed",
        REGION,
        "terugval: [vandijk, smit]",
        "terugval: [vandijk, smit",
        ("contacts/regio.yaml:9:11: een lijst of blok is niet gesloten: ] of } ontbreekt",),
    ),
    Mistake(
        "wrong indentation",
        MUNICIPALITIES,
        "    naam: Waterbrug",
        "   naam: Waterbrug",
        ("contacts/gemeenten.yaml:5:4: hier hoort een streepje (-) van de lijst; kijk naar de inspringing",),
    ),
    Mistake(
        "colon missing",
        REGION,
        "taal: nl",
        "taal nl",
        ("contacts/regio.yaml:8:1: hier ontbreekt een dubbele punt",),
    ),
    Mistake(
        "invisible character",
        REGION,
        "naam: Regio Deltaland",
        "naam: Regio\u202e Deltaland",
        ("contacts/regio.yaml:3:12: onzichtbaar teken U+202E mag hier niet; haal het weg",),
    ),
    Mistake(
        "number of 5000 digits",
        REGION,
        "naam: Regio Deltaland",
        "naam: " + "1" * 5000,
        (("contacts/regio.yaml:3:7: dit getal is te lang; bedoel je tekst, zet er dan aanhalingstekens omheen"),),
    ),
    Mistake(
        "empty file",
        MUNICIPALITIES,
        None,
        "",
        ("contacts/gemeenten.yaml:1:1: het bestand is leeg",),
    ),
    Mistake(
        "only a comment",
        MUNICIPALITIES,
        None,
        "# nog te doen\n",
        ("contacts/gemeenten.yaml:1:1: het bestand is leeg",),
    ),
    Mistake(
        "file is a list",
        MUNICIPALITIES,
        None,
        "- a\n- b\n",
        ("contacts/gemeenten.yaml:1:1: hier hoort een blok met velden, geen lijst",),
    ),
    Mistake(
        "not UTF-8",
        PEOPLE,
        "naam: Bakker",
        b"naam: B\xe4kker",
        ("contacts/personen.yaml:6:12: geen UTF-8 (byte 0xe4); sla het bestand op als UTF-8",),
    ),
    Mistake(
        "300 KiB",
        PEOPLE,
        None,
        "# " + "x" * 300 * 1024 + "\n",
        ("contacts/personen.yaml:1:1: het bestand is groter dan 256 KiB; splits of kort het in",),
    ),
    Mistake(
        "file missing",
        REGION,
        None,
        None,
        ("contacts/regio.yaml:1:1: het bestand ontbreekt",),
    ),
    Mistake(
        "base missing",
        BASE,
        None,
        None,
        ("playbooks/basis.yaml:1:1: het bestand ontbreekt",),
    ),
    Mistake(
        "yml",
        "contacts/extra.yml",
        None,
        "a: 1\n",
        ("contacts/extra.yml:1:1: de naam moet op .yaml eindigen, niet op .yml",),
    ),
    Mistake(
        "misspelt file name",
        "contacts/persoon.yaml",
        None,
        "a: 1\n",
        (
            (
                "contacts/persoon.yaml:1:1: dit bestand hoort hier niet; verwacht: regio.yaml, gemeenten.ya"
                "ml, personen.yaml, roosters.yaml"
            ),
        ),
    ),
    Mistake(
        "stray file among the playbooks",
        "playbooks/rellen.yaml",
        None,
        "a: 1\n",
        (
            (
                "playbooks/rellen.yaml:1:1: dit bestand hoort hier niet; verwacht: basis.yaml, besluiten.yaml,"
                " grondslagen.yaml, fenomenen.yam…"
            ),
        ),
    ),
    Mistake(
        "a rolling order beside a first",
        ROTATIONS,
        "    volgorde:\n      - prins\n      - kramer\n",
        "    volgorde:\n      - prins\n      - kramer\n    eerste: [prins]\n    reserve: [kramer]\n",
        (
            "contacts/roosters.yaml:63:13: eerste kan niet naast volgorde: de volgende in de rij is reserve",
            "contacts/roosters.yaml:64:14: reserve kan niet naast volgorde: de volgende in de rij is reserve",
        ),
    ),
    Mistake(
        "a rolling order of one",
        ROTATIONS,
        "    volgorde:\n      - prins\n      - kramer\n",
        "    volgorde: [prins]\n",
        (("contacts/roosters.yaml:60:15: volgorde heeft er minstens twee nodig: de volgende in de rij is reserve"),),
    ),
    Mistake(
        "no order at all",
        ROTATIONS,
        "    volgorde:\n      - prins\n      - kramer\n",
        "",
        ("contacts/roosters.yaml:56:5: schrijf volgorde, of eerste en reserve",),
    ),
    Mistake(
        "no reserve and no reason",
        ROTATIONS,
        "    eerste: [kuipers, post]\n    reserve: [post, kuipers]\n",
        "    eerste: [kuipers, post]\n",
        ("contacts/roosters.yaml:50:5: geen reserve: noem er een, of zeg met bewust_leeg waarom niet",),
    ),
    Mistake(
        "a stranger in a rolling order",
        ROTATIONS,
        "    volgorde:\n      - prins\n      - kramer\n",
        "    volgorde: [prins, kremer]\n",
        ("contacts/roosters.yaml:60:23: onbekende persoon: kremer (bedoel je: kramer?)",),
    ),
    Mistake(
        "a turn without a unit",
        ROTATIONS,
        "wissel: 2 weken",
        "wissel: 12",
        ("contacts/roosters.yaml:58:13: 12 kan hier niet; schrijf dag, week, 2 weken, 3 dagen of 12u",),
    ),
    Mistake(
        "a turn of nothing",
        ROTATIONS,
        "wissel: 2 weken",
        "wissel: 0u",
        ("contacts/roosters.yaml:58:13: 0u kan hier niet; schrijf dag, week, 2 weken, 3 dagen of 12u",),
    ),
    Mistake(
        "not a time of day",
        ROTATIONS,
        "van: 17:00",
        "van: 25:00",
        ("contacts/roosters.yaml:64:28: 25:00 is geen kloktijd; schrijf bijvoorbeeld 08:00",),
    ),
    Mistake(
        "not a day of the week",
        ROTATIONS,
        "dagen: [za, zo]",
        "dagen: [zat, zo]",
        ("contacts/roosters.yaml:65:18: zat kan hier niet; kies uit: ma, di, wo, do, vr, za, zo",),
    ),
    Mistake(
        "no day of the week",
        ROTATIONS,
        "dagen: [za, zo]",
        "dagen: []",
        ("contacts/roosters.yaml:65:17: deze lijst mag niet leeg zijn",),
    ),
    Mistake(
        "unknown word about holidays",
        ROTATIONS,
        "{feestdagen: alleen}",
        "{feestdagen: soms}",
        ("contacts/roosters.yaml:67:22: soms kan hier niet; kies uit: wel, niet, alleen",),
    ),
    Mistake(
        "misspelt key in a window",
        ROTATIONS,
        "{dagen: [ma], tot: 08:00}",
        "{dagen: [ma], totaan: 08:00}",
        ("contacts/roosters.yaml:66:23: onbekend veld: totaan (bedoel je: tot?)",),
    ),
    Mistake(
        "a region without municipalities",
        ROTATIONS,
        "regio: kust",
        "regio: duinen",
        ("contacts/roosters.yaml:57:12: geen gemeente heeft regio: duinen",),
    ),
    Mistake(
        "a municipality and a region",
        ROTATIONS,
        "    regio: kust\n",
        "    regio: kust\n    gemeente: nieuwkerk\n",
        ("contacts/roosters.yaml:57:12: kies gemeente of regio, niet allebei",),
    ),
    Mistake(
        "a rotation for an unknown municipality",
        ROTATIONS,
        "    regio: kust\n",
        "    gemeente: nieuwkrek\n",
        ("contacts/roosters.yaml:57:15: onbekende gemeente: nieuwkrek",),
    ),
    Mistake(
        "a rotation that ends before it begins",
        ROTATIONS,
        "    regio: kust\n",
        "    regio: kust\n    tot: 2025-01-01 08:00\n",
        ("contacts/roosters.yaml:58:10: tot ligt niet na vanaf",),
    ),
    Mistake(
        "a fixed shift of nobody",
        ROTATIONS,
        "persoon: dejong, ",
        "",
        ("contacts/roosters.yaml:71:5: schrijf persoon, of bewust_leeg met de reden",),
    ),
    Mistake(
        "a fixed shift of somebody and nobody",
        ROTATIONS,
        "persoon: dejong, ",
        "persoon: dejong, bewust_leeg: kerst, ",
        ("contacts/roosters.yaml:71:5: schrijf persoon, of bewust_leeg met de reden",),
    ),
    Mistake(
        "a fixed shift of a stranger",
        ROTATIONS,
        "persoon: dejong",
        "persoon: dejongh",
        ("contacts/roosters.yaml:71:43: onbekende persoon: dejongh (bedoel je: dejong?)",),
    ),
    Mistake(
        "a fixed shift without the role",
        ROTATIONS,
        "persoon: dejong",
        "persoon: jansen",
        ("contacts/roosters.yaml:71:43: jansen heeft de rol politie niet",),
    ),
    Mistake(
        "a fixed shift that ends before it begins",
        ROTATIONS,
        "persoon: dejong, vanaf: 2026-12-24 07:00",
        "persoon: dejong, vanaf: 2026-12-28 07:00",
        ("contacts/roosters.yaml:71:81: tot ligt niet na vanaf",),
    ),
    Mistake(
        "two fixed shifts at once",
        ROTATIONS,
        "laag: reserve, persoon: kok",
        "laag: eerste, persoon: kok",
        ("contacts/roosters.yaml:72:55: deze vaste dienst overlapt met die op regel 71",),
    ),
    Mistake(
        "unknown holiday",
        REGION,
        "Goede vrijdag",
        "Blauwe maandag",
        ("contacts/regio.yaml:33:21: onbekende feestdag: Blauwe maandag",),
    ),
    Mistake(
        "misspelt holiday",
        REGION,
        "Bevrijdingsdag",
        "Bevrijdigsdag",
        ("contacts/regio.yaml:33:43: onbekende feestdag: Bevrijdigsdag (bedoel je: Bevrijdingsdag?)",),
    ),
    Mistake(
        "more days than four weeks have",
        REGION,
        "hoogstens_dagen: 14",
        "hoogstens_dagen: 40",
        ("contacts/regio.yaml:34:26: mag hoogstens 28 zijn",),
    ),
    Mistake(
        "unknown coordinator of a municipality",
        MUNICIPALITIES,
        "coordinator: groen",
        "coordinator: grone",
        ("contacts/gemeenten.yaml:14:18: onbekende persoon: grone (bedoel je: groen?)",),
    ),
    Mistake(
        "coordinator of a municipality without the role",
        MUNICIPALITIES,
        "coordinator: groen",
        "coordinator: jansen",
        ("contacts/gemeenten.yaml:14:18: jansen heeft de rol coordinator niet",),
    ),
    Mistake(
        "unknown channel",
        REGION,
        "{kanaal: sms,",
        "{kanaal: fax,",
        (("contacts/regio.yaml:25:16: fax kan hier niet; kies uit: ntfy, pushover, apprise, mail, sms, bellen"),),
    ),
    Mistake(
        "unknown channel of a person",
        PEOPLE,
        "{kanaal: bellen, na: 0s}",
        "{kanaal: postduif, na: 0s}",
        (
            (
                "contacts/personen.yaml:128:23: postduif kan hier niet; kies uit: ntfy, pushover, apprise, "
                "mail, sms, bellen"
            ),
        ),
    ),
    Mistake(
        "a desk that is no number",
        REGION,
        "dienstnummer: 085-0000000",
        "dienstnummer: de meldkamer",
        (('contacts/regio.yaml:29:17: de meldkamer is geen telefoonnummer; schrijf bijvoorbeeld "085-0000000"'),),
    ),
    Mistake(
        "nobody wanted for a role",
        REGION,
        "  sitrap_elke: 60m",
        "  sitrap_elke: 60m\n  aantal: {expert_cter: 0}",
        ("contacts/regio.yaml:21:25: moet minstens 1 zijn",),
    ),
    Mistake(
        "unknown role in the numbers wanted",
        REGION,
        "  sitrap_elke: 60m",
        "  sitrap_elke: 60m\n  aantal: {expert_cters: 2}",
        ("contacts/regio.yaml:21:12: onbekende rol: expert_cters (bedoel je: expert_cter?)",),
    ),
    Mistake(
        "a ladder longer than the wait",
        PEOPLE,
        "{kanaal: bellen, na: 90s}",
        "{kanaal: bellen, na: 6m}",
        (
            (
                "contacts/personen.yaml:128:13: de eigen ladder van schouten duurt 360 seconden; na 300 sec"
                "onden belt de bot al de volgende"
            ),
        ),
    ),
    Mistake(
        "one person too often",
        ROTATIONS,
        "    eerste: [willems, vermeer]\n    reserve: [vermeer, willems]",
        "    eerste: [willems]\n    reserve: [vermeer]",
        (
            (
                "contacts/roosters.yaml:43:14: willems heeft in 28 dagen vanaf 2026-11-22 13:00 op 28 dagen"
                " dienst; hoogstens 14 (zie piket in regio.yaml)"
            ),
        ),
    ),
    Mistake(
        "a region's own gap",
        ROTATIONS,
        "    eerste: [kuipers, post]\n    reserve: [post, kuipers]\n",
        ("    eerste: [kuipers, post]\n    reserve: [post, kuipers]\n    alleen: [{dagen: [ma, di, wo, do, vr]}]\n"),
        (
            (
                "contacts/roosters.yaml:52:12: gat in het rooster: jurist (eerste) heeft van 2026-11-22 13:"
                "00 tot 2026-11-23 00:00 niemand"
            ),
            (
                "contacts/roosters.yaml:52:12: gat in het rooster: jurist (reserve) heeft van 2026-11-22 13"
                ":00 tot 2026-11-23 00:00 niemand"
            ),
        ),
    ),
)
