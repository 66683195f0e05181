"""A secret address is kept as a hash, gives one answer, and ends when it is revoked, renewed or too old."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.ids import IncidentId, PageId, PersonId
from bot.store import feeds, links
from bot.store.schema import answer_link, feed
from tests.builders import NIGHT

INCIDENT = IncidentId("00000000-0000-4000-8000-000000000014")
SOON = NIGHT + timedelta(minutes=5)
LATER = NIGHT + timedelta(hours=12)
CYBER = PersonId("cyber1")
_CHANCE = count(7)


def chance() -> bytes:
    return bytes([next(_CHANCE)]) * 32


async def fresh(conn: AsyncConnection, page: str = "p1", channel: str = "sms") -> str:
    code = links.code_of(chance())
    await links.add(conn, links.made(code, INCIDENT, PageId(page), CYBER, channel, NIGHT, LATER))
    return code


@given(st.binary(min_size=16, max_size=64))
def test_a_code_is_22_characters_without_look_alikes_that_are_cut_off_nowhere(chance: bytes) -> None:
    code = links.code_of(chance)
    assert links.is_code(code)
    assert len(code) == 22
    assert code.isalnum()
    assert not set(code) & set("0OIl")


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_no_two_chances_make_one_code(one: bytes, other: bytes) -> None:
    assert (links.code_of(one) == links.code_of(other)) == (one == other)


def test_the_ends_of_all_chances_fit() -> None:
    assert links.is_code(links.code_of(bytes(16)))
    assert links.code_of(b"\xff" * 16) != links.code_of(b"\xfe" + b"\xff" * 15)
    assert 58**22 > 2**128


def test_too_little_chance_makes_no_code() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        links.code_of(bytes(15))


@given(st.text(max_size=40))
def test_what_is_no_code_is_not_looked_up(text: str) -> None:
    assert links.is_code(text) == (
        len(text) == 22 and text.isascii() and text.isalnum() and not set(text) & set("0OIl")
    )


def test_the_address_says_which_road_it_is_for() -> None:
    assert links.address("https://iog.example/", "sms", "K7") == "https://iog.example/a/K7"
    assert links.address("https://iog.example", "voice", "K7") == "https://iog.example/voice/K7"


async def test_the_code_itself_is_nowhere_in_the_table(conn: AsyncConnection) -> None:
    code = await fresh(conn)
    (row,) = (await conn.execute(select(answer_link))).all()
    assert code not in str(row)
    assert links.form_token(code) not in str(row)


async def test_a_link_is_found_by_its_code_only(conn: AsyncConnection) -> None:
    code = await fresh(conn)
    found = await links.get(conn, code)
    assert found is not None
    assert (found.incident, found.page, found.person, found.channel) == (INCIDENT, "p1", CYBER, "sms")
    assert found.holds(SOON)
    assert await links.get(conn, links.code_of(chance())) is None
    assert await links.get(conn, found.hash) is None
    assert await links.get(conn, "") is None


async def uses(conn: AsyncConnection, code: str, at: datetime = SOON) -> bool:
    link = await links.get(conn, code)
    assert link is not None
    return await links.use(conn, link, at)


async def test_a_link_gives_one_answer(conn: AsyncConnection) -> None:
    code = await fresh(conn)
    assert await uses(conn, code)
    assert not await uses(conn, code)


async def test_an_expired_link_gives_none(conn: AsyncConnection) -> None:
    code = await fresh(conn)
    assert not await uses(conn, code, LATER)
    found = await links.get(conn, code)
    assert found is not None
    assert not found.holds(LATER)
    assert found.used_at is None


async def test_a_repeat_leaves_the_older_link_working(conn: AsyncConnection) -> None:
    old, _ = await fresh(conn), await fresh(conn)
    assert await uses(conn, old)


async def test_an_answer_by_one_link_is_the_answer_by_all_of_that_page(conn: AsyncConnection) -> None:
    by_sms, by_mail, other = await fresh(conn), await fresh(conn, channel="mail"), await fresh(conn, "p2")
    assert await uses(conn, by_sms)
    assert not await uses(conn, by_mail)
    assert await uses(conn, other)
    asked_again = await fresh(conn)
    assert await uses(conn, asked_again)


async def test_a_telephone_that_was_lost_answers_nothing_any_more(conn: AsyncConnection) -> None:
    lost, stays = [await fresh(conn), await fresh(conn, "p2")], await fresh(conn, channel="mail")
    assert await links.revoke(conn, PersonId("somebody else"), ("sms",), SOON) == 0
    assert await links.revoke(conn, CYBER, ("sms", "voice"), SOON) == 2
    assert [await uses(conn, code) for code in lost] == [False, False]
    assert await uses(conn, stays)


async def test_what_is_long_over_is_forgotten(conn: AsyncConnection) -> None:
    code = await fresh(conn)
    assert await links.forget(conn, LATER) == 0
    assert await links.forget(conn, LATER + timedelta(days=1)) == 1
    assert await links.get(conn, code) is None


async def test_a_calendar_has_one_address_which_is_kept_as_a_hash(conn: AsyncConnection) -> None:
    code = await feeds.make_feed(conn, chance(), "person", CYBER, CYBER, NIGHT)
    (row,) = (await conn.execute(select(feed))).all()
    assert code not in str(row)
    found = await feeds.get(conn, code)
    assert found is not None
    assert (found.kind, found.subject, found.revoked_at) == ("person", CYBER, None)
    assert feeds.address("https://iog.example/", code) == f"https://iog.example/rooster/{code}.ics"
    assert await feeds.get(conn, "x") is None


async def test_a_new_address_ends_the_old_one_of_the_same_person_only(conn: AsyncConnection) -> None:
    old = await feeds.make_feed(conn, chance(), "role", "expert_cyber", CYBER, NIGHT)
    others = await feeds.make_feed(conn, chance(), "role", "expert_cyber", PersonId("coordinator1"), NIGHT)
    await feeds.make_feed(conn, chance(), "role", "expert_cyber", CYBER, SOON)
    ended, stands = await feeds.get(conn, old), await feeds.get(conn, others)
    assert ended is not None
    assert ended.revoked_at == SOON
    assert stands is not None
    assert stands.revoked_at is None
    assert await feeds.revoke(conn, "role", "expert_cyber", SOON) == 2
