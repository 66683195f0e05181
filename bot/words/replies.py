"""The lines of answers that people ask for, in their language; an answer longer than a page goes on after `meer`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.ids import RoleId
from bot.domain.incident import Incident, finished
from bot.domain.intake import DANGER
from bot.domain.people import Language
from bot.domain.personal_data import masked
from bot.domain.sentence import says
from bot.words import flag_words, intake_words, timeline
from bot.words.catalogue import Catalogue
from bot.words.fit import ANSWER_CHARACTERS, ANSWER_LINES
from bot.words.grammar import BY_NAME
from bot.words.incident_lines import (
    IN_LIST,
    call_line,
    progress_lines,
    reporter_of,
    step_line,
    title_of,
)
from bot.words.names import role_names
from bot.words.parse import NotUnderstood
from bot.words.shown import clock, moment, shorten, visible

Lines = tuple[str, ...]
LAST_LINES: Final = 10
_QUOTED: Final = 12  # a longer word would push the question off the first line


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


def status(catalogue: Catalogue, lang: Language, incident: Incident | None) -> Lines:
    if incident is None or incident.alarm_at is None:
        return (catalogue.text(lang, "status.none"),)
    when = {"when": moment(incident.alarm_at, lang), "reporter": reporter_of(incident)}
    closed = moment(incident.closed_at, lang) if incident.closed_at else "–"
    state: str = incident.state if incident.state in ("closed", "finished") else "open"
    if incident.joined_into is not None:
        state, when = "joined", {**when, "into": incident.joined_into}
    first = {"number": incident.number, "municipality": incident.municipality_name, "title": title_of(incident, lang)}
    phase = catalogue.template(lang, f"phase.{incident.phase}")
    lines = [
        catalogue.text(lang, "status.first", **first),
        catalogue.text(lang, f"status.state_{state}", **when, closed=closed, phase=phase),
    ]
    if (hold := incident.custody.hold) is not None:
        lines.append(catalogue.text(lang, "status.held", when=moment(hold.at, lang), by=incident.name(hold.by)))
    if incident.text:
        # what may hold personal data stands in the log and in a page, and nowhere else
        whole = catalogue.template(lang, "kept_back.text") if incident.personal else visible(incident.text)
        lines.append(catalogue.text(lang, "status.text", text=shorten(whole, 2 * IN_LIST)))
    if also := flag_words.of_incident(catalogue, lang, incident):
        lines.append(catalogue.text(lang, "status.flags", flags=also))
    lines += intake_words.facts(catalogue, lang, incident)
    if incident.awaiting and incident.call_at:
        roles = role_names(catalogue, lang, incident.awaiting)
        lines.append(catalogue.text(lang, "status.awaiting", roles=roles, time=clock(incident.call_at)))
    lines += [call_line(catalogue, lang, incident, role) for role in incident.calls]
    return (*lines, *progress_lines(catalogue, lang, incident))


def steps(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines:
    if not incident.steps:
        return (catalogue.text(lang, "steps.none", number=incident.number),)
    done = str(sum(finished(incident, step) for step in incident.steps))
    first = catalogue.text(lang, "steps.first", number=incident.number, done=done, total=str(len(incident.steps)))
    return (first, *(step_line(catalogue, lang, incident, nr, step) for nr, step in enumerate(incident.steps, start=1)))


def log(catalogue: Catalogue, lang: Language, told: Sequence[Told], count: int | None = None) -> Lines:
    """The last lines of the log; `told` is in the order of the log and not empty."""
    last = told[-(count or LAST_LINES) :]
    first = catalogue.text(lang, "log.first", number=told[-1].incident.number, count=str(len(last)))
    return (first, *(_log_line(catalogue, lang, one) for one in last))


def _log_line(catalogue: Catalogue, lang: Language, told: Told) -> str:
    text = shorten(timeline.line(catalogue, told.entry, told.incident, told.at, lang), IN_LIST)
    return catalogue.text(lang, "log.line", seq=str(told.seq), when=moment(told.at, lang), text=text)


def not_understood(catalogue: Catalogue, lang: Language, heard: NotUnderstood) -> Lines:
    """The question back. When it has a `meant`, a yes runs that."""
    word = shorten(visible(masked(heard.word)), _QUOTED)
    yes_or_no = catalogue.text(lang, "unclear.yes_or_no")
    match heard.why:
        case "sentence":
            said = heard.meant.argument if heard.meant else ""
            text = shorten(visible(masked(said)), 2 * IN_LIST)
            return (
                catalogue.text(lang, "unclear.alarm_danger" if says(said, DANGER) else "unclear.alarm"),
                catalogue.text(lang, "unclear.alarm_text", text=text),
                yes_or_no,
            )
        case "argument" if heard.verb is not None:
            use = catalogue.template(lang, f"use.{heard.verb}")
            return (catalogue.text(lang, "unclear.argument", word=word, use=use),)
        case "place":
            return (catalogue.text(lang, "unclear.place", word=word),)
        case "circle":
            return (catalogue.text(lang, "unclear.circle", word=word),)
        case "yes_or_no":
            return (catalogue.text(lang, "unclear.answer"),)
        case "number":
            return (catalogue.text(lang, "unclear.number", word=word),)
        case _:
            return _suggested(catalogue, lang, heard, word, yes_or_no)


def _suggested(catalogue: Catalogue, lang: Language, heard: NotUnderstood, word: str, yes_or_no: str) -> Lines:
    if heard.suggestion is None:
        return (catalogue.text(lang, "unclear.word", word=word),)
    question = catalogue.text(lang, "unclear.suggestion", word=word, suggestion=heard.suggestion)
    if heard.meant is not None:
        return (question, yes_or_no)
    use = catalogue.template(lang, f"use.{heard.verb}") if heard.verb in BY_NAME else heard.suggestion
    return (question, catalogue.text(lang, "unclear.retype", suggestion=use))


def choose_page(catalogue: Catalogue, lang: Language, pages_open: Sequence[tuple[str, str, Sequence[RoleId]]]) -> Lines:
    """For somebody with several open pages, not empty: number, municipality and roles of each, newest first."""
    lines = (
        catalogue.text(
            lang, "choose.line", number=number, municipality=name, roles=role_names(catalogue, lang, roles, " + ")
        )
        for number, name, roles in pages_open
    )
    newest = pages_open[0][0]
    return (
        catalogue.text(lang, "choose.first"),
        *lines,
        catalogue.text(lang, "choose.how", number=newest),
    )
