"""The words of the data files of a dossier: the name of each table and of each of its columns, Dutch beside English.

Longer than its logic: one table.
"""

from typing import Final

from bot.domain.people import Language
from bot.domain.playbook import Both

_WORDS: Final[dict[str, Both]] = {
    # tables
    "timeline": Both("Tijdlijn", "Timeline"),
    "decisions": Both("Besluiten", "Decisions"),
    "actions": Both("Acties", "Actions"),
    "pages": Both("Oproepen", "Pages"),
    "steps": Both("Stappen", "Steps"),
    "lines": Both("Regels", "Lines"),
    # what several tables have
    "nr": Both("Nr", "No"),
    "at": Both("Tijd", "Time"),
    "who": Both("Wie", "Who"),
    "role": Both("Rol", "Role"),
    "text": Both("Tekst", "Text"),
    "by": Both("Door", "By"),
    "state": Both("Stand", "State"),
    "due": Both("Uiterlijk", "Due"),
    "done": Both("Gedaan op", "Done at"),
    "done_by": Both("Gedaan door", "Done by"),
    "late": Both("Seconden te laat", "Seconds late"),
    "class": Both("Vertrouwelijkheid", "Confidentiality"),
    "room": Both("Kamer", "Room"),
    "replaced_by": Both("Vervangen door", "Replaced by"),
    # timeline
    "line": Both("Regel", "Line"),
    "hash": Both("Hash", "Hash"),
    "what": Both("Wat", "What"),
    "via": Both("Hoe", "How"),
    "proof": Both("Bewijs", "Proof"),
    "happened": Both("Gebeurd op", "Happened at"),
    "everybody": Both("Voor iedereen die meedoet", "For everybody who takes part"),
    # decisions
    "point": Both("Besluittype", "Type of decision"),
    "option": Both("Optie", "Option"),
    "decision": Both("Besluit", "Decision"),
    "recorder": Both("Vastgelegd door", "Recorded by"),
    "taken_by": Both("Genomen door rol", "Taken by role"),
    "capacity": Both("In wiens naam", "In whose name"),
    "confirmed": Both("Bevestigd", "Confirmed"),
    "four_eyes": Both("Vier ogen nodig", "Four eyes needed"),
    "seconded": Both("Tweede paar ogen", "Second pair of eyes"),
    "replaces": Both("Vervangt", "Replaces"),
    "review": Both("Herzien op", "Review at"),
    "reason": Both("Reden in eigen woorden", "Reason in own words"),
    "reason.moment": Both("{reason}: moment", "{reason}: moment"),
    "capacity.own": Both("eigen bevoegdheid", "own authority"),
    "capacity.on_behalf": Both("namens", "on behalf of"),
    "capacity.mandate": Both("mandaat", "mandate"),
    "capacity.advice": Both("advies", "advice"),
    "capacity.deputy": Both("plaatsvervanger", "deputy"),
    # actions
    "action": Both("Actie", "Action"),
    "owner": Both("Eigenaar", "Owner"),
    "given": Both("Gegeven op", "Given at"),
    "remark": Both("Opmerking", "Remark"),
    "action.open": Both("open", "open"),
    "action.done": Both("klaar", "done"),
    "action.dropped": Both("vervallen", "dropped"),
    # pages
    "person": Both("Persoon", "Person"),
    "roles": Both("Rollen", "Roles"),
    "channel": Both("Kanaal", "Channel"),
    "requested": Both("Opgeroepen", "Paged"),
    "tried": Both("Eerste poging", "First try"),
    "tries": Both("Pogingen", "Tries"),
    "accepted": Both("Aangenomen", "Accepted"),
    "failure": Both("Mislukt omdat", "Failed because"),
    "answered": Both("Antwoord", "Answered"),
    "to_accept": Both("Seconden tot aangenomen", "Seconds to accept"),
    "to_answer": Both("Seconden van poging tot antwoord", "Seconds from try to answer"),
    "page_to_answer": Both("Seconden van oproep tot antwoord", "Seconds from page to answer"),
    "outcome": Both("Uitkomst", "Outcome"),
    # steps
    "step": Both("Stap", "Step"),
    "deviation": Both("Afwijking", "Deviation"),
    "why": Both("Reden van afwijking", "Reason of deviation"),
    "deviation.skipped": Both("overgeslagen", "skipped"),
    "deviation.left": Both("niet gedaan bij sluiten", "not done when closed"),
    "deviation.late": Both("te laat", "late"),
    # lines
    "kind": Both("Soort", "Kind"),
    "source_kind": Both("Bron", "Source"),
    "reliability": Both("Betrouwbaarheid (1-4)", "Reliability (1-4)"),
    "reliability_words": Both("Betrouwbaarheid", "Reliability"),
    "settled": Both("Uitkomst", "Outcome"),
    "outcome.confirmed": Both("bevestigd", "confirmed"),
    "outcome.refuted": Both("weerlegd", "refuted"),
    "about": Both("Gaat over regel", "About line"),
    "recipient": Both("Gericht aan", "Sent to"),
    "reference": Both("Kenmerk", "Reference"),
    "route": Both("Route", "Route"),
    "reply": Both("Antwoord", "Answer"),
    "replied": Both("Beantwoord op", "Answered at"),
    # cells
    "yes": Both("ja", "yes"),
    "no": Both("nee", "no"),
    "iso": Both("{column} (ISO, UTC)", "{column} (ISO, UTC)"),
    "cut": Both("… [ingekort: zie regel {number}]", "… [cut: see row {number}]"),
    # the calendar
    "calendar": Both("Acties {number}", "Actions {number}"),
    "calendar.done": Both("✓ {text}", "✓ {text}"),
    "calendar.of": Both("Actie {action} van {owner}, incident {number}", "Action {action} of {owner}, incident {number}"),
}  # fmt: skip


def word(lang: Language, key: str, /, **values: str) -> str:
    """The words in one language; raises KeyError for a key that the table does not know."""
    both = _WORDS[key]
    return (both.nl if lang == "nl" else both.en).format(**values)
