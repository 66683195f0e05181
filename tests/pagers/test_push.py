"""Push notices: loud, answered by their buttons, shown once however often they are sent, and silent when the page is over."""

from typing import cast

import pytest

from bot.domain.delivery import Delivered, GaveUp, Retry
from bot.domain.ids import EventId
from bot.embedded.provider_push import NtfyCounterpart, PushoverCounterpart
from bot.pagers.asking import Asking
from bot.pagers.ntfy import NtfyPush
from bot.pagers.pushover import PushoverPush
from bot.words.catalogue import Catalogue
from tests.pagers.ground import LINK, listening, notice

TOPIC, USER = "jansen-7f3c9a", "u" * 30


@pytest.fixture
def push(ntfy: NtfyCounterpart, ask: Asking, words: Catalogue) -> NtfyPush:
    return NtfyPush(ask, ntfy.url, ntfy.token, words)


@pytest.fixture
def emergency(pushover: PushoverCounterpart, ask: Asking) -> PushoverPush:
    return PushoverPush(ask, pushover.token, pushover.url)


def reference(outcome: object) -> str:
    assert isinstance(outcome, Delivered)
    return cast(EventId, outcome.event)


async def test_a_notice_is_loud_and_has_two_buttons(ntfy: NtfyCounterpart, push: NtfyPush) -> None:
    assert isinstance(await push.send(notice(TOPIC)), Delivered)
    (shown,) = ntfy.notices(TOPIC)
    assert (shown["priority"], shown["title"], shown["click"]) == (5, "OPROEP cyber · 2026-014 · Waterbrug", LINK)
    assert [(one["label"], one["method"], one["body"]) for one in shown["actions"]] == [
        ("Ik kom", "POST", "answer=1"),
        ("Kan niet", "POST", "answer=0"),
    ]
    await push.send(notice(TOPIC, key="incident/8/0", urgent=False, link=""))
    assert ntfy.notices(TOPIC)[1]["priority"] == 3
    assert "actions" not in ntfy.notices(TOPIC)[1]


async def test_a_tap_posts_the_answer_and_clears_the_notice(ntfy: NtfyCounterpart, push: NtfyPush) -> None:
    bodies: list[bytes] = []
    async with listening(bodies) as url:
        await push.send(notice(TOPIC, link=url, lang="en"))
        assert await ntfy.tap(TOPIC, "Coming") == 200
    assert bodies == [b"answer=1"]
    assert ntfy.notices(TOPIC) == []


@pytest.mark.parametrize("trouble", ["late", "500", "cut", "html"])
async def test_a_notice_whose_answer_was_lost_is_sent_again_and_rings_once(
    ntfy: NtfyCounterpart, push: NtfyPush, ask: Asking, words: Catalogue, trouble: str
) -> None:
    ntfy.knobs.delay = 0.3 if trouble == "late" else 0.0
    ntfy.knobs.fail_after = 500 if trouble == "500" else None
    ntfy.knobs.cut_after = trouble == "cut"
    ntfy.knobs.nonsense_after = b"<html>" if trouble == "html" else None
    hasty = NtfyPush(Asking(ask.http, 0.1), ntfy.url, ntfy.token, words)
    assert isinstance(await hasty.send(notice(TOPIC)), Retry)
    ntfy.knobs.delay, ntfy.knobs.fail_after, ntfy.knobs.cut_after, ntfy.knobs.nonsense_after = 0.0, None, False, None
    assert isinstance(await push.send(notice(TOPIC)), Delivered)
    assert (len(ntfy.notices(TOPIC)), ntfy.rings[TOPIC]) == (1, 1)


async def test_a_notice_is_taken_off_the_phone(ntfy: NtfyCounterpart, push: NtfyPush) -> None:
    sent = reference(await push.send(notice(TOPIC)))
    assert TOPIC not in sent  # the reference is logged, and who knows the topic reads along
    assert await push.call_off(sent, TOPIC) == Delivered()
    assert ntfy.notices(TOPIC) == []
    ntfy.knobs.refuse = 405  # a server that does not know how yet
    assert await push.call_off(sent, TOPIC) == Delivered()
    await ntfy.stop()
    assert await push.call_off(sent, TOPIC) == Retry("unreachable")


async def test_a_server_that_refuses_is_not_asked_again(
    ntfy: NtfyCounterpart, push: NtfyPush, ask: Asking, words: Catalogue
) -> None:
    assert await push.send(notice("geen onderwerp!")) == GaveUp("refused_400")
    assert await NtfyPush(ask, ntfy.url, "another", words).send(notice(TOPIC)) == GaveUp("refused_401")
    assert await push.find(notice(TOPIC)) is None
    ntfy.token = ""
    assert isinstance(await NtfyPush(ask, ntfy.url, "", words).send(notice(TOPIC)), Delivered)


async def test_an_emergency_rings_until_somebody_acknowledges_it(
    pushover: PushoverCounterpart, emergency: PushoverPush
) -> None:
    sent = reference(await emergency.send(notice(USER)))
    (rings,) = pushover.phone(USER)
    assert (rings.message["priority"], rings.message["url"], rings.rings) == ("2", LINK, True)
    assert await emergency.acknowledged(sent) is False
    pushover.acknowledge(USER)
    assert await emergency.acknowledged(sent) is True
    assert await emergency.acknowledged("0" * 30) is None
    pushover.knobs.nonsense_after = b"[]"
    assert await emergency.acknowledged(sent) is None


async def test_one_cancellation_silences_every_repeat(pushover: PushoverCounterpart, emergency: PushoverPush) -> None:
    pushover.knobs.cut_after = True
    assert await emergency.send(notice(USER)) == Retry("RemoteProtocolError", 5.0)
    pushover.knobs.cut_after = False
    sent = reference(await emergency.send(notice(USER)))
    assert sum(one.rings for one in pushover.phone(USER)) == 2
    assert await emergency.call_off(sent, USER) == Delivered()
    assert not any(one.rings for one in pushover.phone(USER))
    await pushover.stop()
    assert await emergency.call_off(sent, USER) == Retry("unreachable")


async def test_a_quiet_notice_leaves_nothing_to_stop(pushover: PushoverCounterpart, emergency: PushoverPush) -> None:
    sent = reference(await emergency.send(notice(USER, urgent=False, link=f"https://iog.example/{'a' * 600}")))
    (form,) = pushover.plain
    assert "url" not in form
    assert "priority" not in form
    assert await emergency.call_off(sent, USER) == Delivered()


async def test_what_pushover_refuses_is_not_sent_again(
    pushover: PushoverCounterpart, emergency: PushoverPush, ask: Asking
) -> None:
    assert await emergency.send(notice("x" * 30)) == GaveUp("message_refused")
    assert await PushoverPush(ask, "b" * 30, pushover.url).send(notice(USER)) == GaveUp("refused_400")
    pushover.knobs.refuse = 429
    assert await emergency.send(notice(USER)) == GaveUp("refused_429")
    pushover.knobs.refuse = 500
    assert await emergency.send(notice(USER)) == Retry("answer_500", 5.0)
    pushover.knobs.refuse, pushover.knobs.nonsense_after = None, b'{"status": 1}'
    assert await emergency.send(notice(USER)) == Retry("nonsense", 5.0)
    assert await emergency.find(notice(USER)) is None
