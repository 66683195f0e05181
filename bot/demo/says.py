"""What the demo says at a terminal, Dutch beside English."""

from typing import Final

from bot.demo.recognise import Meaning
from bot.domain.people import Language
from bot.domain.playbook import Both

_SAID: Final[dict[str, Both]] = {
    "title": Both("IOG+ bot · demo", "IOG+ bot · demo"),
    "what_serve": Both(
        "Een echte homeserver (Synapse) met iedereen erop, en de bot als eigen proces. Log in en geef alarm.",
        "A real homeserver (Synapse) with everybody on it, and the bot as its own process. Log in and raise an alarm.",
    ),
    "what": Both(
        "Een echte homeserver (Synapse), de bot als eigen proces, ieder mens een eigen versleutelde client.",
        "A real homeserver (Synapse), the bot as its own process, an encrypted client for each person.",
    ),
    "directory": Both("Map van deze keer: {path}", "Directory of this run: {path}"),
    "homeserver": Both("Homeserver", "Homeserver"),
    "homeserver_done": Both("Synapse op {url}", "Synapse at {url}"),
    "people": Both("Mensen en kamers", "People and rooms"),
    "people_done": Both(
        "{people} accounts, voor ieder een direct gesprek met de bot", "{people} accounts, a direct chat with the bot for each"
    ),
    "bot": Both("Bot en clients", "Bot and clients"),
    "bot_done": Both(
        "bot draait (proces {pid}), {clients} clients ingelogd", "bot runs (process {pid}), {clients} clients logged in"
    ),
    "speed": Both(
        "Wachttijden ÷ {speed}: herhaling na {repeat} s (echt: 4 min), reserve na {reserve} s (echt: 5 min).",
        "Waits ÷ {speed}: repeat after {repeat} s (really: 4 min), reserve after {reserve} s (really: 5 min).",
    ),
    "number": Both("Nummer", "Number"),
    "number_done": Both(
        "{name} typt het eigen nummer, en de code die de telefoon toont",
        "{name} types the own number, and the code that the phone shows",
    ),
    "rumour_part": Both(
        "Deel 1: een gerucht, het eerste half uur. Een echt alarm, geen oefening.",
        "Part 1: a rumour, the first half hour. A real alarm, no drill.",
    ),
    "ladder_part": Both(
        "Deel 2: de oproep tot rellen, en de ladder.", "Part 2: the call to riot, and the ladder."
    ),
    "rumour_alarm": Both("0 min · alarm", "0 min · alarm"),
    "rumour_alarm_done": Both("{name} typt: {text}", "{name} types: {text}"),
    "rumour_calls": Both("0 min · oproepen", "0 min · pages"),
    "rumour_calls_done": Both(
        "{title}: {count} opgeroepen, alle {count} komen en zijn in de kamer",
        "{title}: {count} paged, all {count} come and are in the room",
    ),
    "rumour_letter": Both("5 min · brief", "5 min · letter"),
    "rumour_letter_done": Both(
        "een naam in het logboek: {name} hoort het meteen, en zegt het anders",
        "a name in the log: {name} is told at once, and says it otherwise",
    ),
    "rumour_denial": Both("12 min · feit", "12 min · fact"),
    "rumour_denial_done": Both(
        "met bron en zekerheid; {name} heeft het gerucht in één neutrale zin",
        "with source and certainty; {name} has the rumour in one neutral sentence",
    ),
    "rumour_street": Both("20 min · straat", "20 min · street"),
    "rumour_street_done": Both(
        "plaats en tijd genoemd: B4 gesteld, redenen met spoed; {name} opgeroepen en binnen",
        "place and time named: B4 put, reasons to follow; {name} paged and in",
    ),
    "rumour_neighbours": Both("30 min · sitrap", "30 min · sitrep"),
    "rumour_neighbours_done": Both(
        "dezelfde brief bij twee buurgemeenten: bovenregionaal; sitrap 1",
        "the same letter in two neighbouring municipalities: supraregional; sitrep 1",
    ),
    "rumour_close": Both("Afgesloten", "Closed"),
    "rumour_close_done": Both("{rows} berichten zoals verwacht: {verdict}", "{rows} messages as expected: {verdict}"),
    "no_difference": Both("geen verschil", "no difference"),
    "texts_fail": Both("Sms valt uit", "Texts fail"),
    "texts_fail_done": Both(
        "de sms-dienst is gestopt; wie nu nog gewekt wordt, wordt gebeld",
        "the text message service is stopped; who is woken from here on is called",
    ),
    "alarm": Both("Alarm", "Alarm"),
    "alarm_done": Both("{name} typt: {text}", "{name} types: {text}"),
    "calls": Both("Oproepen", "Pages"),
    "calls_done": Both(
        "{count} opgeroepen in {seconds} s; {yes} komen, {no} kan niet (reserve opgeroepen), {silent} zwijgt nog",
        "{count} paged in {seconds} s; {yes} come, {no} cannot (reserve paged), {silent} still silent",
    ),
    "room": Both("Kamer", "Room"),
    "room_done": Both(
        "bruikbaar {seconds} s na het alarm; {count} mensen binnen",
        "usable {seconds} s after the alarm; {count} people in",
    ),
    "work_steps": Both("Stappen", "Steps"),
    "work_steps_done": Both(
        "{done} afgerond, met ✅ 👤 en met klaar, nvt, ik",
        "{done} finished, by ✅ 👤 and by done, n/a, me",
    ),
    "decide": Both("Besluiten", "Decisions"),
    "decide_done": Both("2 vastgelegd, 1 reden, beide bevestigd met ✅", "2 recorded, 1 reason, both confirmed with ✅"),
    "record": Both("Logboek", "Log"),
    "record_done": Both("📌 op een bericht van {name}, sitrap 1", "📌 on a message of {name}, sitrep 1"),
    "silence": Both("Stilte", "Silence"),
    "silence_done": Both(
        "{name} antwoordt niet (een voicemail wel): na {seconds} s reserve {reserve}, gebeld, komt",
        "{name} does not answer (a voicemail does): after {seconds} s reserve {reserve}, called, comes",
    ),
    "close": Both("Sluiten", "Close"),
    "close_done": Both("kamer alleen-lezen, zegel gezet", "room read-only, seal set"),
    "take_out": Both("Export", "Export"),
    "take_out_done": Both(
        "{size} kB, versleuteld ontvangen en geopend door {name}", "{size} kB, received encrypted and opened by {name}"
    ),
    "settle": Both("Naluisteren", "Listening on"),
    "settle_done": Both("bot gestopt (code {code}); alle clients bij", "bot stopped (code {code}); all clients up to date"),
    "side_by_side": Both("Wat ieder zag in het gesprek met de bot", "What each saw in the chat with the bot"),
    "side_note": Both("seconden na het alarm · › is wat de mens deed", "seconds after the alarm · › is what the person did"),
    "phones": Both("Wat iedere telefoon zag", "What each phone saw"),
    "phones_note": Both(
        "volgens de diensten zelf · › is wat de mens deed", "as the services kept it · › is what the person did"
    ),
    "ladder": Both("De ladder, seconden na het alarm", "The ladder, seconds after the alarm"),
    "ladder_note": Both(
        "gevraagd: volgens het logboek van de bot · aangekomen, antwoord, ingetrokken: volgens de telefoon",
        "requested: as the bot's log has it · accepted, answered, withdrawn: as the phone has it",
    ),
    "channel": Both("kanaal", "channel"),
    "requested": Both("gevraagd", "requested"),
    "accepted": Both("aangekomen", "accepted"),
    "answered": Both("antwoord", "answered"),
    "withdrawn": Both("ingetrokken", "withdrawn"),
    "rang": Both("belt", "rings"),
    "looked": Both("link bekeken ({text})", "link looked at ({text})"),
    "machine": Both("voicemail hoort: {text}", "voicemail hears: {text}"),
    "off": Both("ingetrokken", "withdrawn"),
    "fault_after_answer": Both("{who}: oproep over {channel} na het antwoord", "{who}: page over {channel} after the answer"),
    "fault_twice": Both("{who}: dezelfde oproep twee keer over {channel}", "{who}: the same page twice over {channel}"),
    "fault_not_over": Both("{who}: het antwoord ging niet over {channel}", "{who}: the answer did not go over {channel}"),
    "fault_rings_on": Both("{who}: {channel} gaat door na het antwoord", "{who}: {channel} rings on after the answer"),
    "fault_stopped_by_looking": Both("{who}: bekijken hield de ladder op", "{who}: looking stopped the ladder"),
    "fault_answered_by_looking": Both("{who}: bekijken telde als antwoord", "{who}: looking counted as an answer"),
    "fault_voicemail": Both("{who}: een voicemail telde als antwoord", "{who}: a voicemail counted as an answer"),
    "fault_while_down": Both("{who}: een sms terwijl de dienst stil lag", "{who}: a text while the service was down"),
    "fault_not_tried": Both("{who}: {channel} is niet geprobeerd", "{who}: {channel} was not tried"),
    "fault_hung_up": Both("{who}: opgehangen na de toets", "{who}: hung up after the key"),
    "ladder_good": Both(
        "Geen oproep na een antwoord, een bekeken link antwoordt niet, en zonder sms werd de reserve gebeld.",
        "No page after an answer, a link looked at answers nothing, and without texts the reserve was called.",
    ),
    "ladder_path": Both("De ladder per persoon: {path}", "The ladder of each person: {path}"),
    "in_room": Both("De kamer, zoals {name} haar las", "The room, as {name} read it"),
    "table_direct": Both("Verwacht en gezien · direct gesprek", "Expected and seen · direct chat"),
    "table_room": Both("Verwacht en gezien · kamer", "Expected and seen · room"),
    "table_room_note": Both(
        "per persoon: keer gezien, ontsleuteld · – niet verwacht (van vóór de uitnodiging)",
        "per person: times seen, decrypted · – not expected (before the invite)",
    ),
    "person": Both("persoon", "person"),
    "message": Both("verwacht bericht", "expected message"),
    "event": Both("event-id", "event id"),
    "decrypted": Both("ontsleuteld", "decrypted"),
    "seen": Both("gezien", "seen"),
    "rings": Both("geluid", "sound"),
    "yes": Both("ja", "yes"),
    "no": Both("NEE", "NO"),
    "times": Both("Gemeten tijden", "Measured times"),
    "seconds": Both("seconden", "seconds"),
    "alarm_first_page": Both("alarm → eerste oproep gelezen", "alarm → first page read"),
    "alarm_all_pages": Both("alarm → alle 8 oproepen gelezen", "alarm → all 8 pages read"),
    "alarm_room": Both("alarm → kamer bruikbaar", "alarm → room usable"),
    "answer_confirmed_median": Both("antwoord → bevestigd, mediaan", "answer → confirmed, median"),
    "answer_confirmed_most": Both("antwoord → bevestigd, langste", "answer → confirmed, longest"),
    "silence_reserve": Both("stilte → reserve opgeroepen (wacht {wait} s)", "silence → reserve paged (wait {wait} s)"),
    "close_closed": Both("sluit ja → gesloten", "close yes → closed"),
    "close_export": Both("gesloten → export geopend", "closed → export opened"),
    "export_file": Both("export gevraagd → geopend", "export asked → opened"),
    "verify": Both("Controle met verify.py uit de bundel zelf", "Check with verify.py from the bundle itself"),
    "as_is": Both("zoals ontvangen", "as received"),
    "changed": Both("één byte anders ({where})", "one byte changed ({where})"),
    "witness": Both(
        "{fits} van {all} hashes die in de kamer stonden, kloppen met het logboek",
        "{fits} of {all} hashes that stood in the room agree with the log",
    ),
    "bundle": Both("Bundel: {path}", "Bundle: {path}"),
    "result": Both("Alles op een rij, met volledige event-id's: {path}", "All of it, with whole event ids: {path}"),
    "published": Both("naam van het logboek", "name of the log"),
    "key": Both("publieke sleutel", "public key"),
    "good": Both("Alles zoals verwacht: {rows} berichten bij {people} mensen, geen verschil. {seconds} s in totaal.",
                 "All as expected: {rows} messages with {people} people, no difference. {seconds} s in all."),
    "differences": Both("{count} verschil(len)", "{count} difference(s)"),
    "missing": Both("{who}: {what}: {times} keer gezien, verwacht {least}", "{who}: {what}: seen {times} times, expected {least}"),
    "not_opened": Both("{who}: {what}: niet ontsleuteld", "{who}: {what}: not decrypted"),
    "stray": Both("{who}: onverwacht ({kind}): {text}", "{who}: unexpected ({kind}): {text}"),
    "stray_rings": Both("{who}: onverwacht, met geluid ({kind}): {text}", "{who}: unexpected, with sound ({kind}): {text}"),
    "more": Both("… en nog {count}, in result.json", "… and {count} more, in result.json"),
    "evidence_bad": Both("de controle van de bundel ging niet zoals verwacht", "the check of the bundle did not go as expected"),
    "halted": Both("De demo kwam niet verder: {why}", "The demo came to a halt: {why}"),
    "crashed": Both("Een proces van de demo stopte. Het einde van zijn log:", "A process of the demo ended. The end of its log:"),
    "logs": Both("Logs: {bot} en {homeserver}", "Logs: {bot} and {homeserver}"),
    "no_directory": Both("{path}: {why}", "{path}: {why}"),
    "up": Both("De bot draait. Wachttijden ÷ {speed}.", "The bot is running. Waits ÷ {speed}."),
    "log_in": Both(
        "Log in op {url} als {user} met wachtwoord {password}, en typ bij {bot}: alarm en één zin.",
        "Log in at {url} as {user} with password {password}, and type to {bot}: alarm and one sentence.",
    ),
    "users": Both("Alle {count} mensen en wachtwoorden: {path}", "All {count} people and passwords: {path}"),
    "stop": Both("Ctrl-C stopt alles.", "Ctrl-C stops everything."),
    "stopped": Both("Alles is gestopt.", "Everything is stopped."),
}  # fmt: skip

