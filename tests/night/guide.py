"""Conversations on a page for users, and what plays them: everything that a page tells people to type is typed from that page.

A page holds conversations in blocks of code named `gesprek`, which readers see, and in comments that begin with `gesprek`, which
they do not. One page is one night; its lines are played in the order of the page:

    begin: kamer                          where the night begins, one of BEGINNINGS
    ik ben Bakker, in de kamer            whose words follow `jij`, and where; also apart, in de alarmkamer, in de beheerkamer
    jij: feit 40 jongeren                 what is typed; another person by name, with `apart` for the own chat
    jij, als antwoord: klaar              a reply to the last message that was named
    jij tikt ✅                           a reaction to it
    bot: Feit vastgelegd (regel 1)        the answer: a whole line of it, `…` stands for anything; further lines of it are indented
    bot aan Van Dijk: ⏰ …                what somebody else then reads
    (20 minuten later)                    time passes

Numbers of incidents, times, dates and links are like any other of their kind. What differs every night stands between braces:
{zaak} the number of the incident, {wijziging} that of the last change of a roster, {over 20 dagen} a day, {nummer} and {mail} one's
own address, {code sms} the code that came over it.
"""

import itertools
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from bot.demo.phones import Handsets
from bot.domain.ladder import Channel
from bot.matrix.peer import Seen
from tests.night.phones import address
from tests.night.told import plain
from tests.reach.ground import code_in
from tests.stories.brigade import HOME, PEOPLE
from tests.story import CALLED, Story, Where

