"""How an incident went, in numbers that its own log gives: when somebody came, what was known, and what was left open.

The numbers tell about roles, channels and routes; none is about a person, and nobody is compared with anybody else. The measures of
decisions, work and aftercare stand in `timings_work`.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain import entries as e
from bot.domain.ids import PageId, RoleId
from bot.domain.incident import Incident, LogLine, evolve
from bot.domain.indicator import Indicator, counted, share, took, unknown
from bot.domain.ladder import Channel
from bot.domain.origin import Via
from bot.domain.people import COORDINATOR
from bot.domain.timings_work import aftercare, decisions, work

Told = Sequence[tuple[e.Entry, datetime]]

CONFIRMED_WITHIN: Final = timedelta(minutes=5)
EXPERT_WITHIN: Final = timedelta(minutes=15)
SITREP_WITHIN: Final = timedelta(minutes=30)
PRESENT_AT: Final = timedelta(minutes=30)
QUESTION_WAITS: Final = timedelta(minutes=15)
_CHANNEL: Final[Mapping[Via, Channel]] = {
    "text": "matrix", "reaction": "matrix", "sms": "sms", "voice": "voice", "ntfy": "ntfy", "mail": "mail",
    "pushover": "pushover",
}  # fmt: skip
# A page for one of these reasons went out because the one before it brought nobody.
_AGAIN: Final[frozenset[e.PageWhy]] = frozenset(
    ("declined", "unanswered", "undeliverable", "undone", "lapsed", "escalated", "unready")
)


def indicators(told: Told, incident: Incident) -> tuple[Indicator, ...]:
    """All indicators of a log, by theme; `incident` is what the entries of `told` fold into. Any prefix of a log will do: what
    cannot be measured yet says why."""
    if incident.alarm_at is None or not told:
        return ()
    return (
        *_alarm(told, incident),
        *_channels(told),
        *_picture(told, incident),
        *decisions(told, incident),
        *work(told, incident),
        *_notices(incident),
        *_talk(told, incident),
        *_privacy(told, incident),
        *aftercare(told, incident),
    )


# --- alarm ------------------------------------------------------------------------------------------------------------


def _alarm(told: Told, incident: Incident) -> Iterator[Indicator]:
    since = incident.alarm_at
    assert since is not None, "an incident begins with its alarm"
    first = _first_answers(told)
    yield took("confirmed", since, first.get(COORDINATOR), CONFIRMED_WITHIN)
    experts = [at for role, at in first.items() if role.startswith("expert_")]
    yield took("first_expert", since, min(experts, default=None), EXPERT_WITHIN)
    for role in incident.calls:
        yield took("role", since, first.get(role), about=str(role))
    yield _present(told, incident, since)
    yield counted("called_again", sum(isinstance(x, e.PageRequested) and x.why in _AGAIN for x, _ in told))


def _first_answers(told: Told) -> dict[RoleId, datetime]:
    """When somebody first answered for each role; an answer that was taken back is none."""
    roles: dict[PageId, tuple[RoleId, ...]] = {}
    answers: list[tuple[PageId | None, tuple[RoleId, ...], datetime]] = []
    for entry, at in told:
        match entry:
            case e.PageRequested(page=page, roles=called):
                roles[page] = called
            case e.Acknowledged(page=page):
                answers.append((page, roles.get(page, ()), at))
            case e.RoleTakenOver(role=role):
                answers.append((None, (role,), at))
            case e.AnswerUndone(page=undone):
                answers = [one for one in answers if one[0] != undone]
            case _:
                pass
    found: dict[RoleId, datetime] = {}
    for _, answered, at in answers:
        for role in answered:
            found.setdefault(role, at)
    return found


def _present(told: Told, incident: Incident, since: datetime) -> Indicator:
    """Of the roles that were called by then, how many had somebody in the room at half an hour."""
    moment = since + PRESENT_AT
    if told[-1][1] < moment:
        return unknown("present", "too_early", "percent")
    then = Incident(incident.id)
    for entry, at in told:
        if at > moment:
            break
        then = evolve(then, entry, at)
    there = sum(any(person in then.members for person in call.holders) for call in then.calls.values())
    return share("present", there, len(then.calls))


def _channels(told: Told) -> Iterator[Indicator]:
    """Seconds from the request of a page to its answer, by the channel that the answer came by; without an answer, by the channel
    that was tried last. A page that was withdrawn waits for nobody and counts for nothing."""
    asked: dict[PageId, datetime] = {}
    last: dict[PageId, Channel] = {}
    waited: dict[PageId, tuple[Channel, float]] = {}
    for entry, at in told:
        match entry:
            case e.PageRequested(page=page):
                asked[page], last[page] = at, "matrix"
            case e.PageTried(page=page, channel=channel):
                last[page] = channel
            case e.Acknowledged(page=page) | e.Declined(page=page) if page in asked:
                came = _CHANNEL.get(entry.origin.via, last[page])
                waited.setdefault(page, (came, (at - asked[page]).total_seconds()))
            case e.AnswerUndone(page=page):
                waited.pop(page, None)
            case e.PageWithdrawn(page=page) if page not in waited:
                last.pop(page, None)
                asked.pop(page, None)
            case _:
                pass
    silent = [channel for page, channel in last.items() if page not in waited]
    for channel in sorted({*silent, *(came for came, _ in waited.values())}):
        yield from _of_channel(
            channel, [seconds for came, seconds in waited.values() if came == channel], silent.count(channel)
        )


def _of_channel(channel: Channel, seconds: list[float], silent: int) -> Iterator[Indicator]:
    if seconds:
        yield Indicator("channel_median", _rank(seconds, 50), "seconds", of=len(seconds), about=channel)
        yield Indicator("channel_p90", _rank(seconds, 90), "seconds", of=len(seconds), about=channel)
    else:
        yield unknown("channel_median", "none", about=channel)
    yield counted("channel_unanswered", silent, of=silent + len(seconds), about=channel)


def _rank(values: Iterable[float], percent: int) -> float:
    """The nearest rank: a value that was really measured, also of two or three."""
    ordered = sorted(values)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


# --- the picture, and what was told outside ------------------------------------------------------------------------------


def _held(incident: Incident) -> list[LogLine]:
    """Lines that still stand and were judged to be of a kind."""
    return [one for one in incident.log_lines.values() if one.replaced_by is None and one.kind != "bericht"]


def _picture(told: Told, incident: Incident) -> Iterator[Indicator]:
    since = incident.alarm_at
    assert since is not None, "an incident begins with its alarm"
    first = min((at for entry, at in told if isinstance(entry, e.SitrepRecorded)), default=None)
    yield took("sitrep", since, first, SITREP_WITHIN)
    lines = _held(incident)
    yield share("sourced", sum(one.source_kind is not None for one in lines), len(lines))
    assumed = [one for one in lines if one.kind == "aanname"]
    for outcome in ("confirmed", "refuted", None):
        found = sum(one.outcome == outcome for one in assumed)
        yield counted(f"assumptions_{outcome or 'open'}", found, of=len(assumed))
    questions = [one for one in lines if one.kind == "kennisvraag"]
    yield counted("questions_open", sum(one.answered_at is None for one in questions), of=len(questions))
    end = incident.closed_at or told[-1][1]
    waited = sum((one.answered_at or max(end, one.at)) - one.at > QUESTION_WAITS for one in questions)
    yield counted("questions_waited", waited, of=len(questions))


def _notices(incident: Incident) -> Iterator[Indicator]:
    routes: dict[str, list[LogLine]] = {}
    for one in _held(incident):
        if one.kind == "externe_melding":
            routes.setdefault(one.route or "", []).append(one)
    for route, sent in sorted(routes.items()):
        waited = [(one.answered_at - one.at).total_seconds() for one in sent if one.answered_at is not None]
        if waited:
            yield Indicator("notice_answer", _rank(waited, 50), "seconds", of=len(waited), about=route)
        else:
            yield unknown("notice_answer", "none", about=route)
        yield counted("notices_answered", len(waited), of=len(sent), about=route)


def _talk(told: Told, incident: Incident) -> Iterator[Indicator]:
    since = incident.alarm_at
    assert since is not None, "an incident begins with its alarm"
    public = [one.at for one in incident.log_lines.values() if one.kind == "communicatie"]
    yield took("public", since, min(public, default=None))
    yield counted("corrections", sum(one.kind == "correctie" for one in incident.log_lines.values()))
    handed = sum(
        isinstance(x, e.RoleHandedOver) or (isinstance(x, e.DutyGiven) and x.holder is not None) for x, _ in told
    )
    yield counted("handed_over", handed)


def _privacy(told: Told, incident: Incident) -> Iterator[Indicator]:
    noticed = {(x.about, x.number) for x, _ in told if isinstance(x, e.PersonalDataNoticed)}
    gone = {(x.about, x.number) for x, _ in told if isinstance(x, e.SourceRemoved | e.SourceEdited)}
    followed = sum(one in gone or _put_right(incident.log_lines, *one) for one in noticed)
    yield counted("privacy", len(noticed))
    yield share("privacy_followed", followed, len(noticed))


def _put_right(lines: Mapping[int, LogLine], about: e.Written, number: int) -> bool:
    return about == "line" and number in lines and lines[number].replaced_by is not None
