"""Links over real HTTP: opening changes nothing, posting answers once, and what is of no use says nothing of why."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import TypeVar

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot import answers
from bot.by_channel import Over
from bot.domain import commands as c
from bot.domain import entries as e
from bot.store import links
from bot.web.health import THIS_MACHINE, serve
from bot.web.wire import HEADERS, MISS_SECONDS, MOST_BYTES, MOST_MISSES, fields_of
from tests.builders import by
from tests.desk.ground import INCIDENT
from tests.web.conftest import CYBER, Night

Entry = TypeVar("Entry")


class Shown(HTMLParser):
    """What a page holds: its text, its tags, the values of its form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    @property
    def text(self) -> str:
        return " ".join(word for word in self.words if word)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


async def test_the_page_asks_one_person_one_thing(night: Night) -> None:
    code = await night.link()
    answer = await night.opens(code)
    assert answer.status_code == 200
    shown = Shown(answer.text)
    assert "Ben jij Cyber1? Kom je?" in shown.text
    assert "Wat Oproep cyber Nummer 2026-001" in shown.text
    assert "Gemeente Waterbrug" in shown.text
    assert "gemeld zo 22-11 03:04" in shown.text
    assert shown.all("html") == [{"lang": "nl"}]
    assert [button["value"] for button in shown.all("button")] == ["1", "15", "30", "0"]
    assert {button["name"] for button in shown.all("button")} == {"answer"}


async def test_a_link_needs_no_login_so_it_does_not_tell_what_the_alarm_said(night: Night) -> None:
    answer = await night.opens(await night.link())
    assert "TikTok" not in answer.text
    assert "Bakker" not in answer.text


