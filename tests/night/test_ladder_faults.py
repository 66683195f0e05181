"""A service that carries pages fails in every way it can: nobody's page waits for it, nothing is said twice, and operators know."""

import pytest

from bot.embedded.providers import Knobs
from tests.night.phones import Phones, address, asleep
from tests.night.told import all_but
from tests.pagers.ground import number
from tests.story import RIOT, Story

pytestmark = pytest.mark.asyncio(loop_scope="session")


def told(story: Story, part: str) -> int:
    """How many lines with this in them the management room read."""
    return sum(part in seen.body for seen in story._new("vandijk"))


@pytest.mark.on_synapse
async def test_a_service_that_answers_500_is_passed_over_at_once_and_holds_up_nobody(
    story: Story, phones: Phones
) -> None:
    await asleep(story, phones, "jansen", "deboer", channels=("sms", "voice"))
    phones.handsets.services.sms.knobs.refuse = 500
    await phones.passes("jansen", 60)
    for person in ("jansen", "deboer"):  # unclear, and it cannot say: the telephone does not wait for its own time
        phones.rings(person, "voice")
        assert await phones.after(person, "voice") == [60]
    assert told(story, "onbekend of sms") == 2
    assert (await story.entries()).count("page.unclear") == 2
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    await phones.passes("deboer", 120)
    story.expects_page("deboer", "Herhaling 2")
    await phones.passes("deboer", 210)
    phones.rings("deboer", "voice")
    await story.answers("deboer")


@pytest.mark.parametrize(
    ("knob", "set_to"),
    [
        pytest.param("fail_after", 500, id="taken-and-then-500"),
        pytest.param("nonsense_after", b"<html>It works!</html>", id="taken-and-then-nonsense"),
        pytest.param("cut_after", True, id="taken-and-then-broken-off"),
    ],
)
async def test_a_text_of_which_nobody_knows_is_not_sent_again_and_the_telephone_does_not_wait(
    story: Story, phones: Phones, knob: str, set_to: object
) -> None:
    await asleep(story, phones, "jansen", channels=("sms", "voice"))
    setattr(phones.handsets.services.sms.knobs, knob, set_to)
    await phones.passes("jansen", 60)
    phones.rings("jansen", "sms", "OPROEP")
    phones.rings("jansen", "voice")
    assert await phones.after("jansen", "voice") == [60]
    assert told(story, "onbekend of sms aan Jansen aankwam") == 1
    phones.handsets.services.sms.knobs = Knobs()
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms", "Genoteerd")
    story.hears("jansen", "Genoteerd, je komt")
    assert phones.still("jansen") == []
    await story.escalates(4)
    assert phones.came("jansen", "sms") == 2  # the page and the echo


