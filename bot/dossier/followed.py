"""What became of pages, actions and steps on the way, read from the entries: the state at the end no longer tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.ids import PageId, PersonId, StepId
from bot.domain.ladder import Channel
from bot.domain.origin import Via
from bot.dossier.collect import Dossier

Followable = (
    e.PageRequested | e.PageRepeated | e.PageTried | e.PageDelivered | e.ChannelFailed | e.PageUnclear
    | e.PageUndeliverable | e.Acknowledged | e.Declined | e.AnswerUndone
    | e.ActionGiven | e.ActionDone | e.ActionDropped | e.ActionPassedOn | e.ActionMoved
    | e.StepSkipped | e.StepFinished | e.StepReopened | e.IncidentClosed
)  # fmt: skip
_KINDS: Final[tuple[type[Followable], ...]] = Followable.__args__
_CHANNEL: Final[Mapping[Via, Channel]] = {
    "text": "matrix", "reaction": "matrix", "sms": "sms", "voice": "voice", "ntfy": "ntfy", "mail": "mail",
    "pushover": "pushover",
}  # fmt: skip


@dataclass(slots=True)
class Tried:
    """One channel of one page: when it was tried first and how often, when it was accepted, why it failed (moments in UTC)."""

    at: datetime
    tries: int = 1
    accepted_at: datetime | None = None
    failure: str = ""


@dataclass(slots=True)
class Called:
    """One page; `channel` is the one that the answer came by, None for a link, which more than one channel carries."""

    requested: datetime
    channels: dict[Channel, Tried]
    answered_at: datetime | None = None
    channel: Channel | None = None


@dataclass(slots=True)
class Acted:
    """One action: who gave it, who ended it and when; `changes` counts what was recorded of it, `changed` is the last of that."""

    by: PersonId
    changed: datetime
    changes: int = 0
    ended_by: PersonId | None = None
    ended_at: datetime | None = None


@dataclass(slots=True)
class Followed:
    """`skipped` has the reasons why steps were skipped, `left` those of steps that were open when the incident closed.

    `reopened` is how often a step was opened again.
    """

    pages: dict[PageId, Called] = field(default_factory=dict)
    actions: dict[int, Acted] = field(default_factory=dict)
    skipped: dict[StepId, str] = field(default_factory=dict)
    left: dict[StepId, str] = field(default_factory=dict)
    reopened: dict[StepId, int] = field(default_factory=dict)


def follow(dossier: Dossier) -> Followed:
    """Follows the entries that the dossier tells, in order."""
    followed = Followed()
    for one in dossier.facts:
        if isinstance(one.fact, _KINDS):
            _note(followed, one.fact, one.at)
    return followed


def _note(followed: Followed, fact: Followable, at: datetime) -> None:
    match fact:
        case e.PageRequested(page=page):
            followed.pages[page] = Called(at, {"matrix": Tried(at)})
        case e.ActionGiven(action=action, origin=origin):
            followed.actions[action] = Acted(origin.actor, at)
        case e.ActionDone() | e.ActionDropped() | e.ActionPassedOn() | e.ActionMoved():
            _act(followed.actions[fact.action], fact, at)
        case e.StepSkipped(step=step, reason=reason):
            followed.skipped[step] = reason
        case e.StepFinished(step=step) | e.StepReopened(step=step):
            followed.skipped.pop(step, None)
            if isinstance(fact, e.StepReopened):
                followed.reopened[step] = followed.reopened.get(step, 0) + 1
        case e.IncidentClosed(left=left, reason=reason):
            followed.left = dict.fromkeys(left, reason)
        case _:
            _call(followed.pages[fact.page], fact, at)


def _act(action: Acted, fact: e.ActionDone | e.ActionDropped | e.ActionPassedOn | e.ActionMoved, at: datetime) -> None:
    action.changed, action.changes = at, action.changes + 1
    if isinstance(fact, e.ActionDone | e.ActionDropped):
        action.ended_by, action.ended_at = fact.origin.actor, at


def _call(
    page: Called,
    fact: e.PageRepeated | e.PageTried | e.PageDelivered | e.ChannelFailed | e.PageUnclear | e.PageUndeliverable
    | e.Acknowledged | e.Declined | e.AnswerUndone,
    at: datetime,
) -> None:  # fmt: skip
    match fact:
        case e.PageRepeated():
            page.channels["matrix"].tries += 1
        case e.PageTried(channel=channel):
            tried = page.channels.setdefault(channel, Tried(at, 0))
            tried.tries += 1
        case e.PageDelivered(channel=channel):
            tried = page.channels.setdefault(channel, Tried(at))
            tried.accepted_at = tried.accepted_at or at
        case e.ChannelFailed() | e.PageUnclear() | e.PageUndeliverable():
            page.channels.setdefault(fact.channel, Tried(at)).failure = fact.reason
        case e.Acknowledged(origin=origin) | e.Declined(origin=origin):
            page.answered_at, page.channel = at, _CHANNEL.get(origin.via)
        case e.AnswerUndone():
            page.answered_at = page.channel = None
