"""What was done in the incident: pages, steps, reports, lines of the room, actions, who had which task, and what came after."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final, get_args

from bot.domain import entries as e
from bot.domain.ids import RoleId
from bot.domain.incident import LogLine, Page, Report
from bot.domain.playbook import LineKind, Step
from bot.domain.sitreps import told_parts
from bot.dossier.followed import Followed, Tried, follow
from bot.dossier.held import Kind, holdings
from bot.dossier.sheet import Cell, Facts, Length, Section, Sentence
from bot.dossier.spoken import Spoken, maybe, when
from bot.words.shown import length_of

_KINDS: Final[tuple[LineKind, ...]] = get_args(LineKind)


def work(spoken: Spoken) -> tuple[Section, ...]:
    followed = follow(spoken.dossier)
    tables = (
        ("pages", "person roles requested delivered answered tries outcome", _pages(spoken, followed)),
        ("steps", "nr step role due state by at deviation", _steps(spoken, followed)),
        ("actions", "nr action owner given due state done remark", _actions(spoken, followed)),
        ("lines", "nr time kind what source outcome", _lines(spoken)),
    )
    made = {key: Section(key, spoken.say(key), (spoken.table(columns, rows),)) for key, columns, rows in tables}
    return (made["pages"], made["steps"], _sitreps(spoken), made["actions"], made["lines"], _duties(spoken))


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
            tuple(f"{spoken.named('channel', channel)}: {_tried(spoken, tried)}" for channel, tried in tries),
            outcome(page),
        )


def _tried(spoken: Spoken, tried: Tried) -> str:
    """How often; a way that failed says why in the provider's own words."""
    return spoken.say("tries.failed", why=tried.failure) if tried.failure else str(tried.tries)


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
    """How a step went otherwise than the playbook has it: late, skipped or left with a reason, opened again, never put."""
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
    if (times := followed.reopened.get(step.id)) is not None:
        yield spoken.say("deviation.reopened", times=str(times))
    if done is None and step.when and step.id not in incident.came_due:
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
        return (Facts((by, (spoken.say("sitrep.text"), spoken.text(report.text)))),)
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
    """By kind, as an evaluator reads them: facts apart from what was held for true; the timeline has them in order of time."""
    lines = spoken.dossier.incident.log_lines.values()
    for line in sorted(lines, key=lambda one: (_KINDS.index(one.kind), one.number)):
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


def _duties(spoken: Spoken) -> Section:
    """Tasks of the room, and in it the roles: who had each from when until when; a hand-over ends one where the next begins."""
    found = holdings(spoken.dossier)

    def rows(kind: Kind) -> Iterator[tuple[Cell, ...]]:
        for one in found:
            if one.kind == kind:
                what = spoken.role(RoleId(one.what)) if kind == "role" else spoken.say(f"duty.{one.what}")
                yield what, spoken.who(one.person), when(one.since), maybe(one.until)

    roles = Section("held-roles", spoken.say("held_roles"), (spoken.table("role person from until", rows("role")),))
    return Section("duties", spoken.say("duties"), (spoken.table("duty person from until", rows("duty")),), (roles,))


def aftercare(spoken: Spoken) -> Section:
    """What came after the end: with which words it was closed, survey, evaluation, and what is to be done better."""
    after = spoken.dossier.incident.after

    def improvements() -> Iterator[tuple[Cell, ...]]:
        for one in after.improvements:
            ask = tuple(when(at) for at in one.ask_at)
            state = spoken.say(f"action.{one.state}")
            yield str(one.number), spoken.text(one.text), spoken.who(one.owner), ask, state, spoken.text(one.remark)

    survey = after.survey
    results = None if survey is None else survey.results
    facts: tuple[tuple[str, Cell], ...] = (
        *_closings(spoken),
        ("evaluation", maybe(after.evaluation_at)),
        ("survey.asked", "" if survey is None else str(len(survey.asked))),
        ("survey.answered", "" if results is None else str(results.answered)),
        ("survey.reached", "" if results is None else _marks(spoken, results.reached)),
        ("survey.worked", "" if results is None else _marks(spoken, results.worked)),
        ("survey.remarks", "" if results is None else spoken.text(results.remarks)),
    )
    return Section(
        "aftercare",
        spoken.say("aftercare"),
        (spoken.facts(iter(facts)), spoken.table("nr improvement owner asked state remark", improvements())),
    )


def _closings(spoken: Spoken) -> Iterator[tuple[str, Cell]]:
    """Every time that it was closed, with the words that were said then."""
    for one in spoken.dossier.facts:
        if isinstance(one.fact, e.IncidentClosed):
            left = ", ".join(one.fact.left)
            said = (spoken.text(one.fact.reason),) if one.fact.reason else ()
            undone = (spoken.say("closing.left", steps=left),) if left else ()
            yield "closing", (when(one.at), spoken.who(one.fact.person), *said, *undone)


def _marks(spoken: Spoken, given: tuple[int, ...]) -> Cell:
    """How often each mark was given, from 1 to 5; nothing where too few answered to stay without a name."""
    return tuple(
        spoken.say("survey.mark", mark=str(mark), times=str(times))
        for mark, times in enumerate(given, start=1)
        if times
    )
