"""A number is given in direct chat and proved with a code over that number; it stands nowhere in clear."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import structlog

from bot.addresses import readable
from bot.domain import messages as m
from bot.domain.delivery import GaveUp
from bot.domain.ids import PageId, PersonId
from bot.posting import rows_of
from bot.store import inbox, links, reach
from bot.words.catalogue import LANGUAGES, Catalogue
from tests.desk.ground import INCIDENT
from tests.pagers.ground import number
from tests.reach.ground import Town, lines_of, refusals

OWN, OTHER = number(4711), number(4712)
LOCAL = f"0{OWN.removeprefix('+31')}"


async def test_a_number_counts_once_its_code_was_typed(town: Town) -> None:
    asked = await town.says("cyber1", f"nummer {LOCAL}")
    assert "06-••••••11" in lines_of(asked)
    assert await town.reach("cyber1") == []
    told = await town.says("cyber1", town.code_by_sms(OWN))
    assert "sms, telefoon" in lines_of(told)
    assert [row.channel for row in await town.reach("cyber1")] == ["sms", "voice"]
    assert (await town.index())[-2:] == ["channel.verified", "channel.verified"]
    assert await town.addresses(PersonId("cyber1"), "voice") == OWN
    assert await town.addresses.whose("sms", OWN) == "cyber1"


@pytest.mark.parametrize("said", ["code {code}", "{code}", "{spaced}", "code: {code}"])
async def test_a_code_is_taken_however_it_is_typed(town: Town, said: str) -> None:
    await town.says("cyber1", f"mijn nummer is {LOCAL}".replace(" is", ""))
    code = town.code_by_sms(OWN)
    await town.says("cyber1", said.format(code=code, spaced=f"{code[:3]} {code[3:]}"))
    assert await town.reach("cyber1")


async def test_a_number_without_a_word_before_it_is_taken_for_ones_own(town: Town) -> None:
    await town.says("cyber1", LOCAL)
    assert town.sms.phone(OWN)


async def test_the_number_stands_nowhere_in_clear(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the database file nor in a line of the log, whichever way it was written; nor does the code."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged:
        await town.says("cyber1", f"nummer {LOCAL}")
        code = town.code_by_sms(OWN)
        await town.says("cyber1", "000000" if code != "000000" else "000001")
        await town.says("cyber1", code)
        await town.says("cyber1", "bereikbaar")
        await town.says("cyber1", "test")
        await town.says("cyber1", "push")
        await town.says("cyber1", f"numer {LOCAL}")  # mistyped: the answer must not keep it either
        topic = await town.addresses.topic(PersonId("cyber1"))
        await town.says("cyber1", "verwijder alles")
    assert topic
    told = f"{logged} {caplog.text}"
    kept = town.file.read_bytes()
    for secret in (OWN, LOCAL, OWN.removeprefix("+31"), OWN.removeprefix("+316"), code, topic):
        assert secret not in told
        # six digits stand in any megabyte of hashes: alone they may not
        assert not re.search(rb"(?<![0-9a-f])" + re.escape(secret.encode()) + rb"(?![0-9a-f])", kept)


async def test_a_mistake_of_the_program_keeps_no_number_either(town: Town) -> None:
    town.words = Catalogue({lang: {} for lang in LANGUAGES})  # nothing can be said any more
    town.starts_again()
    with pytest.raises(KeyError):
        await town.says("cyber1", f"nummer {LOCAL}")
    assert OWN.removeprefix("+316").encode() not in town.file.read_bytes()
    async with town.ground.database.read() as tx:
        (row,) = await inbox.waiting(tx, 10)
    assert row.raw is None


async def test_a_code_is_sent_again_unchanged_after_a_crash_before_it_left(town: Town) -> None:
    before = town.vault.code("$said1")
    town.starts_again()
    assert town.vault.code("$said1") == before


async def test_a_restart_between_number_and_code_loses_nothing(town: Town) -> None:
    await town.says("cyber1", f"nummer {LOCAL}")
    town.starts_again()
    await town.says("cyber1", town.code_by_sms(OWN))
    assert await town.reach("cyber1")


async def test_five_wrong_codes_and_it_is_over(town: Town) -> None:
    await town.says("cyber1", f"nummer {LOCAL}")
    code = town.code_by_sms(OWN)
    wrong = "000000" if code != "000000" else "000001"
    said = [refusals(await town.says("cyber1", wrong))[0] for _ in range(6)]
    assert said == ["code_wrong"] * 4 + ["code_spent"] * 2
    assert refusals(await town.says("cyber1", code)) == ["code_spent"]
    assert await town.reach("cyber1") == []
    await town.says("cyber1", "code")
    await town.says("cyber1", town.code_by_sms(OWN))
    assert await town.reach("cyber1")


async def test_a_code_is_good_for_ten_minutes(town: Town) -> None:
    await town.says("cyber1", f"nummer {LOCAL}")
    town.passes(minutes=10)
    assert refusals(await town.says("cyber1", town.code_by_sms(OWN))) == ["code_expired"]
    assert await town.reach("cyber1") == []


async def test_a_code_that_waited_too_long_is_not_sent(town: Town) -> None:
    town.pagers["sms"] = replace(town.pagers["sms"], url=f"{town.sms.url}/elsewhere")  # type: ignore[type-var]
    await town.says("cyber1", f"nummer {LOCAL}")
    code = m.ChannelCode(
        to=m.To("channel", "sms:cyber1"), channel="sms", person=PersonId("cyber1"), seed="$said1"
    )  # fmt: skip
    (row,) = rows_of("late", None, None, (code,), town.now())
    town.passes(minutes=10)
    assert await town.proving(row) == GaveUp("expired")
    assert town.sms.phone(OWN) == []


async def test_nobody_can_be_flooded_with_codes(town: Town) -> None:
    for n in range(5):
        await town.says("cyber1", f"nummer {number(100 + n)}")
        town.passes(minutes=5)
    assert refusals(await town.says("cyber1", f"nummer {LOCAL}")) == ["codes_too_many"]
    assert town.sms.phone(OWN) == []
    town.passes(minutes=40)
    await town.says("cyber1", f"nummer {LOCAL}")
    assert len(town.sms.phone(OWN)) == 1


async def test_the_old_number_rings_until_the_new_one_is_proved(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", f"nummer {OTHER}")
    assert await town.addresses(PersonId("cyber1"), "sms") == OWN
    await town.says("cyber1", town.code_by_sms(OTHER))
    assert await town.addresses(PersonId("cyber1"), "sms") == OTHER
    assert await town.addresses(PersonId("cyber1"), "voice") == OTHER
    assert await town.addresses.whose("sms", OWN) is None


async def test_a_number_is_one_persons(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber2", f"nummer {LOCAL}")
    assert refusals(await town.says("cyber2", town.code_by_sms(OWN))) == ["address_taken"]
    assert await town.addresses.whose("sms", OWN) == "cyber1"


async def test_who_follows_somebody_up_may_prove_the_same_number(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber2", f"nummer {LOCAL}")
    code = town.code_by_sms(OWN)
    town.gone.add(PersonId("cyber1"))
    await town.says("cyber2", code)
    assert await town.addresses.whose("sms", OWN) == "cyber2"
    assert await town.addresses.whose("voice", OWN) == "cyber2"
    assert await town.reach("cyber1") == []
    assert (await town.index())[-4:] == ["channel.removed", "channel.removed", "channel.verified", "channel.verified"]


async def test_who_left_keeps_another_number_than_the_one_that_is_taken_over(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    await town.says("cyber1", "mail cyber1@iog.example")
    town.gone.add(PersonId("cyber1"))
    await town.says("cyber2", f"nummer {number(4712)}")
    await town.says("cyber2", town.code_by_sms(OTHER))
    assert await town.addresses.whose("sms", OWN) == "cyber1"


async def test_a_number_that_is_replaced_takes_its_links_and_codes_along(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    made = await link(town, "sms"), await link(town, "voice"), await link(town, "mail")
    await town.says("cyber1", f"nummer {OTHER}")
    assert await holding(town, *made) == [True, True, True], "until the new one is proved the old one rings"
    old_code = town.code_by_sms(OTHER)
    await town.says("cyber1", old_code)
    assert await holding(town, *made) == [False, False, True]
    assert refusals(await town.says("cyber1", old_code)) == ["no_code_waiting"]


async def test_the_same_number_proved_again_ends_nothing(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    made = await link(town, "sms")
    await town.verifies("cyber1", OWN)
    assert await holding(town, made) == [True]


async def test_a_number_that_is_taken_over_takes_the_links_of_its_old_owner_along(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    made = await link(town, "sms")
    town.gone.add(PersonId("cyber1"))
    await town.says("cyber2", f"nummer {LOCAL}")
    await town.says("cyber2", town.code_by_sms(OWN))
    assert await holding(town, made) == [False]


async def link(town: Town, channel: str, person: str = "cyber1") -> str:
    code = links.code_of(bytes([next(town.drawn) % 251]) * 16)
    until = town.now() + timedelta(hours=12)
    made = links.made(code, INCIDENT, PageId("p1"), PersonId(person), channel, town.now(), until)
    async with town.ground.database.begin() as tx:
        await links.add(tx, made)
    return code


async def holding(town: Town, *codes: str) -> list[bool]:
    async with town.ground.database.read() as tx:
        found = [await links.get(tx, code) for code in codes]
    return [one is not None and one.holds(town.now()) for one in found]


async def test_another_persons_code_is_of_no_use(town: Town) -> None:
    await town.says("cyber1", f"nummer {LOCAL}")
    assert refusals(await town.says("cyber2", town.code_by_sms(OWN))) == ["no_code_waiting"]
    assert await town.reach("cyber2") == []


def spoken_code(spoken: str) -> str:
    """The digits as they are said the first time."""
    code = "".join(sign for sign in spoken.partition("Nog een keer")[0] if sign.isdigit())
    assert len(code) == 6, spoken
    return code


async def test_a_landline_is_called_with_its_code_and_gets_no_text(town: Town) -> None:
    landline = f"+3120{4_711_000}"
    await town.says("cyber1", f"nummer {landline}")
    (call,) = town.voice.rang(landline)
    spoken = "".join(await town.voice.answer(call))
    code = spoken_code(spoken)
    await town.says("cyber1", code)
    assert [row.channel for row in await town.reach("cyber1")] == ["voice"]
    assert town.sms.inbox == {}


async def test_a_landline_stays_for_calls_when_a_mobile_number_comes_for_texts(town: Town) -> None:
    landline = f"+3120{4_711_000}"
    await town.says("cyber1", f"nummer {landline}")
    (call,) = town.voice.rang(landline)
    spoken = "".join(await town.voice.answer(call))
    await town.says("cyber1", spoken_code(spoken))
    await town.verifies("cyber1", OWN)
    assert await town.addresses(PersonId("cyber1"), "voice") == landline
    assert await town.addresses(PersonId("cyber1"), "sms") == OWN


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("nummer 0900-1234", "number_special"), ("nummer 12", "number_wrong"), ("nummer +32 470 00 00 01", "number_foreign"),
        ("mail jansen", "mail_wrong"), ("mail jansen@waterbrug.example", "no_channel"), ("pushover abc", "pushover_wrong"),
        ("code 12", "code_is_six"), ("code", "no_code_waiting"), ("123456", "no_code_waiting"),
        ("verwijder fax", "remove_what"), ("verwijder sms", "nothing_to_remove"), ("gehoord fax", "heard_what"),
        ("gehoord sms", "no_test"),
    ],
)  # fmt: skip
async def test_what_cannot_be_done_is_said_plainly(town: Town, said: str, code: str) -> None:
    answer = await town.says("cyber1", said)
    assert refusals(answer) == [code]
    assert town.words.has(f"refused.{code}")


async def test_without_telephone_channels_a_number_is_not_kept(town: Town) -> None:
    del town.pagers["sms"], town.pagers["voice"]
    assert refusals(await town.says("cyber1", f"nummer {LOCAL}")) == ["no_telephone"]
    async with town.ground.database.read() as tx:
        assert await reach.pending_of(tx, PersonId("cyber1")) == []


async def test_a_device_that_nobody_knows_gives_no_number(town: Town) -> None:
    assert refusals(await town.says("cyber1", f"nummer {LOCAL}", known_device=False)) == ["needs_proof"]
    assert town.sms.inbox == {}


async def test_push_draws_a_secret_address_and_proves_it(town: Town) -> None:
    (shown,) = await town.says("cyber1", "push")
    assert isinstance(shown, m.ReachShown)
    card = await town.cards(shown)
    topic = await town.addresses.topic(PersonId("cyber1"))
    assert card is not None
    assert topic is not None
    assert topic in "\n".join(card.lines)
    assert [file.mime for file in card.files] == ["image/png"]
    assert town.ntfy.notices(topic) == []
    again = await town.says("cyber1", "push")
    assert again == [replace(shown, reply_to=again[0].reply_to)]  # type: ignore[attr-defined]
    await town.says("cyber1", "code")
    (notice,) = town.ntfy.notices(topic)
    await town.says("cyber1", "".join(sign for sign in notice["message"] if sign.isdigit()))
    assert [row.channel for row in await town.reach("cyber1")] == ["ntfy"]


async def test_ones_own_channels_are_shown_masked(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    shown = lines_of(await town.says("cyber1", "bereikbaar"))
    assert "sms 06-••••••11" in shown
    assert "telefoon 06-••••••11" in shown
    assert OWN[-8:] not in shown
    assert "06-" not in lines_of(await town.says("cyber2", "bereikbaar"))


async def test_what_is_removed_is_gone(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    told = lines_of(await town.says("cyber1", "verwijder sms"))
    assert "twee losse kanalen" not in told  # the telephone still rings beside the chat
    assert [row.channel for row in await town.reach("cyber1")] == ["voice"]
    assert (await town.index())[-1] == "channel.removed"
    told = lines_of(await town.says("cyber1", "verwijder nummer"))
    assert "twee losse kanalen" in told
    assert await town.reach("cyber1") == []
    assert await town.addresses.whose("sms", OWN) is None


async def test_a_lost_key_makes_nobody_count_as_reachable(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    town.key = bytes(32)
    town.starts_again()
    assert await town.addresses(PersonId("cyber1"), "sms") is None
    assert "?" in lines_of(await town.says("cyber1", "bereikbaar"))
    assert await town.addresses.lost() == 2
    async with town.ground.database.read() as tx:
        assert await readable(tx, town.vault) == {}
    await town.verifies("cyber1", OWN)
    assert await town.addresses.lost() == 0


async def test_what_was_never_proved_is_forgotten(town: Town) -> None:
    await town.says("cyber1", f"nummer {LOCAL}")
    town.passes(days=2)
    async with town.ground.database.begin() as tx:
        assert await reach.forget_unproved(tx, town.now()) == 1
    assert refusals(await town.says("cyber1", "code")) == ["no_code_waiting"]


async def test_who_loses_a_telephone_ends_the_links_on_it(town: Town) -> None:
    await town.verifies("cyber1", OWN)
    codes = [links.code_of(bytes([n]) * 16) for n in range(2)]
    until = town.now() + timedelta(hours=12)
    async with town.ground.database.begin() as tx:
        for code, channel in zip(codes, ("sms", "mail"), strict=True):
            made = links.made(code, INCIDENT, PageId("p1"), PersonId("cyber1"), channel, town.now(), until)
            await links.add(tx, made)
    await town.says("cyber1", "verwijder nummer")
    async with town.ground.database.read() as tx:
        found = [await links.get(tx, code) for code in codes]
    assert [one is not None and one.revoked_at is None for one in found] == [False, True]
