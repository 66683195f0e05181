"""The one transaction: all of it or nothing, each cause once, and a log that can be shown to anybody."""

import asyncio
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk import CHECKPOINT_ENTRIES, CHECKPOINT_WAIT
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.flood import FLOOD
from bot.domain.ids import EventId, IncidentId, PageId, RoomId
from bot.folding import BrokenLog
from bot.logbook.checkpoint import check
from bot.store import outbox
from tests.builders import ALARM, by, reference
from tests.desk.ground import INCIDENT, KEY, Ground
from tests.faults import away

DECISION = c.RecordDecision(text="Plein afsluiten", by=by("bakker"))


async def test_an_event_is_acted_upon_once(ground: Ground) -> None:
    await ground.hears("$alarm", '{"content":{"body":"alarm"}}')
    first = await ground.alarm("$alarm")
    again = await ground.alarm("$alarm")
    assert again == first
    assert (await ground.kinds()).count("alarm.raised") == 1
    assert await ground.waiting() == []


async def test_once_handled_its_text_is_kept_no_longer(ground: Ground) -> None:
    await ground.hears("$alarm", "geheim")
    await ground.alarm("$alarm")
    async with ground.database.read() as tx:
        kept = (await tx.execute(text("SELECT raw FROM inbox WHERE event_id = '$alarm'"))).scalar_one()
    assert kept is None


async def test_a_refusal_leaves_everything_as_it_was(ground: Ground) -> None:
    await ground.alarm()
    before = await ground.kinds(), await ground.row(), len(await ground.outbox())
    await ground.hears("$close")
    with pytest.raises(c.Refused):
        await ground.do(c.CloseIncident(by=by("bakker")), cause="$close")
    assert (await ground.kinds(), await ground.row(), len(await ground.outbox())) == before
    assert await ground.waiting() == ["$close"]


