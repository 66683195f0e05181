"""The lines of answers that people ask for, in their language; an answer longer than a page goes on after `meer`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.ids import RoleId, StepId
from bot.domain.incident import Decision, Incident, finished
from bot.domain.people import Language
from bot.domain.playbook import Step
from bot.words import timeline
from bot.words.catalogue import Catalogue
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES
from bot.words.names import chosen, role_name, role_names
from bot.words.shown import clock, moment, shorten, visible

Lines = tuple[str, ...]
# Of one entry in a list: enough to know which it is; the whole text is in the export and, for a decision, in `besluit 3`.
IN_LIST: Final = 110
LAST_LINES: Final = 10


@dataclass(frozen=True, slots=True)
class Told:
    """One entry of the log with the incident after it; `at` is when it was recorded (UTC)."""

    seq: int
    entry: e.Entry
    incident: Incident
    at: datetime


def pages(catalogue: Catalogue, lang: Language, lines: Sequence[str], *, reserve: int = 0) -> tuple[Lines, ...]:
    """The lines in pages of at most 20 lines and 1,500 characters, `reserve` of which are kept free; all but the last page end with
    how to get more. A line too long for a page is split."""
    more = catalogue.template(lang, "answer.more")
    limit = ANSWER_CHARACTERS - reserve
    whole = _piece(lines, limit - len(more) - 2)
    if len(whole) <= ANSWER_LINES and sum(len(text) + 1 for text in whole) - 1 <= limit:
        return (whole,)
    found: list[list[str]] = [[]]
    for text in whole:
        used = sum(len(one) + 1 for one in found[-1]) + len(text) + 1 + len(more)
        if found[-1] and (len(found[-1]) == ANSWER_LINES - 1 or used > limit):
            found.append([])
        found[-1].append(text)
    return (*((*page, more) for page in found[:-1]), tuple(found[-1]))


def _piece(lines: Sequence[str], longest: int) -> Lines:
    shown = (visible(text) for text in lines)
    return tuple(text[at : at + longest] for text in shown for at in range(0, max(len(text), 1), longest))


def _reporter(incident: Incident) -> str:
    seen = incident.people.get(incident.reporter)
    name = incident.name(incident.reporter)
    return f"{name} ({seen.organisation})" if seen and seen.organisation else name


def title(incident: Incident, lang: Language) -> str:
    if not incident.playbooks:
        return "–"
    title = incident.playbooks[-1].title
    return chosen(lang, title.nl, title.en)


def status(catalogue: Catalogue, lang: Language, incident: Incident | None) -> Lines:
    if incident is None or incident.alarm_at is None:
        return (catalogue.text(lang, "status.none"),)
    when = {"when": moment(incident.alarm_at, lang), "reporter": _reporter(incident)}
    closed = moment(incident.closed_at, lang) if incident.closed_at else "–"
    state = incident.state if incident.state in ("closed", "finished") else "open"
    first = {"number": incident.number, "municipality": incident.municipality_name, "title": title(incident, lang)}
    phase = catalogue.template(lang, f"phase.{incident.phase}")
    lines = [
        catalogue.text(lang, "status.first", **first),
        catalogue.text(lang, f"status.state_{state}", **when, closed=closed, phase=phase),
    ]
    if incident.text:
        lines.append(catalogue.text(lang, "status.text", text=shorten(visible(incident.text), 2 * IN_LIST)))
    if incident.awaiting and incident.call_at:
        roles = role_names(catalogue, lang, incident.awaiting)
        lines.append(catalogue.text(lang, "status.awaiting", roles=roles, time=clock(incident.call_at)))
    lines += [_call(catalogue, lang, incident, role) for role in incident.calls]
    return (*lines, *_progress(catalogue, lang, incident))


def _call(catalogue: Catalogue, lang: Language, incident: Incident, role: RoleId) -> str:
    call = incident.calls[role]
    pages_of = [page for page in incident.pages.values() if role in page.roles]
    page = next((p for p in reversed(pages_of) if p.person == call.by), pages_of[-1] if pages_of else None)
    person = call.by or (page.person if page else None)
    eta = page.eta_minutes if page and page.person == call.by else None
    key = f"cardcall.{call.state}{'_eta' if call.state == 'answered' and eta is not None else ''}"
    return catalogue.text(
        lang,
        key,
        role=role_name(catalogue, lang, role),
        person=incident.name(person) if person else "–",
        time=clock(page.since) if page else "",
        minutes=str(eta),
    )


def _progress(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    kept = [decision for decision in incident.decisions if not decision.withdrawn]
    counts = {
        "done": str(sum(finished(incident, step) for step in incident.steps)),
        "total": str(len(incident.steps)),
        "decisions": str(len(kept)),
        "sitreps": str(incident.sitreps),
    }
    lines = [catalogue.text(lang, "status.steps", **counts)]
    for nr, step in enumerate(incident.steps, start=1):
        state = incident.progress.get(step.id)
        if state and state.progress in ("open", "claimed"):
            role = role_name(catalogue, lang, state.role)
            text = shorten(chosen(lang, step.text.nl, step.text.en), IN_LIST)
            lines.append(catalogue.text(lang, "status.next_step", nr=str(nr), text=text, role=role))
    if kept:
        last = kept[-1]
        text = shorten(visible(last.text), IN_LIST)
        number = str(last.number)
        lines.append(catalogue.text(lang, "status.last_decision", decision=number, time=clock(last.at), text=text))
    return lines


def who(
    catalogue: Catalogue, lang: Language, at: datetime, on_call: Sequence[tuple[RoleId, str | None, str | None]]
) -> Lines:
    """Per role the name of the first and of the reserve; None when nobody is on call."""
    nobody = catalogue.template(lang, "who.nobody")
    lines = (
        catalogue.text(
            lang, "who.line", role=role_name(catalogue, lang, role), first=first or nobody, reserve=reserve or nobody
        )
        for role, first, reserve in on_call
    )
    return (catalogue.text(lang, "who.first", when=moment(at, lang)), *lines)


def steps(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines:
    if not incident.steps:
        return (catalogue.text(lang, "steps.none", number=incident.number),)
    done = str(sum(finished(incident, step) for step in incident.steps))
    first = catalogue.text(lang, "steps.first", number=incident.number, done=done, total=str(len(incident.steps)))
    return (first, *(_step(catalogue, lang, incident, nr, step) for nr, step in enumerate(incident.steps, start=1)))


def _step(catalogue: Catalogue, lang: Language, incident: Incident, nr: int, step: Step) -> str:
    state = incident.progress.get(step.id)
    text = shorten(chosen(lang, step.text.nl, step.text.en), IN_LIST)
    role = role_name(catalogue, lang, state.role if state else incident.doer(step))
    if state is None or incident.alarm_at is None:
        return catalogue.text(lang, "steps.open", nr=str(nr), text=text, role=role)
    key = "steps.now" if state.progress == "open" else f"steps.{state.progress}"
    return catalogue.text(
        lang,
        key,
        nr=str(nr),
        text=text,
        role=role,
        when=moment(incident.alarm_at + step.due, lang),
        by=incident.name(state.person) if state.person else "–",
        time=clock(state.at) if state.at else "",
    )


def decisions(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines:
    if not incident.decisions:
        return (catalogue.text(lang, "decisions.none", number=incident.number),)
    first = catalogue.text(lang, "decisions.first", number=incident.number, count=str(len(incident.decisions)))
    return (first, *(_decision(catalogue, lang, incident, decision) for decision in incident.decisions))


def _decision(catalogue: Catalogue, lang: Language, incident: Incident, decision: Decision) -> str:
    values = {"decision": str(decision.number), "when": moment(decision.at, lang), "by": incident.name(decision.by)}
    key = "decisions.withdrawn" if decision.withdrawn else "decisions.line"
    return catalogue.text(lang, key, **values, text=shorten(visible(decision.text), IN_LIST))


def decision(catalogue: Catalogue, lang: Language, incident: Incident, number: int) -> Lines | None:
    """One decision in full; None when there is no such decision."""
    found = next((one for one in incident.decisions if one.number == number), None)
    if found is None:
        return None
    state = "withdrawn" if found.withdrawn else "confirmed" if found.confirmed else "open"
    named = {"decision": str(number), "when": moment(found.at, lang), "by": incident.name(found.by)}
    reason = (
        catalogue.text(lang, "decision.show_reason", reason=found.reason)
        if found.reason
        else catalogue.text(lang, "decision.show_no_reason", decision=str(number))
    )
    return (
        catalogue.text(lang, "decision.show", **named),
        catalogue.text(lang, "decision.show_text", text=found.text),
        reason,
        catalogue.text(lang, f"decision.state_{state}"),
    )


def log(catalogue: Catalogue, lang: Language, told: Sequence[Told], count: int | None = None) -> Lines:
    """The last lines of the log; `told` is in the order of the log and not empty."""
    last = told[-(count or LAST_LINES) :]
    first = catalogue.text(lang, "log.first", number=told[-1].incident.number, count=str(len(last)))
    return (first, *(_log_line(catalogue, lang, one) for one in last))


def _log_line(catalogue: Catalogue, lang: Language, told: Told) -> str:
    text = shorten(timeline.line(catalogue, told.entry, told.incident, told.at, lang), IN_LIST)
    return catalogue.text(lang, "log.line", seq=str(told.seq), when=moment(told.at, lang), text=text)


def state_at(catalogue: Catalogue, lang: Language, told: Sequence[Told], at: datetime, number: str) -> Lines:
    """What was known, decided and open at `at`: `told` is the log's prefix up to then."""
    if not told:
        return (catalogue.text(lang, "stateat.before", number=number, when=moment(at, lang)),)
    incident = told[-1].incident

    def line(text: str) -> str:
        return catalogue.text(lang, "stateat.line", text=shorten(visible(text), IN_LIST))

    known = [
        line(timeline.line(catalogue, one.entry, one.incident, one.at, lang))
        for one in told
        if isinstance(one.entry, e.AlarmRaised | e.LineRecorded | e.SitrepRecorded)
    ]
    decided = [_decision(catalogue, lang, incident, one) for one in incident.decisions if not one.withdrawn]
    left = [line(_step(catalogue, lang, incident, nr, step)) for nr, step in _unfinished(incident)]
    nothing = [catalogue.text(lang, "stateat.nothing")]
    return (
        catalogue.text(lang, "stateat.first", number=number, when=moment(at, lang)),
        *(line(_call(catalogue, lang, incident, role)) for role in incident.calls),
        catalogue.text(lang, "stateat.known"),
        *(known or nothing),
        catalogue.text(lang, "stateat.decided"),
        *(decided or nothing),
        catalogue.text(lang, "stateat.open"),
        *(left or nothing),
    )


def _unfinished(incident: Incident) -> list[tuple[int, Step]]:
    """Steps that were put to somebody; those still to come are in `stappen`."""
    put: list[tuple[int, Step]] = []
    for nr, step in enumerate(incident.steps, start=1):
        state = incident.progress.get(StepId(step.id))
        if state and state.progress in ("open", "claimed"):
            put.append((nr, step))
    return put
