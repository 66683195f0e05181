"""Telephone calls over real HTTP, signed as the service signs them: what is said, what a key does, and what answers nothing."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot import answers
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.ids import EventId, PersonId
from bot.domain.ladder import Channel
from bot.domain.people import MELDER
from bot.running import incident_of
from bot.store import directory, log
from bot.strangers import MOST, Strangers
from bot.web import twiml
from bot.web.health import serve
from bot.web.voice import VoicePages
from tests.builders import by
from tests.desk.ground import INCIDENT
from tests.web.conftest import CYBER, WORDS, Night

PUBLIC = "https://iog.example"
TOKEN = "sleutel-van-de-telefoondienst"
# Fictional numbers, put together so that no file holds one that could be dialled.
NUMBERS = {"+310000" + n: PersonId(person) for n, person in (("01", "cyber1"), ("02", "bakker"), ("03", "politie1"))}
CYBER_NUMBER, BAKKER_NUMBER, POLITIE_NUMBER = NUMBERS
STRANGER = "+31000099"


@dataclass
class Heard:
    """One answer in TwiML."""

    said: list[str]
    lang: str | None
    goes_on: str | None
    hangs_up: bool


@dataclass
class Telephone:
    """Behaves as the service does: posts signed forms, follows where the TwiML leads."""

    night: Night
    client: httpx.AsyncClient
    token: str = TOKEN
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def posts(self, path: str, fields: dict[str, str], signature: str | None = None) -> httpx.Response:
        url = f"{PUBLIC}{path}"
        signed = twiml.signature(self.token, url, list(fields.items())) if signature is None else signature
        return await self.client.post(path, data=fields, headers={"X-Twilio-Signature": signed})

    def call(self, **fields: str) -> dict[str, str]:
        return {"CallSid": f"CA{next(self._numbers):032}", "CallStatus": "in-progress", **fields}

    async def hears(self, path: str, fields: dict[str, str]) -> Heard:
        answer = await self.posts(path, fields)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(answer.content)
        gather, redirect = root.find("Gather"), root.findtext("Redirect")
        if gather is not None:
            assert gather.attrib["action"] == redirect
            assert (gather.attrib["numDigits"], gather.attrib["input"]) == ("1", "dtmf")
        said = [say.text or "" for say in root.iter("Say")]
        langs = {say.attrib["language"] for say in root.iter("Say")}
        assert len(langs) <= 1
        return Heard(said, next(iter(langs), None), redirect, root.find("Hangup") is not None)

    async def presses(self, heard: Heard, fields: dict[str, str], key: str = "") -> Heard:
        """A key, or silence."""
        assert heard.goes_on is not None
        assert heard.goes_on.startswith(f"{PUBLIC}/voice")
        path = heard.goes_on.removeprefix(PUBLIC)
        return await self.hears(path, {**fields, "Digits": key} if key else fields)


@pytest_asyncio.fixture
async def telephone(night: Night) -> Any:  # noqa: ANN401 - a fixture that yields
    async def whose(channel: Channel, number: str) -> PersonId | None:
        assert channel == "voice"
        return NUMBERS.get(number)

    pages = VoicePages(
        night.answering,
        WORDS,
        lambda: "nl",
        PUBLIC,
        TOKEN,
        whose,
        lambda number: f"print-of-{number[-2:]}" * 4,
        Strangers(night.ground.desk, lambda: night.now),
        incident_of,
    )
    async with (
        serve(Starlette(routes=pages.routes()), "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        yield Telephone(night, client)


# --- the signature ------------------------------------------------------------------------------------------------------


def test_the_signature_is_the_one_that_the_service_documents() -> None:
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+12349013030"),
        ("Digits", "1234"),
        ("From", "+12349013030"),
        ("To", "+18005551212"),
    ]
    url = "https://mycompany.example/myapp.php?foo=1&bar=2".replace("mycompany.example", "mycompany.com")
    assert twiml.signature("12345", url, fields) == "0/KCTR6DLpKmkAf8muzZqo1nDgQ="


@pytest.mark.parametrize("written", ["https://iog.example/voice", "https://iog.example:443/voice"])
def test_the_port_may_be_written_or_not(written: str) -> None:
    fields = [("CallSid", "CA1")]
    assert twiml.is_signed(TOKEN, "https://iog.example/voice", fields, twiml.signature(TOKEN, written, fields))
    assert not twiml.is_signed(TOKEN, "https://iog.example:8443/x", fields, twiml.signature(TOKEN, written, fields))


async def test_who_does_not_have_the_key_is_not_answered(night: Night, telephone: Telephone) -> None:
    code = await night.link("voice")
    before = await night.length()
    fields = telephone.call(Digits="1")
    for signature in ("", "x", twiml.signature("other", f"{PUBLIC}/voice/{code}", list(fields.items()))):
        assert (await telephone.posts(f"/voice/{code}", fields, signature)).status_code == 403
    right = twiml.signature(TOKEN, f"{PUBLIC}/voice/{code}", list(fields.items()))
    assert (await telephone.posts(f"/voice/{code}", {**fields, "Digits": "0"}, right)).status_code == 403
    assert (await telephone.posts(f"/voice/{code}?keer=1", fields, right)).status_code == 403
    assert (await telephone.client.get(f"/voice/{code}")).status_code == 405
    assert await night.length() == before
    assert (await telephone.posts(f"/voice/{code}", fields, right)).status_code == 200
    assert await night.length() > before


async def test_a_call_without_a_name_and_a_body_without_end_are_refused(night: Night, telephone: Telephone) -> None:
    code = await night.link("voice")
    before = await night.length()
    assert (await telephone.posts(f"/voice/{code}", {"Digits": "1"})).status_code == 400
    large = await telephone.client.post(f"/voice/{code}", content=b"x" * 70_000)
    assert large.status_code == 413
    assert (await telephone.client.post(f"/voice/{code}", content=b"\xff\xfe")).status_code == 403
    assert await night.length() == before


# --- a call that the bot made ---------------------------------------------------------------------------------------------


async def test_the_call_says_what_it_is_about_and_one_key_answers(night: Night, telephone: Telephone) -> None:
    call, code = telephone.call(), await night.link("voice")
    heard = await telephone.hears(f"/voice/{code}", call)
    assert heard.said == [
        "Vliegende brigade. Oproep voor cyber. Gemeente Waterbrug. Toets 1: ik kom. Toets 0: ik kan niet. Toets 9: herhaal."
    ]
    assert heard.lang == "nl-NL"
    done = await telephone.presses(heard, call, "1")
    assert done.said == ["Genoteerd. Je komt."]
    assert done.hangs_up
    assert done.goes_on is None
    assert (await night.page()).state == "acknowledged"
    told = [entry for _, entry in await answers.told(night.ground.desk, INCIDENT)]
    (entry,) = [entry for entry in told if isinstance(entry, e.Acknowledged)]
    assert (entry.answer_by, entry.origin.via) == ("key", "voice")


async def test_zero_calls_the_next(night: Night, telephone: Telephone) -> None:
    call, code = telephone.call(), await night.link("voice")
    done = await telephone.presses(await telephone.hears(f"/voice/{code}", call), call, "0")
    assert done.said[0].startswith("Genoteerd. Je kunt niet.")
    assert (await night.page()).state == "declined"
    assert (await night.page("cyber2")).state == "open"


async def test_nine_repeats_and_a_wrong_key_says_so(night: Night, telephone: Telephone) -> None:
    call, code = telephone.call(), await night.link("voice")
    first = await telephone.hears(f"/voice/{code}", call)
    again = await telephone.presses(first, call, "9")
    assert again.said == first.said
    wrong = await telephone.presses(again, call, "5")
    assert wrong.said == ["Die toets ken ik niet.", *first.said]
    # a key pressed while the menu is said for the last time still counts
    done = await telephone.presses(wrong, call, "1")
    assert done.said == ["Genoteerd. Je komt."]


@pytest.mark.parametrize("key", ["", "5", "*", "11", "9"])
async def test_a_call_that_nobody_answers_with_a_key_ends_and_is_no_answer(
    night: Night, telephone: Telephone, key: str
) -> None:
    call, code = telephone.call(), await night.link("voice")
    before = await night.length()
    heard, times = await telephone.hears(f"/voice/{code}", call), 1
    while not heard.hangs_up:
        heard, times = await telephone.presses(heard, call, key), times + 1
    assert times == 4
    assert "Dit telt niet als antwoord" in heard.said[-1]
    assert await night.length() == before
    assert (await night.page()).state == "open"


@pytest.mark.parametrize("machine", ["machine_start", "machine_end_beep", "machine_end_other", "fax"])
async def test_voicemail_hears_nothing_and_answers_nothing(night: Night, telephone: Telephone, machine: str) -> None:
    code = await night.link("voice")
    before = await night.length()
    heard = await telephone.hears(f"/voice/{code}", telephone.call(AnsweredBy=machine, Digits="1"))
    assert (heard.said, heard.hangs_up) == ([], True)
    assert await night.length() == before


async def test_double_callbacks_are_harmless(night: Night, telephone: Telephone) -> None:
    call, code = telephone.call(Digits="1"), await night.link("voice")
    heard = [await telephone.hears(f"/voice/{code}?keer=1", call) for _ in range(3)]
    assert {one.said[0] for one in heard} == {"Genoteerd. Je komt."}
    kinds = await night.ground.kinds()
    assert kinds.count("acknowledged") == 1


async def test_another_key_afterwards_changes_nothing(night: Night, telephone: Telephone) -> None:
    call, code = telephone.call(), await night.link("voice")
    await telephone.hears(f"/voice/{code}", {**call, "Digits": "0"})
    heard = await telephone.hears(f"/voice/{code}", {**call, "Digits": "1"})
    assert heard.said[0].startswith("Je had al geantwoord.")
    assert heard.said[1].startswith("Genoteerd. Je kunt niet.")
    assert (await night.page()).state == "declined"


async def test_a_call_about_a_page_that_is_over_says_so(night: Night, telephone: Telephone) -> None:
    code = await night.link("voice")
    await night.ground.do(c.TakeOver(role=(await night.page()).roles[0], by=by("coordinator1")))
    for path in (f"/voice/{code}", "/voice/" + "1" * 22, "/voice/onzin"):
        heard = await telephone.hears(path, telephone.call(Digits="1"))
        assert heard.said == ["Deze oproep is voorbij. Je hoeft niets meer te doen."]
        assert heard.hangs_up


async def test_english_people_are_spoken_to_in_english(night: Night, telephone: Telephone) -> None:
    night.changes(CYBER, language="en")
    heard = await telephone.hears(f"/voice/{await night.link('voice')}", telephone.call())
    assert heard.lang == "en-GB"
    assert "Press 1: I am coming" in heard.said[0]


# --- a call that the bot gets ---------------------------------------------------------------------------------------------


async def alarms(night: Night) -> list[directory.DirectoryRow]:
    async with night.ground.database.read() as tx:
        return await directory.open_rows(tx)


async def test_who_calls_back_answers_the_page_all_the_same(night: Night, telephone: Telephone) -> None:
    call = telephone.call(From=CYBER_NUMBER)
    heard = await telephone.hears("/voice", call)
    assert "Oproep voor cyber" in heard.said[0]
    assert parse_qs(urlsplit(heard.goes_on or "").query)["over"] == ["2026-001/" + (await night.page()).id]
    done = [await telephone.presses(heard, call, "1") for _ in range(2)]
    assert [one.said for one in done] == [["Genoteerd. Je komt."]] * 2
    assert (await night.page()).state == "acknowledged"
    # who was called by name may change their mind, as in the chat
    other = await telephone.presses(heard, call, "0")
    assert other.said[0].startswith("Genoteerd. Je kunt niet.")
    assert (await night.page()).state == "declined"


async def test_who_calls_back_late_may_still_come(night: Night, telephone: Telephone) -> None:
    await night.ground.do(c.Tick(), minutes=6)
    call = telephone.call(From=CYBER_NUMBER)
    done = await telephone.presses(await telephone.hears("/voice", call), call, "1")
    assert done.said == ["Genoteerd. Je komt."]
    assert (await night.page()).state == "acknowledged"


async def test_an_officer_raises_an_alarm_with_one_key(night: Night, telephone: Telephone) -> None:
    call = telephone.call(From=BAKKER_NUMBER)
    heard = await telephone.hears("/voice", call)
    assert heard.said == [
        "Vliegende brigade. Toets 1: alarm voor de gemeente Waterbrug. Wij bellen je terug. Toets 9: herhaal."
    ]
    silent = await telephone.presses(heard, call)
    assert len(await alarms(night)) == 1
    done = await telephone.presses(silent, call, "1")
    assert done.said == ["Alarm ontvangen. Nummer 2 0 2 6 , 0 0 2. Wij bellen je terug. Houd je telefoon bij je."]
    again = await telephone.presses(silent, call, "1")
    assert again.said == done.said
    assert len(await alarms(night)) == 2
    cause = EventId(f"voice:{call['CallSid']}:1")
    incident = await night.ground.desk.incident(incident_of(cause))
    assert (incident.text, incident.municipality, incident.reporter) == (
        "telefonisch alarm, bel terug",
        "waterbrug",
        "bakker",
    )
    (_, first), *_ = await answers.told(night.ground.desk, incident.id)
    assert (first.origin.via, first.origin.actor, first.origin.cause) == ("voice", "bakker", cause)


async def test_a_key_for_a_page_that_ended_meanwhile_is_no_alarm(night: Night, telephone: Telephone) -> None:
    night.changes(CYBER, roles=(*night.contacts().people[PersonId(CYBER)].roles, MELDER))
    call = telephone.call(From=CYBER_NUMBER)
    heard = await telephone.hears("/voice", call)
    assert "Oproep voor cyber" in heard.said[0]
    await night.ground.do(c.ProposeClosing(by=by("coordinator1")))
    await night.ground.do(c.CloseIncident(by=by("coordinator1")))
    done = await telephone.presses(heard, call, "1")
    assert done.said == ["Deze oproep is voorbij. Je hoeft niets meer te doen."]
    assert await alarms(night) == []


async def test_a_key_for_an_alarm_does_not_answer_a_page_that_came_meanwhile(
    night: Night, telephone: Telephone
) -> None:
    call = telephone.call(From=BAKKER_NUMBER)
    heard = await telephone.hears("/voice", call)
    assert "Toets 1: alarm" in heard.said[0]
    await night.ground.do(c.CallPerson(person=PersonId("bakker"), by=by("coordinator1")))
    assert (await night.page("bakker")).state == "open"
    done = await telephone.presses(heard, call, "1")
    assert done.said[0].startswith("Alarm ontvangen.")
    assert (await night.page("bakker")).state == "open"


async def test_somebody_who_was_not_called_and_is_no_officer_hears_so(night: Night, telephone: Telephone) -> None:
    await night.ground.do(c.TakeOver(role=(await night.page("politie1")).roles[0], by=by("coordinator1")))
    heard = await telephone.hears("/voice", telephone.call(From=POLITIE_NUMBER))
    assert heard.said == ["Vliegende brigade. Er staat geen oproep voor je open."]


async def test_a_stranger_is_refused_politely_and_operators_are_told_without_the_number(
    night: Night, telephone: Telephone
) -> None:
    for key in ("", "1"):
        call = telephone.call(From=STRANGER, **({"Digits": key} if key else {}))
        heard = await telephone.hears("/voice", call)
        assert heard.said == ["Dit nummer ken ik niet. Bel bij spoed 1 1 2."]
        assert heard.hangs_up
    assert len(await alarms(night)) == 1
    (note,) = await night.ground.outbox("ManagementNote")
    assert b"caller_refused" in note.message
    assert STRANGER.encode() not in note.message
    async with night.ground.database.read() as tx:
        entries = await log.entries(tx, night.ground.desk.seal.index)
    assert sum(b"caller.refused" in entry for entry in entries) == 1
    assert not any(b"0099" in entry for entry in entries)


async def test_a_thousand_invented_numbers_are_no_thousand_lines(night: Night, telephone: Telephone) -> None:
    for n in range(2 * MOST):
        await telephone.hears("/voice", telephone.call(From=f"+31000{n:03}00"[:8] + f"{n:02}"))
    assert len(await night.ground.outbox("ManagementNote")) == MOST


async def test_a_call_without_a_number_is_a_stranger(night: Night, telephone: Telephone) -> None:
    heard = await telephone.hears("/voice", telephone.call())
    assert heard.said == ["Dit nummer ken ik niet. Bel bij spoed 1 1 2."]


async def test_no_number_or_code_is_logged(night: Night, telephone: Telephone) -> None:
    code = await night.link("voice")
    with capture_logs() as logged:
        await telephone.hears(f"/voice/{code}", telephone.call(Digits="1"))
        call = telephone.call(From=BAKKER_NUMBER, Digits="1")
        await telephone.hears("/voice", call)
        await telephone.posts("/voice", telephone.call(From=STRANGER), "x")
    assert {line["event"] for line in logged} == {"answered", "alarm", "unsigned"}
    for secret in (code, BAKKER_NUMBER, STRANGER, "bakker", "cyber1", TOKEN, call["CallSid"]):
        assert secret not in str(logged)
