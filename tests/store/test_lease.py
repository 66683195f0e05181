"""Of several nodes on one PostgreSQL one writes: its lease runs by the clock of the database, and who lost it writes nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from bot.store import inbox, lease, schema
from bot.store.database import AWAY, Database, Fenced, Lapsed, Node, open_database
from tests.faults import gone
from tests.postgres import Server

NIGHT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
NORTH, SOUTH = Node("noord", 60), Node("zuid", 60)


async def write(database: Database) -> None:
    async with database.begin() as conn:
        await inbox.store_batch(conn, "token", [], NIGHT)


async def runs_out(database: Database) -> None:
    """As when nobody renewed it for a minute."""
    async with database._engine.begin() as conn:
        await conn.execute(text("UPDATE lease SET expires = 1"))


async def left(database: Database) -> lease.Lease:
    async with database.read() as conn:
        found = await lease.show(conn)
    assert found is not None
    return found


@pytest_asyncio.fixture
async def nodes(postgres_url: str) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes, each with connections of its own."""
    pair = await open_database(postgres_url), await open_database(postgres_url)
    yield pair
    for each in pair:
        await each.close()


Pair = tuple[Database, Database]


async def test_the_second_node_waits_until_the_lease_has_run_out(nodes: Pair) -> None:
    north, south = nodes
    assert await north.take_lease(NORTH)
    await write(north)
    assert not await south.take_lease(SOUTH)
    shown = await left(south)
    assert (shown.holder, shown.epoch, 50 < shown.left <= 60) == ("noord", 1, True)
    await runs_out(north)
    assert await south.take_lease(SOUTH)
    assert south.epoch == 2
    await write(south)
    with pytest.raises(Fenced):
        await write(north)


async def test_a_lease_that_ran_out_writes_nothing_until_it_is_renewed(nodes: Pair) -> None:
    north, _ = nodes
    await north.take_lease(NORTH)
    await runs_out(north)
    with pytest.raises(Lapsed):
        await write(north)
    assert Lapsed in AWAY  # the loops wait for it as for a database that is away
    keeping = asyncio.create_task(north.keep_lease(_stands_still, time.monotonic))
    await _comes_to(lambda: _can(write, north))
    keeping.cancel()


async def test_a_node_takes_its_own_lease_at_once(nodes: Pair) -> None:
    before, after = nodes
    await before.take_lease(NORTH)
    assert await after.take_lease(NORTH)
    assert after.epoch == 2
    with pytest.raises(Fenced):
        await write(before)


