"""The regional picture in chat: for a coordinator, apart, as lines with a drawing and a table, and the index log knows."""

import pytest

from bot.domain import entries as e
from bot.domain.ids import EVERY_INCIDENT
from bot.domain.regional import last_whole_month
from bot.folding import INDEX_CODEC
from bot.logbook.chain import parse
from bot.store import log
from tests.night.told import only_the_coordinator, plain
from tests.stories.brigade import HOME
from tests.stories.test_accidents import changed
from tests.story import Story

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def five_closed(story: Story) -> None:
    """Five incidents of one month, and then that month is over."""
    for _ in range(5):
        await only_the_coordinator(story)
        story.expects_page("vandijk")
        await story.answers("vandijk")
        await story.says("vandijk", "sluit")
        await story.says("vandijk", "sluit ja het was niets")
        assert (await story.incident()).state == "closed"
    await story.passes(days=31)


async def read_by(story: Story) -> list[tuple[str, str, str]]:
    desk = story.brigade.bot.desk
    found: list[tuple[str, str, str]] = []
    async with desk.database.read() as tx:
        for sealed in map(parse, await log.entries(tx, desk.seal.index)):
            if sealed.type in ("dossier.read", "command.refused"):
                opened = await log.openings(tx, desk.seal.index, first=sealed.seq, until_seq=sealed.seq)
                entry = INDEX_CODEC.read(sealed, opened, dict[str, bytes]().__getitem__)
                if isinstance(entry, e.DossierRead):
                    found.append((entry.origin.actor, entry.incident, entry.what))
                elif isinstance(entry, e.CommandRefused):
                    found.append((entry.origin.actor, entry.command, entry.reason))
    return found


async def test_a_coordinator_gets_lines_a_drawing_and_a_table_and_others_get_nothing(story: Story) -> None:
    await five_closed(story)
    year, month = last_whole_month(story.brigade.now, HOME)
    await story.says("vandijk", "regiobeeld", where="management")
    shown = story.hears("vandijk", f"Regionaal beeld {year} t/m {MONTHS[month - 1]}")
    assert shown.room_id == await story.room("vandijk", "direct")
    assert shown.content["msgtype"] == "m.notice"
    assert "incidenten, in de maand waarin ze zijn gesloten" in shown.body
    assert "Waterbrug" not in shown.body
    timeline = story.peer("vandijk").timeline(shown.room_id)
    files = [seen for seen in timeline if seen.content.get("msgtype") == "m.file"][-2:]
    assert all(file.encrypted for file in files)
    data = {file.content["body"]: await story.peer("vandijk").download(file.content) for file in files}
    name = f"regiobeeld-{year}-{month:02}"
    assert set(data) == {f"{name}.png", f"{name}.csv"}
    assert data[f"{name}.png"].startswith(b"\x89PNG")
    table = data[f"{name}.csv"].decode("utf-8-sig")
    counts = [row.split(";")[5] for row in table.splitlines()[1:]]
    assert counts
    assert all(not count or int(count) >= 5 for count in counts)
    assert "Waterbrug" not in table
    await story.says("vandijk", "regiobeeld rode vlaggen")
    alone = story.hears("vandijk", "Hiervan is nog niets te vertellen.")
    sent = [seen.content["body"] for seen in story.peer("vandijk").timeline(alone.room_id) if "file" in seen.content][
        -2:
    ]
    assert set(sent) == {f"{name}-rode-vlag-gezien.png", f"{name}-rode-vlag-gezien.csv"}
    tile = "    tegel: {rij: 1, kolom: 2, kort: Pdam}\n    naam: Polderdam"
    with changed(story.brigade.contacts / "gemeenten.yaml", "    naam: Polderdam", tile):
        await story.says("vandijk", "herlaad")
        await story.says("vandijk", "regiobeeld")
        sent = [seen for seen in story.peer("vandijk").timeline(alone.room_id) if "file" in seen.content][-2:]
        (laid,) = [seen.content for seen in sent if seen.content["body"] == f"{name}.csv"]
        mapped = (await story.peer("vandijk").download(laid)).decode("utf-8-sig")
    await story.says("vandijk", "herlaad")
    assert mapped.splitlines()[:-1] == table.splitlines()
    assert mapped.splitlines()[-1].startswith("municipality;polderdam;Polderdam;")
    assert mapped.splitlines()[-1].split(";")[5] == ""
    assert not [path for path in story.brigade.bot.settings.dossiers.rglob("*") if path.is_file()]
    await story.says("bakker", "regiobeeld")
    assert "mag je hier niet" in await story.last("bakker")
    assert (await read_by(story))[-2:] == [("vandijk", EVERY_INCIDENT, "picture"), ("bakker", "picture", "not_allowed")]
    story.heeds_everything()


async def test_a_month_that_is_not_over_is_refused_and_one_by_its_name_is_the_last_that_is(story: Story) -> None:
    year, month = last_whole_month(story.brigade.now, HOME)
    running = story.brigade.now.astimezone(HOME)
    await story.says("vandijk", f"regiobeeld {running:%Y-%m}")
    assert f"{running:%Y-%m} is nog niet voorbij" in await story.last("vandijk")
    await story.says("vandijk", f"regiobeeld {MONTHS[running.month - 1]}")
    assert f"Regionaal beeld {running.year - 1} t/m {MONTHS[running.month - 1]}" in await story.last("vandijk")
    await story.says("vandijk", f"regiobeeld {MONTHS[month - 1]} {year}")
    assert f"Regionaal beeld {year} t/m {MONTHS[month - 1]}" in await story.last("vandijk")
    await story.says("vandijk", f"regiobeeld zorg {MONTHS[month - 1]}")
    said = await story.last("vandijk")
    assert f"Regionaal beeld {year} t/m {MONTHS[month - 1]}: zorg" in said
    assert "Te weinig incidenten met zorg" in said
    await story.says("vandijk", "Regiobeeld rode vlaggen")
    assert f"Regionaal beeld {year} t/m {MONTHS[month - 1]}" in await story.last("vandijk")
    await story.says("vandijk", "regiobeeld brumaire")
    assert "Ik ken de maand" in await story.last("vandijk")


async def test_a_lesson_of_one_night_is_found_in_another_by_a_coordinator_alone(story: Story) -> None:
    await plain(story)
    await story.says("bakker", "leerpunt de draaibrug op tijd sluiten", where="room")
    await story.says("bakker", "kennisvraag wie bedient de draaibrug?", where="room")
    number = await story.number()
    await story.says("vandijk", "lessen draaibrug")
    assert "Geen lessen gevonden" in await story.last("vandijk"), "it is not over"
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja rustig")
    await story.says("vandijk", "lessen draibrug", where="management")
    found = story.hears("vandijk", "Lessen over „draibrug”:")
    assert found.room_id == await story.room("vandijk", "direct")
    assert f"· de draaibrug op tijd sluiten ({number})" in found.body
    await story.says("vandijk", "kennisvragen")
    assert f"wie bedient de draaibrug? ({number})" in await story.last("vandijk")
    for words in ("lessen", "kennisvragen"):
        await story.says("jansen", words)
        assert "mag je hier niet" in await story.last("jansen")
    told = [(person, what) for person, _, what in (await read_by(story))[-5:]]
    assert told[:3] == [("vandijk", "lessons"), ("vandijk", "lessons"), ("vandijk", "open_questions")]
    story.heeds_everything()