async def test_what_settles_is_in_the_same_transaction(ground: Ground) -> None:
    await ground.alarm()
    page = (await ground.outbox("PageText"))[0]
    report = c.ReportDelivery(
        page=PageId(page.subject or ""), attempt=1, channel="matrix", outcome="delivered", event=EventId("$page")
    )

    async def settles(tx: AsyncConnection) -> None:
        await outbox.settle(tx, page.key, EventId("$page"), RoomId("!dm"), ground.now)

    async def settles_and_breaks(tx: AsyncConnection) -> None:
        await settles(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await ground.desk.handle(INCIDENT, report, settles=settles_and_breaks)
    assert page.key in [row.key for row in await ground.outbox("PageText")]
    assert "page.delivered" not in await ground.kinds()
    await ground.desk.handle(INCIDENT, report, settles=settles)
    assert page.key not in [row.key for row in await ground.outbox("PageText")]
    assert "page.delivered" in await ground.kinds()


async def test_an_error_at_the_commit_leaves_memory_no_further_than_the_log(ground: Ground) -> None:
    await ground.alarm()
    engine = ground.database._engine.sync_engine

    def refuses(_: object) -> None:
        raise away()

    event.listen(engine, "commit", refuses)
    with pytest.raises(DBAPIError):
        await ground.do(DECISION)
    event.remove(engine, "commit", refuses)
    assert (await ground.desk.incident(INCIDENT)).decisions == ()
    assert len((await ground.do(DECISION)).decisions) == 1
    assert (await ground.kinds()).count("decision.recorded") == 1


async def test_a_desk_without_memory_tells_the_same(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(c.ReportRoom(name="main", room_id=RoomId("!kamer")), seconds=2)
    known = await ground.do(DECISION, minutes=1)
    assert await ground.another_desk().incident(INCIDENT) == known


async def test_a_log_that_was_changed_takes_nothing_more(ground: Ground) -> None:
    await ground.alarm()
    async with ground.database.begin() as tx:
        await tx.execute(
            text("UPDATE opening SET salt = prev FROM (SELECT salt AS prev FROM opening LIMIT 1) AS other")
        )
    ground.desk = ground.another_desk()
    with pytest.raises((BrokenLog, ValueError)):
        await ground.do(DECISION)


async def test_alarms_at_the_same_moment_have_different_numbers(ground: Ground) -> None:
    ids = [IncidentId(f"00000000-0000-4000-8000-{n:012d}") for n in range(5)]
    alarm = c.RaiseAlarm(text=ALARM, by=by("bakker"))
    raised = await asyncio.gather(*(ground.desk.handle(i, alarm, cause=EventId(f"${i}")) for i in ids))
    assert sorted(i.number for i in raised) == [f"2026-{n:03d}" for n in range(1, 6)]


async def test_a_flood_is_taken_in_however_short_the_time_in_which_an_alarm_may_be_a_duplicate(ground: Ground) -> None:
    known = reference(duplicate_window=timedelta(minutes=1))
    ground.desk.reference = lambda: known
    raised = []
    for n in range(FLOOD.alarms + 1):
        alarm = c.RaiseAlarm(text=ALARM, by=by("bakker"))
        raised.append(await ground.desk.handle(IncidentId(f"00000000-0000-4000-8000-{n:012d}"), alarm))
        ground.now += timedelta(minutes=2.5)
    assert [i.similar_to for i in raised[:5]] == [None] * 5  # two and a half minutes apart: no duplicates of each other
    assert raised[5].id == raised[4].id  # and yet the sixth within a quarter of an hour is one too many


# --- checkpoints ------------------------------------------------------------------------------------------------------


async def covered(ground: Ground) -> int:
    return (await ground.row()).checkpoint_size


async def test_a_checkpoint_after_ten_entries(ground: Ground) -> None:
    await ground.alarm()  # reporter, playbook, calls and pages: more than ten
    size = len(await ground.kinds())
    assert size >= CHECKPOINT_ENTRIES
    assert await covered(ground) == size
    for n in range(CHECKPOINT_ENTRIES - 1):
        await ground.do(c.RecordLine(kind="feit", text=f"feit {n}", by=by("bakker")))
        assert await covered(ground) == size
    await ground.do(c.RecordLine(kind="feit", text="de tiende", by=by("bakker")))
    assert await covered(ground) == size + CHECKPOINT_ENTRIES


async def test_a_checkpoint_after_five_minutes_and_none_without_entries(ground: Ground) -> None:
    await ground.alarm()
    before = await covered(ground)
    await ground.do(c.RecordLine(kind="feit", text="feit", by=by("bakker")))
    assert (await ground.row()).checkpoint_due == ground.now + CHECKPOINT_WAIT
    await ground.do(c.Tick(), minutes=4)
    assert await covered(ground) == before
    await ground.do(c.Tick(), minutes=1)
    size = len(await ground.kinds())
    assert await covered(ground) == size
    assert (await ground.row()).checkpoint_due is None


async def test_a_checkpoint_after_every_decision_signed_over_the_whole_log(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(DECISION)
    size = len(await ground.kinds())
    assert await covered(ground) == size
    newest = (await ground.outbox("Checkpoint"))[-1]
    note = msgspec.json.decode(newest.message, type=m.Checkpoint).note
    signed = check(note.encode(), ground.desk.seal.origin(INCIDENT), KEY.public_key())
    assert signed.size == size


async def test_a_checkpoint_never_goes_before_a_page(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(DECISION)
    order = [row.kind for row in await ground.outbox()]
    assert "Checkpoint" in order
    assert max(n for n, kind in enumerate(order) if kind == "PageText") < order.index("Checkpoint")


# --- beside the incidents ----------------------------------------------------------------------------------------------


async def test_the_index_log_knows_every_beginning_and_every_end(ground: Ground) -> None:
    await ground.alarm()
    await ground.do(c.ProposeClosing(by=by("bakker")))
    await ground.do(c.CloseIncident(by=by("bakker")))
    await ground.desk.note(e.ReferenceLoaded(digest="0" * 64))
    kinds = await ground.kinds(ground.desk.seal.index)
    assert kinds == ["incident.registered", "incident.sealed", "reference.loaded"]


async def test_an_answer_is_said_once_for_a_question(ground: Ground) -> None:
    await ground.hears("$question")
    answer = m.Answer(to=m.To("asked", "!kamer"), lines=("stand",))
    for _ in range(2):
        await ground.desk.say("reply/$question", (answer,), cause=EventId("$question"))
    assert len(await ground.outbox("Answer")) == 1
    assert await ground.waiting() == []


async def test_who_answered_is_not_paged_again(ground: Ground) -> None:
    incident = await ground.alarm()
    page = next(p for p in incident.pages.values() if p.person == "cyber1")
    await ground.do(c.Acknowledge(page=page.id, answer_by="text", by=by("cyber1")))
    assert page.id not in [row.subject for row in await ground.outbox("PageText")]