async def test_the_keeper_of_a_lease_that_another_took_ends(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    await runs_out(north)
    await south.take_lease(SOUTH)
    with pytest.raises(Fenced, match="another node"):
        await north.keep_lease(_stands_still, time.monotonic)


async def test_a_lease_is_renewed_beside_a_pool_of_which_every_connection_is_taken(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(Node("noord", 3))
    renewed: list[float] = []

    async def pause(seconds: float) -> None:
        renewed.append(seconds)
        if len(renewed) == 3:
            await asyncio.Event().wait()

    held = [north._engine.connect() for _ in range(5)]
    for connection in held:
        await connection.start()
    keeping = asyncio.create_task(north.keep_lease(pause, time.monotonic))
    await _comes_to(lambda: _true(len(renewed) == 3))
    keeping.cancel()
    for connection in held:
        await connection.close()
    assert renewed == [1, 1, 1]  # a third of the lease each
    assert not await south.take_lease(SOUTH)


async def test_a_database_that_is_away_ends_no_keeper(postgres: Server, nodes: Pair) -> None:
    north, _ = nodes
    await north.take_lease(NORTH)
    tries: list[float] = []

    async def pause(seconds: float) -> None:
        tries.append(seconds)
        await asyncio.sleep(0)

    keeping = asyncio.create_task(north.keep_lease(pause, time.monotonic))
    await _comes_to(lambda: _true(20.0 in tries))
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'iogplus'"
    postgres.psql(cut)
    await _comes_to(lambda: _true(1.0 in tries and tries[-1] == 20.0))  # it failed, tried again, and it worked
    assert not keeping.done()
    keeping.cancel()
    await write(north)


async def test_an_orderly_end_lets_the_next_node_begin_at_once(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    await north.give_back_lease()
    assert await south.take_lease(SOUTH)


async def test_who_takes_over_knows_whether_the_other_node_gave_the_lease_up(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    assert not north.succeeds_unasked  # the first of all
    await runs_out(north)
    await south.take_lease(SOUTH)
    assert south.succeeds_unasked
    await south.give_back_lease()
    await north.take_lease(NORTH)
    assert not north.succeeds_unasked
    await south.take_lease(NORTH)
    assert not south.succeeds_unasked  # one machine, on which the file lock says that the other process is gone


async def test_an_orderly_end_does_not_wait_for_a_database_that_is_away(nodes: Pair) -> None:
    north, _ = nodes
    await north.take_lease(NORTH)
    with gone(north):
        await north.give_back_lease()


async def test_who_gives_back_late_takes_nothing_from_the_next(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    await runs_out(north)
    await south.take_lease(SOUTH)
    await north.give_back_lease()
    await write(south)


async def test_a_takeover_waits_for_the_transaction_that_already_passed_the_fence(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    async with north.begin() as conn:
        assert not await south.take_lease(NORTH)
        await inbox.store_batch(conn, "passed", [], NIGHT)
    assert await south.take_lease(NORTH)
    async with south.read() as conn:
        assert await inbox.token(conn) == "passed"


async def test_a_writer_that_hangs_with_the_fence_in_its_hand_is_ended_by_the_database(nodes: Pair) -> None:
    north, south = nodes
    await north.take_lease(NORTH)
    hanging = north._engine.connect()
    conn = await hanging.start()
    await lease.fence(conn, 6)  # and then nothing more, as after SIGSTOP
    limit = (await conn.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one()
    assert limit == "4s"
    await conn.close()
    async with south.read() as reader:
        assert (await reader.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one() == "0"


async def test_a_writer_that_is_stopped_after_many_rows_at_once_is_ended_by_the_next_node(nodes: Pair) -> None:
    """There the limit of the database does not work."""
    north, south = nodes
    await north.take_lease(Node("noord", 1))
    rows = [{"log": "rest", "seq": seq, "raw": b"", "h": str(seq), "prev": str(seq)} for seq in range(60)]

    async def stopped() -> None:
        async with north.begin() as conn:
            await conn.execute(schema.log_entry.insert(), rows)
            await _comes_to(lambda: south.take_lease(Node("zuid", 1)))

    with pytest.raises(AWAY):
        await stopped()
    assert south.epoch == 2
    async with south.read() as conn:
        assert (await conn.execute(select(schema.log_entry))).all() == []


async def test_who_slept_through_its_lease_knows_before_it_asks(nodes: Pair) -> None:
    north, _ = nodes
    assert north.surely_rules(0)  # one node on one host has nothing to be afraid of
    await north.take_lease(NORTH)
    assert not north.surely_rules(0)  # not before the keeper of the lease runs
    now = [1_000.0]
    keeping = asyncio.create_task(north.keep_lease(_stands_still, lambda: now[0]))
    await _comes_to(lambda: _true(north.surely_rules(1_000)))
    assert north.surely_rules(1_059.9)
    assert not north.surely_rules(1_060)
    keeping.cancel()


async def test_a_keeper_that_is_stopped_at_any_moment_locks_nothing(nodes: Pair) -> None:
    """It leaves no transaction open behind its statement, in which a SIGSTOP could come."""
    north, south = nodes
    await north.take_lease(NORTH)
    async with north._apart.connect() as conn:  # type: ignore[union-attr]
        assert await lease.renew(conn, 1, 0.001)
        async with asyncio.timeout(3):
            assert await south.take_lease(SOUTH)


async def test_who_is_stopped_while_it_takes_the_lease_is_ended_by_the_database(nodes: Pair) -> None:
    north, _ = nodes
    async with north.begin() as conn:
        assert await lease.free(conn, "noord", 6)
        assert (await conn.execute(text("SHOW idle_in_transaction_session_timeout"))).scalar_one() == "4s"


async def test_sqlite_knows_no_lease(sqlite_url: str) -> None:
    database = await open_database(sqlite_url)
    assert not database.has_lease
    await database.take_epoch()
    await database.keep_lease(_stands_still, time.monotonic)  # nothing to keep: it returns
    await write(database)
    assert database.surely_rules(0)
    await database.close()


async def _stands_still(seconds: float) -> None:
    await asyncio.Event().wait()


async def _true(answer: bool) -> bool:
    return answer


async def _can(do: Callable[[Database], Awaitable[None]], database: Database) -> bool:
    try:
        await do(database)
    except Lapsed:
        return False
    return True


async def _comes_to(what: Callable[[], Awaitable[bool]]) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while not await what():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0)
