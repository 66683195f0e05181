"""What the commands say at a terminal, Dutch beside English."""

from typing import Final

from bot.domain.people import Language
from bot.domain.playbook import Both

_SAID: Final[dict[str, Both]] = {
    "bot_runs": Both(
        "de bot draait; stop hem eerst, of vraag het hem in de kamer",
        "the bot is running; stop it first, or ask it in the room",
    ),
    "login_lost": Both(
        "de homeserver accepteert het toegangstoken niet meer: draai `iogplus new-device`",
        "the homeserver no longer accepts the access token: run `iogplus new-device`",
    ),
    "erased": Both(
        "{number}: gewist, {count} veld(en); het logboek zegt door wie en waarom",
        "{number}: erased, {count} field(s); the log says by whom and why",
    ),
    "copies_out": Both(
        "exports van vóór het wissen: {count} (de laatste van {last}); daarin kunnen de woorden nog staan",
        "exports from before the erasure: {count} (the last of {last}); the words may still stand in them",
    ),
    "retention_dry": Both(
        "er is niets vernietigd; met --run --by ID gebeurt wat hierboven zonder reden staat",
        "nothing was destroyed; with --run --by ID what stands above without a reason is done",
    ),
    "retention_by": Both(
        "{which} is geen coördinator; wie vernietigt, is dat: --by ID",
        "{which} is no coordinator; who destroys is one: --by ID",
    ),
    "by_nobody": Both("{which} staat niet in de contacten: --by ID", "{which} is not in the contacts: --by ID"),
    "retention_done": Both("gedaan: {count}; verklaringen in {path}", "done: {count}; certificates in {path}"),
    "not_noted": Both(
        "{path}: {why}; wie leest, wordt genoteerd, en dat kan nu niet",
        "{path}: {why}; who reads is written down, and that cannot be done now",
    ),
    "erase_one": Both(
        "noem precies een van --line, --decision, --action, --sitrep, --message, --entry, --closing, --alarm en --person",
        "name exactly one of --line, --decision, --action, --sitrep, --message, --entry, --closing, --alarm and --person",
    ),
    "no_login": Both("niet ingelogd: {reason}", "not logged in: {reason}"),
    "new_device": Both("apparaat {device}", "device {device}"),
    "no_directory": Both("{path} is er niet", "{path} is not there"),
    "no_playbook": Both("draaiboek {which} is er niet; wel: {known}", "there is no playbook {which}; there are: {known}"),
    "nothing_to_check": Both(
        "geen instellingen gevonden; geef --config, of --contacts en --playbooks",
        "no settings found; give --config, or --contacts and --playbooks",
    ),
    "all_well": Both("geen fouten gevonden", "no mistakes found"),
    "mistakes": Both("{count} fout(en)", "{count} mistake(s)"),
    "warning": Both("let op: {text}", "mind: {text}"),
    "settings": Both("Instellingen", "Settings"),
    "cannot_read": Both("{path} is niet te lezen", "{path} cannot be read"),
    "verified_transcript": Both(
        "OK {entries} regels van wat gezegd is, laatste hash {head}, {missing} velden zonder inhoud",
        "OK {entries} entries of what was said, head {head}, {missing} fields without content",
    ),
    "verified": Both(
        "OK {entries} regels, laatste hash {head}, {missing} velden zonder inhoud",
        "OK {entries} entries, head {head}, {missing} fields without content",
    ),
    "own_claim": Both(
        "ondertekend met {key} als {origin}: vergelijk die met wat de gemeente bekend maakt, of geef --origin en --key",
        "signed with {key} as {origin}: compare these with what the municipality publishes, or give --origin and --key",
    ),
    "stamp_unjudged": Both(
        "er is een tijdstempel op de eerste {size} regels; geef --timestamp-ca om na te gaan van wie",
        "there is a time stamp on the first {size} entries; give --timestamp-ca to see whose",
    ),
    "stamp_holds": Both(
        "OK tijdstempel van {when} op de eerste {size} regels", "OK time stamp of {when} on the first {size} entries"
    ),
    "no_stamp": Both("er is geen tijdstempel", "there is no time stamp"),
    "no_timestamps": Both("installeer daarvoor `iogplus[timestamps]`", "install `iogplus[timestamps]` for that"),
    "stamp_none": Both("GEWEIGERD: dit is geen tijdstempel", "REFUSED: this is no time stamp"),
    "stamp_other_hash": Both("GEWEIGERD: het tijdstempel is van iets anders", "REFUSED: the time stamp is of something else"),
    "stamp_stranger": Both(
        "GEWEIGERD: het tijdstempel is niet ondertekend door wie jij noemde",
        "REFUSED: the time stamp is not signed by whom you named",
    ),
    "refused": Both("GEWEIGERD: {where}: {why}", "REFUSED: {where}: {why}"),
    "unknown_incident": Both("incident {which} is er niet", "there is no incident {which}"),
    "broken_log": Both(
        "het logboek klopt niet meer: {where}: {why}", "the log is no longer as it was written: {where}: {why}"
    ),
    "before_alarm": Both("{number} was er toen nog niet", "{number} was not there yet"),
    "bad_moment": Both(
        "{said} is geen moment; schrijf 03:10, 22-11 03:10 of 2026-11-22 03:10",
        "{said} is not a moment; write 03:10, 22-11 03:10 or 2026-11-22 03:10",
    ),
    "as_it_stood": Both("Zoals het stond om {when}", "As it stood at {when}"),
    "evaluation": Both("Evaluatie van {number}, gemeten in het eigen logboek", "Evaluation of {number}, measured in its own log"),
    "replay_at": Both("{number} · #{seq} van {last} · {when}", "{number} · #{seq} of {last} · {when}"),
    "replay_how": Both(
        "Enter: verder · b: terug · een nummer tot en met {last}: naar die regel · q: stoppen",
        "Enter: on · b: back · a number up to {last}: to that entry · q: stop",
    ),
    "replay_end": Both("dit is de laatste regel", "this is the last entry"),
    "replay_begin": Both("dit is de eerste regel", "this is the first entry"),
    "empty_bundle": Both("in {path} staat niets dat te lezen is", "nothing in {path} can be read"),
    "last_lines": Both("Laatste regels", "Last lines"),
    "old_schema": Both(
        "de database heeft een ander schema; draai eerst iogplus migrate",
        "the database has another schema; run iogplus migrate first",
    ),
    "no_log_key": Both(
        "{path} ontbreekt; zonder die sleutel is niets te ondertekenen",
        "{path} is missing; nothing can be signed without it",
    ),
    "key_rotated": Both(
        "nieuwe sleutel: {new}\noude sleutel, die nog 30 dagen meetekent: {old}\n"
        "geschreven in {incidents} logboeken van incidenten en in het indexlogboek; publiceer de nieuwe",
        "new key: {new}\nold key, which signs along for 30 days: {old}\nwritten in {incidents} logs of incidents and in the "
        "index log; publish the new one",
    ),
    "key_log_broken": Both(
        "{number}: het logboek is stuk; daarin staat de nieuwe sleutel niet",
        "{number}: the log is broken; the new key does not stand in it",
    ),
    "no_such_export": Both("dat kan niet worden geëxporteerd: {what}", "that cannot be exported: {what}"),
    "incident_or_index": Both(
        "noem een incident, of --index voor het indexlogboek (met --entries, zonder --as)",
        "name an incident, or --index for the index log (with --entries, without --as)",
    ),
    "not_so_many": Both("zoveel regels heeft het indexlogboek niet: {entries}", "the index log has no {entries} entries"),
    "template_unusable": Both("het eigen sjabloon {file} is stuk: {why}", "the own template {file} is broken: {why}"),
    "template_broken": Both(
        "het eigen sjabloon {file} is stuk (regel {line}): {why}", "the own template {file} is broken (line {line}): {why}"
    ),
    "exporting": Both("export", "export"),
    "exported": Both(
        "{path}\n{entries} regels, laatste hash {head}\nSHA-256 van het bestand: {digest}",
        "{path}\n{entries} entries, head {head}\nSHA-256 of the file: {digest}",
    ),
    "migrated": Both("de database heeft het nieuwste schema", "the database has the newest schema"),
    "rebuilt": Both("{rows} incidenten opnieuw gelezen, {changed} rijen anders", "{rows} incidents read, {changed} rows changed"),
    "lost_log": Both("{number}: het hele logboek ontbreekt", "{number}: the whole log is missing"),
    "written": Both("geschreven: {path}", "written: {path}"),
}  # fmt: skip


def say(lang: Language, key: str, /, **values: object) -> str:
    """The words in one language; raises KeyError for a key that the table does not know."""
    both = _SAID[key]
    return (both.en if lang == "en" else both.nl).format(**values)