async def test_every_page_keeps_itself_to_itself(night: Night) -> None:
    for answer in (await night.opens(await night.link()), await night.opens("nonsense")):
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert not Shown(answer.text).all("script")
        assert " style=" not in answer.text
        assert "server" not in answer.headers
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_the_style_is_a_file_of_its_own_that_may_be_kept(night: Night) -> None:
    answer = await night.client.get("/stijl.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "max-age" in answer.headers["cache-control"]
    assert "min-height: 4rem" in answer.text


async def test_a_scanner_that_opens_everything_changes_nothing(night: Night) -> None:
    codes = [await night.link(channel) for channel in ("sms", "mail", "ntfy", "voice")]
    before = await night.length()
    for code in codes:
        for method in ("GET", "HEAD", "GET"):
            assert (await night.client.request(method, f"/a/{code}")).status_code == 200
        for method in ("OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
            assert (await night.client.request(method, f"/a/{code}")).status_code == 405
        # some follow links with the fields of the form in the address, or post an empty form
        await night.client.get(f"/a/{code}?answer=1&token={links.form_token(code)}")
        assert (await night.client.post(f"/a/{code}")).status_code == 400
    assert await night.length() == before
    assert (await night.page()).state == "open"
    assert (await night.posts(codes[0], "1")).status_code == 200


async def test_a_post_without_the_token_of_the_page_answers_nothing(night: Night) -> None:
    code = await night.link("mail")
    before = await night.length()
    for token in ("", "x", links.form_token(await night.link("mail"))):
        assert (await night.posts(code, "1", token)).status_code == 400
    assert await night.length() == before


@pytest.mark.parametrize(
    ("value", "minutes", "told"),
    [
        ("1", None, "Genoteerd: je komt."),
        ("15", 15, "Genoteerd: je komt over 15 minuten."),
        ("30", 30, "Genoteerd: je komt over 30 minuten."),
    ],
)
async def test_a_yes_is_an_acknowledgement(night: Night, value: str, minutes: int | None, told: str) -> None:
    answer = await night.posts(await night.link(), value)
    assert answer.status_code == 200
    assert told in Shown(answer.text).text
    page = await night.page()
    assert (page.state, page.eta_minutes) == ("acknowledged", minutes)
    (entry,) = await entries(night, e.Acknowledged)
    assert entry.answer_by == "link"
    assert entry.origin.actor == CYBER
    assert entry.origin.via == "sms"


async def entries(night: Night, kind: type[Entry]) -> list[Entry]:
    return [entry for _, entry in await answers.told(night.ground.desk, INCIDENT) if isinstance(entry, kind)]


async def test_a_no_calls_the_next(night: Night) -> None:
    answer = await night.posts(await night.link("mail"), "0")
    assert "Genoteerd: je kunt niet." in answer.text
    assert "Je hoeft niets meer te doen." in answer.text
    assert (await night.page()).state == "declined"
    assert (await night.page("cyber2")).state == "open"
    (entry,) = await entries(night, e.Declined)
    assert entry.origin.via == "mail"


async def test_the_button_of_a_push_notice_posts_without_a_form(night: Night) -> None:
    code = await night.link("ntfy")
    answer = await night.client.post(f"/a/{code}", content=b"answer=1")
    assert answer.status_code == 200
    (entry,) = await entries(night, e.Acknowledged)
    assert (entry.answer_by, entry.origin.via) == ("button", "ntfy")


async def test_the_same_answer_again_says_what_stands(night: Night) -> None:
    code = await night.link()
    await night.posts(code, "15")
    before = await night.length()
    for _ in range(3):
        again = await night.posts(code, "15")
        assert again.status_code == 200
        assert "je komt over 15 minuten" in again.text
        assert "je komt over 15 minuten" in (await night.opens(code)).text
    assert await night.length() == before


async def test_a_replay_with_another_answer_changes_nothing(night: Night) -> None:
    code = await night.link()
    await night.posts(code, "1")
    before = await night.length()
    for other in ("0", "30"):
        again = await night.posts(code, other)
        assert again.status_code == 409
        assert "Dat blijft zo staan" in again.text
        assert "Genoteerd: je komt." in again.text
    assert await night.length() == before
    assert (await night.page()).state == "acknowledged"


async def test_an_answer_from_the_chat_shows_on_the_page_and_a_second_link_cannot_undo_it(night: Night) -> None:
    code, other = await night.link("sms"), await night.link("mail")
    await night.posts(other, "0")
    shown = Shown((await night.opens(code)).text)
    assert "Genoteerd: je kunt niet." in shown.text
    assert not shown.all("form")
    assert (await night.posts(code, "1")).status_code == 409
    assert (await night.page()).state == "declined"


async def test_who_is_asked_again_after_taking_an_answer_back_needs_a_new_link(night: Night) -> None:
    code = await night.link()
    await night.posts(code, "1")
    page = await night.page()
    await night.ground.do(c.UndoAnswer(page=page.id, by=by(CYBER)), seconds=30)
    assert "is al geantwoord" in (await night.opens(code)).text
    assert (await night.posts(code, "1")).status_code == 409
    assert (await night.page()).state == "open"
    assert (await night.posts(await night.link(), "1")).status_code == 200
    assert (await night.page()).state == "acknowledged"


async def test_a_late_answer_still_counts(night: Night) -> None:
    code = await night.link()
    await night.ground.do(c.Tick(), minutes=6)
    assert (await night.page()).state == "unanswered"
    assert (await night.posts(code, "1")).status_code == 200
    assert (await night.page()).state == "acknowledged"


@pytest.mark.parametrize("why", ["forged", "nonsense", "expired", "revoked", "withdrawn", "closed"])
async def test_a_link_of_no_use_says_nothing_of_why(night: Night, why: str) -> None:
    told = (await night.opens(links.code_of(bytes(16)))).text
    code = await night.link(minutes=30)
    match why:
        case "forged":
            code = links.code_of(b"\x01" * 16)
        case "nonsense":
            code = "K7Q2XM"
        case "expired":
            night.ground.now += timedelta(minutes=31)
        case "revoked":
            await night.revokes(CYBER, "sms")
        case "withdrawn":
            # the role was taken over by the coordinator
            await night.ground.do(c.TakeOver(role=(await night.page()).roles[0], by=by("coordinator1")))
        case _:
            await night.ground.do(c.ProposeClosing(by=by("coordinator1")))
            await night.ground.do(c.CloseIncident(by=by("coordinator1")))
    before = await night.length()
    for answer in (await night.opens(code), await night.posts(code, "1")):
        assert answer.status_code == 404
        assert answer.text == told
    assert await night.length() == before
    assert "2026-001" not in told
    assert "Deze link doet niets (meer)" in told


async def test_english_people_read_english(night: Night) -> None:
    night.changes(CYBER, language="en")
    code = await night.link(minutes=30)
    shown = Shown((await night.opens(code)).text)
    assert shown.all("html") == [{"lang": "en"}]
    assert "Are you Cyber1? Are you coming?" in shown.text
    night.ground.now += timedelta(minutes=31)
    assert "This link does nothing" in (await night.opens(code)).text


async def test_a_guesser_is_stopped_and_everybody_else_is_not(night: Night) -> None:
    code = await night.link()
    for n in range(MOST_MISSES):
        assert (await night.opens(links.code_of(bytes([n, 1] * 8)))).status_code == 404
    stopped = await night.opens(links.code_of(bytes(16)))
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "60")
    # behind the proxy of the municipality another address is somebody else
    other = await night.client.get(f"/a/{code}", headers={"X-Forwarded-For": "2001:db8::7"})
    assert other.status_code == 200
    night.ticks += MISS_SECONDS
    assert (await night.opens(code)).status_code == 200


async def test_links_that_are_over_are_no_guesses(night: Night) -> None:
    over = await night.link()
    night.ground.now += timedelta(hours=13)
    code = await night.link()
    for _ in range(2 * MOST_MISSES):
        assert (await night.opens(over)).status_code == 404
    assert (await night.opens(code)).status_code == 200


async def test_one_network_is_one_guesser(night: Night) -> None:
    for n in range(MOST_MISSES):
        await night.client.get("/a/x", headers={"X-Forwarded-For": f"2001:db8::{n:x}"})
    again = await night.client.get("/a/x", headers={"X-Forwarded-For": "2001:db8::ffff"})
    assert again.status_code == 429
    assert (await night.client.get("/a/x", headers={"X-Forwarded-For": "2001:db8:0:1::1"})).status_code == 404


ELSEWHERE = "127.0.0.2"  # a machine that is not this one, as the server sees it


async def _guessed(night: Night, proxies: tuple[str, ...]) -> tuple[int, int]:
    """What a guesser behind a proxy elsewhere hears in the end, and what somebody else hears behind the same proxy."""
    code, app = await night.link(), Starlette(routes=night.answer_pages().routes())
    wire = httpx.AsyncHTTPTransport(local_address=ELSEWHERE)
    async with (
        serve(app, "127.0.0.1", 0, proxies) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=wire) as client,
    ):
        for n in range(MOST_MISSES + 1):
            # whoever asks may write what they like before what the proxy adds
            said = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"}
            guess = await client.get(f"/a/{links.code_of(bytes([n, 7] * 8))}", headers=said)
        other = await client.get(f"/a/{code}", headers={"X-Forwarded-For": "203.0.113.10"})
    return guess.status_code, other.status_code


