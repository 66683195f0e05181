"""The words around the facts of a dossier: headings, columns and states, in the vocabulary of Dutch crisis documents.

Longer than its logic: one table, Dutch beside English.
"""

from typing import Final

from bot.domain.people import Language
from bot.domain.playbook import Both

_LABELS: Final[dict[str, Both]] = {
    "title": Both("Dossier {number} · {municipality}", "Dossier {number} · {municipality}"),
    "exercise": Both("OEFENING", "EXERCISE"),
    "handling": Both(
        "Vertrouwelijk: bevat namen en wat mensen schreven. Tijden zijn plaatselijke tijd.",
        "Confidential: holds names and what people wrote. Times are local time.",
    ),
    "none": Both("Niets vastgelegd.", "Nothing recorded."),
    "yes": Both("ja", "yes"),
    # the incident
    "incident": Both("Incident", "Incident"),
    "number": Both("Nummer", "Number"),
    "municipality": Both("Verantwoordelijke gemeente", "Responsible municipality"),
    "involved": Both("Ook betrokken", "Also involved"),
    "reporter": Both("Gemeld door", "Reported by"),
    "alarm": Both("Alarm", "Alarm"),
    "text": Both("Tekst van het alarm", "Text of the alarm"),
    "expected": Both("Verwacht", "Expected"),
    "playbooks": Both("Draaiboeken", "Playbooks"),
    "state": Both("Stand", "State"),
    "closed": Both("Gesloten", "Closed"),
    "joined": Both("Zelfde zaak als", "Same case as"),
    "state.none": Both("geen", "none"),
    "state.open": Both("open", "open"),
    "state.closed": Both("gesloten", "closed"),
    "state.finished": Both("afgerond", "finished"),
    # decisions
    "decisions": Both("Besluitenlijst", "Decisions"),
    "nr": Both("Nr", "No"),
    "time": Both("Tijd", "Time"),
    "decision": Both("Besluit", "Decision"),
    "reason": Both("Reden", "Reason"),
    "by": Both("Door", "By"),
    "decision.unconfirmed": Both("niet bevestigd", "not confirmed"),
    "decision.open": Both("open: redenen ontbreken", "open: reasons are missing"),
    "decision.promised": Both("open: redenen volgen", "open: reasons follow"),
    "decision.second": Both("wacht op tweede paar ogen", "waits for a second pair of eyes"),
    "decision.complete": Both("compleet", "complete"),
    "decision.advice": Both("advies, geen besluit", "advice, no decision"),
    "decision.replaced": Both("vervangen", "replaced"),
    "reason.missing": Both("ontbreekt", "missing"),
    "reason.lines": Both("regel", "line"),
    "reason.not": Both("niet van toepassing, omdat", "does not apply, because"),
    "decision.confirmed": Both("bevestigd", "confirmed"),
    "decision.withdrawn": Both("ingetrokken", "withdrawn"),
    # the timeline
    "timeline": Both("Tijdlijn", "Timeline"),
    "line": Both("Regel", "Line"),
    "who": Both("Wie", "Who"),
    "what": Both("Wat", "What"),
    "room": Both("Kamer", "Room"),
    "source": Both("Bron", "Source"),
    "happened": Both("gebeurde {when}", "happened {when}"),
    "room.main": Both("incident", "incident"),
    "room.closed_circle": Both("besloten kring", "closed circle"),
    "room.exercise": Both("oefening", "exercise"),
    "room.direct": Both("rechtstreeks", "direct"),
    "room.alarm": Both("alarm", "alarm"),
    "room.management": Both("beheer", "management"),
    "via.text": Both("bericht", "message"),
    "via.reaction": Both("reactie", "reaction"),
    "via.membership": Both("deelname", "membership"),
    "via.timer": Both("klok", "timer"),
    "via.delivery": Both("aflevering", "delivery"),
    "via.terminal": Both("opdrachtregel", "terminal"),
    "via.sms": Both("sms", "text message"),
    "via.voice": Both("telefoon", "telephone"),
    "via.ntfy": Both("pushbericht", "push notice"),
    "via.mail": Both("mail", "e-mail"),
    "via.pushover": Both("Pushover", "Pushover"),
    "via.link": Both("link", "link"),
    "proof.clear": Both("onversleuteld", "not encrypted"),
    "proof.decrypted": Both("ontsleuteld", "decrypted"),
    "proof.known_device": Both("bekend apparaat", "known device"),
    "class.openbaar": Both("openbaar", "public"),
    "class.intern": Both("intern", "internal"),
    "class.vertrouwelijk": Both("vertrouwelijk", "confidential"),
    "class.politie_alleen_elders": Both("alleen bij de politie", "police only, kept elsewhere"),
    # pages
    "pages": Both("Oproepen en antwoorden", "Pages and answers"),
    "person": Both("Persoon", "Person"),
    "roles": Both("Rollen", "Roles"),
    "requested": Both("Opgeroepen", "Paged"),
    "delivered": Both("Aangekomen na", "Accepted after"),
    "answered": Both("Antwoord na", "Answer after"),
    "outcome": Both("Uitkomst", "Outcome"),
    "page.open": Both("wacht op antwoord", "waits for an answer"),
    "page.acknowledged": Both("komt", "comes"),
    "page.acknowledged_eta": Both("komt over {minutes} min", "comes in {minutes} min"),
    "page.declined": Both("kan niet", "cannot come"),
    "page.unanswered": Both("niet bereikt", "not reached"),
    "page.undeliverable": Both("kwam niet aan", "not delivered"),
    "page.withdrawn": Both("ingetrokken", "withdrawn"),
    # steps
    "steps": Both("Stappen", "Steps"),
    "step": Both("Stap", "Step"),
    "role": Both("Rol", "Role"),
    "due": Both("Uiterlijk", "Due"),
    "at": Both("Op", "At"),
    "step.none": Both("niet begonnen", "not begun"),
    "step.open": Both("open", "open"),
    "step.claimed": Both("in behandeling", "being done"),
    "step.done": Both("klaar", "done"),
    "step.skipped": Both("overgeslagen", "skipped"),
    # people
    "people": Both("Deelnemers", "Participants"),
    "name": Both("Naam", "Name"),
    "organisation": Both("Organisatie", "Organisation"),
    # proof
    "proof": Both("Echtheid", "Authenticity"),
    "proof.why": Both(
        "Elke regel noemt de vorige bij haar hash. Een hash die in een bericht in de kamer stond, legt alles ervoor vast.",
        "Every line names the one before by its hash. A hash that stood in a message in the room fixes all before it.",
    ),
    "proof.how": Both(
        "Controleren: python verify.py MAP {origin} SLEUTEL. Neem de sleutel niet uit dit dossier, maar van de gemeente.",
        "To verify: python verify.py DIRECTORY {origin} KEY. Take the key from the municipality, not from this dossier.",
    ),
    "origin": Both("Logboek", "Log"),
    "entries": Both("Regels", "Entries"),
    "head": Both("Laatste hash", "Last hash"),
    "root": Both("Wortel", "Root"),
    "key": Both("Publieke sleutel", "Public key"),
    "withheld": Both("Velden zonder inhoud (gewist)", "Fields without content (erased)"),
    "anchors": Both("Hashes in berichten", "Hashes in messages"),
}  # fmt: skip


def label(lang: Language, key: str, /, **values: str) -> str:
    """The words in one language; raises KeyError for a key that the table does not know."""
    both = _LABELS[key]
    return (both.nl if lang == "nl" else both.en).format(**values)
