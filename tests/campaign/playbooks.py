"""C22: people who answer what they are asked work each playbook from the alarm to the last day, on a real homeserver.

The whole bot runs in this process and its clock is moved; how the people answer is drawn from the seed. A dead end is a step that
nobody could answer, or an incident that never ends; what every story demands at its end (sound logs, readable texts within the
limits of a phone) is demanded here too.
"""

import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

from bot.domain import steps
from bot.domain.incident import Incident
from tests.stories.brigade import Brigade, Kind, assembled
from tests.story import Story
from tests.walk import Habits, Walk, Way, dead_ends

BOOKS: Final = tuple(f"PB{number:02}" for number in range(1, 13))
_WAYS: Final[tuple[tuple[Way, ...], ...]] = (("tap",), ("word",), ("tap", "word", "reply"))
# Its last step is required, and hangs on an answer that nobody is asked for.
_WITHOUT_WAY_OUT: Final = """\
id: PB99
titel: {nl: Zonder uitweg, en: Without a way out}
fenomenen: [F03]
oproepen: [politie, communicatie]
via: {burgemeester: melder, om: coordinator}
namen: [zonder uitweg]
geldig_vanaf: 2026-11-01
herzien_voor: 2027-11-01
juridisch_gecheckt_door: ""
stappen:
  - {id: PB99-1, fase: beeld, tekst: {nl: Kijk rond., en: Look around.}, rol: melder, termijn: 5m, log: [feit]}
  - id: PB99-2
    fase: interventie
    tekst: {nl: Doe het nodige., en: Do what is needed.}
    rol: melder
    termijn: 10m
    verplicht: true
    als: [{besluit: B13, is: [isoleren]}]
    log: [actie]
"""


class DeadEnd(AssertionError):
    """Steps that nobody could answer."""


async def run(
    directory: Path, seed: int, books: Sequence[str] = BOOKS, kind: Kind = "synapse", habits: Habits | None = None
) -> Counter[str]:
    """Why a playbook came to a dead end is written to `directory`; without `habits` they are drawn for each."""
    counted: Counter[str] = Counter(playbooks=0, steps=0, not_applicable=0, decisions=0, reasons=0, lines=0)
    counted.update(stuck=0, unsettled=0, unsound=0)
    async with assembled(kind) as brigade:
        for book in books:
            chance = Random(f"C22:{seed}:{book}")
            counted.update(await _played(brigade, directory, book, habits or drawn(chance), chance))
    return counted


async def control_playbook(directory: Path, seed: int, kind: Kind = "synapse") -> Counter[str]:
    """A playbook with a step that is required and hangs on an answer that nobody is asked for."""
    async with assembled(kind) as brigade:
        (brigade.directory / "playbooks" / "PB99.yaml").write_text(_WITHOUT_WAY_OUT, encoding="utf-8")
        await brigade.bot.reload("nl")
        return await _played(brigade, directory, "PB99", Habits(), Random(seed))


async def control_bot(directory: Path, seed: int, kind: Kind = "synapse") -> Counter[str]:
    """A bot that puts nothing more to a role once a step did not apply to it."""
    with _stops_at_the_first_skip():
        return await run(directory, seed, BOOKS[:1], kind, Habits(skips=0.5))


@contextmanager
def _stops_at_the_first_skip() -> Iterator[None]:
    following: Any = steps._next

    def none_after_a_skip(draft: Any, role: Any) -> Any:  # noqa: ANN401 - as the function that it stands in for
        states = draft.incident.progress.values()
        skipped = any(state.role == role and state.progress == "skipped" for state in states)
        return None if skipped else following(draft, role)

    vars(steps)["_next"] = none_after_a_skip
    try:
        yield
    finally:
        vars(steps)["_next"] = following


async def _played(brigade: Brigade, directory: Path, book: str, habits: Habits, chance: Random) -> Counter[str]:
    """One playbook on a night of its own."""
    story = Story(brigade)
    counted = Counter(playbooks=1)
    with story.listening():
        await story.begins()
        try:
            counted.update(await _worked(Walk(story, habits, chance=chance), book))
        except AssertionError as wrong:
            counted["stuck" if isinstance(wrong, DeadEnd) else "unsettled"] += 1
            _note(directory, book, wrong)
        else:
            counted["unsound"] += await _is_unsound(story, directory, book)
        await story.cleans_up()
    return counted


async def _worked(walk: Walk, book: str) -> Counter[str]:
    story = walk.story
    await walk.called(f"alarm Waterbrug {book}: er speelt iets rond het station")
    await walk.keeps_apart()
    await walk.works()
    assert [str(one.id) for one in (await story.incident()).playbooks] == [book]
    await _leaves_nothing(walk)
    await walk.closes()
    await walk.finishes()
    await _leaves_nothing(walk)
    return _counts(await story.incident())


async def _leaves_nothing(walk: Walk) -> None:
    incident = await walk.story.incident()
    if left := dead_ends(incident):
        raise DeadEnd(f"{incident.state}: nobody could answer {', '.join(left)} ({walk.habits})")


def drawn(chance: Random) -> Habits:
    """How the people of one night answer."""
    return Habits(
        ways=chance.choice(_WAYS),
        explains=chance.random() < 0.5,
        records=True,
        skips=chance.choice((0.0, 0.2)),
        options=True,
        fear=chance.choice((1, 3)),
    )


def _counts(incident: Incident) -> Counter[str]:
    states = Counter(state.progress for state in incident.progress.values())
    return Counter(
        steps=states["done"] + states["skipped"],
        not_applicable=states["skipped"],
        decisions=len(incident.decisions),
        reasons=sum(len(decision.given) for decision in incident.decisions),
        lines=incident.lines,
    )


async def _is_unsound(story: Story, directory: Path, book: str) -> bool:
    try:
        await story.ends()
    except AssertionError as wrong:
        _note(directory, book, wrong)
        return True
    return False


def _note(directory: Path, book: str, wrong: AssertionError) -> None:
    told = "".join(traceback.format_exception(wrong))
    (directory / f"{book}.txt").write_text(told, encoding="utf-8")
