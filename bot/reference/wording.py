"""What we say about each kind of mistake, in plain Dutch and English.

Longer than other modules because it is the one table: no sentence about a mistake is made elsewhere.
"""

from typing import Final

from bot.domain.playbook import Both

_TABLE: Final[dict[str, Both]] = {
    # the file as a whole
    "file_missing": Both("het bestand ontbreekt", "the file is missing"),
    "file_unreadable": Both("het bestand kan niet worden gelezen", "the file cannot be read"),
    "file_empty": Both("het bestand is leeg", "the file is empty"),
    "file_too_large": Both(
        "het bestand is groter dan {limit} KiB; splits of kort het in",
        "the file is larger than {limit} KiB; shorten it",
    ),
    "file_name": Both("de naam moet op .yaml eindigen, niet op .yml", "the name must end in .yaml, not in .yml"),
    "file_stranger": Both(
        "dit bestand hoort hier niet; verwacht: {expected}", "this file does not belong here; expected: {expected}"
    ),
    "not_utf8": Both(
        "geen UTF-8 (byte 0x{byte}); sla het bestand op als UTF-8", "not UTF-8 (byte 0x{byte}); save the file as UTF-8"
    ),
    "control_character": Both(
        "onzichtbaar teken U+{code} mag hier niet; haal het weg",
        "invisible character U+{code} is not allowed; remove it",
    ),
    "tab": Both("tab in de inspringing; gebruik spaties", "tab in the indentation; use spaces"),
    # YAML
    "anchor": Both(
        "ankers en verwijzingen (& en *) mogen niet; schrijf de waarde voluit of zet er aanhalingstekens omheen",
        "anchors and aliases (& and *) are not allowed; write the value out or put quotes around it",
    ),
    "tag": Both(
        "labels (!) mogen niet; haal het weg of zet aanhalingstekens om de waarde",
        "tags (!) are not allowed; remove it or put quotes around the value",
    ),
    "too_deep": Both("te diep genest: meer dan {limit} lagen", "nested too deep: more than {limit} levels"),
    "duplicate_key": Both(
        "dubbele sleutel: {key} (staat al op regel {line})", "duplicate key: {key} (already on line {line})"
    ),
    "key_not_text": Both(
        "hier hoort een naam als sleutel, geen lijst of blok", "a key must be a name, not a list or block"
    ),
    "second_document": Both("één document per bestand: haal --- weg", "one document per file: remove ---"),
    "number_too_long": Both(
        "dit getal is te lang; bedoel je tekst, zet er dan aanhalingstekens omheen",
        "this number is too long; if you mean text, put quotes around it",
    ),
    "quotes_needed": Both(
        "een waarde die met {character} begint moet tussen aanhalingstekens",
        "a value that starts with {character} must be between quotes",
    ),
    "colon_in_value": Both(
        "een dubbele punt met spatie in de tekst: zet de tekst tussen aanhalingstekens",
        "a colon and a space inside the text: put the text between quotes",
    ),
    "key_expected": Both(
        "hier hoort `naam: waarde`; kijk naar de inspringing en de aanhalingstekens",
        "`name: value` is expected here; look at the indentation and the quotes",
    ),
    "colon_missing": Both("hier ontbreekt een dubbele punt", "a colon is missing here"),
    "dash_expected": Both(
        "hier hoort een streepje (-) van de lijst; kijk naar de inspringing",
        "a dash (-) of the list is expected here; look at the indentation",
    ),
    "bracket_open": Both(
        "een lijst of blok is niet gesloten: ] of }} ontbreekt", "a list or block is not closed: ] or }}"
    ),
    "quote_open": Both("een aanhalingsteken is niet gesloten", "a quote is not closed"),
    "syntax": Both("dit is geen geldige YAML ({what})", "this is not valid YAML ({what})"),
    # the shape
    "missing": Both("verplicht veld ontbreekt: {field}", "required field is missing: {field}"),
    "extra_forbidden": Both("onbekend veld: {field}", "unknown field: {field}"),
    "extra_guess": Both(
        "onbekend veld: {field} (bedoel je: {guess}?)", "unknown field: {field} (did you mean: {guess}?)"
    ),
    "string_type": Both("hier hoort tekst, geen {got}", "text is expected here, not {got}"),
    "number_for_text": Both(
        "hier hoort tekst, geen getal; zet er aanhalingstekens omheen",
        "text is expected here, not a number; put quotes around it",
    ),
    "string_too_short": Both("mag niet leeg zijn", "must not be empty"),
    "string_too_long": Both(
        "te lang voor een telefoon: {length} tekens, hoogstens {max_length}",
        "too long for a phone: {length} characters, at most {max_length}",
    ),
    "english_missing": Both("de Engelse tekst (en) ontbreekt", "the English text (en) is missing"),
    "bool_type": Both("hier hoort true of false, geen {got}", "true or false is expected here, not {got}"),
    "int_type": Both("hier hoort een heel getal, geen {got}", "a whole number is expected here, not {got}"),
    "greater_than_equal": Both("moet minstens {ge} zijn", "must be at least {ge}"),
    "less_than_equal": Both("mag hoogstens {le} zijn", "must be at most {le}"),
    "list_type": Both("hier hoort een lijst, geen {got}", "a list is expected here, not {got}"),
    "model_type": Both("hier hoort een blok met velden, geen {got}", "a block of fields is expected here, not {got}"),
    "dict_type": Both("hier hoort een blok met velden, geen {got}", "a block of fields is expected here, not {got}"),
    "too_short": Both("deze lijst mag niet leeg zijn", "this list must not be empty"),
    "too_long": Both("deze lijst is te lang: hoogstens {max_length}", "this list is too long: at most {max_length}"),
    "literal_error": Both(
        "{value} kan hier niet; kies uit: {choices}", "{value} is not possible here; choose from: {choices}"
    ),
    "not_in": Both("{value} kan hier niet", "{value} is not possible here"),
    # values
    "duration_is_clock": Both(
        "{value} is een kloktijd, geen duur; schrijf bijvoorbeeld 12m (minuten) of 12u (uren)",
        "{value} is a time of day, not a duration; write for example 12m (minutes) or 12u (hours)",
    ),
    "duration_unit": Both(
        "een duur heeft een eenheid: {value}s, {value}m, {value}u of {value}d",
        "a duration has a unit: {value}s, {value}m, {value}u (hours) or {value}d",
    ),
    "duration_wrong": Both(
        "{value} is geen duur; schrijf bijvoorbeeld 30s, 5m, 2u of 7d",
        "{value} is not a duration; write 30s, 5m, 2u or 7d",
    ),
    "moment_wrong": Both(
        "{value} is geen moment; schrijf bijvoorbeeld 2026-01-05 08:00",
        "{value} is not a moment; write 2026-01-05 08:00",
    ),
    "turn_wrong": Both(
        "{value} kan hier niet; schrijf dag, week, 2 weken, 3 dagen of 12u",
        "{value} is not possible here; write dag, week, 2 weken, 3 dagen or 12u",
    ),
    "clock_wrong": Both(
        "{value} is geen kloktijd; schrijf bijvoorbeeld 08:00", "{value} is not a time of day; write for example 08:00"
    ),
    "date_wrong": Both("{value} is geen datum; schrijf jjjj-mm-dd", "{value} is not a date; write yyyy-mm-dd"),
    "year_day_wrong": Both(
        "{value} is geen dag van het jaar; schrijf dd-mm, tussen aanhalingstekens",
        "{value} is no day of the year; write dd-mm, in quotes",
    ),
    "profile_elsewhere": Both(
        "{value} staat niet bij fenomenen van dit draaiboek", "{value} is not among fenomenen of this playbook"
    ),
    "profile_open": Both(
        "vul van en tot allebei in, of geef woorden", "fill in both van and tot, or give words (woorden)"
    ),
    "zone_wrong": Both(
        "onbekende tijdzone: {value}; schrijf bijvoorbeeld Europe/Amsterdam",
        "unknown time zone: {value}; write for example Europe/Amsterdam",
    ),
    "account_wrong": Both(
        "{value} is geen Matrix-account; schrijf @naam:server", "{value} is not a Matrix account; write @name:server"
    ),
    "phone_wrong": Both(
        '{value} is geen telefoonnummer; schrijf bijvoorbeeld "085-0000000"',
        '{value} is not a telephone number; write for example "085-0000000"',
    ),
    "server_wrong": Both("{value} is geen servernaam", "{value} is not a server name"),
    "id_wrong": Both(
        "{value} kan geen id zijn: kleine letters, cijfers en streepjes, begin met een letter",
        "{value} cannot be an id: small letters, digits and dashes, starting with a letter",
    ),
    "code_wrong": Both(
        "{value} kan hier niet; schrijf bijvoorbeeld {example}", "{value} is wrong; write for example {example}"
    ),
    "role_unknown": Both("onbekende rol: {value}", "unknown role: {value}"),
    "role_guess": Both(
        "onbekende rol: {value} (bedoel je: {guess}?)", "unknown role: {value} (did you mean: {guess}?)"
    ),
    # what refers to what
    "person_unknown": Both("onbekende persoon: {value}", "unknown person: {value}"),
    "person_guess": Both(
        "onbekende persoon: {value} (bedoel je: {guess}?)", "unknown person: {value} (did you mean: {guess}?)"
    ),
    "person_twice": Both(
        "persoon {value} staat er al, op regel {line}", "person {value} is there already, on line {line}"
    ),
    "account_twice": Both(
        "account {value} is al van {owner}, op regel {line}",
        "account {value} belongs to {owner} already, on line {line}",
    ),
    "account_elsewhere": Both(
        "{value} staat op een andere server dan {server}; dat mag alleen met federatie: true",
        "{value} is on another server than {server}; that needs federatie: true",
    ),
    "municipality_unknown": Both("onbekende gemeente: {value}", "unknown municipality: {value}"),
    "municipality_twice": Both("{value} staat er al, op regel {line}", "{value} is there already, on line {line}"),
    "municipality_needed": Both(
        "wie melder of burgemeester is heeft een gemeente nodig",
        "a reporter (melder) or mayor (burgemeester) needs a municipality (gemeente)",
    ),
    "role_not_held": Both("{person} heeft de rol {role} niet", "{person} does not hold the role {role}"),
    "rotation_twice": Both(
        "rooster {role} vanaf dit moment staat er al, op regel {line}",
        "a rotation for {role} from this moment is there already, on line {line}",
    ),
    "order_missing": Both("schrijf volgorde, of eerste en reserve", "write an order (volgorde), or eerste and reserve"),
    "order_twice": Both(
        "{field} kan niet naast volgorde: de volgende in de rij is reserve",
        "{field} cannot stand beside volgorde: the next in the order is the reserve",
    ),
    "order_short": Both(
        "volgorde heeft er minstens twee nodig: de volgende in de rij is reserve",
        "volgorde needs at least two: the next in the order is the reserve",
    ),
    "reserve_missing": Both(
        "geen reserve: noem er een, of zeg met bewust_leeg waarom niet",
        "no reserve: name one, or say with bewust_leeg why not",
    ),
    "until_order": Both("tot ligt niet na vanaf", "tot is not after vanaf"),
    "place_twice": Both("kies gemeente of regio, niet allebei", "choose gemeente or regio, not both"),
    "region_unknown": Both("geen gemeente heeft regio: {value}", "no municipality has regio: {value}"),
    "fixed_nobody": Both(
        "schrijf persoon, of bewust_leeg met de reden", "write persoon, or bewust_leeg with the reason"
    ),
    "fixed_overlap": Both(
        "deze vaste dienst overlapt met die op regel {line}", "this fixed shift overlaps with the one on line {line}"
    ),
    "holiday_unknown": Both("onbekende feestdag: {value}", "unknown holiday: {value}"),
    "holiday_guess": Both(
        "onbekende feestdag: {value} (bedoel je: {guess}?)", "unknown holiday: {value} (did you mean: {guess}?)"
    ),
    "rotation_missing": Both(
        "geen rooster voor {role}: een oproep komt bij niemand aan", "no rotation for {role}: a page reaches nobody"
    ),
    "rotation_gap": Both(
        "gat in het rooster: {role} ({layer}) heeft van {start} tot {end} niemand",
        "gap in the rotation: {role} ({layer}) has nobody from {start} to {end}",
    ),
    "both_layers": Both(
        "{person} is eerste én reserve van {role} op {start}", "{person} is both first and reserve of {role} on {start}"
    ),
    "absence_gap": Both(
        "gat in het rooster: {role} ({layer}) heeft van {start} tot {end} niemand, want {person} is afwezig",
        "gap in the rotation: {role} ({layer}) has nobody from {start} to {end}, as {person} is away",
    ),
    "stand_in_unknown": Both(
        "{person} staat niet in de contacten, maar is vanaf {start} ingeroosterd of afwezig gemeld",
        "{person} is not in the contacts, but stands in or is away from {start}",
    ),
    "no_channel": Both(
        "{person} heeft dienst vanaf {start} en is maar op {found} manieren bereikbaar; nodig: {limit}",
        "{person} is on call from {start} and can be reached in only {found} ways; needed: {limit}",
    ),
    "ladder_long": Both(
        "de eigen ladder van {person} duurt {found} seconden; na {limit} seconden belt de bot al de volgende",
        "the ladder of {person} takes {found} seconds; after {limit} seconds the bot calls the next already",
    ),
    "standby_days": Both(
        "{person} heeft in 28 dagen vanaf {start} op {found} dagen dienst; hoogstens {limit} (zie piket in regio.yaml)",
        "{person} is on call on {found} of the 28 days from {start}; at most {limit} (see piket in regio.yaml)",
    ),
    "standby_rest": Both(
        "{person} is in 28 dagen vanaf {start} {found} keer 48 uur vrij van dienst; minstens {limit} (zie piket)",
        "{person} is free of duty for 48 hours {found} times in 28 days from {start}; at least {limit} (see piket)",
    ),
    "standby_nights": Both(
        "{person} heeft in 16 weken vanaf {start} {found} nachten dienst; hoogstens {limit} (zie piket in regio.yaml)",
        "{person} is on call in {found} nights of 16 weeks from {start}; at most {limit} (see piket in regio.yaml)",
    ),
    "name_differs": Both("id {value} hoort in {expected}", "id {value} belongs in {expected}"),
    "step_twice": Both("stap {value} staat er al", "step {value} is there already"),
    "decision_unknown": Both("onbekend besluit: {value}", "unknown decision: {value}"),
    "law_unknown": Both("geen grondslag met vlag {value}", "no legal basis with flag {value}"),
    "first_uncalled": Both("eerst: {role} staat niet bij oproepen", "eerst: {role} is not among oproepen"),
    "reason_unknown": Both("onbekende vraag: {value}", "unknown question: {value}"),
    "decision_twice": Both("{value} staat er al, op regel {line}", "{value} is there already, on line {line}"),
    "name_twice": Both("{value} is al een naam van {other}", "{value} is a name of {other} already"),
    "phenomenon_unknown": Both("onbekend fenomeen: {value}", "unknown phenomenon: {value}"),
    "card_unknown": Both("er is geen kaart {value}", "there is no card {value}"),
    "condition_kinds": Both(
        "een voorwaarde noemt één ding: besluit, stap of fenomeen",
        "a condition names one thing: besluit, stap or fenomeen",
    ),
    "condition_answer": Both("hier ontbreekt het antwoord: is", "the answer is missing here: is"),
    "condition_no_answer": Both("bij fenomeen hoort geen antwoord", "fenomeen takes no answer"),
    "outcome_unknown": Both("een stap is gedaan of nvt, niet {value}", "a step is gedaan or nvt, not {value}"),
    "step_unknown": Both(
        "stap {value} staat niet in dit draaiboek en niet in de basis",
        "step {value} is neither in this playbook nor in the base",
    ),
    "condition_cycle": Both(
        "deze voorwaarden wachten op elkaar: {steps}", "these conditions wait for each other: {steps}"
    ),
    "four_eyes_without_decision": Both(
        "vier_ogen hoort bij een stap met een besluit", "vier_ogen belongs to a step with a decision (besluit)"
    ),
    "role_unreached": Both(
        "stap {step}: niemand krijgt een oproep als {role}; zet {role} bij oproepen of via",
        "step {step}: nobody is paged as {role}; put {role} under oproepen or via",
    ),
    "via_unreached": Both("via {role}: die rol krijgt zelf geen oproep", "via {role}: that role is not paged itself"),
    "review_passed": Both(
        "dit draaiboek moest voor {date} herzien zijn", "this playbook had to be reviewed before {date}"
    ),
    # what can be looked up
    "web_wrong": Both(
        "{value} is geen webadres; schrijf https://… of laat het leeg",
        "{value} is not a web address; write https://… or leave it empty",
    ),
    "entry_twice": Both("{value} staat er al, op regel {line}", "{value} is there already, on line {line}"),
    "basis_unknown": Both("onbekende grondslag: {value}", "unknown legal basis: {value}"),
    "basis_guess": Both(
        "onbekende grondslag: {value} (bedoel je: {guess}?)", "unknown legal basis: {value} (did you mean: {guess}?)"
    ),
    "basis_uncarried": Both(
        "{value} draagt geen maatregel: {status}; haal deze maatregel weg",
        "{value} carries no measure: {status}; take this measure out",
    ),
    "option_unknown": Both("{decision} heeft geen antwoord {value}", "{decision} has no answer {value}"),
    "flag_missing": Both(
        "een wetsvoorstel heeft een vlag nodig: vlag met de naam van de wet",
        "a bill (wetsvoorstel) needs a flag (vlag)",
    ),
    "flag_on": Both(
        "aan kan pas als het wet is: verander dan ook de status", "aan needs a law: then change the status as well"
    ),
    "letter_unknown": Both("geen groep met letter {value}", "no group with letter {value}"),
    "address_unchecked": Both(
        "zet bij gecheckt wanneer dit adres is nagezocht, of laat het leeg",
        "say under gecheckt when this address was looked up, or leave it empty",
    ),
    "tile_twice": Both(
        "hier ligt {value} al, of die heet in het kort net zo (regel {line})",
        "{value} is here already, or is called the same for short (line {line})",
    ),
    "tile_missing": Both(
        "{value} heeft geen tegel en staat niet op de kaart van het regionale beeld",
        "{value} has no tile and is not on the map of the regional picture",
    ),
    "consulted_long_ago": Both(
        "{value} is voor het laatst nagekeken op {date}, meer dan een jaar geleden",
        "{value} was last looked up on {date}, more than a year ago",
    ),
    "review_order": Both("herzien_voor ligt niet na geldig_vanaf", "herzien_voor is not after geldig_vanaf"),
}

# How a value of the wrong type is called.
GOT: Final[dict[str, Both]] = {
    "str": Both("tekst", "text"),
    "int": Both("getal", "a number"),
    "float": Both("getal", "a number"),
    "bool": Both("true of false", "true or false"),
    "list": Both("lijst", "a list"),
    "dict": Both("blok", "a block"),
    "NoneType": Both("lege waarde", "an empty value"),
}


def knows(key: str) -> bool:
    """Whether the table has a sentence for this kind of mistake."""
    return key in _TABLE


def say(key: str, /, **values: object) -> Both:
    """The sentence for a kind of mistake; a value that is itself in two languages is put in each in its own."""
    sentence = _TABLE[key]
    return Both(
        sentence.nl.format(**{name: v.nl if isinstance(v, Both) else _short(v) for name, v in values.items()}),
        sentence.en.format(**{name: v.en if isinstance(v, Both) else _short(v) for name, v in values.items()}),
    )


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:59] + "…"
