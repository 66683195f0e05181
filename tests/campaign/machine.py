"""C8: any order of commands, answers, times and crashes keeps what is promised, judged by a plain model beside the desk.

The desk is the real one on a real SQLite file, and so is the loop that sends; only the channel at its end is ours. The model
knows nothing of entries: it remembers who answered, what was closed, and what left.
"""

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.deliver import Chances, Deliverer
from bot.desk import Desk
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.delivery import Delivered, GaveUp, Outcome, Retry, Unclear
from bot.domain.ids import EventId, IncidentId, PageId, PersonId, RoleId, RoomId
from bot.domain.incident import Incident, evolve
from bot.domain.timers import timers
from bot.folding import blob_names, read_entries
from bot.logbook.chain import first_break
from bot.outgoing import PAGING
from bot.store import log
from bot.store.database import open_database
from bot.store.migrate import upgrade
from bot.store.outbox import OutboxRow
from tests.builders import STAFF, by
from tests.desk.ground import INCIDENT, Ground

T = TypeVar("T")
ALARMS: Final = ("rellen: bij het station", "ze willen rellen", "er is iets", "er is een bom")
LEADS: Final = ("bakker", "coordinator1", "vreemde", "cyber1")
SECONDS: Final = (1, 15, 30, 61, 125, 300, 301, 1_200, 4_000, 90_000)
ROOM: Final = RoomId("!kamer")
# What settles the question where a page is; who answered it has seen it, also when they take the answer back.
_OF_A_PAGE: Final = (
    e.PageDelivered, e.PageUnclear, e.ChannelFailed, e.PageUndeliverable, e.Acknowledged, e.Declined
)  # fmt: skip


