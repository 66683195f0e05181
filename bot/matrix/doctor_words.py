"""What the doctor says of a homeserver, Dutch beside English: what is, and where it is not as it should be, what to do."""

from typing import Final

from bot.domain.people import Language
from bot.domain.playbook import Both

# For each check what is said when it is well (`.ok`) and when it is not; a warning has the words of what is not well.
_SAID: Final[dict[str, Both]] = {
    "channel.ok": Both(
        "kanaal {channel} is ingesteld; werkte voor het laatst {when}",
        "channel {channel} is set up; last worked {when}",
    ),
    "channel": Both(
        "kanaal {channel} is overgeslagen ({reason}); werkte voor het laatst {when}; kijk bij de aanbieder",
        "channel {channel} was passed over ({reason}); last worked {when}; look at the provider",
    ),
    "apprise.ok": Both(
        "Apprise heeft een adres voor {count} mensen of rollen; het gaat alleen heen en telt niet als kanaal",
        "Apprise has an address for {count} people or roles; it goes one way and counts as no channel",
    ),
    "apprise": Both(
        "Apprise kent het adres niet van {names}; kijk in apprise_addresses_file",
        "Apprise does not know the address of {names}; look into apprise_addresses_file",
    ),
    "files.ok": Both(
        "bijlagen komen in {path}; daar is {free} MiB vrij",
        "files are kept in {path}; {free} MiB are free there",
    ),
    "files": Both(
        "in {path} kan niet geschreven worden ({reason}), dus bijlagen gaan verloren; geef de bot daar schrijfrecht",
        "{path} cannot be written ({reason}), so files are lost; let the bot write there",
    ),
    "files_room": Both(
        "in {path} is nog {free} MiB vrij; dat is te weinig voor {count} bijlagen van {size} MiB",
        "{free} MiB are free in {path}; that is too little for {count} files of {size} MiB",
    ),
    "login.ok": Both("de aanmelding geldt: {account}, apparaat {device}", "the login is valid: {account}, device {device}"),
    "login": Both(
        "de aanmelding geldt niet ({reason}); controleer het adres van de homeserver, of draai iogplus new-device",
        "the login is not valid ({reason}); check the address of the homeserver, or run iogplus new-device",
    ),
    "server.ok": Both("de homeserver spreekt Matrix {version}", "the homeserver speaks Matrix {version}"),
    "server": Both(
        "de homeserver spreekt geen Matrix {version} of nieuwer; werk hem bij",
        "the homeserver does not speak Matrix {version} or newer; upgrade it",
    ),
    "room_version.ok": Both("kamers van versie {version} kunnen", "rooms of version {version} can be made"),
    "room_version": Both(
        "de homeserver kent geen kamers van versie {version}; werk hem bij",
        "the homeserver knows no rooms of version {version}; upgrade it",
    ),
    "cross_signed.ok": Both(
        "het account staat in voor dit apparaat; hoofdsleutel {fingerprint}",
        "the account vouches for this device; master key {fingerprint}",
    ),
    "cross_signed": Both(
        "het account staat niet in voor dit apparaat ({reason}), dus anderen lezen de bot niet; draai iogplus provision",
        "the account does not vouch for this device ({reason}), so others cannot read the bot; run iogplus provision",
    ),
    "keys.ok": Both(
        "{count} eenmalige sleutels en een reservesleutel staan klaar",
        "{count} one-time keys and a fallback key are ready",
    ),
    "keys": Both(
        "sleutels ontbreken (eenmalige: {count}, reserve: {fallback}); start de bot, die vult ze aan",
        "keys are missing (one-time: {count}, fallback: {fallback}); start the bot, it replenishes them",
    ),
    "push.ok": Both(
        "een oproep laat volgens de standaardregels de telefoon klinken; een wijziging niet",
        "by the default push rules a page makes the phone sound; an edit does not",
    ),
    "push": Both(
        "de standaard-pushregels wijken af ({rules}), dus een oproep kan stil blijven; herstel ze op de homeserver",
        "the default push rules differ ({rules}), so a page may stay silent; mend them on the homeserver",
    ),
    "round_trip.ok": Both(
        "een versleuteld bericht ging heen en terug, en was bij de server niet leesbaar",
        "an encrypted message went out and came back, and the server could not read it",
    ),
    "round_trip": Both(
        "een versleuteld bericht kwam niet goed terug ({reason}); kijk in het logboek van de homeserver",
        "an encrypted message did not come back well ({reason}); look into the log of the homeserver",
    ),
    "rate_limit.ok": Both("{count} berichten achter elkaar werden aangenomen", "{count} messages in a row were accepted"),
    "rate_limit": Both(
        "de homeserver nam van {all} berichten achter elkaar er {count} aan ({reason}); draai iogplus provision --admin",
        "the homeserver accepted {count} of {all} messages in a row ({reason}); run iogplus provision --admin",
    ),
    "clock.ok": Both("de klokken lopen gelijk", "the clocks agree"),
    "clock": Both(
        "de klok van de homeserver wijkt {seconds} s af van die hier; zet op beide machines tijdsynchronisatie aan",
        "the clock of the homeserver is {seconds} s off from ours; switch on time synchronisation on both machines",
    ),
    "tidy": Both(
        "de proefkamer {room} bleef staan ({reason}); een volgende keer ruimt op",
        "the trial room {room} was left behind ({reason}); a next run cleans up",
    ),
    "alarm_room.ok": Both("de alarmkamer is er, versleuteld", "the alarm room is there, encrypted"),
    "alarm_room": Both(
        "de alarmkamer is niet in orde ({reason}); draai iogplus provision",
        "the alarm room is not in order ({reason}); run iogplus provision",
    ),
    "management_room.ok": Both("de beheerkamer is er, versleuteld", "the management room is there, encrypted"),
    "management_room": Both(
        "de beheerkamer is niet in orde ({reason}); draai iogplus provision",
        "the management room is not in order ({reason}); run iogplus provision",
    ),
    "contacts.ok": Both("de contacten zijn in orde: {count} mensen", "the contacts are in order: {count} people"),
    "contacts": Both(
        "de contacten zijn niet in orde ({reason}); draai iogplus check",
        "the contacts are not in order ({reason}); run iogplus check",
    ),
    "direct_rooms.ok": Both("iedereen heeft een eigen kamer met de bot", "everybody has a direct room with the bot"),
    "direct_rooms": Both(
        "zonder eigen kamer: {people}; draai iogplus provision", "without a direct room: {people}; run iogplus provision"
    ),
    "joined.ok": Both("iedereen is zijn eigen kamer binnengegaan", "everybody has joined their direct room"),
    "joined": Both(
        "nog niet in de eigen kamer: {people}; vraag hun de uitnodiging aan te nemen",
        "not yet in their direct room: {people}; ask them to accept the invitation",
    ),
    "devices.ok": Both("iedereen heeft een apparaat dat kan ontsleutelen", "everybody has a device that can decrypt"),
    "devices": Both(
        "zonder apparaat: {people}; vraag hun zich één keer aan te melden",
        "without a device: {people}; ask them to log in once",
    ),
    "push_encrypted.ok": Both(
        "de homeserver meldt versleutelde berichten ook aan wie alleen vermeldingen wil (MSC4028)",
        "the homeserver pushes encrypted messages to those who want mentions only as well (MSC4028)",
    ),
    "push_encrypted": Both(
        "wie alleen vermeldingen wil, krijgt van versleutelde berichten geen melding; zet MSC4028 aan op de homeserver",
        "who wants mentions only gets no push of encrypted messages; switch on MSC4028 on the homeserver",
    ),
    "delayed_events.ok": Both(
        "de homeserver zegt het zelf als de bot {minutes} minuten zwijgt, in hooguit {count} kamers (MSC4140)",
        "the homeserver says so itself when the bot is silent for {minutes} minutes, in {count} rooms at most (MSC4140)",
    ),
    "delayed_events": Both(
        "de homeserver zegt het niet zelf als de bot {minutes} minuten zwijgt (MSC4140); zet max_event_delay_duration, of reken op"
        " heartbeat_url",
        "the homeserver does not say so itself when the bot is silent for {minutes} minutes (MSC4140); set"
        " max_event_delay_duration, or rely on heartbeat_url",
    ),
    "fit": Both("geschikt voor de bot", "fit for the bot"),
    "unfit": Both("niet geschikt voor de bot: {count} van {all} niet in orde", "not fit for the bot: {count} of {all} wrong"),
}  # fmt: skip


def say(lang: Language, key: str, /, **values: object) -> str:
    """The words in one language; raises KeyError for a key that the table does not know."""
    both = _SAID[key]
    return (both.en if lang == "en" else both.nl).format(**values)
