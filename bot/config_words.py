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
    "document_dir": Both(
        "map met een eigen sjabloon voor documenten: dossier.typ (PDF), logo.svg of logo.png, dossier.docx (Word)",
        "directory with an own template for documents: dossier.typ (PDF), logo.svg or logo.png, dossier.docx (Word)",
    ),
    "lock_screen": Both(
        "normal toont de alarmtekst in een oproep; minimal houdt haar van het vergrendelscherm",
        "normal shows the alarm's text in a page; minimal keeps it off the lock screen",
    ),
    "file_max_mib": Both(
        "hoe groot een bijlage mag zijn die met het logboek bewaard wordt, in MiB",
        "how large a file may be that is kept with the log, in MiB",
    ),
    "file_hour_mib": Both(
        "hoeveel bijlagen van een incident in een uur samen bewaard worden, in MiB; telt opnieuw na een start",
        "how much the files of one incident may be together within an hour, in MiB; counts anew after a start",
    ),
    "file_downloads": Both(
        "hoeveel bijlagen de bot tegelijk ophaalt",
        "how many files the bot fetches at the same time",
    ),
    "file_free_mib": Both(
        "hoeveel ruimte op de schijf vrij blijft als een bijlage bewaard wordt, in MiB; met minder wordt hij geweigerd",
        "how much of the disk stays free when a file is kept, in MiB; with less it is refused",
    ),
    "speed": Both(
        "deelt elke wachttijd door dit getal, voor een demonstratie; 1 is echt",
        "divides every wait by this number, for a demonstration; 1 is real",
    ),
    "log_level": Both("debug, info, warning of error", "debug, info, warning or error"),
    "public_url": Both(
        "adres waarop de bot van buiten te bereiken is: links om te antwoorden, en waar een aanbieder antwoorden brengt",
        "address at which the bot is reached from outside: links to answer, and where a provider brings answers",
    ),
    "trusted_proxies": Both(
        "adressen of netwerken van de proxy's die in X-Forwarded-For zeggen wie er vraagt; van een ander wordt dat niet geloofd",
        "addresses or networks of the proxies that say in X-Forwarded-For who asks; nobody else is believed",
    ),
    "sms_provider": Both(
        "wie sms'jes verstuurt: none, cm (CM.com), spryng of generic (eigen gateway)",
        "who sends text messages: none, cm (CM.com), spryng or generic (a gateway of your own)",
    ),
    "sms_url": Both(
        "adres van de sms-dienst; leeg: het gewone adres van cm of spryng",
        "address of the text message service; empty: the usual one of cm or spryng",
    ),
    "sms_token": Both("sleutel bij de sms-dienst", "key for the text message service"),
    "sms_token_file": Both("bestand met alleen sms_token", "file that holds nothing but sms_token"),
    "sms_account": Both("account bij spryng, zoals SPNL0000000", "account at spryng, such as SPNL0000000"),
    "sms_sender": Both(
        "afzender van sms'jes: een nummer waarop geantwoord kan worden, of hooguit elf letters",
        "sender of text messages: a number that can be answered, or eleven letters at most",
    ),
    "sms_fields": Both(
        "namen van de velden bij generic: onze naam=hun naam",
        "names of the fields of generic: our name=their name",
    ),
    "sms_status_url": Both(
        "waar generic zegt of een sms er is (?reference=…); leeg: dat kan niet gevraagd worden",
        "where generic says whether a message is there (?reference=…); empty: it cannot be asked",
    ),
    "sms_inbox_url": Both(
        "waar generic de antwoorden bewaart, voor wie geen webhook kan openzetten",
        "where generic keeps the answers, for those who cannot open a webhook",
    ),
    "sms_poll_seconds": Both(
        "om de hoeveel seconden antwoorden worden opgehaald, bij spryng en generic; 0 is nooit",
        "seconds between two looks for answers, at spryng and generic; 0 is never",
    ),
    "sms_webhook_secret": Both(
        "geheim in het adres waarop de sms-dienst antwoorden brengt",
        "secret in the address to which the text message service brings answers",
    ),
    "sms_webhook_secret_file": Both("bestand met alleen sms_webhook_secret", "file that holds nothing but sms_webhook_secret"),
    "voice_url": Both("adres van een telefoondienst die TwiML spreekt", "address of a telephone service that speaks TwiML"),
    "voice_account": Both("account bij de telefoondienst", "account at the telephone service"),
    "voice_token": Both("sleutel bij de telefoondienst", "key for the telephone service"),
    "voice_token_file": Both("bestand met alleen voice_token", "file that holds nothing but voice_token"),
    "voice_from": Both("nummer waarmee de bot belt, met + en landcode", "number from which the bot calls, with + and country code"),
    "ntfy_url": Both("adres van de ntfy-server", "address of the ntfy server"),
    "ntfy_token": Both("sleutel bij de ntfy-server", "key for the ntfy server"),
    "ntfy_token_file": Both("bestand met alleen ntfy_token", "file that holds nothing but ntfy_token"),
    "mail_host": Both("mailserver", "mail server"),
    "mail_port": Both("poort daarvan", "port for it"),
    "mail_security": Both(
        "starttls, tls, of none (alleen op deze machine zelf)", "starttls, tls, or none (on this machine only)"
    ),
    "mail_user": Both("gebruiker bij de mailserver", "user at the mail server"),
    "mail_password": Both("wachtwoord bij de mailserver", "password for the mail server"),
    "mail_password_file": Both("bestand met alleen mail_password", "file that holds nothing but mail_password"),
    "mail_from": Both("afzender van mail", "sender of mail"),
    "pushover_url": Both("adres van Pushover", "address of Pushover"),
    "pushover_token": Both("sleutel van de toepassing bij Pushover", "key of the application at Pushover"),
    "pushover_token_file": Both("bestand met alleen pushover_token", "file that holds nothing but pushover_token"),
    "pushover_poll_seconds": Both(
        "om de hoeveel seconden gekeken wordt of een Pushover-bericht is bevestigd; minstens 5",
        "seconds between two looks whether a Pushover message was acknowledged; 5 at least",
    ),
    "apprise": Both(
        "of berichten ook langs diensten mogen die Apprise kent; alleen heen, en na installatie van `iogplus[apprise]`",
        "whether notices may also go by services that Apprise knows; one way, and once `iogplus[apprise]` is installed",
    ),
    "apprise_addresses": Both(
        "waar Apprise heen mag: op elke regel iemands id of een rol, en het adres; wie er niet in staat, krijgt niets",
        "where Apprise may go: on each line somebody's id or a role, and the address; nobody else gets anything",
    ),
    "apprise_addresses_file": Both(
        "bestand met alleen apprise_addresses", "file that holds nothing but apprise_addresses"
    ),
    "reach_key_file": Both(
        "sleutel waarmee privénummers zijn versleuteld, alleen leesbaar voor de bot; standaard reach_key in state_dir",
        "key that seals private numbers, readable by the bot only; reach_key in state_dir unless given",
    ),
    "node_name": Both(
        "naam van dit proces als er meer op één database staan; standaard de naam van de machine",
        "name of this process among several on one database; the name of the machine unless given",
    ),
    "reminder_hours": Both(
        "zoveel uur voor een dienst hoort iemand dat die komt; leeg is nooit",
        "so many hours before a shift somebody hears that it comes; empty is never",
    ),
    "warning_hours": Both(
        "zoveel uur van tevoren hoort men van een gat in het rooster of van maar één kanaal; leeg is nooit",
        "so many hours before it people hear of a gap in the roster or of one channel only; empty is never",
    ),
    "timestamp_url": Both(
        "adres van een dienst voor tijdstempels (RFC 3161) op gesloten logboeken; leeg: geen stempels",
        "address of a service for time stamps (RFC 3161) on closed logs; empty: no stamps",
    ),
    "timestamp_ca_file": Both(
        "certificaten (PEM) die voor die dienst instaan",
        "certificates (PEM) that vouch for that service",
    ),
    "lease_seconds": Both(
        "zo lang mag een proces op PostgreSQL zwijgen voordat een ander het overneemt",
        "how long a process on PostgreSQL may be silent before another takes over",
    ),
}  # fmt: skip

