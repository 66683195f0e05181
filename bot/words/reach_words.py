"""What people read and hear about their own channels: codes, tests, the steps of getting ready, and who is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.domain.ladder import CHANNELS, Channel
from bot.domain.people import Language
from bot.domain.readiness import Lack, Ready
from bot.words.catalogue import Catalogue
from bot.words.replies import Lines
from bot.words.shown import moment

Step = Literal["sound", "focus", "number", "push", "contact", "test"]
STEPS: Final[tuple[Step, ...]] = ("sound", "focus", "number", "push", "contact", "test")
# What a yes and a no to a step are read as; both languages are understood, so one set is enough.
STEP_WORDS: Final[Mapping[Step, str]] = {
    "sound": "geluid",
    "focus": "voorrang",
    "number": "nummer",
    "push": "push",
    "contact": "contact",
    "test": "test",
}
CHANNEL_WORDS: Final[Mapping[str, Channel]] = {
    "chat": "matrix",
    "sms": "sms",
    "telefoon": "voice",
    "phone": "voice",
    "mail": "mail",
    "push": "ntfy",
    "ntfy": "ntfy",
    "pushover": "pushover",
    "apprise": "apprise",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One address as its owner sees it."""

    channel: Channel
    address: str
    verified_at: datetime | None
    proved_at: datetime | None
    usable: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A short text for a channel that is not Matrix: one line, the text, and how a voice says it."""

    title: str
    text: str
    speech: str


@dataclass(frozen=True, slots=True)
class NotReady:
    """Who is not ready, and why."""

    name: str
    lack: Lack


def word_of(channel: Channel) -> str:
    """What is typed for a channel."""
    return next(word for word, known in CHANNEL_WORDS.items() if known == channel)


def name_of(catalogue: Catalogue, lang: Language, channel: Channel) -> str:
    return catalogue.template(lang, f"reach.channel_{channel}")


def names_of(catalogue: Catalogue, lang: Language, channels: Sequence[Channel]) -> str:
    ordered = sorted(channels, key=CHANNELS.index)
    return ", ".join(name_of(catalogue, lang, channel) for channel in ordered)


# --- addresses --------------------------------------------------------------------------------------------------------


def code_sent(catalogue: Catalogue, lang: Language, channel: Channel, address: str) -> Lines:
    name = name_of(catalogue, lang, channel)
    lines = [catalogue.text(lang, "reach.code_sent", channel=name, address=address)]
    lines.append(catalogue.text(lang, "reach.code_how"))
    if channel in ("sms", "voice", "mail", "pushover"):
        lines.append(catalogue.text(lang, "reach.erase"))
    return tuple(lines)


def verified(catalogue: Catalogue, lang: Language, channels: Sequence[Channel], address: str) -> Lines:
    names = names_of(catalogue, lang, channels)
    return (
        catalogue.text(lang, "reach.verified", channels=names, address=address),
        catalogue.text(lang, "reach.verified_next"),
    )


def removed(catalogue: Catalogue, lang: Language, channels: Sequence[Channel], *, few: bool) -> Lines:
    names = names_of(catalogue, lang, tuple(dict.fromkeys(channels)))
    lines = [catalogue.text(lang, "reach.removed", channels=names)]
    if few:
        lines.append(catalogue.text(lang, "reach.few"))
    return tuple(lines)


def channels(catalogue: Catalogue, lang: Language, shown: Sequence[Shown], chat_heard: datetime | None) -> Lines:
    """All of one's own channels, the chat first."""
    never = catalogue.template(lang, "reach.never")
    heard = moment(chat_heard, lang) if chat_heard else never
    lines = [catalogue.text(lang, "reach.list"), catalogue.text(lang, "reach.list_chat", heard=heard)]
    for one in shown:
        key = "line" if one.verified_at else "waits"
        values = {
            "channel": name_of(catalogue, lang, one.channel),
            "address": one.address,
            "since": moment(one.verified_at, lang) if one.verified_at else never,
            "heard": moment(one.proved_at, lang) if one.proved_at else never,
        }
        lines.append(catalogue.text(lang, f"reach.list_{key if one.usable else 'off'}", **values))
    lines.append(catalogue.text(lang, "reach.list_how"))
    return tuple(lines)


def code_notice(catalogue: Catalogue, lang: Language, code: str) -> Notice:
    """The code as it is sent over a channel; spoken digit by digit, and twice."""
    shown, spoken = f"{code[:3]} {code[3:]}", ", ".join(code)
    return Notice(
        catalogue.text(lang, "reach.code_title"),
        catalogue.text(lang, "reach.code_text", code=shown),
        catalogue.text(lang, "reach.code_speech", code=spoken),
    )


def test_notice(catalogue: Catalogue, lang: Language) -> Notice:
    """The test as it is sent over a channel."""
    return Notice(
        catalogue.text(lang, "reach.test_title"),
        catalogue.text(lang, "reach.test_text"),
        catalogue.text(lang, "reach.test_speech"),
    )


# --- getting ready ----------------------------------------------------------------------------------------------------


def step(catalogue: Catalogue, lang: Language, which: Step, nr: int, total: int) -> Lines:
    """The question that a step asks; it pushes, so it is short."""
    first = catalogue.text(lang, f"ready.{which}_first", nr=str(nr), total=str(total))
    return (first, *catalogue.template(lang, f"ready.{which}").split("\n"), catalogue.text(lang, "ready.how"))


def heard(catalogue: Catalogue, lang: Language, channel: Channel, nr: int, total: int) -> Lines:
    """The question whether a test was heard on one channel."""
    name = name_of(catalogue, lang, channel)
    first = catalogue.text(lang, "test.first", channel=name, nr=str(nr), total=str(total))
    key = "test.chat" if channel == "matrix" else "test.other"
    return (first, catalogue.text(lang, key, channel=name), catalogue.text(lang, "test.how", word=word_of(channel)))


def result(catalogue: Catalogue, lang: Language, said: Sequence[tuple[Channel, bool]], standing: Ready | Lack) -> Lines:
    """`chat ✅ push ✅ sms ✅ telefoon ❌`, what to do about each ❌, and the badge or what it still needs."""
    marks = " ".join(f"{name_of(catalogue, lang, channel)} {'✅' if yes else '❌'}" for channel, yes in said)
    lines = [catalogue.text(lang, "test.result", marks=marks)]
    lines += [catalogue.text(lang, f"test.advice_{channel}") for channel, yes in said if not yes]
    return (*lines, badge(catalogue, lang, standing))


def badge(catalogue: Catalogue, lang: Language, standing: Ready | Lack) -> str:
    if isinstance(standing, Ready):
        return catalogue.text(lang, "ready.badge", since=moment(standing.since, lang))
    return catalogue.text(lang, f"ready.lacks_{standing}")


def overview(
    catalogue: Catalogue, lang: Language, not_ready: Sequence[NotReady], count: int, untested: Sequence[str]
) -> Lines:
    """For the coordinator: who is not ready for the night, out of how many, and which municipality did not test this year."""
    lines = [catalogue.text(lang, "ready.overview", ready=str(count - len(not_ready)), count=str(count))]
    if untested:
        lines.append(catalogue.text(lang, "ready.untested", names=", ".join(untested)))
    lines += [
        catalogue.text(
            lang, "ready.overview_line", name=one.name, why=catalogue.template(lang, f"ready.why_{one.lack}")
        )
        for one in not_ready
    ]
    return (*lines, catalogue.text(lang, "ready.overview_self"))