@pytest.mark.parametrize("proxies", [(ELSEWHERE,), ("127.0.0.2/31",)])
async def test_a_proxy_on_another_machine_is_believed_when_it_is_named(night: Night, proxies: tuple[str, ...]) -> None:
    assert await _guessed(night, proxies) == (429, 200)


async def test_what_is_no_proxy_of_ours_is_not_believed(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    assert await _guessed(night, THIS_MACHINE[:1]) == (429, 429)


async def test_a_right_link_may_be_opened_as_often_as_one_likes(night: Night) -> None:
    code = await night.link()
    for _ in range(2 * MOST_MISSES):
        assert (await night.opens(code)).status_code == 200


async def test_a_body_that_is_too_large_is_refused_unread(night: Night) -> None:
    code = await night.link()
    before = await night.length()
    large = await night.client.post(f"/a/{code}", content=b"answer=1&x=" + b"y" * MOST_BYTES)
    assert large.status_code == 413

    async def drip() -> AsyncIterator[bytes]:
        for _ in range(80):
            yield b"z" * 1024

    assert (await night.client.post(f"/a/{code}", content=drip())).status_code == 413
    assert await night.length() == before


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"answer", b"answer=%ff%00&token=%ff", b"answer=2&token=x", b"{}", b"&&&", b"a=1&" * 500, b"%"],
)
async def test_a_nonsense_form_gets_a_plain_page(night: Night, body: bytes) -> None:
    code = await night.link()
    before = await night.length()
    answer = await night.client.post(f"/a/{code}", content=body)
    assert answer.status_code == 400
    assert "niet aangekomen" in answer.text
    assert await night.length() == before


async def test_strange_addresses_get_a_plain_page(night: Night) -> None:
    night_codes = ("%00" * 22, "..%2f..%2fetc", "é" * 22, "'" * 22, "<script>", "a" * 5000, "1" * 21 + "O")
    for code in night_codes:
        night.ticks += MISS_SECONDS
        answer = await night.opens(code)
        assert answer.status_code in (400, 404)
        assert "<script>" not in answer.text


async def test_names_are_text_and_never_markup(night: Night) -> None:
    night.changes(CYBER, name='<b>"Jan\u202esen"</b>&')
    answer = await night.opens(await night.link())
    assert "<b>" not in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "\u202e" not in answer.text


async def test_who_left_the_contacts_can_no_longer_answer(night: Night) -> None:
    code = await night.link()
    known = night.contacts()
    night.answering = replace(night.answering, contacts=lambda: replace(known, people={}))
    assert isinstance(await night.answering.asked(code), Over)


@given(st.binary(max_size=200))
def test_whatever_is_posted_is_fields_or_nothing(body: bytes) -> None:
    fields = fields_of(body)
    assert fields is None or all(isinstance(name, str) and isinstance(value, str) for name, value in fields)


async def test_no_code_name_or_number_is_logged(night: Night, caplog: pytest.LogCaptureFixture) -> None:
    code = await night.link()
    with capture_logs() as logged:
        await night.opens(code)
        await night.posts(code, "1")
        await night.posts(code, "0")
        await night.opens("x" * 22)
    told = f"{logged} {caplog.text}"
    assert [line["event"] for line in logged] == ["answered", "answered"]
    for secret in (code, links.hash_of(code), links.form_token(code), "cyber1", "Cyber1", "2026-001", INCIDENT):
        assert secret not in told
    assert not re.search(r"[1-9A-HJ-NP-Za-km-z]{22}", told)


async def test_a_database_that_is_away_is_said_plainly(night: Night) -> None:
    code = await night.link()
    async with night.ground.database.begin() as tx:
        await tx.execute(text("DROP TABLE answer_link"))
    for answer in (await night.opens(code), await night.posts(code, "1")):
        assert answer.status_code == 503
        assert "Probeer het over een minuut opnieuw" in answer.text
