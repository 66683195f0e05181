"""What becomes of a case: its room, its end, its second beginning, and what people type in between."""

import pytest

from bot.matrix.wire import quoted
from tests.night.told import PLAIN, all_but, only_the_coordinator, plain
from tests.story import CALLED, RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.on_synapse
async def test_closed_and_opened_again_in_the_middle_of_a_call(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    story.heeds_everything()
    await story.passes(minutes=10)
    story.hears_nothing("jansen", "🚨")
    story.hears_nothing("devries", "🚨")
    await story.says("vandijk", "heropen")
    story.expects_page("jansen", "cyber")
    story.heeds_everything()
    await story.answers("jansen")


async def test_opening_again_without_a_number_leaves_alone_what_joined_another(story: Story) -> None:
    await all_but(story)
    first = await story.number()
    await story.says("vandijk", "sluit")
    await story.says("vandijk", "sluit ja het is rustig")
    story.heeds_everything()
    await all_but(story)
    into = await story.number()
    await story.says("bakker", "alarm Waterbrug rellen: nu ook op snapchat")
    story.heeds_everything()
    joined = await story.number()
    await story.says("bakker", "zelfde")
    story.hears("bakker", f"dezelfde zaak als {into}")
    await story.says("vandijk", "heropen")
    assert (await story.incident(joined)).joined_into == into
    assert (await story.incident(first)).state == "open"
    story.heeds_everything()


async def test_a_number_that_is_of_no_incident_does_nothing_to_another(story: Story) -> None:
    await all_but(story)
    into = await story.number()
    await story.joins("bakker")
    await story.says("bakker", "stand 2026-999", "room")
    story.hears("bakker", f"Deze kamer is van {into}")
    await story.says("bakker", "alarm Waterbrug rellen: nu ook op snapchat")
    story.heeds_everything()
    alike = await story.number()
    for sentence in ("zelfde 2026-999", "sluit 2026-999", "stand 2026-999"):
        await story.says("bakker", sentence)
        story.hears("bakker", "Incident 2026-999 is er niet")
    assert (await story.incident(alike)).joined_into is None
    await story.says("bakker", f"zelfde {into}")
    story.hears("bakker", f"dezelfde zaak als {into}")
    assert (await story.incident(alike)).joined_into == into


async def test_two_people_close_it_at_once(story: Story) -> None:
    await plain(story)
    room = await story.room("bakker", "room")
    await story.says("vandijk", "sluit", where="room")
    story.heeds_everything()
    events = [await story.peer(person).say(room, "sluit ja het is rustig") for person in ("vandijk", "bakker")]
    story.said += events
    await story.settle()
    story.heeds_everything()
    assert (await story.entries()).count("incident.closed") == 1


async def test_a_mayor_may_not_close_it(story: Story) -> None:
    await plain(story)
    await story.says("jansen", f"sluit {await story.number()}")
    assert (await story.incident()).closing_by is None
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_the_room_is_taken_away_and_paging_goes_on(story: Story) -> None:
    await all_but(story, "jansen")
    room = await story.room("bakker", "room")
    path = f"/_synapse/admin/v2/rooms/{quoted(room)}"
    await story.brigade.administers("DELETE", path, {"block": False, "purge": False})
    await story.wait_for("vandijk", "de bot is uit de kamer verwijderd")
    await story.passes(minutes=2, seconds=5)
    story.expects_page("jansen", "Herhaling 2")
    await story.answers("jansen")
    story.heeds_everything()


async def test_a_decision_is_typed_twice_by_two_people(story: Story) -> None:
    await plain(story)
    for person in ("bakker", "vandijk"):
        await story.says(person, "besluit plein afsluiten", where="room")
    assert [d.text for d in (await story.incident()).decisions] == ["plein afsluiten"] * 2
    story.heeds_everything()


async def test_the_dossier_is_asked_for_while_pages_are_open(story: Story) -> None:
    await story.alarm()
    await story.says("bakker", "export")
    story.hears("bakker", "📦 Export")
    await story.answers("jansen")


@pytest.mark.on_synapse
async def test_two_towns_at_the_same_time_do_not_mix(story: Story) -> None:
    await story.alarm()
    first = await story.number()
    await story.says("mulder", RIOT.replace("Waterbrug", "Polderdam"))
    story.heeds_everything()
    second = await story.number()
    await story.says("jansen", f"1 {first}")
    await story.says("jansen", f"0 {second}")
    story.heeds_everything()
    one, two = await story.incident(first), await story.incident(second)
    assert one.calls["expert_cyber"].by == "jansen"  # type: ignore[index]
    assert two.calls["expert_cyber"].by is None  # type: ignore[index]
    await story.says("mulder", f"status {first}")
    assert "rellen" not in await story.last("mulder")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("asdfghjkl", id="keys"),
        pytest.param("🙈🙉🙊", id="emoji"),
        pytest.param("besluit", id="half-a-command"),
        pytest.param("klaar 999", id="no-such-step"),
        pytest.param("stand om 99:99", id="no-such-time"),
        pytest.param("<script>alert(1)</script>", id="markup"),
        pytest.param("'; DROP TABLE incident; --", id="a-query"),
        pytest.param("%s %n {0} {naam}", id="a-format"),
        pytest.param("neem cyber over tot 25:61", id="an-impossible-hour"),
        pytest.param("ruil cyber 30 feb met jansen", id="an-impossible-day"),
        pytest.param("afwezig 10 dec-3 dec", id="backwards"),
        pytest.param("roep piet puk", id="nobody-of-that-name"),
        pytest.param("code 123456", id="a-code-that-nobody-sent"),
        pytest.param("nummer 12", id="no-telephone-number"),
    ],
)
async def test_nonsense_gets_an_answer_and_changes_nothing(story: Story, text: str) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.says("bakker", "stop")  # a few words would be where it is
    story.hears("bakker", "Ik vraag niets meer")
    before = await story.entries()
    await story.says("bakker", text)
    assert await story.last("bakker"), "somebody who waits gets an answer"
    story.heeds_everything()
    assert await story.entries() == before


async def test_somebody_who_is_in_no_list(story: Story) -> None:
    await story.brigade.bot.gateway.invite(story.brigade.playground.alarm_room, "@visser:iog.example")
    await story.says("smit", "wie")
    assert "cyber" in await story.last("smit")
    story.heeds_everything()


@pytest.mark.on_synapse
async def test_go_on_without_waiting(story: Story) -> None:
    await all_but(story, "jansen")
    await story.says("vandijk", "escaleer cyber")
    story.expects_page("devries", "cyber")
    story.heeds_everything()
    await story.answers("devries")
    assert (await story.call("expert_cyber")).by == "devries"


async def test_call_somebody_by_name(story: Story) -> None:
    await only_the_coordinator(story)
    story.expects_page("vandijk")
    await story.answers("vandijk")
    await story.says("vandijk", "roep @jansen")
    story.expects_page("jansen", "cyber")
    story.heeds_everything()
    await story.answers("jansen")


async def test_an_alarm_while_somebody_reads_the_help(story: Story) -> None:
    await story.says("jansen", "help")
    await story.says("bakker", RIOT)
    story.hears("bakker", "Alarm ontvangen")
    story.hears("bakker", "De kamer is open")
    for person in CALLED:
        story.expects_page(person)
    await story.says("jansen", "meer")
    story.heeds_everything()
    assert PLAIN