async def test_a_service_that_is_down_is_tried_again_and_then_passed_over(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", "deboer", channels=("sms", "voice"))
    await phones.stops_texts()
    await phones.passes("jansen", 60)
    for person in ("jansen", "deboer"):
        phones.rings(person, "voice")
        assert 60 <= (await phones.after(person, "voice"))[0] < 70  # three tries, seconds apart
    assert told(story, "sms naar") == 2
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")
    await phones.presses("deboer", "0")
    story.hears("deboer", "Ik roep nu Peters op")
    story.expects_page("peters")
    await story.says("peters", "1")
    story.hears("peters", "You are coming")


async def test_a_service_that_hangs_delays_nobody_elses_telephone(story: Story, phones: Phones) -> None:
    await phones.given("jansen", channels=("sms",))
    await phones.given("deboer", channels=("voice",))
    await all_but(story, "jansen", "deboer")
    since = (await phones.page("jansen")).since
    phones.handsets.services.sms.knobs.delay = 60.0
    story.brigade.moves(since + story.minutes(1) - story.brigade.now)
    await story.until(lambda: phones.came("jansen", "sms") == 1)
    story.brigade.moves(story.minutes(1))
    await story.until(lambda: phones.came("deboer", "voice") == 1)
    assert await phones.after("deboer", "voice") == [120]
    assert told(story, "onbekend") == 0  # the text still hangs
    phones.handsets.services.sms.knobs.delay = 0.0
    await phones.stops_texts()
    await story.settle()
    assert told(story, "onbekend of sms aan Jansen aankwam") == 1
    phones.rings("jansen", "sms")
    phones.rings("deboer", "voice")
    for person in ("jansen", "deboer"):
        story.expects_page(person, "Herhaling 2")
        await story.answers(person)


async def test_a_crash_between_sending_and_hearing_rings_nobody_twice(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("sms", "voice"))
    sms, since = phones.handsets.services.sms, (await phones.page("jansen")).since
    sms.knobs.delay = 60.0  # it was taken, and the bot ends before it hears so
    story.brigade.moves(since - story.brigade.now + story.minutes(1))
    await story.until(lambda: phones.came("jansen", "sms") == 1)
    await story.brigade.crash()
    sms.knobs.delay = 0.0
    await story.brigade.start()
    await story.settle()
    phones.rings("jansen", "sms", "OPROEP")
    assert phones.came("jansen", "sms") == 1
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms", "Genoteerd")
    story.hears("jansen", "Genoteerd, je komt")
    await story.escalates(4)
    phones.silent("jansen")


async def test_after_five_failures_the_channel_is_left_alone_and_comes_back(story: Story, phones: Phones) -> None:
    people = ("jansen", "deboer", "hendriks", "vandenberg", "dejong", "willems")
    await asleep(story, phones, *people, channels=("sms", "voice"))
    phones.handsets.services.sms.knobs.refuse = 403
    await phones.passes("jansen", 60)
    for person in people:
        phones.rings(person, "voice")
    await story.says("vandijk", "kanalen", where="management")
    assert "sms" in await story.last("vandijk", "management")
    states = {s.channel: s.down for s in story.brigade.bot.board.states()}
    assert states["sms"]
    assert not states["voice"]
    phones.handsets.services.sms.knobs.refuse = None
    for person in people:
        await phones.presses(person, "1")
    story.heeds_everything()
    await story.passes(minutes=1)
    await phones.texts("jansen", "1")  # the echo is the one try that goes through
    phones.rings("jansen", "sms", "Dat stond al genoteerd")
    assert not any(s.down for s in story.brigade.bot.board.states())


async def test_mail_that_is_refused_for_now_is_no_reason_to_wait(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("mail", "sms"))
    phones.handsets.services.mail.refuse = "451 try later"
    await phones.passes("jansen", 60)
    phones.rings("jansen", "sms", "OPROEP")
    phones.handsets.services.mail.refuse = ""
    assert await phones.after("jansen", "sms") == [60]
    assert phones.came("jansen", "mail") == 0
    await phones.texts("jansen", "1")
    phones.rings("jansen", "sms")
    story.hears("jansen", "Genoteerd, je komt")


async def test_a_number_that_does_not_exist_is_told_and_passed_over(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("sms", "voice"))
    phones.handsets.services.sms.knobs.refuse = 422
    await phones.passes("jansen", 60)
    phones.rings("jansen", "voice")
    assert told(story, "sms naar Jansen lukte niet") == 1
    assert not any(s.down for s in story.brigade.bot.board.states())
    await phones.presses("jansen", "1")
    story.hears("jansen", "Genoteerd, je komt")


async def test_a_telephone_call_that_is_not_the_services_answers_nothing(story: Story, phones: Phones) -> None:
    await asleep(story, phones, "jansen", channels=("voice",))
    await phones.passes("jansen", 120)
    phones.rings("jansen", "voice")
    story.expects_page("jansen", "Herhaling 2")
    voice = phones.handsets.services.voice
    voice.forged = True
    said = await voice.press(phones.ringing("jansen"), "1")
    voice.forged = False
    assert "Genoteerd" not in " ".join(said)
    story.forgiven.add("unsigned")
    assert (await phones.page("jansen")).state == "open"
    await story.answers("jansen")


# --- who texts without being paged --------------------------------------------------------------------------------------


async def test_a_stranger_is_refused_politely_once_and_operators_hear_of_it(story: Story, phones: Phones) -> None:
    stranger = number(777)
    await phones.texts_from(stranger, "ALARM er is iets mis")
    texts = phones.handsets.services.sms.phone(stranger)
    assert ["ken ik niet" in text for text in texts] == [True]
    assert told(story, "Iemand die ik niet ken, probeerde het via sms") == 1
    for seen in story._new("vandijk"):
        assert stranger.removeprefix("+31") not in seen.body
    await phones.texts_from(stranger, "hallo?")
    assert len(phones.handsets.services.sms.phone(stranger)) == 1
    assert told(story, "Iemand die ik niet ken") == 1
    assert await story._incidents() == []
    for n, sight in enumerate(phones.handsets.diary.sights):
        if sight.address == stranger:
            phones.heeded.add(n)


async def test_an_officer_without_a_chat_raises_the_alarm_by_text_message(story: Story, phones: Phones) -> None:
    await phones.given("bakker", channels=("sms", "voice"))
    await phones.texts("bakker", RIOT.replace("alarm", "ALARM"))
    said = phones.rings("bakker", "sms").text
    number_ = await story.number()
    assert f"ALARM ontvangen: {number_} Waterbrug" in said
    for person in ("vandijk", "jansen", "deboer", "dejong"):
        assert number_ in story.expects_page(person).body
    story.heeds_everything()
    await story.says("vandijk", "toon nummers")
    assert address("bakker", "sms") in await story.last("vandijk")
    await phones.texts("bakker", RIOT.replace("alarm", "ALARM"))  # sent once more: another message, another case
    phones.rings("bakker", "sms", "ALARM ontvangen")
    story.heeds_everything()


async def test_an_alarm_by_text_that_the_service_brings_twice_is_one_alarm(story: Story, phones: Phones) -> None:
    await phones.given("bakker", channels=("sms",))
    phones.handsets.services.sms.knobs.twice = True
    await phones.texts("bakker", "ALARM Waterbrug rellen: oproep op TikTok")
    phones.rings("bakker", "sms", "ALARM ontvangen")
    story.heeds_everything()
    assert len(await story._incidents()) == 1


async def test_an_expert_may_not_raise_an_alarm_by_text(story: Story, phones: Phones) -> None:
    await phones.given("jansen", channels=("sms",))
    await phones.texts("jansen", "ALARM Waterbrug rellen bij het station")
    assert "kun je geen alarm geven" in phones.rings("jansen", "sms").text
    assert await story._incidents() == []


async def test_a_sentence_of_an_officer_is_asked_about(story: Story, phones: Phones) -> None:
    await phones.given("bakker", channels=("sms",))
    await phones.texts("bakker", "er staan vijftig jongeren op het plein")
    assert "Is dit een alarm?" in phones.rings("bakker", "sms").text
    assert await story._incidents() == []


async def test_a_yes_without_a_page(story: Story, phones: Phones) -> None:
    await phones.given("jansen", channels=("sms",))
    await phones.texts("jansen", "1")
    assert "geen oproep" in phones.rings("jansen", "sms").text