class Machine(RuleBasedStateMachine):
    """One incident's life. `counted` is what all lives of a run add up to; `forgets` makes the bot a known-bad one."""

    counted: ClassVar[Counter[str]]
    migrated: ClassVar[Path]
    forgets: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.made = tempfile.mkdtemp(prefix="iog-machine-", dir=_in_memory())
        file = shutil.copy(self.migrated, Path(self.made) / "bot.db")
        self.eyes = sqlite3.connect(file)  # from outside, as only who is not the bot can judge it
        self.ground = Ground(self.loop.run_until_complete(open_database(f"sqlite:///{file}")))
        self.events = 0
        self.answered: set[PageId] = set()
        self.closed = False
        self.outcome: Outcome = Delivered(EventId("$sent"), ROOM)
        self.after_answer: list[str] = []
        self.reported: set[PageId] = set()
        self.ground.desk.recorded = self.notes
        self.counted["lives"] += 1

    # --- what happens -------------------------------------------------------------------------------------------------

    @initialize(text=st.sampled_from(ALARMS))
    def raises_the_alarm(self, text: str) -> None:
        self.does(c.RaiseAlarm(text=text, by=by("bakker")))

    @rule(page=st.integers(0, 11), eta=st.none() | st.sampled_from((15, 60)), twice=st.booleans())
    def says_yes(self, page: int, eta: int | None, twice: bool) -> None:
        """`twice`: the homeserver shows the same event again."""
        if (known := self.page(page)) is not None:
            yes = c.Acknowledge(page=known[0], answer_by="text", eta_minutes=eta, by=by(known[1]))
            if self.does(yes, twice=twice):
                self.answered.add(known[0])

    @rule(page=st.integers(0, 11))
    def says_no(self, page: int) -> None:
        known = self.page(page)
        if known is not None and self.does(c.Decline(page=known[0], answer_by="reaction", by=by(known[1], "clear"))):
            self.answered.add(known[0])

    @rule(page=st.integers(0, 11))
    def takes_it_back(self, page: int) -> None:
        known = self.page(page)
        if known is not None and self.does(c.UndoAnswer(page=known[0], by=by(known[1]))):
            self.answered.discard(known[0])

    @rule(page=st.integers(0, 11), other=st.integers(0, 11))
    def two_answer_at_once(self, page: int, other: int) -> None:
        first, second = self.page(page), self.page(other)
        if first is None or second is None or first == second:
            return
        asked = [c.Acknowledge(page=p, answer_by="message", by=by(person)) for p, person in (first, second)]

        async def both() -> list[object]:
            return await asyncio.gather(*(self.ground.do(x) for x in asked), return_exceptions=True)

        for (answered, _), found in zip((first, second), self.runs(both()), strict=True):
            if isinstance(found, Incident):
                self.answered.add(answered)
            else:
                assert isinstance(found, c.Refused), found

    @rule(who=st.sampled_from(LEADS), role=st.none() | st.sampled_from(STAFF))
    def escalates(self, who: str, role: str | None) -> None:
        self.does(c.Escalate(role=RoleId(role) if role else None, by=by(who)))

    @rule(who=st.sampled_from(LEADS), role=st.sampled_from(STAFF))
    def calls_a_role(self, who: str, role: str) -> None:
        self.does(c.CallRole(role=RoleId(role), by=by(who)))

    @rule(who=st.sampled_from(("coordinator1", "coordinator2", "cyber1")), role=st.none() | st.sampled_from(STAFF))
    def takes_over(self, who: str, role: str | None) -> None:
        self.does(c.TakeOver(role=RoleId(role) if role else None, by=by(who)))

    @rule(role=st.sampled_from(STAFF), second=st.booleans())
    def hands_over(self, role: str, second: bool) -> None:
        who = f"{role.removeprefix('expert_')}{2 if second else 1}"
        self.does(c.AcceptHandover(role=RoleId(role), by=by(who)))

    @rule(command=st.sampled_from((c.CallNow, c.StopCall, c.KeepOpen, c.JoinSimilar)), who=st.sampled_from(LEADS))
    def leads(self, command: Any, who: str) -> None:  # noqa: ANN401 - one of four commands without arguments
        self.does(command(by=by(who)))

    @rule(who=st.sampled_from(("bakker", "coordinator1", "vreemde")))
    def closes(self, who: str) -> None:
        self.does(c.ProposeClosing(by=by(who)))
        if self.does(c.CloseIncident(by=by(who))):
            self.closed = True

    @rule()
    def reopens(self) -> None:
        if self.does(c.ReopenIncident(by=by("coordinator1"))):
            self.closed = False

    @rule(joined=st.booleans(), person=st.sampled_from(("bakker", "cyber1", "coordinator1")))
    def comes_and_goes(self, joined: bool, person: str) -> None:
        self.does(c.ReportRoom(name="main", room_id=ROOM))
        self.does(c.ReportMember(person=PersonId(person), name="main", joined=joined, by=by(person)))

    @rule(
        seconds=st.sampled_from(SECONDS),
        outcome=st.sampled_from((Delivered(EventId("$sent"), ROOM), GaveUp("no device"), Retry("502"), Unclear("?"))),
    )
    def time_passes(self, seconds: int, outcome: Outcome) -> None:
        self.ticks(seconds, outcome)

    @rule(seconds=st.sampled_from((1, 31, 61)))
    def a_minute_passes(self, seconds: int) -> None:
        self.ticks(seconds, Delivered(EventId("$sent"), ROOM))

    def ticks(self, seconds: int, outcome: Outcome) -> None:
        """The alarm clock goes, and what waits leaves, with this luck."""
        self.ground.now += timedelta(seconds=seconds)
        self.does(c.Tick())
        due = [t for t in timers(self.incident()) if t.due <= self.ground.now]
        assert not due, f"left unfired after a tick: {due}"
        self.outcome = outcome
        self.runs(self.sends())
        assert not self.after_answer, f"still paged: {self.after_answer}"

    @rule()
    def crashes(self) -> None:
        """Nothing is left in memory: what the log tells must be what was known."""
        before = self.incident()
        self.ground.desk = self.ground.another_desk()
        self.ground.desk.recorded = self.notes
        assert self.incident() == before
        self.counted["crashes"] += 1

    # --- what must hold -----------------------------------------------------------------------------------------------

    @invariant()
    def every_page_is_accounted_for(self) -> None:
        """It was brought, failed, was answered or is over; or it still waits in the outbox."""
        left = {p.id for p in self.incident().pages.values() if p.state == "open"} - self.reported
        if left:
            left -= {PageId(row.subject or "") for row in self.runs(self.ground.outbox()) if row.kind in PAGING}
        assert not left, f"nowhere: {left}"

    def teardown(self) -> None:
        try:
            if self.incident().state != "none":
                self.log_is_whole()
        finally:
            self.eyes.close()
            self.loop.run_until_complete(self.ground.database.close())
            self.loop.close()
            shutil.rmtree(self.made)

    def log_is_whole(self) -> None:
        """The chain is unbroken, and reading any beginning of it and then the rest gives what is known now."""
        origin = self.ground.desk.seal.origin(INCIDENT)
        raws, told = self.runs(self.entries(origin))
        assert first_break(origin, raws) is None
        for cut in {0, len(told) // 3, len(told) - 1}:
            start = _folded(Incident(IncidentId(INCIDENT)), told[:cut])
            assert _folded(start, told[cut:]) == self.incident(), f"folding in two parts at {cut} differs"
        self.counted["entries"] += len(raws)

    # --- the desk -----------------------------------------------------------------------------------------------------

    def runs(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def incident(self) -> Incident:
        return self.runs(self.ground.desk.incident(INCIDENT))

    def page(self, number: int) -> tuple[PageId, PersonId] | None:
        """One of the pages that were asked for, and whose it is."""
        pages = list(self.incident().pages.values())
        if not pages:
            return None
        found = pages[number % len(pages)]
        return found.id, found.person

    def does(self, command: c.Command, *, twice: bool = False) -> bool:
        """Whether it was accepted; what is refused leaves no trace."""
        self.events += 1
        before, wrote = self.incident(), self.stored()
        if self.forgets and isinstance(command, c.Acknowledge):
            return True  # the known-bad bot says yes and writes nothing down
        cause = f"$event{self.events}" if twice else None
        if cause is not None:
            self.runs(self.ground.hears(cause))
        try:
            self.runs(self.ground.do(command, cause=cause))
        except c.Refused:
            assert (self.incident(), self.stored()) == (before, wrote), "a refused command changed something"
            self.counted["refused"] += 1
            return False
        self.counted["accepted"] += 1
        if twice:
            after = self.incident(), self.stored()
            self.runs(self.ground.do(command, cause=cause))
            assert (self.incident(), self.stored()) == after, "an event that came twice counted twice"
        return True

    def notes(self, incident: Incident, entries: Sequence[e.Entry]) -> None:
        self.reported |= {entry.page for entry in entries if isinstance(entry, _OF_A_PAGE)}

    def stored(self) -> tuple[int, int]:
        """How many entries and rows to send there are."""
        found = self.eyes.execute("SELECT (SELECT count(*) FROM log_entry), (SELECT count(*) FROM outbox)").fetchone()
        return int(found[0]), int(found[1])

    async def entries(self, origin: str) -> tuple[list[bytes], list[tuple[e.Entry, Any]]]:
        """The log as bytes, and what it tells."""
        async with self.ground.database.read() as tx:
            raws, openings = await log.entries(tx, origin), await log.openings(tx, origin)
            texts = await log.blobs(tx, blob_names(openings))
        told = read_entries(raws, openings, texts.__getitem__)
        return list(raws), [(entry, sealed.ts) for sealed, entry in told]

    async def sends(self) -> None:
        """The loop that sends, until it has nothing to do."""
        desk: Desk = self.ground.desk
        deliverer = Deliverer(
            desk, self.post, self.post, Chances(self.loop.time, lambda: 0.5), lambda row, outcome: None
        )
        running = asyncio.ensure_future(deliverer.run())
        resting = asyncio.ensure_future(deliverer.rested.wait())
        await asyncio.wait((running, resting), timeout=20, return_when=asyncio.FIRST_COMPLETED)
        resting.cancel()
        running.cancel()
        await asyncio.wait((running,))
        if not running.cancelled():
            running.result()

    async def post(self, row: OutboxRow) -> Outcome:
        """The channel: notes what should not have left."""
        page = PageId(row.subject or "")
        if row.kind in PAGING:
            self.counted["pages"] += 1
            if self.closed or page in self.answered:
                self.after_answer.append(page)
            return self.outcome
        return Delivered(EventId(f"$sent-{row.key}"), ROOM)


def _folded(incident: Incident, told: list[tuple[e.Entry, Any]]) -> Incident:
    for entry, at in told:
        incident = evolve(incident, entry, at)
    return incident


def _in_memory() -> Path | None:
    memory = Path("/dev/shm")
    return memory if memory.is_dir() else None


async def migrated(directory: Path) -> Path:
    """A database file with all tables and nothing in it, to be copied for every life."""
    file = directory / "migrated.db"
    await upgrade(f"sqlite:///{file}")
    return file


def run(file: Path, seed: int, lives: int, steps: int, *, forgets: bool = False) -> Counter[str]:
    """So many lives of so many steps; what broke a promise is `unsound`, and said in short on standard output."""
    counted: Counter[str] = Counter(unsound=0)
    machine = type("Life", (Machine,), {"counted": counted, "migrated": file, "forgets": forgets})
    settings = hypothesis.settings(
        max_examples=lives, stateful_step_count=steps, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
        phases=[Phase.generate] if forgets else [Phase.generate, Phase.shrink],
    )  # fmt: skip
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=settings)
    except AssertionError as broken:
        counted["unsound"] += 1
        sys.stdout.write(
            f"  a life in which a promise was broken: {broken}\n" + "\n".join(getattr(broken, "__notes__", ()))
        )
    return counted


async def campaign(directory: Path, seed: int) -> Counter[str]:
    """A round of the campaign."""
    file = await migrated(directory)
    return await asyncio.to_thread(run, file, seed, 200, 50)


async def control(directory: Path, seed: int) -> Counter[str]:
    file = await migrated(directory)
    return await asyncio.to_thread(run, file, seed, 100, 40, forgets=True)
