"""The other phones of a night: what reached them over text message, telephone, push and mail, and what their owners did."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Final

import httpx
from pydantic import SecretStr

from bot.config import SECRETS
from bot.demo.phones import Handsets, Sight, phones
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Page
from bot.domain.ladder import CHANNELS, Channel
from bot.embedded.provider_voice import Call
from bot.embedded.providers import Knobs
from bot.reach import about
from bot.store import reach
from tests.night.told import all_but
from tests.pagers.ground import number
from tests.stories.brigade import FIRST_NIGHT, PEOPLE, Brigade
from tests.story import Story

_TEXTS: Final = count(
    1
)  # no service ever names two messages alike, and the bot's database outlives the service of one module
EVERY: Final[tuple[Channel, ...]] = ("ntfy", "mail", "sms", "voice")


def address(person: str, channel: Channel) -> str:
    match channel:
        case "sms" | "voice":
            return number(4000 + PEOPLE.index(person))
        case "mail":
            return f"{person}@deltaland.example"
        case _:
            return f"iog-{person}"


@asynccontextmanager
async def carried(brigade: Brigade) -> AsyncIterator[Handsets]:
    """The services that carry pages, and the bot started again to use them; in the end it is without them as before."""
    before = brigade.playground
    async with phones(lambda: brigade.elapsed, lambda: brigade.now) as made:
        made.services.sms._numbers = _TEXTS
        given = {name: SecretStr(str(v)) if name in SECRETS else v for name, v in made.settings().items()}
        brigade.playground = replace(before, settings=before.settings.completed(**given))
        await brigade.crash()
        try:
            await brigade.start()
            yield made
        finally:
            brigade.playground = before
            await brigade.crash()
            await brigade.start()


@dataclass
class Phones:
    """`heeded` are the sights that the story expected; another page or text on a phone is a failure at its end."""

    story: Story
    handsets: Handsets
    known: set[tuple[str, Channel]] = field(default_factory=set)
    heeded: set[int] = field(default_factory=set)
    began: int = 0
    stopped: bool = False

    def __post_init__(self) -> None:
        self.began = len(self.handsets.diary.sights)

    # --- whose phones there are -------------------------------------------------------------------------------------

    async def given(self, *people: str, channels: tuple[Channel, ...] = EVERY) -> None:
        """These people have proved these addresses before this night."""
        bot, now = self.story.brigade.bot, self.story.brigade.now
        vault = bot.board.vault
        async with bot.database.begin() as tx:
            for person in people:
                for channel in channels:
                    own, sent_to = PersonId(person), address(person, channel)
                    sealed = vault.seal(sent_to, about(own, channel))
                    row = reach.ReachRow(own, channel, sealed, vault.fingerprint(sent_to), now, now, now)
                    await reach.write(tx, row)
                    self.known.add((person, channel))

    async def put_back(self) -> None:
        """No addresses, services that work, and phones on which nothing rings."""
        services = self.handsets.services
        for one in (services.sms, services.voice, services.ntfy):
            one.knobs = Knobs()
        services.mail.refuse = ""
        services.ntfy.shown.clear()
        services.voice.calls.clear()
        if self.stopped:
            await services.sms.start()
        async with self.story.brigade.bot.database.begin() as tx:
            for person, channel in self.known:
                await reach.remove(tx, PersonId(person), (channel,))

    async def stops_texts(self) -> None:
        """The service for text messages is gone, as after a power cut."""
        await self.handsets.stop_texts()
        self.stopped = True

    # --- what they show ---------------------------------------------------------------------------------------------

    def _sights(self, person: str, channel: Channel, what: str = "came") -> list[tuple[int, Sight]]:
        found = list(enumerate(self.handsets.diary.sights))[self.began :]
        place = address(person, channel)
        return [(n, s) for n, s in found if (s.channel, s.address, s.what) == (channel, place, what)]

    def rings(self, person: str, channel: Channel, part: str = "") -> Sight:
        """Something came that the story did not expect before; the first such, with this in it."""
        sights = self._sights(person, channel)
        found = next(((n, s) for n, s in sights if n not in self.heeded and part in s.text), None)
        assert found is not None, f"nothing with „{part}” came to {person} by {channel}, but: {sights}"
        self.heeded.add(found[0])
        return found[1]

    def silent(self, person: str, *channels: Channel) -> None:
        """Nothing came beside what was expected."""
        for channel in channels or EVERY:
            left = [s for n, s in self._sights(person, channel) if n not in self.heeded]
            assert not left, f"{person} got {left}"

    def came(self, person: str, channel: Channel) -> int:
        return len(self._sights(person, channel))

    async def page(self, person: str) -> Page:
        """The newest page of somebody in the newest incident."""
        pages = (await self.story.incident()).pages.values()
        return next(page for page in reversed(list(pages)) if page.person == person)

    async def after(self, person: str, channel: Channel) -> list[int]:
        """How many seconds after the page was asked for each came, by the bot's clock."""
        since = ((await self.page(person)).since - FIRST_NIGHT).total_seconds()
        return [round(sight.at - since) for _, sight in self._sights(person, channel)]

    async def passes(self, person: str, seconds: float) -> None:
        """To the moment at which the newest page of somebody is so old, and not by a blink further."""
        since = ((await self.page(person)).since - FIRST_NIGHT).total_seconds()
        await self.story.passes(seconds=since + seconds - self.story.brigade.elapsed)

    def still(self, person: str) -> list[Channel]:
        """What rings or shows a page now."""
        return [channel for channel in CHANNELS if self.handsets.still(channel, address(person, channel))]

    def ringing(self, person: str) -> Call:
        return self.handsets.ringing(address(person, "voice"))

    # --- what their owners do ---------------------------------------------------------------------------------------

    async def texts(self, person: str, words: str) -> None:
        await self.texts_from(address(person, "sms"), words)

    async def texts_from(self, sender: str, words: str) -> None:
        self.story.takes_a_second()
        await self.handsets.text(sender, words)
        replies = self.handsets.services.sms.replies
        self.story.said.append(EventId(f"sms:generic:{replies[-1]['id']}"))
        await self.story.settle()

    async def presses(self, person: str, key: str) -> str:
        """What the telephone said after it."""
        self.story.takes_a_second()
        await self.handsets.press(address(person, "voice"), key)
        await self.story.settle()
        return self._sights(person, "voice", "confirmed")[-1][1].text

    async def machine(self, person: str) -> str:
        """A voicemail picks up; what was said to it last."""
        self.story.takes_a_second()
        await self.handsets.machine(address(person, "voice"))
        await self.story.settle()
        return self._sights(person, "voice", "voicemail")[-1][1].text

    async def taps(self, person: str, label: str) -> None:
        self.story.takes_a_second()
        await self.handsets.tap(address(person, "ntfy"), label)
        await self.story.settle()

    def link(self, person: str) -> str:
        """The link of the newest mail."""
        mails = self.handsets.services.mail.inbox(address(person, "mail"))
        return self.link_in(str(mails[-1].get_body(("plain",))))

    def link_in(self, text: str) -> str:
        found = re.search(re.escape(self.handsets.public_url) + r"/a/[0-9A-Za-z]+", text)
        assert found is not None, text
        return found[0]

    async def opens(self, link: str) -> httpx.Response:
        """As a mail scanner does as well: HEAD, and GET twice."""
        await self.handsets.http.head(link)
        await self.handsets.http.get(link)
        return await self.handsets.http.get(link)

    async def posts(self, link: str, answer: str) -> httpx.Response:
        """Open the page and press one of its buttons."""
        self.story.takes_a_second()
        shown = await self.handsets.http.get(link)
        token = re.search(r'name="token" value="([^"]+)"', shown.text)
        form = {"answer": answer, "token": token[1] if token else ""}
        posted = await self.handsets.http.post(link, data=form)
        await self.story.settle()
        return posted

    # --- the end ----------------------------------------------------------------------------------------------------

    def ends(self) -> None:
        """No phone rang without reason, and none goes on ringing for somebody who answered."""
        sights = list(enumerate(self.handsets.diary.sights))[self.began :]
        left = [s for n, s in sights if s.what == "came" and n not in self.heeded]
        assert not left, f"nobody expected {left}"


async def asleep(story: Story, phones: Phones, *people: str, channels: tuple[Channel, ...] = EVERY) -> None:
    """An alarm of riots: these people sleep through the chat, everybody else comes; a push has come to them."""
    await phones.given(*people, channels=channels)
    await all_but(story, *people)
    for person in people:
        if "ntfy" in channels:
            phones.rings(person, "ntfy", "OPROEP")
        phones.silent(person)
