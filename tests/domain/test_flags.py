"""Whom an incident concerns beyond its own municipality: neighbours, the region's neighbours, and who is called before others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import PersonId, RoleId, RoomId
from bot.domain.people import Person
from bot.domain.playbook import Playbook
from tests.builders import NIGHT, RIOT, Case, account, by, of, reference

VISSER = PersonId("visser")
IOG = RoleId("iog")


def called() -> Case:
    case = Case()
    case.alarm()
    case.answers("coordinator1")
    case.opens_room()
    return case


def said(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [one for entry in entries for one in announce(case.incident, entry, case.world.now)]


# --- a neighbour --------------------------------------------------------------------------------------------------------


def test_a_neighbours_officers_are_told_invited_and_take_part() -> None:
    case = called()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.RecordLine(kind="feit", text="ook hier", by=by("visser")))
    entries = case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    (involved,) = of(e.MunicipalityInvolved, entries)
    assert (involved.municipality, involved.name, involved.persons) == ("polderdam", "Polderdam", (VISSER,))
    heard = said(case, entries)
    assert [one.person for one in of(m.Invite, heard)] == [VISSER]
    (told,) = of(m.NeighbourTold, heard)
    assert (told.to.name, told.what, told.room) == ("visser", "involved", "!kamer")
    assert of(m.CardChanged, heard)[-1].card.neighbours == ("Polderdam",)
    assert of(m.TopicChanged, heard)[0].neighbours == ("Polderdam",)
    case.do(c.RecordLine(kind="feit", text="ook hier", by=by("visser")))
    assert case.incident.lines == 1


def test_a_neighbour_that_is_not_concerned_after_all_is_told_so_and_leaves() -> None:
    case = called()
    case.do(c.InvolveMunicipality(named="polderdam", by=by("coordinator1")))
    entries = case.do(c.ReleaseMunicipality(named="Polderdam, het was een ander dorp", by=by("coordinator1")))
    (released,) = of(e.MunicipalityReleased, entries)
    assert released.reason == "het was een ander dorp"
    heard = said(case, entries)
    assert [one.person for one in of(m.Remove, heard)] == [VISSER]
    assert of(m.NeighbourTold, heard)[0].what == "released"
    assert case.incident.involved == ()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.RecordLine(kind="feit", text="ook hier", by=by("visser")))
    with pytest.raises(c.Refused, match="not_involved"):
        case.do(c.ReleaseMunicipality(named="Polderdam", by=by("coordinator1")))


def test_who_of_the_neighbour_was_paged_stays_when_it_is_released() -> None:
    case = called()
    case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    case.do(c.CallPerson(person=VISSER, by=by("coordinator1")))
    entries = case.do(c.ReleaseMunicipality(named="Polderdam", by=by("bakker")))
    assert of(m.Remove, said(case, entries)) == []


def test_guests_are_invited_too_when_the_room_opens_later() -> None:
    case = Case()
    case.alarm()
    entries = case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    assert of(m.Invite, said(case, entries)) == []
    assert VISSER in [one.person for one in of(m.Invite, said(case, case.opens_room()))]


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("Waterbrug", "own_municipality"),
        ("Verweggistan", "no_such_municipality"),
        ("Polderdam belde net terug", "only_the_name"),
    ],
)
def test_a_name_that_is_no_neighbours_is_refused(named: str, code: str) -> None:
    with pytest.raises(c.Refused, match=code):
        called().do(c.InvolveMunicipality(named=named, by=by("bakker")))


def test_twice_is_refused_and_only_who_leads_may() -> None:
    case = called()
    with pytest.raises(c.Refused, match="not_allowed"):
        case.do(c.InvolveMunicipality(named="Polderdam", by=by("cyber1")))
    case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    with pytest.raises(c.Refused, match="already_involved"):
        case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))


# --- beyond the region --------------------------------------------------------------------------------------------------


def test_beyond_the_region_takes_a_reason_and_tells_the_coordinator_whom_to_call() -> None:
    case = Case(duty_number="085-0000000")
    case.alarm()
    case.opens_room()
    with pytest.raises(c.Refused, match="text_needed"):
        case.do(c.RaiseFlag(flag="bovenregionaal", reason=" ", by=by("bakker")))
    entries = case.do(c.RaiseFlag(flag="bovenregionaal", reason="zelfde brief bij twee buren", by=by("bakker")))
    heard = said(case, entries)
    (told,) = of(m.WideTold, heard)
    # nobody answered for the role yet: who is being called hears it
    assert (told.to.name, told.duty_number, told.reason) == (
        "coordinator1", "085-0000000", "zelfde brief bij twee buren",
    )  # fmt: skip
    assert of(m.CardChanged, heard)[-1].card.wide
    assert of(m.TopicChanged, heard)[0].wide
    with pytest.raises(c.Refused, match="flag_raised"):
        case.do(c.RaiseFlag(flag="bovenregionaal", reason="nog eens", by=by("bakker")))
    lowered = case.do(c.LowerFlag(flag="bovenregionaal", reason="alleen hier", by=by("bakker")))
    assert of(m.WideTold, said(case, lowered)) == []
    assert case.incident.flags == ()
    with pytest.raises(c.Refused, match="flag_not_raised"):
        case.do(c.LowerFlag(flag="bovenregionaal", reason="alleen hier", by=by("bakker")))


# --- who is called first ------------------------------------------------------------------------------------------------


def first_wanted(*, on_duty: bool = True) -> Case:
    """The riots' playbook wants the police's internet group first; `iog1` is on duty for it, `iog2` reserve."""
    case = Case()
    book: Playbook = replace(RIOT, calls=(IOG, *RIOT.calls), first=(IOG,))
    known = reference()
    people, rotations = dict(known.contacts.people), list(known.contacts.rotations)
    for layer, name in (("eerste", "iog1"), ("reserve", "iog2")) if on_duty else ():
        people[PersonId(name)] = Person(PersonId(name), name, "Politie", (account(name),), (IOG,))
        rotations.append(replace(rotations[0], role=IOG, layer=layer, order=(PersonId(name),)))  # type: ignore[arg-type]
    contacts = replace(known.contacts, people=people, rotations=tuple(rotations))
    given = replace(known, contacts=contacts, playbooks={**known.playbooks, book.id: book})
    case.world = replace(case.world, reference=given)
    return case


def paged(entries: list[e.Entry]) -> set[str]:
    return {str(one.person) for one in of(e.PageRequested, entries)}


def test_whom_a_playbook_wants_first_is_called_with_the_coordinator_and_nobody_else() -> None:
    case = first_wanted()
    entries = case.alarm()
    assert paged(entries) == {"coordinator1", "iog1"}
    (held,) = of(e.OthersHeldBack, entries)
    assert held.after == (IOG,)
    assert held.latest == NIGHT + timedelta(minutes=3)
    assert {"politie", "om", "expert_cyber"} <= set(held.roles)
    assert of(m.CallNote, said(case, entries))[0].what == "later"


def test_the_others_are_called_at_once_when_one_of_the_first_answers() -> None:
    case = first_wanted()
    case.alarm()
    entries = case.answers("iog1")
    assert {"politie1", "om1", "cyber1", "zorg1"} <= paged(entries)
    assert of(e.BrigadeCalled, entries)[0].why == "first_answered"
    assert case.incident.awaiting == ()
    assert case.incident.waits_for == ()
    assert paged(case.after(minutes=3).tick()) == set()


def test_without_an_answer_the_others_follow_after_the_set_time_and_the_first_are_called_on() -> None:
    case = first_wanted()
    case.alarm()
    assert paged(case.after(minutes=2, seconds=59).tick()) == set()
    entries = case.after(seconds=1).tick()
    assert {"politie1", "om1", "cyber1"} <= paged(entries)
    assert of(e.BrigadeCalled, entries)[0].why == "first_waited"
    assert "iog2" in paged(case.after(minutes=2).tick())


def test_a_no_of_the_first_calls_their_reserve_and_holds_the_others_on() -> None:
    case = first_wanted()
    case.alarm()
    assert paged(case.declines("iog1")) == {"iog2"}
    # nobody is left but the coordinator, who stands in as the last step of the role
    assert "politie1" not in paged(case.declines("iog2"))


def test_where_nobody_is_on_duty_for_the_first_the_fallback_has_the_lead_and_no_more_than_that() -> None:
    case = first_wanted(on_duty=False)
    assert paged(case.alarm()) == {"coordinator1", "achtervang"}
    assert {"politie1", "cyber1"} <= paged(case.after(minutes=3).tick())


@pytest.mark.parametrize("text", ["Waterbrug rellen nu: bij het station", "Waterbrug rellen: er zijn gewonden"])
def test_where_every_second_counts_nobody_waits(text: str) -> None:
    entries = first_wanted().alarm(text)
    assert {"iog1", "politie1", "cyber1"} <= paged(entries)
    assert of(e.OthersHeldBack, entries) == []


def test_after_the_grace_the_first_go_first_too_and_now_calls_everybody() -> None:
    case = first_wanted()
    case.alarm("op TikTok een oproep van relschoppers bij het station in Waterbrug")
    entries = case.after(seconds=30).tick()
    assert paged(entries) == {"iog1"}
    entries = case.do(c.CallNow(by=by("bakker")))
    assert {"politie1", "cyber1"} <= paged(entries)
    assert paged(case.after(minutes=3).tick()) == set()


def test_a_playbook_that_is_started_later_has_its_order_too() -> None:
    case = first_wanted()
    case.alarm("er is iets in Waterbrug")
    case.answers("coordinator1")
    entries = case.do(c.StartPlaybook(playbook=RIOT.id, by=by("coordinator1")))
    assert paged(entries) == {"iog1"}
    case.do(c.StopCall(by=by("coordinator1")))
    assert paged(case.after(minutes=3).tick()) == set()


def test_a_room_goes_on_in_the_language_that_its_people_choose() -> None:
    case = called()
    with pytest.raises(c.Refused, match="language_spoken"):
        case.do(c.ChooseLanguage(language="nl", by=by("coordinator1")))
    entries = case.do(c.ChooseLanguage(language="en", by=by("bakker")))
    (chosen,) = of(e.LanguageChosen, entries)
    assert chosen.language == "en"
    heard = said(case, entries)
    (told,) = of(m.LanguageNote, heard)
    assert (told.to, told.lang) == (m.To("room", "main"), "en")
    assert of(m.CardChanged, heard)[-1].lang == "en"
    noted = case.do(c.RecordLine(kind="feit", text="twaalf jongeren bij het station", by=by("bakker")))
    assert of(m.LineNote, said(case, noted))[-1].lang == "en"
    case.do(c.ChooseLanguage(language="nl", by=by("bakker")))
    assert case.incident.language == "nl"


def test_the_closed_circle_hears_it_too() -> None:
    case = called()
    case.do(c.FormCircle(persons=(PersonId("cyber1"),), by=by("coordinator1")))
    case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring")))
    heard = of(m.LanguageNote, said(case, case.do(c.ChooseLanguage(language="en", by=by("bakker")))))
    assert [one.to.name for one in heard] == ["main", "closed_circle"]
