"""The actions of an incident as an iCalendar file: an event for each that has a time.

Events, not tasks (VTODO): Outlook passes over the tasks in a file that it opens. An action without a time has no place in it.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from icalendar import Calendar, Event, Timezone

from bot.domain.incident import Action
from bot.domain.people import Language
from bot.dossier.collect import Dossier
from bot.dossier.columns import word
from bot.dossier.followed import Acted, follow
from bot.dossier.tables import text
from bot.words.shown import ZONE, visible

_LENGTH: Final = timedelta(minutes=15)  # an event without a length is hard to see in Outlook


def calendar_file(dossier: Dossier, lang: Language) -> bytes:
    """The calendar in one language; an event keeps its name (UID) in every export, and every date is the log's."""
    acted = follow(dossier).actions
    timed = [(action, action.due) for action in dossier.incident.actions if action.due is not None]
    title = word(lang, "calendar", number=dossier.incident.number)
    calendar = Calendar()
    for name, value in (
        ("PRODID", "-//iogplus//dossier//NL"), ("VERSION", "2.0"), ("CALSCALE", "GREGORIAN"), ("METHOD", "PUBLISH"),
        ("NAME", title), ("X-WR-CALNAME", title), ("X-WR-TIMEZONE", ZONE.key),
    ):  # fmt: skip
        calendar.add(name, value)
    if timed:
        years = [due.astimezone(ZONE).year for _, due in timed]
        begin, end = (datetime(year, 1, 1, tzinfo=UTC).date() for year in (min(years), max(years) + 2))
        calendar.add_component(Timezone.from_tzid(ZONE.key, first_date=begin, last_date=end))
    for action, due in timed:
        calendar.add_component(_event(dossier, action, due, acted[action.number], lang))
    return bytes(calendar.to_ical())


def _event(dossier: Dossier, action: Action, due: datetime, acted: Acted, lang: Language) -> Event:
    owner, number = visible(dossier.incident.name(action.owner)), dossier.incident.number
    said = text(action.text)
    event = Event()
    event.add("UID", f"{_mark(dossier.origin, action.number)}@{dossier.origin.split('/')[0]}")
    event.add("DTSTAMP", acted.changed.astimezone(UTC).replace(microsecond=0))
    event.add("SEQUENCE", acted.changes)
    event.add("DTSTART", _local(due))
    event.add("DTEND", _local(due + _LENGTH))
    event.add("SUMMARY", word(lang, "calendar.done", text=said) if action.state == "done" else said)
    of = word(lang, "calendar.of", action=str(action.number), owner=owner, number=number)
    event.add("DESCRIPTION", "\n".join(filter(None, (of, text(action.remark)))))
    event.add("STATUS", "CANCELLED" if action.state == "dropped" else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT")  # a term is no meeting
    return event


def _mark(origin: str, number: int) -> str:
    return sha256(f"{origin}/action/{number}".encode()).hexdigest()[:32]


def _local(at: datetime) -> datetime:
    """Amsterdam time; in the hour that October has twice a local time means the first, so the second is written in UTC."""
    local = at.astimezone(ZONE).replace(microsecond=0)
    return at.astimezone(UTC).replace(microsecond=0) if local.fold else local
