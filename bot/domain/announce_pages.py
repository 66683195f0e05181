"""What people must hear of pages beside the page itself: other channels, a yes that nothing came of, a role handed over."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.addressing import in_room, main_room, manage, to_person
from bot.domain.circle import open_part
from bot.domain.ids import PersonId, RoleId
from bot.domain.incident import Incident, Page, finished
from bot.domain.ladder import Channel

# What goes on ringing by itself until it is called off.
RINGS_ON: Final[frozenset[Channel]] = frozenset(("voice", "ntfy", "pushover"))

# Over these who said yes is asked again; a call only when it was a call that woke them.
ASKS_AGAIN: Final[tuple[Channel, ...]] = ("sms", "voice")


def _by_channel(incident: Incident, page: Page, channel: Channel) -> dict[str, Any]:
    where = {**to_person(incident, page.person), "mention": ()}
    return {**where, "to": m.To("channel", f"{channel}:{page.person}"), "channel": channel, "person": page.person}


def tried(incident: Incident, page: Page, channel: Channel) -> Iterable[m.Message]:
    assert incident.policy is not None, "pages follow a policy"
    assert incident.alarm_at is not None, "pages follow an alarm"
    yield m.ChannelPage(
        page=page.id,
        roles=page.roles,
        municipality=incident.municipality_name,
        said_at=incident.alarm_at,
        next_at=page.since + incident.policy.steps[page.step].wait,
        attempt=page.attempt(channel),
        **_by_channel(incident, page, channel),
    )


def called_off(incident: Incident, page: Page, but: Channel | None = None) -> Iterable[m.Message]:
    for channel in dict.fromkeys(page.tried):
        if channel in RINGS_ON and channel != but:
            yield m.ChannelCalledOff(page=page.id, **_by_channel(incident, page, channel))


def silenced(incident: Incident, roles: Iterable[RoleId]) -> Iterable[m.Message]:
    """Nothing rings on at somebody who was passed over and sleeps on, once enough people come: a push does so for half an hour."""
    said = frozenset(roles)
    for page in incident.pages.values():
        if page.state == "unanswered" and said & set(page.roles) and not _wanted(incident, page):
            yield from called_off(incident, page)


def _wanted(incident: Incident, page: Page) -> bool:
    return incident.state == "open" and any(incident.calls[r].state != "answered" for r in page.roles)


def answered(
    incident: Incident, page: Page, answer: Literal["yes", "no"], answer_by: e.AnswerBy
) -> Iterable[m.Message]:
    """An answer by text message is echoed by text message; a key, a button and a link show at once what was understood."""
    # who pressed a key still listens to what was understood: that call ends by itself
    yield from called_off(incident, page, but="voice" if answer_by == "key" else None)
    if answer_by == "sms":
        yield m.ChannelEcho(
            page=page.id,
            what="cannot" if answer == "no" else "coming" if page.eta_minutes is None else "eta",
            roles=page.roles,
            municipality=incident.municipality_name,
            eta_minutes=page.eta_minutes,
            **_by_channel(incident, page, "sms"),
        )


def over(incident: Incident, page: Page, taken_by: str | None) -> Iterable[m.Message]:
    """Who was sent a text message hears by text message that there is nothing to do any more."""
    if "sms" in page.tried:
        yield m.ChannelEcho(
            page=page.id,
            what="over",
            roles=page.roles,
            municipality=incident.municipality_name,
            taken_by=taken_by,
            **_by_channel(incident, page, "sms"),
        )


def asked_again(incident: Incident, page: Page, at: datetime) -> Iterable[m.Message]:
    """In chat, and over what rang before: who said yes by telephone because the chat is broken must hear the question too."""
    yield still_coming(incident, page, at)
    has = {rung.channel for rung in page.ladder}
    for channel in ASKS_AGAIN:
        if channel in has and (channel == "sms" or channel in page.tried):
            again = replace(page, tried=(*page.tried, channel), since=at)
            yield from tried(incident, again, channel)


def still_coming(incident: Incident, page: Page, at: datetime) -> m.Message:
    assert incident.policy is not None, "pages follow a policy"
    assert incident.policy.lease is not None, "only a lease is asked after"
    return m.StillComing(
        page=page.id,
        roles=page.roles,
        municipality=incident.municipality_name,
        answered_at=page.answered_at or at,
        next_at=at + incident.policy.lease.wait,
        room=main_room(incident),
        **to_person(incident, page.person),
    )


def handing_over(
    incident: Incident,
    entry: e.ShiftEndNoted | e.HandoverOffered | e.HandoverPutOff | e.RoleHandedOver,
    at: datetime,
) -> Iterable[m.Message]:
    call = incident.calls[entry.role]
    match entry:
        case e.ShiftEndNoted(person=holder):
            yield _note(incident, entry, "nobody", holder, None, at)
            yield manage(incident, "no_successor", person=incident.name(holder), role=entry.role)
        case e.HandoverOffered(holder=holder, successor=successor):
            decisions = open_part(incident).decisions
            left = sum(not finished(incident, s) and incident.doer(s) == entry.role for s in incident.steps)
            yield m.HandoverAsked(
                role=entry.role,
                holder=incident.name(holder),
                open_steps=left,
                last_decision=decisions[-1].number if decisions else None,
                at=at,
                **to_person(incident, successor),
            )
            if call.offers == 1:
                yield _note(incident, entry, "offered", holder, successor, at)
                if "main" in incident.rooms:
                    yield m.Invite(person=successor, **in_room(incident))
            else:
                names = {"person": incident.name(successor), "holder": incident.name(holder)}
                yield manage(incident, "handover_unanswered", role=entry.role, **names)
        case e.HandoverPutOff(successor=successor):
            assert call.by is not None, "only who holds a role hands it over"
            yield _note(incident, entry, "put_off", call.by, successor, at)
        case e.RoleHandedOver(holder=holder, successor=successor):
            note = _note(incident, entry, "done", holder, successor, at)
            yield note
            told = {**to_person(incident, holder), "what": "done", "role": entry.role, "at": at}
            yield m.HandoverNote(holder=incident.name(holder), successor=incident.name(successor), **told)


def _note(
    incident: Incident,
    entry: e.ShiftEndNoted | e.HandoverOffered | e.HandoverPutOff | e.RoleHandedOver,
    what: Literal["offered", "put_off", "done", "nobody"],
    holder: PersonId,
    successor: PersonId | None,
    at: datetime,
) -> m.Message:
    name = incident.name(successor) if successor is not None else ""
    return m.HandoverNote(
        what=what, role=entry.role, holder=incident.name(holder), successor=name, at=at, **in_room(incident)
    )


def numbers(incident: Incident, asked_by: PersonId, persons: tuple[PersonId, ...]) -> m.Message:
    names = tuple(incident.name(p) for p in persons)
    duty = incident.policy.duty_number if incident.policy else ""
    return m.Numbers(persons=persons, names=names, duty_number=duty, **to_person(incident, asked_by))


def head_count(incident: Incident) -> dict[str, Any]:
    """Whom the card counts: each person once, by their newest page."""
    newest = {p.person: p for p in incident.pages.values()}
    asked = [p for p in newest.values() if p.state != "withdrawn"]
    yes = [p for p in asked if p.state == "acknowledged"]
    way = [p for p in yes if p.eta_minutes and p.coming_since is not None and p.person not in incident.members]
    arrivals = [(p.coming_since or p.since) + timedelta(minutes=p.eta_minutes or 0) for p in way]
    return {
        "asked": len(asked),
        "coming": len(yes) - len(way),
        "under_way": len(way),
        "arrival": min(arrivals, default=None),
        "unreachable": sum(p.state in ("unanswered", "undeliverable") for p in asked),
    }
