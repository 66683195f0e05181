"""Whatever another side does with a question, what comes back is a value and comes in time."""

import pytest

from bot.domain.delivery import GaveUp, Retry, Unclear
from bot.embedded.provider_sms import GatewayCounterpart
from bot.pagers.asking import MOST_BYTES, Answer, Asking, NotSent, Unheard, may_be_repeated, not_accepted


async def test_an_answer_without_an_end_is_not_read_to_its_end(gateway: GatewayCounterpart, ask: Asking) -> None:
    gateway.knobs.nonsense_after = b"x" * (MOST_BYTES + 1)
    assert await ask(ask.http.build_request("GET", f"{gateway.url}/inbox")) == Unheard("answer_too_long")
    gateway.knobs.nonsense_after = b"x" * MOST_BYTES
    whole = await ask(ask.http.build_request("GET", f"{gateway.url}/inbox"))
    assert isinstance(whole, Answer)
    assert len(whole.body) == MOST_BYTES


async def test_nobody_waits_longer_than_the_deadline(gateway: GatewayCounterpart, ask: Asking) -> None:
    gateway.knobs.delay = 5.0
    hasty = Asking(ask.http, 0.05)
    assert await hasty(ask.http.build_request("GET", f"{gateway.url}/inbox")) == Unheard("no_answer_in_time")


async def test_a_redirect_is_not_followed(gateway: GatewayCounterpart, ask: Asking) -> None:
    gateway.knobs.refuse = 302
    answer = await ask(ask.http.build_request("GET", f"{gateway.url}/inbox"))
    assert isinstance(answer, Answer)
    assert not_accepted(answer) == GaveUp("refused_302")


async def test_an_address_that_nobody_answers_at_was_not_told_anything(
    gateway: GatewayCounterpart, ask: Asking
) -> None:
    await gateway.stop()
    assert await ask(ask.http.build_request("GET", gateway.url)) == NotSent("unreachable")
    assert await ask(ask.http.build_request("GET", "http://niets.invalid")) == NotSent("unreachable")
    assert await ask(ask.http.build_request("GET", "gopher://127.0.0.1")) == NotSent("unreachable")


@pytest.mark.parametrize(
    ("asked", "once", "again"),
    [
        (NotSent("unreachable"), Retry("unreachable"), Retry("unreachable")),
        (Unheard("ReadTimeout"), Unclear("ReadTimeout"), Retry("ReadTimeout")),
        (Answer(500, b""), Unclear("answer_500"), Retry("answer_500")),
        (Answer(502, b""), Unclear("answer_502"), Retry("answer_502")),
        (Answer(200, b""), Unclear("answer_200"), Retry("answer_200")),
        (Answer(503, b""), Retry("busy_503"), Retry("busy_503")),
        (Answer(429, b"", 7.0), Retry("busy_429", 7.0), Retry("busy_429", 7.0)),
        (Answer(429, b"", 3600.0), GaveUp("busy_429"), GaveUp("busy_429")),
        (Answer(404, b""), GaveUp("refused_404"), GaveUp("refused_404")),
    ],
)
def test_what_an_answer_means_depends_on_whether_it_may_be_repeated(
    asked: Answer | NotSent | Unheard, once: Retry | GaveUp | Unclear, again: Retry | GaveUp
) -> None:
    assert not_accepted(asked) == once
    assert may_be_repeated(asked) == again


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b'{"a": 1e999}', b"null"])
def test_a_body_that_is_not_what_it_should_be_is_nothing(body: bytes) -> None:
    assert Answer(200, body).read(dict[str, str]) is None
