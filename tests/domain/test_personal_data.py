"""What looks like personal data in Dutch, and what only resembles it: times, amounts, numbers of cases, colleagues."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.ids import EventId, PersonId
from bot.domain.lines import still_open
from bot.domain.personal_data import KINDS, MASK, PersonalData, find, is_bsn, is_iban, masked, spans
from bot.words import line_words
from bot.words.catalogue import load
from tests.builders import Case, by, of

COLLEAGUES = {"vandijk"}
# Put together here, so that no file holds a number to call.
M, NL, OO = "0" + "6", "+" + "31", "00" + "31"
FOUND: tuple[tuple[str, PersonalData], ...] = (
    ("dhr. Jansen gezien", "name"),
    ("Mevrouw De Vries", "name"),
    ("meneer van der Berg", "name"),
    ("mw. Yılmaz", "name"),
    ("de heer A. Bakker", "name"),
    ("Mr. Smith", "name"),
    ("account @rel_koning roept op", "handle"),
    ("zie @jan.de.v", "handle"),
    ("@straatnieuws010!", "handle"),
    ("https://www.instagram.com/relkoning", "profile"),
    ("tiktok.com/@straat", "profile"),
    ("https://snapchat.com/add/piet", "profile"),
    ("t.me/relgroep", "profile"),
    ("x.com/iemand", "profile"),
    ("facebook.com/profile.php?id=100012", "profile"),
    ("youtube.com/@kanaal", "profile"),
    (f"bel {M}-00001234", "phone"),
    (f"{M}00001234", "phone"),
    (f"{M} 0000 1234", "phone"),
    (f"{NL}600001234", "phone"),
    (f"{NL} 6 0000 1234", "phone"),
    (f"{OO}600001234", "phone"),
    ("020-0001234", "phone"),
    ("085 000 1234", "phone"),
    ("+32 470 00 00 00", "phone"),
    (f"{M} 00 00 12 34", "phone"),
    ("tel. 030 - 000 12 34", "phone"),
    (f"{NL} (0)6 00001234", "phone"),
    ("mail x@voorbeeld.example", "mail"),
    ("jan.de+vries@school.example.", "mail"),
    ("NL91ABNA0417164300", "iban"),
    ("nl91 abna 0417 1643 00 graag", "iban"),
    ("BE68539007547034", "iban"),
    ("DE89370400440532013000", "iban"),
    ("bsn 111222333", "bsn"),
    ("111222333", "bsn"),
    ("BSN: 123456782", "bsn"),
    ("burgerservicenummer 1234.56.782", "bsn"),
    ("bsn 123 456 782", "bsn"),
    ("auto AB-12-CD", "plate"),
    ("kenteken 12-ABC-3", "plate"),
    ("wit busje G-001-BB", "plate"),
    ("xx-99-xx", "plate"),
    ("1-ABC-23", "plate"),
    ("PL-12-34", "plate"),
)
NOT_FOUND = (
    "om 20:30 bij het station",
    "zo 22-11 03:04",
    "van 20.30 tot 21.00 uur",
    "schade 1.250.000 euro",
    "€ 123.456.782,00",
    "incident 2026-014",
    "regel 12",
    "40 jongeren",
    "06-11-2026",
    "22-11-2026",
    "tussen 06-07 uur",
    "N201 en A10",
    "code B7 en PB03",
    "postcode 1012 AB",
    "art. 172 lid 3",
    "art. 2.1.2 APV",
    "@vandijk komt",
    "@jansen:iog.example",
    "@room",
    "aanname 123456789",
    "100000000 views",
    "kenmerk 2026-0001234",
    "zaak 123456789012",
    "0800-0113",
    "bel 112",
    "113",
    "de heer burgemeester",
    "mevrouw de Burgemeester",
    "de politie meldt",
    "hashtag #rellen",
    "https://voorbeeld.example/nieuws",
    "x.com/hashtag/rellen",
    "instagram.com/explore/tags/rellen",
    "lijn 12-34-56",
    "1-2-3",
    "12-12-12",
    "mr. in de rechten",
    "T+30",
    "GRIP-1",
    "3-5 minuten",
    "F-16-B",
    "BA-01",
    "COVID-19-A",
    "dhr. onbekend",
    "20-30-40 jongeren",
    "0900-8844",
    "14 020",
    "2026-11-22 20:00",
    "IP 192.168.0.1",
    "06:00-07:00",
    "AP heeft geantwoord",
    "een @ teken",
    "kosten: 0612 euro",
    "+3 graden",
    "10.000.000",
    "bel het kantoor op 14 0223",
)


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_what_is_found_is_found_as_the_one_kind_that_it_is(text: str, kind: PersonalData) -> None:
    assert find(text, COLLEAGUES) == (kind,)


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_only_resembles_it_is_left_alone(text: str) -> None:
    assert find(text, COLLEAGUES) == ()


@pytest.mark.parametrize(("text", "kind"), FOUND)
def test_what_is_hidden_is_not_found_again(text: str, kind: PersonalData) -> None:
    hidden = masked(text, COLLEAGUES)
    assert MASK in hidden
    assert find(hidden, COLLEAGUES) == ()


@pytest.mark.parametrize("text", NOT_FOUND)
def test_nothing_is_hidden_of_what_only_resembles_it(text: str) -> None:
    assert masked(text, COLLEAGUES) == text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("dhr. Jan van der Berg belde", f"dhr. {MASK} belde"),
        ("mevrouw De Vries en mw. A. B. Bakker-Smit", f"mevrouw {MASK} en mw. {MASK}"),
        ("de heer burgemeester en dhr. Jansen", f"de heer burgemeester en dhr. {MASK}"),
        ("zie https://www.tiktok.com/@straat/video/7 nu", f"zie {MASK} nu"),
        ("nl91 abna 0417 1643 00 graag", f"{MASK} graag"),
        (f"bel {M}-00001234 of {M}00005678.", f"bel {MASK} of {MASK}."),
        ("@rel_koning reed in AB-12-CD", f"{MASK} reed in {MASK}"),
        ("@vandijk zag @rel_koning", f"@vandijk zag {MASK}"),
        ("mail @jan x@voorbeeld.example", f"mail {MASK} {MASK}"),
    ],
)
def test_exactly_what_was_found_is_hidden(text: str, hidden: str) -> None:
    assert masked(text, COLLEAGUES) == hidden


@given(st.lists(st.sampled_from([*(text for text, _ in FOUND), *NOT_FOUND]), max_size=6).map(" · ".join))
def test_every_piece_lies_in_the_text_and_is_gone_when_hidden(text: str) -> None:
    pieces = [text[start:end] for _, (start, end) in spans(text)]
    assert all(pieces)
    assert (masked(text) == text) == (not pieces)


def test_the_samples_hold_every_kind() -> None:
    assert {kind for _, kind in FOUND} == set(KINDS)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 28), st.integers(1, 12), st.integers(1, 9_999))
def test_no_time_date_or_number_of_a_case_is_taken_for_it(
    hour: int, minute: int, day: int, month: int, case: int
) -> None:
    text = f"om {hour:02}:{minute:02} op {day:02}-{month:02}-2026 in 2026-{case:03}, stap {case}, € {case}.000,00"
    assert find(text) == ()


@given(st.integers(0, 99_999_999), st.sampled_from(("06{}", "06-{}", "+316{}", "0031 6 {}", "+31 (0)6 {}")))
def test_every_mobile_number_is_found(digits: int, written: str) -> None:
    assert find(f"bel {written.format(f'{digits:08}')} nu") == ("phone",)


@given(st.integers(1, 999_999_999).map(lambda n: f"{n:09}"))
def test_a_service_number_is_one_by_its_eleven_test(digits: str) -> None:
    assert ("bsn" in find(f"bsn {digits}")) == is_bsn(digits)


@given(st.integers(0, 9_999_999_999).map(lambda n: f"{n:010}"), st.integers(0, 99))
def test_an_account_number_is_one_by_its_remainder(digits: str, check: int) -> None:
    number = f"NL{check:02}ABNA{digits}"
    assert ("iban" in find(f"rekening {number}")) == is_iban(number)


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert set(find(text)) <= set(KINDS)


# --- in the log -------------------------------------------------------------------------------------------------------


def opened() -> Case:
    case = Case()
    case.alarm()
    case.opens_room()
    return case


def warned(case: Case, entries: list[e.Entry]) -> list[m.PersonalDataSeen]:
    return of(m.PersonalDataSeen, [said for x in entries for said in announce(case.incident, x, case.world.now)])


def test_it_is_recorded_all_the_same_and_its_writer_alone_is_told_without_repeating_it() -> None:
    case = opened()
    entries = case.do(c.RecordLine(kind="feit", text=f"bel {M}-00001234", by=by("bakker")))
    assert of(e.LineRecorded, entries)[0].text == f"bel {M}-00001234"
    assert [(x.about, x.number, x.kinds) for x in of(e.PersonalDataNoticed, entries)] == [("line", 1, ("phone",))]
    told = warned(case, entries)
    assert [x.to for x in told] == [m.To("person", "bakker")]
    shown = repr(line_words.personal_data(load(), told[0]))
    assert "vervang 1" in load().text("nl", "personal.how_line", number="1")
    assert "00001234" not in shown + repr(told)


def test_who_wrote_it_and_who_put_it_in_the_log_are_both_told() -> None:
    case = opened()
    mark = c.RecordLine(
        kind="feit", text="@rel_koning", source=EventId("$m"), author=PersonId("politie1"), by=by("bakker")
    )
    assert [x.to.name for x in warned(case, case.do(mark))] == ["politie1", "bakker"]


@pytest.mark.parametrize(
    ("command", "about"),
    [
        (c.RecordDecision(text=f"bel {M}-00001234", by=by("bakker")), "decision"),
        (c.RecordSitrep(text=f"bel {M}-00001234", by=by("bakker")), "sitrep"),
        (c.GiveAction(text=f"bel {M}-00001234", by=by("bakker")), "action"),
        (c.FinishStep(remark=f"gebeld met {M}-00001234", by=by("bakker")), "step"),
        (c.SkipStep(reason=f"{M}-00001234 neemt niet op", by=by("bakker")), "step"),
    ],
)
def test_whatever_else_people_write_is_looked_at_too(command: c.Command, about: str) -> None:
    case = opened()
    assert [x.about for x in of(e.PersonalDataNoticed, case.do(command))] == [about]


@pytest.mark.parametrize(
    ("command", "about"),
    [
        (c.WithdrawDecision(decision=1, reason="dhr. Jansma belde", by=by("coordinator1")), "remark"),
        (c.RaiseFlag(flag="bovenregionaal", reason="dhr. Jansma belde", by=by("bakker")), "remark"),
        (c.ReleaseMunicipality(named="Polderdam, dhr. Jansma belde", by=by("coordinator1")), "remark"),
        (c.FormCircle(reason="om dhr. Jansma", by=by("bakker")), "remark"),
        (c.CloseIncident(reason="dhr. Jansma is thuis", by=by("coordinator1")), "remark"),
        (c.RecordLine(kind="externe_melding", text="gemeld", reference="@jan_op_snap", by=by("bakker")), "line"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_reasons_and_references_are_looked_at_too(command: c.Command, about: str) -> None:
    case = opened()
    case.answers("coordinator1")
    case.do(c.InvolveMunicipality(named="Polderdam", by=by("bakker")))
    case.do(c.RecordDecision(text="plein afsluiten", by=by("coordinator1")))
    case.do(c.ProposeClosing(by=by("bakker")))
    entries = case.do(command)
    assert [x.about for x in of(e.PersonalDataNoticed, entries)] == [about]
    assert "Jansma" not in repr(warned(case, entries))


def test_why_a_case_is_reopened_is_looked_at_too() -> None:
    case = opened()
    case.do(c.ProposeClosing(by=by("bakker")))
    case.do(c.CloseIncident(reason="rustig", by=by("bakker")))
    entries = case.do(c.ReopenIncident(reason="dhr. Jansma is terug", by=by("bakker")))
    assert [x.about for x in of(e.PersonalDataNoticed, entries)] == ["remark"]


def test_a_reference_of_nine_digits_is_no_service_number() -> None:
    case = opened()
    command = c.RecordLine(kind="externe_melding", text="gemeld", reference="111222333", by=by("bakker"))
    assert is_bsn("111222333")
    assert not of(e.PersonalDataNoticed, case.do(command))


@pytest.mark.parametrize(
    "name",
    [
        "IMG-20261107-WA0003.jpg",
        "IMG_20261107_030412.jpg",
        "signal-2026-11-07-030412.mp4",
        "PXL_20261107_030412345.jpg",
    ],
)
def test_the_name_that_a_camera_gives_is_no_personal_data(name: str) -> None:
    assert find(name) == ()


def test_an_alarm_that_holds_it_goes_out_as_any_other() -> None:
    case = Case()
    entries = case.alarm("Waterbrug rellen: @rel_koning roept op om te rellen bij station")
    assert [(x.about, x.kinds) for x in of(e.PersonalDataNoticed, entries)] == [("alarm", ("handle",))]
    assert len(of(e.PageRequested, entries)) == len(of(e.PageRequested, Case().alarm()))


def test_a_colleague_may_be_named() -> None:
    case = opened()
    assert not of(e.PersonalDataNoticed, case.do(c.RecordLine(kind="actie", text="@cyber1 belt", by=by("bakker"))))


def test_what_replaces_a_line_stands_for_it_with_all_that_was_known_of_it() -> None:
    case = opened()
    case.do(
        c.RecordLine(kind="aanname", text="dhr. Jansen komt", source_kind="politie", reliability=3, by=by("bakker"))
    )
    entries = case.do(c.ReplaceLine(line=1, text="de eigenaar komt", by=by("bakker")))
    assert not of(e.PersonalDataNoticed, entries)
    old, new = case.incident.log_lines.values()
    assert (old.text, old.replaced_by, old.personal) == ("dhr. Jansen komt", 2, ("name",))
    assert (new.kind, new.text, new.source_kind, new.reliability) == ("aanname", "de eigenaar komt", "politie", 3)
    assert still_open(case.incident) == [new]
    with pytest.raises(c.Refused) as why:
        case.do(c.ReplaceLine(line=1, text="nog eens", by=by("bakker")))
    assert why.value.code == "line_replaced"
    shown = line_words.shown(load(), "nl", case.incident, 1)
    assert shown is not None
    assert "Jansen" not in " ".join(shown)
