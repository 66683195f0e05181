"""What the bot repeats of what people wrote holds none of the personal data that was found in it; the log and a page do."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

import pytest

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.echo import REPEATED, hushed
from bot.domain.ids import EventId, PersonId, RoomId
from bot.domain.people import Language
from bot.domain.personal_data import MASK
from bot.words.catalogue import load
from bot.words.parse import NotUnderstood, parse
from bot.words.render import render
from bot.words.replies import not_understood
from tests.builders import NIGHT, Case, by, of
from tests.words.samples import SAMPLES, in_language

CATALOGUE = load()
NAME: Final = "Fictief"
SAID: Final = f"mevr. {NAME} belde"
FIELDS: Final = [(kind, name) for kind, names in REPEATED.items() for name in names]


def shown(message: Any) -> str:  # noqa: ANN401 - any that is said in words
    said = render(message, CATALOGUE, lambda person: None)
    return said.body + said.html


def with_name(message: Any, name: str) -> Any:  # noqa: ANN401 - any that is said in words
    return replace(message, **{name: (("situatie", SAID),) if name == "parts" else SAID})


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_nothing_that_is_repeated_holds_it_in_either_language(kind: type[m.Message], name: str, lang: Language) -> None:
    samples = [with_name(in_language(one, lang), name) for one in SAMPLES if type(one) is kind]
    telling = [one for one in samples if NAME in shown(one)]
    assert telling, "a sample in which it would be read"
    for message in hushed(telling, ()):
        assert NAME not in shown(message)
        assert MASK in shown(message)


@pytest.mark.parametrize(("kind", "name"), FIELDS, ids=[f"{kind.__name__}.{name}" for kind, name in FIELDS])
def test_what_holds_none_is_repeated_as_it_was_said(kind: type[m.Message], name: str) -> None:
    sample = next(one for one in SAMPLES if type(one) is kind)
    assert hushed([sample], ()) == [sample]


# --- from command to message --------------------------------------------------------------------------------------------

BAKKER, LEAD = by("bakker"), by("coordinator1")
SOURCE: Final = EventId("$bron")
ECHOES: Final[tuple[tuple[c.Command, type[m.Message]], ...]] = (
    (c.RecordLine(kind="feit", text=SAID, by=BAKKER), m.LineNote),
    (c.RecordLine(kind="externe_melding", text="gemeld", recipient=SAID, by=BAKKER), m.LineNote),
    (c.RecordLine(kind="correctie", text=SAID, about=1, by=BAKKER), m.LineNote),
    (c.ReplaceLine(line=1, text=SAID, by=BAKKER), m.LineNote),
    (c.TakeIn(number="2026-015", person=PersonId("visser"), text=SAID), m.LineNote),
    (c.SettleAssumption(line=2, outcome="refuted", text=SAID, by=BAKKER), m.LineFollowed),
    (c.AnswerQuestion(line=3, text=SAID, by=BAKKER), m.LineFollowed),
    (c.AnswerNotice(line=4, text=SAID, by=BAKKER), m.LineFollowed),
    (c.EditSource(source=SOURCE, text=SAID, by=BAKKER), m.SourceNote),
    (c.RecordDecision(text=SAID, by=LEAD), m.DecisionShown),
    (c.ChangeDecision(decision=1, text=SAID, by=LEAD), m.DecisionNote),
    (c.ExplainDecision(decision=1, reason=SAID, by=LEAD), m.DecisionNote),
    (c.WithdrawDecision(decision=1, reason=SAID, by=LEAD), m.DecisionNote),
    (c.GiveReason(decision=2, reason="feiten", text=SAID, by=LEAD), m.ReasonAsked),
    (c.RecordSitrep(text=SAID, by=BAKKER), m.SitrepShown),
    (c.FinishStep(remark=SAID, by=BAKKER), m.StepSettled),
    (c.SkipStep(reason=SAID, by=BAKKER), m.StepSettled),
    (c.GiveAction(text=SAID, by=BAKKER), m.ActionShown),
    (c.FinishAction(action=1, remark=SAID, by=BAKKER), m.ActionNote),
    (c.DropAction(action=1, reason=SAID, by=BAKKER), m.ActionNote),
    (c.RaiseFlag(flag="bovenregionaal", reason=SAID, by=BAKKER), m.FlagNote),
    (c.RaiseFlag(flag="bovenregionaal", reason=SAID, by=BAKKER), m.WideTold),
    (c.FormCircle(persons=(PersonId("cter1"),), reason=SAID, by=BAKKER), m.CircleTold),
    (c.CloseIncident(reason=SAID, by=LEAD), m.EndNote),
    (c.AnswerIntake(about="where", text=SAID, by=BAKKER), m.IntakeTold),
    (c.NoteImprovement(text=SAID, by=BAKKER), m.ImprovementShown),
)


def running(alarm: str = "Waterbrug rellen: oproep op TikTok") -> Case:
    case = Case()
    case.alarm(alarm)
    case.opens_room()
    case.answers("coordinator1")
    case.do(c.RecordLine(kind="feit", text="40 man", by=replace(BAKKER, cause=SOURCE)))
    case.do(c.RecordLine(kind="aanname", text="er komen er meer", by=BAKKER))
    case.do(c.RecordLine(kind="kennisvraag", text="welke school", by=BAKKER))
    case.do(c.RecordLine(kind="externe_melding", text="gemeld", recipient="Snapchat", by=BAKKER))
    case.do(c.RecordDecision(text="plein dicht", by=LEAD))
    case.do(c.TakeDecision(point="B1", option=1, by=LEAD))
    case.do(c.GiveAction(text="bel de school", by=BAKKER))
    case.do(c.ProposeClosing(by=LEAD))
    return case


def heard(case: Case, entries: list[e.Entry], colleagues: tuple[str, ...] = ()) -> list[m.Message]:
    return [one for entry in entries for one in announce(case.incident, entry, case.world.now, colleagues)]


@pytest.mark.parametrize(
    ("command", "kind"), ECHOES, ids=[f"{type(command).__name__}-{kind.__name__}" for command, kind in ECHOES]
)
def test_what_was_just_said_is_confirmed_without_it_and_recorded_with_it(
    command: c.Command, kind: type[m.Message]
) -> None:
    case = running()
    entries = case.do(command)
    told = heard(case, entries)
    assert any(MASK in repr(one) for one in of(kind, told))
    assert NAME not in repr(told)
    assert any(NAME in repr(asdict(entry)) for entry in entries), "the log keeps what was said"
    assert of(e.PersonalDataNoticed, entries)


def test_who_is_woken_reads_the_whole_alarm_and_its_reporter_does_not_read_it_back() -> None:
    case = Case()
    told = heard(case, case.alarm(f"Waterbrug rellen: {SAID}"))
    assert all(NAME in one.text for one in of(m.PageText, told))
    assert of(m.PageText, told)
    assert NAME not in of(m.AlarmReceived, told)[0].text
    assert MASK in of(m.AlarmReceived, told)[0].text


def test_a_reminder_of_it_later_holds_it_neither() -> None:
    case = running()
    case.do(c.GiveAction(text=SAID, due=NIGHT + timedelta(minutes=30), by=BAKKER))
    (due,) = of(m.ActionDue, heard(case, case.after(minutes=30).tick()))
    assert due.text == f"mevr. {MASK} belde"


def test_a_colleague_is_named_in_the_same_breath() -> None:
    case = running()
    entries = case.do(c.RecordLine(kind="feit", text="@cyber1 ziet @rel_koning", by=BAKKER))
    assert of(m.LineNote, heard(case, entries, ("cyber1",)))[0].text == f"@cyber1 ziet {MASK}"


def test_a_number_that_is_said_to_be_a_reference_stays() -> None:
    case = running()
    command = c.RecordLine(kind="externe_melding", text="gemeld", reference="111222333", by=BAKKER)
    assert of(m.LineNote, heard(case, case.do(command)))[0].reference == "111222333"


def test_in_the_room_of_the_circle_it_is_hidden_as_well() -> None:
    case = running()
    case.do(c.FormCircle(persons=(PersonId("cter1"),), by=BAKKER))
    case.do(c.ReportRoom(name="closed_circle", room_id=RoomId("!kring")))
    within = replace(BAKKER, room="closed_circle")
    (note,) = of(m.LineNote, heard(case, case.do(c.RecordLine(kind="feit", text=SAID, by=within))))
    assert (note.to, note.text) == (m.To("room", "closed_circle"), f"mevr. {MASK} belde")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_question_whether_it_is_an_alarm_does_not_repeat_it_and_a_yes_gives_it_whole(lang: Language) -> None:
    said = f"er staat een man bij mevr. {NAME} voor de deur"
    heard = parse(said, "direct")
    assert isinstance(heard, NotUnderstood)
    asked = "\n".join(not_understood(CATALOGUE, lang, heard))
    assert heard.why == "sentence"
    assert f"mevr. {MASK} voor de deur" in asked
    assert NAME not in asked
    assert heard.meant is not None
    assert heard.meant.argument == said