_WRONG: Final[dict[str, Both]] = {
    "missing": Both("{field} ontbreekt: {about}", "{field} is missing: {about}"),
    "no_login": Both(
        "{field} ontbreekt; maak het apparaat met `iogplus new-device`",
        "{field} is missing; make the device with `iogplus new-device`",
    ),
    "half": Both("{field} ontbreekt bij {beside}: {about}", "{field} is missing beside {beside}: {about}"),
    "in_the_clear": Both(
        "{field} none kan alleen naar een mailserver op deze machine", "{field} none is for a mail server on this machine only"
    ),
    "guessable": Both(
        "{field} moet minstens 20 letters en cijfers hebben, zonder schuine streep: wie het raadt, antwoordt voor een ander",
        "{field} must have 20 letters and digits or more, and no slash: whoever guesses it answers for others",
    ),
    "not_certificates": Both("in {path} staat geen certificaat (PEM)", "{path} holds no certificate (PEM)"),
    "no_timestamps": Both(
        "{field} staat aan, maar wat daarvoor nodig is, is niet geïnstalleerd: installeer `iogplus[timestamps]`",
        "{field} is on, but what it needs is not installed: install `iogplus[timestamps]`",
    ),
    "no_apprise": Both(
        "{field} staat aan, maar Apprise is niet geïnstalleerd: installeer `iogplus[apprise]`",
        "{field} is on, but Apprise is not installed: install `iogplus[apprise]`",
    ),
    "apprise_line": Both(
        "{field}: regel {line} is geen naam met een adres, zoals `jansen ntfys://…`",
        "{field}: line {line} is no name with an address, such as `jansen ntfys://…`",
    ),
    "unfit": Both("{field} kan zo niet: {about}", "{field} cannot be so: {about}"),
    "unknown": Both("onbekende instelling: {field}", "unknown setting: {field}"),
    "unknown_guess": Both(
        "onbekende instelling: {field} (bedoel je: {guess}?)", "unknown setting: {field} (did you mean: {guess}?)"
    ),
    "not_settings": Both("hier horen instellingen: `naam: waarde`", "settings are expected here: `name: value`"),
    "hour_below_one": Both(
        "{field} is minder dan {beside}: dan wordt geen bestand van die grootte bewaard",
        "{field} is less than {beside}: then no file of that size is kept",
    ),
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
