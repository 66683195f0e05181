"""The emergency page over the loud channels: short enough, in both languages, and from sealed addresses in memory alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import pytest
import pytest_asyncio

from bot.domain.delivery import Delivered, GaveUp, Outcome
from bot.domain.ids import PersonId
from bot.domain.ladder import CHANNELS, Channel
from bot.domain.people import Language, Person
from bot.pagers.channel import Notice
from bot.pagers.emergency import LOUD, LoudPages
from bot.reach import Vault, about
from bot.store import reach
from bot.store.database import Database, open_database
from bot.store.reach import ReachRow
from bot.words.catalogue import LANGUAGES, load
from bot.words.gsm7 import MOST_SEPTETS, gsm7, septets
from tests.builders import reference
from tests.faults import gone
from tests.pagers.ground import NOON, number
from tests.store.conftest import migrated_file, sqlite_url

__all__ = ["migrated_file", "sqlite_url"]
JANSEN = PersonId("cyber1")


@pytest_asyncio.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    opened = await open_database(sqlite_url)
    yield opened
    await opened.close()


def person(lang: Language = "nl") -> Person:
    return replace(reference().contacts.people[JANSEN], language=lang)


class Brought:
    """What a provider would be given."""

    def __init__(self) -> None:
        self.notices: dict[Channel, Notice] = {}
        numbers = count(1)
        self.vault = Vault(b"k" * 32, lambda: next(numbers).to_bytes(32, "big"))

    async def __call__(self, channel: Channel, notice: Notice) -> Outcome:
        self.notices[channel] = notice
        return Delivered()

    def pages(self, duty: str = "", available: frozenset[Channel] = frozenset(CHANNELS)) -> LoudPages:
        return LoudPages(self, available, self.vault, load(), lambda: NOON, lambda: duty)

    async def verified(self, database: Database, channel: str, address: str) -> None:
        sealed = self.vault.seal(address, about(JANSEN, channel))
        row = ReachRow(JANSEN, channel, sealed, self.vault.fingerprint(address), NOON, NOON, NOON)
        async with database.begin() as tx:
            await reach.write(tx, row)


async def remembered(loud: LoudPages, database: Database) -> None:
    async with database.read() as tx:
        await loud.remember(tx)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("duty", ["", "085-0000000", " ".join(("+31", "85", "000", "00", "00"))])
async def test_it_fits_everywhere_and_says_whom_to_call(database: Database, lang: Language, duty: str) -> None:
    brought = Brought()
    loud = brought.pages(duty)
    for channel in LOUD:
        await brought.verified(database, channel, number(1))
    await remembered(loud, database)
    assert loud.ways(JANSEN) == LOUD
    with gone(database):
        for channel in LOUD:
            assert await loud.ring("emergency-1", person(lang), channel) == Delivered()
    for channel, notice in brought.notices.items():
        said = notice.speech if channel == "voice" else notice.text
        assert duty in said
        assert (notice.address, notice.link, notice.key) == (number(1), "", "emergency-1")
    text = brought.notices["sms"].text
    whole = load().text(lang, "emergency.sms", whom=loud._whom(lang))
    assert text == gsm7(whole), "nothing of it was cut off"
    assert septets(text) <= MOST_SEPTETS
    assert len(brought.notices["ntfy"].title) <= 60


async def test_only_what_wakes_is_rung_and_only_what_is_there(database: Database) -> None:
    brought = Brought()
    for channel in ("mail", "apprise", "sms", "new:voice"):
        await brought.verified(database, channel, number(1))
    loud = brought.pages()
    await remembered(loud, database)
    assert loud.ways(JANSEN) == ("sms",)
    assert loud.ways(PersonId("cyber2")) == ()
    off = brought.pages(available=frozenset(("voice",)))
    await remembered(off, database)
    assert off.ways(JANSEN) == ()


async def test_what_a_lost_key_sealed_is_given_up_and_what_is_remembered_is_sealed(database: Database) -> None:
    brought, other = Brought(), Brought()
    other.vault = Vault(b"o" * 32, lambda: bytes(32))
    await other.verified(database, "sms", number(1))
    loud = brought.pages()
    await remembered(loud, database)
    assert await loud.ring("emergency-1", person(), "sms") == GaveUp("no_address")
    assert await loud.ring("emergency-1", person(), "voice") == GaveUp("no_address")
    assert brought.notices == {}
    assert number(1)[1:] not in f"{loud!r} {loud.known!r}"