_KINDS: Final[dict[str, Both]] = {
    "page": Both("oproep", "page"),
    "repeat": Both("herhaling van de oproep", "repeat of the page"),
    "confirmation": Both("bevestiging: je komt", "confirmation: you come"),
    "confirmation_eta": Both("bevestiging: over {about} min", "confirmation: in {about} min"),
    "declined": Both("bevestiging: {about} wordt opgeroepen", "confirmation: {about} is paged"),
    "page_taken": Both("oproep wordt „aangenomen”", "page becomes “taken”"),
    "page_declined": Both("oproep wordt „kan niet”", "page becomes “can't”"),
    "decision_promised": Both("redenen van besluit {about} volgen", "reasons of decision {about} follow"),
    "asked": Both("vraag {about} naar het waarom", "question {about} about the why"),
    "warned": Both("persoonsgegevens in het logboek", "personal data in the log"),
    "step_due": Both("stap {about} is aan de orde", "step {about} is due"),
    "understood": Both("zo begrijpt de bot de melding", "how the bot understands the report"),
    "where": Both("vraag waar het is", "question where it is"),
    "calling": Both("een rol wordt opgeroepen", "a role is paged"),
    "alarm": Both("alarm ontvangen", "alarm received"),
    "code_sent": Both("er gaat een code naar de telefoon", "a code goes to the phone"),
    "proved": Both("nummer bevestigd", "number confirmed"),
    "room_open": Both("de kamer is open", "the room is open"),
    "file": Both("bestand met het dossier", "file with the dossier"),
    "dossier": Both("export klaar", "export ready"),
    "card": Both("statuskaart", "status card"),
    "card_changed": Both("statuskaart bijgewerkt", "status card updated"),
    "welcome": Both("stand voor {about}", "state for {about}"),
    "comes": Both("{about} komt", "{about} comes"),
    "comes_later": Both("{about} komt later", "{about} comes later"),
    "cannot": Both("{about} kan niet", "{about} cannot"),
    "not_reached": Both("{about} niet bereikt", "{about} not reached"),
    "called": Both("{about} opgeroepen", "{about} paged"),
    "step": Both("stap {about}", "step {about}"),
    "step_claimed": Both("stap {about}: iemand doet dit", "step {about}: somebody does it"),
    "step_done": Both("stap {about} gedaan", "step {about} done"),
    "step_skipped": Both("stap {about} n.v.t.", "step {about} n/a"),
    "decision": Both("besluit {about}", "decision {about}"),
    "decision_confirmed": Both("besluit {about} klopt", "decision {about} is correct"),
    "decision_explained": Both("reden bij besluit {about}", "reason of decision {about}"),
    "line": Both("📌 regel {about}", "📌 line {about}"),
    "sitrep": Both("sitrap {about}", "sitrep {about}"),
    "closing": Both("voorstel om te sluiten", "proposal to close"),
    "closed": Both("gesloten", "closed"),
    "unknown": Both("iets anders", "something else"),
    "unreadable": Both("onleesbaar", "unreadable"),
    "twice": Both("twee keer getoond", "shown twice"),
}


def say(lang: Language, key: str, /, **values: object) -> str:
    """The words in one language; raises KeyError for a key that the table does not know."""
    both = _SAID[key]
    return (both.en if lang == "en" else both.nl).format(**values)


def named(lang: Language, what: Meaning) -> str:
    """A kind of message in words."""
    both = _KINDS[what.kind]
    return (both.en if lang == "en" else both.nl).format(about=what.about)


def seconds(lang: Language, value: float) -> str:
    """Seconds with one decimal."""
    text = f"{value:.1f}"
    return text if lang == "en" else text.replace(".", ",")
