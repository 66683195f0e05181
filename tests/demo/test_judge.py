"""The judge of the demo finds what is missing, doubled, unreadable or unexpected: a demo that cannot fail proves nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nio import AsyncClient

from bot.demo.cast import PLAYBOOK, Cast, Participant, called_for
from bot.demo.judge import TWICE, UNREADABLE, Judgement, judge
from bot.demo.plan import StepPlan
from bot.demo.recognise import UNKNOWN, Meaning, Reader
from bot.demo.rumour import PLAYBOOK as RUMOUR
from bot.demo.script import RESERVES
from bot.domain.ids import Account, PersonId, RoleId
from bot.domain.people import Person
from bot.matrix.peer import Peer, Seen
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.words import catalogue

ROOT = Path(__file__).parents[2]
BOT = "@iogbot:iog.example"
WORDS = catalogue.load()
LOADED = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
assert not isinstance(LOADED, Broken)
REFERENCE = LOADED
READER = Reader(WORDS)
PAGE = {"roles": "cyber", "number": "2026-001", "municipality": "Waterbrug"}
STEPS = StepPlan(
    {
        RoleId("melder"): ("1", "2", "6"),
        RoleId("coordinator"): ("3", "4", "7"),
        RoleId("politie"): ("9", "21"),
        RoleId("opgeroepen"): ("5",),
        RoleId("expert_cter"): ("10",),
    }
)
PAGED = ("coordinator", "politie", "om", "expert_cyber", "expert_ondermijning", "expert_zorg")


def text(key: str, **values: str) -> str:
    return WORDS.text("nl", key, **values)


def seen(event: str, body: str, **content: object) -> Seen:
    return Seen("!direct", event, BOT, "m.room.message", {"msgtype": "m.text", "body": body, **content}, True, True)


def edit(event: str, body: str) -> Seen:
    return seen(event, f"* {body}", **{"m.new_content": {"body": body}, "m.relates_to": {"rel_type": "m.replace"}})


def read_by(role: str, part: str) -> list[Seen]:
    """What somebody in this part reads in the direct chat when all goes well."""
    if part == "reporter":
        return [
            seen("$alarm", text("alarm.first", number="2026-001", municipality="Waterbrug")),
            seen("$understood", text("intake.first", number="2026-001"), msgtype="m.notice"),
            seen("$open", text("room.first", number="2026-001", municipality="Waterbrug")),
            seen("$file", "dossier-2026-001.zip", msgtype="m.file"),
            seen("$dossier", text("dossier.first", number="2026-001", entries="86"), msgtype="m.notice"),
        ]
    page = text("page.first", **PAGE)
    again = f"{page}\n{text('page.next_repeat', attempt='2', time='03:10')}"
    link = "\nKamer: 2026-001 Waterbrug https://matrix.to/#/!room"
    if part == "paged" and role == "expert_ondermijning":
        return [seen("$page", page), seen("$again", again)]
    if part == "paged" and role == "expert_cyber":
        name = f"reserve {role}"
        declined = edit("$edit", text("page.settled_declined", time="03:06", number="2026-001"))
        return [seen("$page", page), seen("$no", text("decline.first_next", next=name)), declined]
    eta = role == "om" and part == "paged"
    number = [seen("$code", text("reach.code_sent", address="06", channel="sms"), msgtype="m.notice")]
    number += [seen("$proved", text("reach.verified", channels="sms", address="06"), msgtype="m.notice")]
    confirmed = text("ack.first_eta", minutes="15", time="03:06") if eta else text("ack.first", time="03:06")
    taken = edit("$edit", text("page.settled_acknowledged", time="03:06", number="2026-001"))
    before = number if role == "politie" and part == "paged" else []
    return [seen("$page", page), seen("$yes", confirmed + link), taken, *before]


def cast(tmp_path: Path) -> Cast:
    client = AsyncClient("http://localhost", "@somebody:iog.example", store_path=str(tmp_path))
    parts = [("melder", "reporter"), *((role, "paged") for role in PAGED), *((role, "reserve") for role in RESERVES)]
    people = []
    for role, part in parts:
        account = Account(f"@{part}.{role}:iog.example")
        person = Person(PersonId(f"{part}-{role}"), f"{part} {role}", "Regio", (account,), (RoleId(role),))
        peer = Peer(client)
        peer.seen["!direct"] = read_by(role, part)
        one = Participant(person, RoleId(role), part, peer, BOT, READER, lambda: 0.0, direct="!direct")  # type: ignore[arg-type]
        people.append(one)
    return Cast(tuple(people))


def judged(tmp_path: Path, change: Callable[[list[Seen]], None], role: str = "politie") -> Judgement:
    everybody = cast(tmp_path)
    change(everybody.first(role).peer.seen["!direct"])
    return judge(everybody, (), STEPS)


def test_all_as_it_should_be(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda _: None)
    assert found.differences == 0, (found.strays, [row for row in found.rows if not row.good])


def test_a_message_that_did_not_come(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda timeline: timeline.__delitem__(0))
    assert [row.expected.what for row in found.rows if not row.good] == [Meaning("page")]


def test_a_message_that_came_twice(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda timeline: timeline.append(replace(timeline[0], event_id="$other")))
    assert [(row.expected.what, len(row.events)) for row in found.rows if not row.good] == [(Meaning("page"), 2)]


def test_an_event_that_was_shown_twice(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda timeline: timeline.append(timeline[0]))
    assert TWICE in [stray.what for stray in found.strays]


def test_a_message_that_could_not_be_opened(tmp_path: Path) -> None:
    closed = Seen("!direct", "$closed", BOT, "m.room.encrypted", {}, True, False)
    found = judged(tmp_path, lambda timeline: timeline.append(closed))
    assert [stray.what for stray in found.strays] == [UNREADABLE]


def test_a_message_that_was_not_encrypted(tmp_path: Path) -> None:
    found = judged(tmp_path, lambda timeline: timeline.__setitem__(0, replace(timeline[0], encrypted=False)))
    assert [row.expected.what for row in found.rows if not row.good] == [Meaning("page")]


@pytest.mark.parametrize(
    ("body", "what"), [("Hallo", UNKNOWN), (text("alarm.first", number="1", municipality="x"), Meaning("alarm"))]
)
def test_a_message_that_nobody_expected_and_rings(tmp_path: Path, body: str, what: Meaning) -> None:
    found = judged(tmp_path, lambda timeline: timeline.append(seen("$stray", body)))
    assert [(stray.what, stray.rings) for stray in found.strays] == [(what, True)]


def test_a_silent_message_that_rings_after_all(tmp_path: Path) -> None:
    def ring(timeline: list[Seen]) -> None:
        timeline[4] = replace(timeline[4], content={**timeline[4].content, "msgtype": "m.text"})

    found = judged(tmp_path, ring, role="melder")
    assert [(stray.what, stray.rings) for stray in found.strays] == [(Meaning("dossier"), True)]
    assert [row.expected.what for row in found.rows if not row.good] == [Meaning("dossier")]


def test_a_second_word_that_the_room_is_open(tmp_path: Path) -> None:
    """The link came with the confirmation, so the room is not announced again."""
    opened = seen("$open", text("room.first", number="2026-001", municipality="Waterbrug"))
    found = judged(tmp_path, lambda timeline: timeline.append(opened))
    assert [stray.what for stray in found.strays] == [Meaning("room_open")]


@pytest.mark.parametrize("when", ["ma 23-11 09:02", "zo 25-10 02:30 CEST", "zo 25-10 02:30 CET"])
@pytest.mark.parametrize("name", sorted({person.name for person in REFERENCE.contacts.people.values()}))
def test_whoever_is_called_later_is_recognised_whatever_the_name_begins_with(name: str, when: str) -> None:
    """Who has the duty changes by the week, and with it whether the name of who is called begins with `De`."""
    said = seen("$called", text("called.note", when=when, person=name, roles="cyber"), msgtype="m.notice")
    assert READER.read(said) == Meaning("called", name)


def test_the_demo_can_be_played_in_every_hour_of_a_year() -> None:
    """The example roster turns by the week; on no day may a role be empty or somebody stand for two."""
    start = datetime(2026, 11, 23, tzinfo=UTC)
    for hour in range(0, 366 * 24, 5):
        for playbook in (PLAYBOOK, RUMOUR):
            called_for(REFERENCE, start + timedelta(hours=hour), playbook)