_BLOCK: Final = re.compile(r"^```gesprek\n(.*?)^```$|^<!-- gesprek\n(.*?)^-->$", re.MULTILINE | re.DOTALL)
_PLACES: Final[Mapping[str, Where]] = {
    "apart": "direct", "in de kamer": "room", "in de alarmkamer": "alarm", "in de beheerkamer": "management",
}  # fmt: skip
_WHERE: Final = "|".join(_PLACES)
_NAME: Final = r"jij|[A-Z]\w+(?: [A-Za-z]\w+){0,2}?"
_I_AM: Final = re.compile(rf"ik ben (?P<who>{_NAME}), (?P<where>{_WHERE})")
_SAYS: Final = re.compile(rf"(?P<who>{_NAME})(?: (?P<where>{_WHERE}))?(?P<reply>, als antwoord)?: (?P<text>.+)")
_TAPS: Final = re.compile(rf"(?P<who>{_NAME}) tikt (?P<key>\S+)")
_HEARS: Final = re.compile(rf"bot(?: aan (?P<who>{_NAME}))?: (?P<text>.+)")
_LATER: Final = re.compile(r"\((?P<count>\d+) (?P<unit>minu\w+|uur|seconden) later\)")
_COMES: Final = re.compile(rf"\((?P<who>{_NAME}) komt in de kamer\)")
_UNITS: Final = {"m": "minutes", "u": "hours", "s": "seconds"}
_CHANGE: Final = re.compile(r"rooster herstel (\d+)")
_AWAY: Final = re.compile(r"\{over (\d+) dagen\}")
_MONTHS: Final = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_PROVED: Final[tuple[Channel, ...]] = ("sms", "mail")
_ALIKE: Final = (
    (re.compile(r"\b20\d\d-\d{3,}\b"), "20__-___"),
    (re.compile(r"\b(?:ma|di|wo|do|vr|za|zo) \d\d?-\d\d\b"), "za __-__"),
    (re.compile(r"\b\d\d?:\d\d\b"), "__:__"),
    (re.compile(r"https://\S+"), "https://"),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of a conversation, with the number it has on its page; `text` of an answer may be several lines."""

    number: int
    text: str


def conversations(page: str) -> tuple[Spoken, ...]:
    """All lines of all blocks of a page; an indented line belongs to the one before it."""
    found: list[Spoken] = []
    for block in _BLOCK.finditer(page):
        inner = 1 if block[1] is not None else 2
        first = page.count("\n", 0, block.start(inner)) + 1
        for number, text in enumerate(block[inner].splitlines(), start=first):
            if text.startswith("  ") and found:
                found[-1] = Spoken(found[-1].number, f"{found[-1].text}\n{text.strip()}")
            elif text.strip():
                found.append(Spoken(number, text))
    return tuple(found)


def typed(lines: tuple[Spoken, ...]) -> Iterator[tuple[Spoken, str]]:
    """What people type, word for word."""
    for line in lines:
        if not _HEARS.match(line.text) and (said := _SAYS.fullmatch(line.text)):
            yield line, said["text"]


def answered(lines: tuple[Spoken, ...]) -> Iterator[Spoken]:
    """What people type or tap and the page gives an answer to."""
    for line, following in itertools.pairwise(lines):
        if _HEARS.match(following.text) and not _HEARS.match(line.text):
            yield line


def alike(text: str) -> str:
    for pattern, same in _ALIKE:
        text = pattern.sub(same, text)
    return text


def fits(expected: str, shown: str) -> bool:
    """Whether the lines of an answer are among those that were shown, in order, the first of them first."""
    patterns = [".*".join(map(re.escape, alike(line).split("…"))) for line in expected.split("\n")]
    left = alike(shown).split("\n")
    if not re.fullmatch(patterns[0], left[0]):
        return False
    for pattern in patterns[1:]:
        at = next((n for n, line in enumerate(left) if n and re.fullmatch(pattern, line)), None)
        if at is None:
            return False
        left = left[at:]
    return True


async def _nothing(story: Story) -> None:
    """A quiet night."""


async def _paged(story: Story) -> None:
    """An alarm of riots; nobody answered yet."""
    await story.alarm()


async def _at_work(story: Story) -> None:
    """An alarm of riots; everybody comes, and some are in the room."""
    await story.alarm()
    for person in CALLED:
        await story.answers(person)
    await story.joins("bakker", "vandijk", "jansen", "dejong")


BEGINNINGS: Final[Mapping[str, Callable[[Story], Awaitable[None]]]] = {
    "niets": _nothing,
    "kamer": plain,
    "oproep": _paged,
    "rellen": _at_work,
}


@dataclass
class Talk:
    """One page played; `person` and `where` are whose words `jij` are, `last` is the room and event that was named last."""

    story: Story
    handsets: Handsets
    page: Path
    person: str = "bakker"
    where: Where = "direct"
    speaker: str = "bakker"
    last: tuple[str, str] = ("", "")
    known: set[str] = field(default_factory=set)
    fresh: list[tuple[str, Seen]] = field(default_factory=list)

    async def play(self, lines: tuple[Spoken, ...]) -> None:
        for line in lines:
            try:
                await self.line(line.text)
            except AssertionError as failed:
                raise AssertionError(f"{self.page.name}:{line.number}: {line.text}\n{failed}") from failed

    async def line(self, text: str) -> None:
        if text.startswith("begin: "):
            await BEGINNINGS[text.removeprefix("begin: ")](self.story)
        elif iam := _I_AM.fullmatch(text):
            self.person, self.where = self.who(iam["who"]), _PLACES[iam["where"]]
        elif hears := _HEARS.fullmatch(text) or re.fullmatch(_HEARS.pattern.replace(".+", "[\\s\\S]+"), text):
            self.hears(self.who(hears["who"]) if hears["who"] else self.speaker, hears["text"])
        elif taps := _TAPS.fullmatch(text):
            await self.taps(self.who(taps["who"]), taps["key"])
        elif later := _LATER.fullmatch(text):
            self.remember()
            await self.story.passes(**{_UNITS[later["unit"][0]]: int(later["count"])})
        elif comes := _COMES.fullmatch(text):
            await self.story.joins(self.who(comes["who"]))
        elif says := _SAYS.fullmatch(text):
            where = _PLACES[says["where"]] if says["where"] else self.where
            await self.says(self.who(says["who"]), says["text"], where, reply=bool(says["reply"]))
        else:
            raise AssertionError("a line that says nothing")

    def who(self, name: str) -> str:
        found = self.person if name == "jij" else name.replace(" ", "").lower()
        assert found in PEOPLE, f"{name} has no phone"
        return found

    async def says(self, person: str, text: str, where: Where, *, reply: bool) -> None:
        self.remember()
        self.speaker = person
        more: dict[str, object] = {}
        if reply:
            more["m.relates_to"] = {"m.in_reply_to": {"event_id": self.last[1]}}
        event = await self.story.says(person, await self.filled(person, text), where, **more)
        self.last = (await self.story.room(person, where), event)

    async def taps(self, person: str, key: str) -> None:
        self.remember()
        self.speaker = person
        room, event = self.last
        self.story.takes_a_second()
        await self.story.sent(await self.story.peer(person).react(room, event, key))

    async def filled(self, person: str, text: str) -> str:
        """What is different every time: the number of the incident, one's own address, the code that just came over a channel."""
        if "{zaak}" in text:
            text = text.replace("{zaak}", await self.story.number())
        if "{nummer}" in text:
            text = text.replace("{nummer}", "0" + address(person, "sms").removeprefix("+31"))
        if "{mail}" in text:
            text = text.replace("{mail}", address(person, "mail"))
        if "{wijziging}" in text:  # the last change of a roster; they are numbered over all nights
            shown = (seen.body for each in PEOPLE for seen in self.story._new(each))
            text = text.replace("{wijziging}", str(max(int(n) for one in shown for n in _CHANGE.findall(one))))
        text = _AWAY.sub(lambda days: self.day(int(days[1])), text)
        for channel in _PROVED:
            if f"{{code {channel}}}" in text:
                came = self.handsets.diary.of(channel, address(person, channel), "came")
                text = text.replace(f"{{code {channel}}}", code_in(came[-1].text))
        return text

    def day(self, away: int) -> str:
        """So many days from now, as people write it."""
        day = self.story.brigade.now.astimezone(HOME) + timedelta(days=away)
        return f"{day.day} {_MONTHS[day.month - 1]}"

    # --- what is read ---------------------------------------------------------------------------------------------------

    def remember(self) -> None:
        self.known = {seen.event_id for person in PEOPLE for seen in self.story._new(person)}

    def read(self, person: str) -> Iterator[tuple[Seen, str]]:
        """What came to somebody since the last words, as it reads; the name of the log entry left out."""
        for seen in self.story._new(person):
            if seen.event_id in self.known:
                continue
            content = seen.content.get("m.new_content", seen.content)
            lines = str(content.get("body", "")).split("\n")
            yield seen, "\n".join(lines[:-1] if "nl.iog.log" in content else lines)

    def hears(self, person: str, expected: str) -> None:
        read = list(self.read(person))
        found = next((seen for seen, shown in read if fits(expected, shown)), None)
        shown = "\n---\n".join(shown for _, shown in read)
        assert found is not None, f"but {person} read:\n{shown}"
        self.known.add(found.event_id)
        relation = found.content.get("m.relates_to") or {}
        original = relation.get("event_id") if relation.get("rel_type") == "m.replace" else None
        self.last = (found.room_id, original or found.event_id)
        self.story.heeded.add(found.event_id)
