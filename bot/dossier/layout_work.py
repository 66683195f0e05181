"""What was done in the incident: pages, steps, reports, lines of the room, actions, who had which task, and what came after."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain import entries as e
from bot.domain.ids import PersonId
from bot.domain.incident import LogLine, Page, Report
from bot.domain.people import Duty
from bot.domain.playbook import Step
from bot.domain.sitreps import told_parts
from bot.dossier.followed import Followed, follow
from bot.dossier.sheet import Cell, Facts, Length, Section, Sentence
from bot.dossier.spoken import Spoken, maybe, when
from bot.words.shown import length_of


def work(spoken: Spoken) -> tuple[Section, ...]:
    followed = follow(spoken.dossier)
    tables = (
        ("pages", "person roles requested delivered answered tries outcome", _pages(spoken, followed)),
        ("steps", "nr step role due state by at deviation", _steps(spoken, followed)),
        ("actions", "nr action owner given due state done remark", _actions(spoken, followed)),
        ("lines", "nr time kind what source outcome", _lines(spoken)),
        ("duties", "duty person from until", _duties(spoken)),
    )
    made = {key: Section(key, spoken.say(key), (spoken.table(columns, rows),)) for key, columns, rows in tables}
    return (made["pages"], made["steps"], _sitreps(spoken), made["actions"], made["lines"], made["duties"])


def _pages(spoken: Spoken, followed: Followed) -> Iterator[tuple[Cell, ...]]:
    def outcome(page: Page) -> str:
        if page.state == "acknowledged" and page.eta_minutes is not None:
            return spoken.say("page.acknowledged_eta", minutes=str(page.eta_minutes))
        return spoken.say(f"page.{page.state}")

    for page in spoken.dossier.incident.pages.values():
        asked = spoken.dossier.requested[page.id]
        called = followed.pages.get(page.id)
        tries = called.channels.items() if called else ()
        yield (
            spoken.who(page.person),
            spoken.roles(page.roles),
            when(asked),
            spoken.length(asked, page.delivered_at),
            spoken.length(asked, page.answered_at),
            tuple(f"{spoken.named('channel', channel)}: {tried.failure or tried.tries}" for channel, tried in tries),
            outcome(page),
        )


def _steps(spoken: Spoken, followed: Followed) -> Iterator[tuple[Cell, ...]]:
    incident = spoken.dossier.incident
    for step in incident.steps:
        done = incident.progress.get(step.id)
        due = incident.due_at(step) if incident.alarm_at is not None else None
        yield (
            step.id,
            spoken.both(step.text),
            spoken.role(done.role if done else incident.doer(step)),
            maybe(due),
            spoken.say(f"step.{done.progress if done else 'none'}"),
            spoken.who(done.person if done else None),
            maybe(done.at if done else None),
            tuple(_deviations(spoken, followed, step, due)),
        )


def _deviations(spoken: Spoken, followed: Followed, step: Step, due: datetime | None) -> Iterator[Cell]:
    """How a step went otherwise than the playbook has it: late, skipped or left with a reason, never put."""
    incident = spoken.dossier.incident
    done = incident.progress.get(step.id)
    if done is not None and done.progress == "done" and due is not None and done.at is not None and done.at > due:
        seconds = int((done.at - due).total_seconds())
        yield Length(spoken.say("deviation.late", length=length_of(seconds, spoken.lang)), seconds)
    if (why := followed.skipped.get(step.id)) is not None:
        yield spoken.text(why)
    if (why := followed.left.get(step.id)) is not None:
        yield spoken.say("deviation.left")
        yield spoken.text(why)
    if done is None and step.when:
        yield spoken.say("deviation.condition")


def _sitreps(spoken: Spoken) -> Section:
    reports = spoken.dossier.incident.reports
    found = tuple(Section(f"sitrep-{one.number}", _sitrep_title(spoken, one), sitrep(spoken, one)) for one in reports)
    return Section("sitreps", spoken.say("sitreps"), () if found else (Sentence(spoken.say("none")),), found)


def _sitrep_title(spoken: Spoken, report: Report) -> str:
    return f"{spoken.say('sitrep.number', number=str(report.number))} · {when(report.at).text}"


def sitrep(spoken: Spoken, report: Report) -> tuple[Facts | Sentence, ...]:
    """A report part by part, as it was confirmed."""
    by: tuple[str, Cell] = (spoken.say("by"), spoken.who(report.by))
    parts = told_parts(report.text, report.parts)
    if not parts:
        return (Facts((by, (spoken.say("text"), spoken.text(report.text)))),)
    named = tuple((spoken.named("sitrep.part", part), spoken.text(text)) for part, text in parts)
    same = (Sentence(spoken.say("sitrep.unchanged")),) if report.unchanged else ()
    return *same, Facts((by, *named))


def _actions(spoken: Spoken, followed: Followed) -> Iterator[tuple[Cell, ...]]:
    for one in spoken.dossier.incident.actions:
        acted = followed.actions.get(one.number)
        yield (
            str(one.number),
            spoken.text(one.text),
            spoken.who(one.owner),
            when(one.at),
            maybe(one.due),
            spoken.say(f"action.{one.state}"),
            maybe(acted.ended_at if acted else None),
            spoken.text(one.remark),
        )


def _lines(spoken: Spoken) -> Iterator[tuple[Cell, ...]]:
    for line in spoken.dossier.incident.log_lines.values():
        marks = [spoken.named("source_kind", line.source_kind)] if line.source_kind else []
        marks += [spoken.say("reliability", mark=str(line.reliability))] if line.reliability else []
        if line.confidentiality != "intern":
            marks.append(spoken.say(f"class.{line.confidentiality}"))
        yield (
            spoken.line(line.number),
            when(line.at),
            spoken.named("kind", line.kind),
            (spoken.text(line.text), *_notice(spoken, line)),
            ", ".join(marks),
            tuple(_became(spoken, line)),
        )


def _notice(spoken: Spoken, line: LogLine) -> Iterator[Cell]:
    """Of what was told to somebody outside: to whom, and under which reference."""
    if line.recipient:
        yield spoken.text(line.recipient)
    if line.reference:
        yield spoken.text(line.reference)


def _became(spoken: Spoken, line: LogLine) -> Iterator[Cell]:
    """What became of a line later; of what asks for something and got nothing, that it is open."""
    if line.outcome is not None:
        yield spoken.say(f"line.{line.outcome}")
    if line.answer:
        yield spoken.text(line.answer)
    if line.answered_at is not None:
        yield when(line.answered_at)
    if line.replaced_by is not None:
        yield spoken.say("line.replaced")
        yield spoken.line(line.replaced_by)
    if line.changed:
        yield spoken.say("line.changed")
        yield spoken.text(line.changed)
    if line.removed_at is not None:
        yield spoken.say("line.removed")
    asks = line.kind in ("aanname", "kennisvraag", "externe_melding")
    if asks and line.outcome is None and line.answered_at is None and line.replaced_by is None:
        yield spoken.say("line.open")


def _duties(spoken: Spoken) -> Iterator[tuple[Cell, ...]]:
    """Who had which task of the room from when until when; one that nobody laid down ends with the incident."""
    began: dict[Duty, tuple[PersonId, datetime]] = {}
    for one in spoken.dossier.facts:
        match one.fact:
            case e.DutyGiven(duty=duty, person=person):
                if duty in began:
                    yield _held(spoken, duty, *began.pop(duty), one.at)
                began[duty] = person, one.at
            case e.DutyLaidDown(duty=duty):
                if duty in began:
                    yield _held(spoken, duty, *began.pop(duty), one.at)
            case _:
                pass
    for duty, (person, since) in began.items():
        yield _held(spoken, duty, person, since, spoken.dossier.incident.closed_at)


def _held(spoken: Spoken, duty: Duty, person: PersonId, since: datetime, until: datetime | None) -> tuple[Cell, ...]:
    return spoken.say(f"duty.{duty}"), spoken.who(person), when(since), maybe(until)


def aftercare(spoken: Spoken) -> Section:
    """What came after the end: survey, evaluation, and what is to be done better."""
    after = spoken.dossier.incident.after

    def improvements() -> Iterator[tuple[Cell, ...]]:
        for one in after.improvements:
            ask = tuple(when(at) for at in one.ask_at)
            state = spoken.say(f"action.{one.state}")
            yield str(one.number), spoken.text(one.text), spoken.who(one.owner), ask, state, spoken.text(one.remark)

    survey = after.survey
    facts = (
        ("evaluation", maybe(after.evaluation_at)),
        ("survey.asked", "" if survey is None else str(len(survey.asked))),
        ("survey.answered", "" if survey is None or survey.results is None else str(survey.results.answered)),
    )
    return Section(
        "aftercare",
        spoken.say("aftercare"),
        (spoken.facts(iter(facts)), spoken.table("nr improvement owner asked state remark", improvements())),
    )
