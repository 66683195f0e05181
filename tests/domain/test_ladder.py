"""A page climbs its ladder: quiet first and loud later, the next channel at once when one fails, and none after an answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.flood import FLOOD, bundled_into
from bot.domain.ids import EventId, MunicipalityId, PersonId, RoleId
from bot.domain.ladder import DEFAULT_LADDER, Channel, Rung, independent, ladder_for, sooner
from bot.domain.origin import Origin
from bot.domain.paging import may_page
from bot.domain.world import Recent
from tests.builders import NIGHT, Case, by, of

EVERY: frozenset[Channel] = frozenset(("sms", "voice", "ntfy", "mail"))
PLAIN = "er is iets raars aan de hand"  # calls the coordinator alone


def reachable(case: Case, has: frozenset[Channel] = EVERY, who: str = "coordinator1") -> Case:
    case.world = replace(case.world, reachable={PersonId(who): has})
    return case


def paged(has: frozenset[Channel] = EVERY) -> Case:
    case = reachable(Case(), has)
    case.alarm(PLAIN)
    return case


def tried(entries: list[e.Entry]) -> list[tuple[str, int]]:
    return [(x.channel, x.attempt) for x in of(e.PageTried, entries)]


def report(case: Case, channel: Channel, outcome: str, reason: str = "x") -> list[e.Entry]:
    page = case.page("coordinator1").page
    command = c.ReportDelivery(page=page, attempt=1, channel=channel, outcome="delivered", event=EventId("ref"))
    return case.do(replace(command, outcome=outcome, reason=reason))  # type: ignore[arg-type]


def said(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [x for entry in entries for x in announce(case.incident, entry, case.world.now)]


def test_the_push_goes_with_the_chat_then_mail_and_sms_then_the_telephone_twice() -> None:
    case = reachable(Case())
    assert tried(case.alarm(PLAIN)) == [("ntfy", 1)]
    assert tried(case.after(seconds=59).tick()) == []
    assert tried(case.after(seconds=1).tick()) == [("mail", 1), ("sms", 1)]
    assert tried(case.after(seconds=60).tick()) == [("voice", 1)]
    assert tried(case.after(seconds=90).tick()) == [("voice", 2)]
    assert case.page("coordinator1").ladder == ladder_for(DEFAULT_LADDER, EVERY)


def test_after_an_answer_nothing_climbs_any_more_and_what_rings_is_called_off() -> None:
    case = paged()
    case.after(seconds=125).tick()
    answered = case.answers("coordinator1")
    off = {x.channel for x in said(case, answered) if isinstance(x, m.ChannelCalledOff)}
    assert off == {"ntfy", "voice"}
    assert not may_page(case.incident, case.page("coordinator1").page)
    assert tried(case.after(minutes=4).tick()) == []


def off(case: Case, entries: list[e.Entry]) -> list[tuple[str, str]]:
    return [(x.person, x.channel) for x in said(case, entries) if isinstance(x, m.ChannelCalledOff)]


def test_a_push_at_who_was_passed_over_rings_until_somebody_else_comes_and_no_longer() -> None:
    case = paged()
    assert off(case, case.after(minutes=5).tick()) == []  # the reserve may be silent too
    assert off(case, case.answers("coordinator2")) == [("coordinator1", "ntfy")]


def test_nothing_rings_on_after_the_incident_was_closed() -> None:
    case = paged()
    case.after(minutes=5).tick()
    case.do(c.ProposeClosing(by=by("bakker")))
    assert ("coordinator1", "ntfy") in off(case, case.do(c.CloseIncident(by=by("bakker"))))


def test_who_pressed_a_key_is_not_hung_up_on_before_hearing_what_was_understood() -> None:
    case = paged()
    case.after(seconds=125).tick()
    by_key = Origin(actor=PersonId("coordinator1"), account="voice:1", via="voice", room="direct", proof="clear")
    entries = case.do(c.Acknowledge(page=case.page("coordinator1").page, answer_by="key", by=by_key))
    assert {x.channel for x in said(case, entries) if isinstance(x, m.ChannelCalledOff)} == {"ntfy"}


def test_an_answer_by_text_message_is_echoed_by_text_message() -> None:
    case = paged()
    case.after(seconds=61).tick()
    by_sms = Origin(actor=PersonId("coordinator1"), account="sms:1", via="sms", room="direct", proof="clear")
    page = case.page("coordinator1").page
    entries = case.do(c.Acknowledge(page=page, answer_by="sms", eta_minutes=15, by=by_sms))
    echo = next(x for x in said(case, entries) if isinstance(x, m.ChannelEcho))
    assert (echo.what, echo.eta_minutes, echo.to) == ("eta", 15, m.To("channel", "sms:coordinator1"))


def test_a_channel_that_fails_is_followed_by_the_next_at_once() -> None:
    case = paged()
    assert tried(report(case, "ntfy", "undeliverable")) == [("mail", 1)]
    assert tried(report(case, "mail", "undeliverable")) == [("sms", 1)]
    # an hour glass that ran on: the rungs that were tried early are not tried again at their own time
    assert tried(case.after(seconds=60).tick()) == []
    assert tried(case.after(seconds=60).tick()) == [("voice", 1)]


def test_an_unclear_text_message_is_not_sent_twice_but_passed_over_at_once() -> None:
    case = paged()
    case.after(seconds=60).tick()
    entries = report(case, "sms", "unclear", "no_answer_in_time")
    assert [type(x).__name__ for x in entries] == ["PageUnclear", "PageTried"]
    assert tried(entries) == [("voice", 1)]


def test_only_when_every_channel_failed_the_next_person_is_called() -> None:
    case = paged(frozenset(("sms",)))
    case.do(
        c.ReportDelivery(
            page=case.page("coordinator1").page,
            attempt=1,
            channel="matrix",
            outcome="undeliverable",
            reason="no device",
        )
    )
    assert case.incident.pages[case.page("coordinator1").page].state == "open"
    entries = report(case, "sms", "undeliverable")
    assert [x.person for x in of(e.PageRequested, entries)] == ["coordinator2"]
    assert of(e.PageUndeliverable, entries)


def test_without_other_channels_a_page_that_chat_cannot_bring_calls_the_next_at_once() -> None:
    case = Case()
    case.alarm(PLAIN)
    entries = report(case, "matrix", "undeliverable")
    assert [x.person for x in of(e.PageRequested, entries)] == ["coordinator2"]


def test_after_an_outage_only_the_latest_rung_is_tried_and_the_log_says_what_was_missed() -> None:
    case = paged()
    entries = case.after(seconds=130).tick()
    assert tried(entries) == [("voice", 1)]
    assert of(e.PageTried, entries)[0].missed == 2


def test_a_page_that_comes_late_says_how_late() -> None:
    case = Case()
    case.alarm(PLAIN)
    late = of(e.PageRequested, case.after(minutes=9).tick())
    assert [(x.person, x.late_seconds) for x in late] == [("coordinator2", 240)]
    on_time = Case()
    on_time.alarm(PLAIN)
    assert of(e.PageRequested, on_time.after(minutes=5, seconds=2).tick())[0].late_seconds == 0


def test_what_fell_due_yesterday_is_not_done_but_said() -> None:
    case = Case()
    case.alarm(PLAIN)
    entries = case.after(hours=30).tick()
    assert of(e.PageRequested, entries) == []
    assert {x.wants for x in of(e.TimerDropped, entries)} >= {"unanswered"}
    assert case.incident.calls[RoleId("coordinator")].state == "exhausted"
    assert any(isinstance(x, m.NobodyReached) for x in said(case, entries))


def test_what_was_announced_wakes_nobody_at_night() -> None:
    case = reachable(Case())
    case.alarm(PLAIN)
    case.incident = replace(case.incident, urgency="gepland")
    assert of(e.PageRequested, case.do(c.CallRole(role=RoleId("om"), by=by("bakker"))))[0].ladder == ()


def test_somebody_may_have_a_ladder_of_their_own() -> None:
    case = reachable(Case())
    contacts = case.world.reference.contacts
    own = replace(contacts.people[PersonId("coordinator1")], ladder=(Rung("voice", timedelta(seconds=30)),))
    contacts = replace(contacts, people={**contacts.people, own.id: own})
    case.world = replace(case.world, reference=replace(case.world.reference, contacts=contacts))
    assert tried(case.alarm(PLAIN)) == []
    assert tried(case.after(seconds=30).tick()) == [("voice", 1)]


def test_telephone_and_text_message_of_one_number_are_one_way_to_be_reached() -> None:
    assert independent(frozenset(("sms", "voice"))) == 1
    assert independent(frozenset(("matrix", "sms", "voice", "mail"))) == 3


def test_a_ladder_in_compressed_time_keeps_whole_milliseconds() -> None:
    assert sooner((Rung("sms", timedelta(seconds=60)),), 7.0) == (Rung("sms", timedelta(milliseconds=8571)),)


@pytest.mark.parametrize(("answer", "state"), [("undeliverable", "open"), ("unclear", "open"), ("delivered", "open")])
def test_a_report_of_a_page_that_is_over_changes_nothing_for_others(answer: str, state: str) -> None:
    case = paged()
    case.answers("coordinator1")
    entries = report(case, "sms", answer)
    assert of(e.PageRequested, entries) == []
    assert of(e.PageTried, entries) == []
    assert case.incident.state == state


def test_a_strangers_channel_gives_no_rights() -> None:
    case = paged()
    page = case.page("coordinator1").page
    for who in ("cyber1", "vreemde"):
        by_sms = Origin(actor=PersonId(who), account="sms:1", via="sms", room="direct", proof="clear")
        with pytest.raises(c.Refused):
            case.do(c.Acknowledge(page=page, answer_by="sms", by=by_sms))
        with pytest.raises(c.Refused):
            case.do(c.TakeOver(by=by_sms))


def test_an_officer_raises_an_alarm_by_text_message() -> None:
    by_sms = Origin(actor=PersonId("bakker"), account="sms:1", via="sms", room="direct", proof="clear")
    raised = Case().do(c.RaiseAlarm(text="rellen bij het station", by=by_sms))
    assert of(e.AlarmRaised, raised)[0].origin.via == "sms"


def recent(n: int, minutes: int, reporter: str = "bakker") -> Recent:
    at = NIGHT - timedelta(minutes=minutes)
    return Recent(f"2026-{n:03d}", MunicipalityId("waterbrug"), None, at, PersonId(reporter))


def test_one_reporters_flood_joins_the_newest_incident_and_nobody_elses_does() -> None:
    own = [recent(20 - n, n) for n in range(FLOOD.alarms)]
    assert bundled_into(own, PersonId("bakker"), NIGHT) == "2026-020"
    assert bundled_into(own[:-1], PersonId("bakker"), NIGHT) is None
    assert bundled_into(own, PersonId("visser"), NIGHT) is None
    long_ago = [recent(n, 16 + n) for n in range(FLOOD.alarms)]
    assert bundled_into(long_ago, PersonId("bakker"), NIGHT) is None


def test_the_coordinator_is_rung_for_the_first_of_a_flood_and_for_every_tenth_after_it() -> None:
    case = Case()
    case.alarm(PLAIN)
    rung = []
    for n in range(1, 13):
        entries = case.do(c.TakeIn(number="", person=PersonId("bakker"), text=f"alarm {n}", flood=True))
        rung += [n for x in said(case, entries) if isinstance(x, m.FloodNote)]
    assert rung == [1, 11]


def test_who_can_be_reached_in_one_way_only_is_called_together_with_the_fallback() -> None:
    case = reachable(Case(fallback_too=True), frozenset(("sms",)))
    case.world = replace(case.world, channels=frozenset(("sms",)))
    first = case.alarm(PLAIN)
    assert [x.person for x in of(e.PageRequested, first)] == ["coordinator1"]  # chat and text message: two ways
    case.do(c.CallRole(role=RoleId("om"), by=by("bakker")))
    paged = [(x.person, x.why) for x, _ in case.told if isinstance(x, e.PageRequested)]
    assert paged[1:] == [("om1", "first"), ("achtervang", "unready")]
    case.answers("achtervang")
    # one yes of the fallback sends nobody back to bed: it stands in where nobody else comes
    assert case.incident.calls[RoleId("om")].state == "calling"
    assert case.incident.pages[case.page("om1").page].state == "open"
    case.declines("om1")
    case.declines("om2")
    case.answers("coordinator1")
    assert case.incident.calls[RoleId("om")].state == "answered"


@pytest.mark.parametrize("channels", [frozenset(), frozenset(("apprise",))])
def test_without_any_other_channel_nobody_is_called_twice(channels: frozenset[Channel]) -> None:
    """Apprise counts for nothing, so nobody can have a second way by it."""
    case = Case(fallback_too=True)
    case.world = replace(case.world, channels=channels)
    entries = case.alarm(PLAIN)
    assert [x.person for x in of(e.PageRequested, entries)] == ["coordinator1"]
