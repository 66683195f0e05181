"""What each setting is for, and what is said about a setting that cannot be: one table for messages, manual and example.

Longer than most lines of code need because it is the one place where settings are put into words.
"""

from dataclasses import dataclass
from typing import Final

from bot.domain.people import Language
from bot.domain.playbook import Both

ABOUT: Final[dict[str, Both]] = {
    "homeserver_url": Both(
        "adres van de homeserver; http alleen op deze machine zelf",
        "address of the homeserver; plain http on this machine only",
    ),
    "user_id": Both("volledig Matrix-account van de bot", "full Matrix account of the bot"),
    "device_id": Both(
        "apparaat van de bot; `iogplus new-device` maakt het en zet het in state_dir",
        "device of the bot; `iogplus new-device` makes it and keeps it in state_dir",
    ),
    "access_token": Both(
        "toegangssleutel van het apparaat; `iogplus new-device` zet hem in state_dir",
        "access token of the device; `iogplus new-device` keeps it in state_dir",
    ),
    "access_token_file": Both("bestand met alleen access_token", "file that holds nothing but access_token"),
    "pickle_key": Both(
        "sleutel waarmee de cryptosleutels op schijf zijn versleuteld; `iogplus new-device` zet hem in state_dir",
        "key that encrypts the crypto keys on disk; `iogplus new-device` keeps it in state_dir",
    ),
    "pickle_key_file": Both("bestand met alleen pickle_key", "file that holds nothing but pickle_key"),
    "log_key_file": Both(
        "sleutel waarmee het logboek wordt ondertekend, alleen leesbaar voor de bot; standaard log_key in state_dir",
        "key that signs the log, readable by the bot only; log_key in state_dir unless given",
    ),
    "log_host": Both(
        "naam van deze installatie in elk logboek, zoals iog.example; daarna nooit meer wijzigen",
        "name of this installation in every log, such as iog.example; never to be changed afterwards",
    ),
    "state_dir": Both("map met wat de bot zelf bewaart", "directory for what the bot keeps itself"),
    "database_url": Both(
        "sqlite:///pad of postgresql://…; standaard iogplus.db in state_dir",
        "sqlite:///path or postgresql://…; iogplus.db in state_dir unless given",
    ),
    "database_url_file": Both("bestand met alleen database_url", "file that holds nothing but database_url"),
    "contacts_dir": Both("map met de contacten en roosters", "directory of the contacts and rotations"),
    "playbooks_dir": Both("map met de draaiboeken", "directory of the playbooks"),
    "language": Both("taal van de bot zelf: nl of en", "language of the bot itself: nl or en"),
    "heartbeat_url": Both(
        "adres bij een bewaker buiten, die belt als de bot zwijgt",
        "address at an outside monitor that calls when the bot is silent",
    ),
    "heartbeat_url_file": Both("bestand met alleen heartbeat_url", "file that holds nothing but heartbeat_url"),
    "web_host": Both("adres waarop gezondheid en metingen te lezen zijn", "address for health and metrics"),
    "web_port": Both("poort daarvan; 0 kiest een vrije", "port for it; 0 takes a free one"),
    "management_room": Both("kamer van de beheerders: het deel voor de dubbele punt van #naam:server", "room of the operators"),
    "alarm_room": Both("kamer waarin melders alarm slaan: net zo", "room in which reporters raise an alarm"),
    "fallback_people": Both(
        "accounts die worden opgeroepen als de contacten bij de start onleesbaar zijn",
        "accounts that are paged when the contacts cannot be read at start",
    ),
    "lock_screen": Both(
        "normal toont de alarmtekst in een oproep; minimal houdt haar van het vergrendelscherm",
        "normal shows the alarm's text in a page; minimal keeps it off the lock screen",
    ),
    "speed": Both(
        "deelt elke wachttijd door dit getal, voor een demonstratie; 1 is echt",
        "divides every wait by this number, for a demonstration; 1 is real",
    ),
    "log_level": Both("debug, info, warning of error", "debug, info, warning or error"),
}  # fmt: skip

_WRONG: Final[dict[str, Both]] = {
    "missing": Both("{field} ontbreekt: {about}", "{field} is missing: {about}"),
    "no_login": Both(
        "{field} ontbreekt; maak het apparaat met `iogplus new-device`",
        "{field} is missing; make the device with `iogplus new-device`",
    ),
    "unfit": Both("{field} kan zo niet: {about}", "{field} cannot be so: {about}"),
    "unknown": Both("onbekende instelling: {field}", "unknown setting: {field}"),
    "unknown_guess": Both(
        "onbekende instelling: {field} (bedoel je: {guess}?)", "unknown setting: {field} (did you mean: {guess}?)"
    ),
    "not_settings": Both("hier horen instellingen: `naam: waarde`", "settings are expected here: `name: value`"),
    "twice": Both("{field} en {field}_file: geef er één", "{field} and {field}_file: give one of the two"),
    "file_unreadable": Both("{path} is niet te lezen", "{path} cannot be read"),
    "file_empty": Both("{path} is leeg", "{path} is empty"),
    "file_open": Both(
        "{path} is leesbaar voor anderen; geef het bestand de rechten 0400", "{path} can be read by others; make its mode 0400"
    ),
    "not_a_key": Both("{path} bevat geen sleutel van de bot", "{path} does not hold a key of the bot"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wrong:
    """One setting that cannot be: `where` is `file:line:column`, a variable of the environment or a file."""

    where: str
    message: Both

    def text(self, lang: Language = "nl") -> str:
        return f"{self.where}: {self.message.en if lang == 'en' else self.message.nl}"

    def __str__(self) -> str:
        return self.text()


def say(key: str, **values: object) -> Both:
    """The sentence about a setting that cannot be."""
    sentence = _WRONG[key]
    in_nl = {name: v.nl if isinstance(v, Both) else v for name, v in values.items()}
    in_en = {name: v.en if isinstance(v, Both) else v for name, v in values.items()}
    return Both(sentence.nl.format(**in_nl), sentence.en.format(**in_en))
