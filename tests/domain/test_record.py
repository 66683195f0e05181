"""Messages that stand in the log and are changed or removed, files that belong to lines, and rooms where all is kept."""

from dataclasses import replace

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain import transcript
from bot.domain.announce import announce, card
from bot.domain.attachment import KeptFile, SharedFile
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from tests.builders import Case, by, of

SOURCE = EventId("$boodschap")
PICTURE = EventId("$foto")
FILE = SharedFile("plein.jpg", "image/jpeg", 1_000, "mxc://iog.example/plein", "a" * 64, "sleutel", "begin")
KEPT = KeptFile("a" * 64, "b" * 64, 1_000)


def _said(person: str, event: EventId) -> Origin:
    return replace(by(person), cause=event)


def _in_the_room(chat: str = "marked_only") -> Case:
    case = Case()
    contacts = case.world.reference.contacts
    agreed = tuple(replace(one, chat=chat) for one in contacts.municipalities)  # type: ignore[arg-type]
    reference = replace(case.world.reference, contacts=replace(contacts, municipalities=agreed))
    case.world = replace(case.world, reference=reference)
    case.do(c.RaiseAlarm(text="Waterbrug rellen: 40 man", by=_said("bakker", EventId("$alarm"))))
    case.opens_room()
    return case


def _heard(case: Case, entries: list[e.Entry]) -> list[m.Message]:
    return [said for entry in entries for said in announce(case.incident, entry, case.world.now)]


def _marked(case: Case, file: SharedFile | None = None) -> None:
    writer = PersonId("om1")
    case.do(c.RecordLine(kind="bericht", text="40 man", source=SOURCE, author=writer, file=file, by=by("bakker")))


def _told(heard: list[m.Message], kind: type[m.Message]) -> list[m.Message]:
    return [one for one in heard if isinstance(one, kind)]


# --- changed and removed ------------------------------------------------------------------------------------------------


def test_a_changed_message_says_which_line_it_is_and_the_line_shows_both_wordings() -> None:
    case = _in_the_room()
    _marked(case)
    entries = case.do(c.EditSource(source=SOURCE, text="60 man", by=by("om1")))
    assert [(x.about, x.number, x.text) for x in of(e.SourceEdited, entries)] == [("line", 1, "60 man")]
    line = case.incident.log_lines[1]
    assert (line.text, line.changed) == ("40 man", "60 man")
    heard = _heard(case, entries)
    assert [(x.to.kind, x.to.name) for x in _told(heard, m.SourceStays)] == [("person", "om1")]
    assert [(x.to.kind, x.text) for x in heard if isinstance(x, m.SourceNote)] == [("room", "60 man")]


def test_the_same_wording_again_is_no_change_and_neither_is_that_of_somebody_else() -> None:
    case = _in_the_room()
    _marked(case)
    assert case.do(c.EditSource(source=SOURCE, text="40 man", by=by("om1"))) == []
    assert case.do(c.EditSource(source=SOURCE, text="60 man", by=by("bakker"))) == []
    assert case.do(c.EditSource(source=SOURCE, text="60 man", by=by("om1"))) != []
    assert case.do(c.EditSource(source=SOURCE, text="60 man", by=by("om1"))) == []


def test_a_removed_message_stays_in_the_log_once_and_its_writer_hears_so() -> None:
    case = _in_the_room()
    _marked(case)
    entries = case.do(c.RemoveSource(source=SOURCE, by=by("om1", "clear")))
    assert [(x.about, x.number) for x in of(e.SourceRemoved, entries)] == [("line", 1)]
    assert case.incident.log_lines[1].text == "40 man"
    assert case.incident.log_lines[1].removed_at == case.world.now
    assert _told(_heard(case, entries), m.SourceStays)
    assert case.do(c.RemoveSource(source=SOURCE, by=by("om1", "clear"))) == []


def test_what_was_made_of_a_message_is_known_whatever_it_is() -> None:
    case = _in_the_room()
    made: dict[str, tuple[c.Command, e.Written]] = {
        "$besluit": (c.RecordDecision(text="plein dicht", by=_said("bakker", EventId("$besluit"))), "decision"),
        "$reden": (c.ExplainDecision(reason="onrust", by=_said("bakker", EventId("$reden"))), "reason"),
        "$sitrap": (c.RecordSitrep(text="rustig", by=_said("bakker", EventId("$sitrap"))), "sitrep"),
        "$actie": (c.GiveAction(text="bel de school", by=_said("bakker", EventId("$actie"))), "action"),
        "$feit": (c.RecordLine(kind="feit", text="40 man", by=_said("bakker", EventId("$feit"))), "line"),
    }
    for event, (command, about) in made.items():
        case.do(command)
        edited = of(e.SourceEdited, case.do(c.EditSource(source=EventId(event), text="anders", by=by("bakker"))))
        assert [(x.about, x.number) for x in edited] == [(about, 1)]


