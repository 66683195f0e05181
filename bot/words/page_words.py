"""What a reporter and a person who is called read: the page, the confirmation of an alarm, and what follows an answer."""

from typing import Final

from bot.domain import messages as m
from bot.domain.ids import RoleId, RoomId
from bot.domain.people import COORDINATOR
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.grammar import role_word
from bot.words.names import few_roles, role_name, role_names
from bot.words.shown import clock, length_of, loose, moment, room_link

Lines = list[Line]
# Whom a reporter may want besides; the first that is not being called is the example.
OFFERED: Final = tuple(
    RoleId(role)
    for role in ("expert_zorg", "expert_ondermijning", "expert_cter", "expert_cyber", "politie", "om", "communicatie")
)


def page(catalogue: Catalogue, said: m.PageText, *, minimal: bool) -> Lines:
    """With `minimal` the alarm's own words stay off the lock screen."""
    reporter = {"when": moment(said.said_at, said.lang), "reporter": loose(said.reporter)}
    reported = (
        line("page.reported", **reporter, organisation=loose(said.organisation))
        if said.organisation
        else line("page.reported_plain", **reporter)
    )
    if said.expected_at is not None:
        reported = line("page.reported_expected", **reporter, expected=moment(said.expected_at, said.lang))
    roles = few_roles(catalogue, said.lang, said.roles)
    next_one = "page.next_repeat" if said.attempt > 1 else "page.next"
    return [
        line("page.first", roles=roles, number=said.number, municipality=loose(said.municipality)),
        *([] if minimal or not said.text else [line("page.text", text=loose(said.text))]),
        reported,
        *([line("page.late", late=length_of(said.late_seconds, said.lang))] if said.late_seconds else []),
        *([] if said.late_seconds else [line("page.choices")]),
        line("page.type"),
        line(next_one, time=clock(said.next_at), attempt=str(said.attempt)),
    ]


def nobody_reached(catalogue: Catalogue, said: m.NobodyReached) -> Lines:
    role = loose(role_name(catalogue, said.lang, said.role))
    tried = loose(", ".join(said.tried))
    first = "nobody.first_some" if said.came else "nobody.first"
    return [
        line(first, role=role, number=said.number, came=str(said.came), wanted=str(said.wanted)),
        line("nobody.tried", since=clock(said.since), at=clock(said.at), tried=tried),
        line("nobody.duty_number", number=loose(said.duty_number)) if said.duty_number else line("nobody.list"),
        line("nobody.choices"),
        line("nobody.type"),
    ]


def alarm(catalogue: Catalogue, said: m.AlarmReceived) -> Lines:
    roles = role_names(catalogue, said.lang, said.roles or (COORDINATOR,))
    first = "alarm.first_danger" if said.danger else "alarm.first"
    text = line("alarm.text", text=loose(said.text)) if said.text else line("alarm.no_text")
    if said.calls_at is not None:
        planned = line("alarm.planned", time=clock(said.calls_at), roles=roles)
        choices = [planned, line("alarm.domains"), line("alarm.type")]
    elif said.grace_seconds is None:
        choices = [line("alarm.now", roles=roles), *_another(said)]
    else:
        grace = line("alarm.grace", seconds=str(said.grace_seconds), roles=roles)
        choices = [grace, line("alarm.domains"), line("alarm.type")]
    similar = [line("alarm.similar", similar=loose(said.similar_to))] if said.similar_to else []
    return [line(first, number=said.number, municipality=loose(said.municipality)), text, *choices, *similar]


def _another(said: m.AlarmReceived) -> Lines:
    """A role that is not being called already, as an example of what can be typed; none is left out."""
    free = next((role for role in OFFERED if role not in said.roles), None)
    return [] if free is None else [line("alarm.more", word=role_word(free, said.lang))]


def call_note(catalogue: Catalogue, said: m.CallNote) -> Lines:
    roles = role_names(catalogue, said.lang, said.roles)
    until = clock(said.until) if said.until is not None else ""
    return [line(f"call.{said.what}", number=said.number, roles=roles, other=loose(said.other), until=until)]


def room_line(number: str, municipality: str, room: RoomId | None) -> Line:
    """Where the room is, as far as there is one."""
    if room is None:
        return line("ack.no_room")
    return line("ack.room", number=number, municipality=loose(municipality), url=room_link(room))


def acknowledged(said: m.AckConfirmed) -> Lines:
    first = "ack.first" if said.eta_minutes is None else "ack.first_eta"
    return [
        line(first, time=clock(said.at), minutes=str(said.eta_minutes)),
        room_line(said.number, said.municipality, said.room),
        line("ack.later"),
        line("ack.mistake"),
    ]


def room_ready(said: m.RoomReady) -> Lines:
    return [
        line("room.first", number=said.number, municipality=loose(said.municipality)),
        room_line(said.number, said.municipality, said.room),
        line("room.how"),
    ]


def declined(said: m.DeclineConfirmed) -> Lines:
    first = line("decline.first_next", next=loose(said.next)) if said.next else line("decline.first")
    return [first, line("page.nothing_to_do"), line("decline.back")]


def late(said: m.LateAnswer) -> Lines:
    return [
        line("late.first", taken_by=loose(said.taken_by), number=said.number),
        line("late.welcome"),
        room_line(said.number, said.municipality, said.room),
        line("late.choices"),
        line("late.type"),
    ]


def unreadable(said: m.UnreadableFrom) -> Lines:
    return [line("unreadable.first", person=loose(said.person)), line("unreadable.call")]


def old_alarm(said: m.OldAlarm) -> Lines:
    return [
        line("old_alarm.first", person=loose(said.person)),
        line("old_alarm.when", when=moment(said.said_at, said.lang)),
        *([line("page.text", text=loose(said.text))] if said.text else []),
        line("old_alarm.how"),
    ]


def taken_back(said: m.AnswerTakenBack) -> Lines:
    return [
        line("back.first", number=said.number),
        line("back.open"),
        line("page.choices"),
        line("page.type"),
    ]


def over(said: m.PageOver) -> Lines:
    taken = line("page.over_taken", number=said.number, taken_by=loose(said.taken_by or ""))
    return [taken if said.taken_by else line("page.over", number=said.number), line("page.nothing_to_do")]


def settled(said: m.PageSettled) -> Lines:
    return [line(f"page.settled_{said.state}", time=clock(said.at), number=said.number)]