def test_the_text_of_the_alarm_can_be_changed_afterwards_and_is_looked_at_for_personal_data() -> None:
    case = _in_the_room()
    entries = case.do(c.EditSource(source=EventId("$alarm"), text="60 man, dhr. Jansen is erbij", by=by("bakker")))
    assert [x.about for x in of(e.SourceEdited, entries)] == ["alarm"]
    noticed = of(e.PersonalDataNoticed, entries)
    assert [(x.about, x.kinds, x.writers) for x in noticed] == [("alarm", ("name",), ("bakker",))]
    assert case.incident.text == "40 man" or case.incident.text.endswith("40 man")


def test_personal_data_in_a_change_marks_the_line_beside_what_was_marked_before() -> None:
    case = _in_the_room()
    _marked(case)
    case.do(c.EditSource(source=SOURCE, text="dhr. Jansen is erbij", by=by("om1")))
    case.do(c.EditSource(source=SOURCE, text="@rel_koning is erbij", by=by("om1")))
    assert case.incident.log_lines[1].personal == ("name", "handle")


def test_an_alarm_that_is_taken_in_is_looked_at_for_personal_data_too() -> None:
    case = _in_the_room()
    entries = case.do(c.TakeIn(number="2026-015", person=PersonId("bakker"), text="dhr. Jansen is erbij"))
    assert [(x.about, x.number) for x in of(e.PersonalDataNoticed, entries)] == [("line", 1)]


# --- files --------------------------------------------------------------------------------------------------------------


def test_a_file_is_asked_for_after_the_line_that_it_belongs_to_and_kept_once() -> None:
    case = _in_the_room()
    _marked(case, file=FILE)
    entries = [entry for entry, _ in case.told]
    assert [(x.line, x.person, x.name) for x in of(e.FileShared, entries)] == [(1, "om1", "plein.jpg")]
    asked = _told(_heard(case, [*of(e.FileShared, entries)]), m.FetchFile)
    assert [(x.to.kind, x.to.name) for x in asked] == [("media", SOURCE)]
    report = c.ReportFile(message=SOURCE, outcome=KEPT)
    kept = case.do(report)
    assert [(x.content, x.size) for x in of(e.FileKept, kept)] == [("a" * 64, 1_000)]
    assert case.do(report) == []
    assert case.incident.files[SOURCE].state == "kept"
    assert [(x.to.kind, x.line) for x in _heard(case, kept) if isinstance(x, m.FileNote)] == [("room", 1)]


def test_a_file_that_is_not_kept_is_told_to_who_shared_it_and_to_who_marked_it() -> None:
    case = _in_the_room()
    _marked(case, file=FILE)
    lost = case.do(c.ReportFile(message=SOURCE, outcome="too_large"))
    told = [x for x in _heard(case, lost) if isinstance(x, m.FileNote)]
    assert [(x.to.name, x.what) for x in told] == [("om1", "too_large"), ("bakker", "too_large")]
    assert case.do(c.ReportFile(message=SOURCE, outcome=KEPT)) == []


def test_a_file_that_nobody_asked_for_is_nothing() -> None:
    case = _in_the_room()
    assert case.do(c.ReportFile(message=PICTURE, outcome=KEPT)) == []


def test_the_key_of_a_file_shows_nowhere() -> None:
    assert "sleutel" not in repr(FILE)
    case = _in_the_room()
    _marked(case, file=FILE)
    assert "sleutel" not in repr(_heard(case, [x for x, _ in case.told]))


# --- where all is kept --------------------------------------------------------------------------------------------------


def test_what_a_municipality_agreed_is_frozen_into_its_alarm_and_said_in_the_room() -> None:
    every, marked = _in_the_room("all"), _in_the_room()
    assert (transcript.keeps(every.incident), transcript.keeps(marked.incident)) == (True, False)
    assert (card(every.incident).chat, card(marked.incident).chat) == ("all", "marked_only")
    opened = [x for x, _ in every.told if isinstance(x, e.RoomOpened)]
    assert len(_told(_heard(every, [*opened]), m.ChatKept)) == 1
    assert not _told(_heard(marked, [*opened]), m.ChatKept)
    assert not transcript.keeps(Incident(every.incident.id))


def test_of_what_is_said_only_a_file_that_is_lost_is_heard() -> None:
    case = _in_the_room("all")
    said = e.MessageSaid(message=SOURCE, name="Om1", text="40 man")
    shared = e.FileShared(message=PICTURE, person=PersonId("om1"), name="x", url="u", sha256="a", key="k", iv="i")
    assert transcript.announce(case.incident, said) == []
    asked = transcript.announce(case.incident, shared)
    assert [(type(x).__name__, x.to.kind) for x in asked] == [("FetchFile", "media")]
    request = asked[0]
    assert isinstance(request, m.FetchFile)
    lost = transcript.announce(case.incident, e.FileNotKept(message=PICTURE, why="damaged"), request)
    assert [(x.to.kind, x.to.name) for x in lost] == [("person", "om1")]
