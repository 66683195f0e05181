"""After the end in words: the survey, the evaluation, and points to improve."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain import messages as m
from bot.domain.after import Improvement, Survey
from bot.domain.incident import Incident
from bot.domain.people import Language, Person
from bot.domain.survey import tenths
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.folding import fold
from bot.words.incident_lines import IN_LIST
from bot.words.shown import clock, loose, moment, shorten, visible
from bot.words.work_words import Changed, Done, Dropped, Wish
from bot.words.work_words import read as read_work

_GOING: Final = re.compile(
    r"#?([0-9]{1,4})[.:,]?\s+(?:(?:loopt|gaat)(?:\s+nog)?|bezig|(?:still\s+)?going)\b[\s.,:;!-]*"
)


@dataclass(frozen=True, slots=True)
class Going:
    number: int
    remark: str


def read(said: str, people: Iterable[Person], now: datetime, zone: str) -> Wish | Done | Dropped | Changed | Going:
    """What follows the word `verbeterpunt`: as of an action, or that one is still going."""
    folded = fold(said)
    if hit := _GOING.match(folded.text):
        return Going(int(hit.group(1)), folded.after(hit.end()).bare)
    return read_work(said, people, now, zone)


# --- messages ---------------------------------------------------------------------------------------------------------


def survey(said: m.SurveyAsked) -> list[Line]:
    first = line("survey.first", number=said.number, question=str(said.question))
    words = said.question == 3
    how = line("survey.words") if words else line("survey.marks")
    stop = line("survey.stop_words") if words else line("survey.stop")
    name = line("survey.nameless") if said.promised else line("survey.few", people=str(said.people))
    return [first, line(f"survey.question_{said.question}"), how, stop, name]


def results(said: m.SurveyResults) -> list[Line]:
    first = line("results.first", number=said.number, asked=str(said.asked), answered=str(said.answered))
    if said.reached is None and said.worked is None and not said.remarks:
        return [first, line("results.too_few")]
    return [
        first,
        line("results.reached", mark=_mark(said.reached, said.lang)),
        line("results.worked", mark=_mark(said.worked, said.lang)),
        line("results.type", count=str(said.remarks), number=said.number),
    ]


def _mark(mean: int | None, lang: Language) -> str:
    if mean is None:
        return "–"
    return f"{mean // 10}{',' if lang == 'nl' else '.'}{mean % 10}"


def wanted(said: m.EvaluationWanted) -> list[Line]:
    return [line("evaluation.plan", number=said.number), line("evaluation.plan_type", number=said.number)]


def evaluation(said: m.EvaluationNote) -> list[Line]:
    if said.what == "tomorrow":
        first = line("evaluation.tomorrow", number=said.number, time=clock(said.at))
    else:
        first = line("evaluation.planned", number=said.number, when=moment(said.at, said.lang))
    by = [line("evaluation.by", by=loose(said.by))] if said.by else []
    return [first, *by, line("evaluation.bring", number=said.number)]


def improvement(said: m.ImprovementShown) -> list[Line]:
    number = str(said.improvement)
    return [
        line("improvement.first", improvement=number, owner=loose(said.owner)),
        line("quote", text=loose(said.text)),
        line("improvement.by", by=loose(said.by), when=moment(said.ask_at, said.lang)),
        line("improvement.type", number=said.number, improvement=number),
    ]


def improvement_note(said: m.ImprovementNote) -> list[Line]:
    first = line(
        f"improvement.{said.what}",
        improvement=str(said.improvement),
        by=loose(said.by),
        when=moment(said.at, said.lang),
    )
    remark = [line("improvement.remark", remark=loose(said.remark))] if said.remark else []
    return [first, line("quote", text=loose(said.text)), *remark]


def improvement_due(said: m.ImprovementDue) -> list[Line]:
    number = str(said.improvement)
    return [
        line("improvement.due", improvement=number),
        line("quote", text=loose(said.text)),
        line("improvement.type_done", number=said.number, improvement=number),
        line("improvement.type_going", number=said.number, improvement=number),
    ]


# --- answers ----------------------------------------------------------------------------------------------------------


def listed(catalogue: Catalogue, lang: Language, incident: Incident) -> tuple[str, ...]:
    """All points to improve, those that are still to be done first."""
    points = incident.after.improvements
    if not points:
        return (catalogue.text(lang, "improvements.none", number=incident.number),)
    left = str(sum(one.state == "open" for one in points))
    first = catalogue.text(lang, "improvements.first", number=incident.number, count=left, total=str(len(points)))
    ordered = sorted(points, key=lambda one: one.state != "open")
    return (first, *(_point(catalogue, lang, incident, one) for one in ordered))


def _point(catalogue: Catalogue, lang: Language, incident: Incident, one: Improvement) -> str:
    text = shorten(visible(one.text), IN_LIST)
    told = {"improvement": str(one.number), "text": text, "owner": incident.name(one.owner)}
    remark = catalogue.text(lang, "improvements.remark", remark=shorten(visible(one.remark), IN_LIST))
    return catalogue.text(lang, f"improvements.{one.state}", **told) + (remark if one.remark else "")


def surveyed(catalogue: Catalogue, lang: Language, incident: Incident) -> tuple[str, ...]:
    """What came of the survey, the remarks in full."""
    sent = incident.after.survey
    if sent is None:
        return (catalogue.text(lang, "survey.none", number=incident.number),)
    if sent.results is None:
        until = {"asked": str(len(sent.asked)), "until": moment(sent.until, lang)}
        return (catalogue.text(lang, "survey.running", number=incident.number, **until),)
    return _surveyed(catalogue, lang, incident, sent)


def _surveyed(catalogue: Catalogue, lang: Language, incident: Incident, sent: Survey) -> tuple[str, ...]:
    over = sent.results
    assert over is not None, "only a survey that is over has results"
    counts = {"asked": str(over.asked), "answered": str(over.answered)}
    first = catalogue.text(lang, "results.first", number=incident.number, **counts).replace("**", "")
    if not over.reached:
        return (first, catalogue.text(lang, "results.too_few"))
    marks = (
        catalogue.text(lang, f"results.{name}_all", mark=_mark(tenths(given), lang), counts=" · ".join(map(str, given)))
        for name, given in (("reached", over.reached), ("worked", over.worked))
    )
    said = (f"– {visible(remark)}" for remark in over.remarks.split("\n") if remark)
    return (first, *marks, catalogue.text(lang, "results.remarks"), *(said if over.remarks else ("–",)))


def end(said: m.EndNote) -> list[Line]:
    """When what comes after a closing begins."""
    if said.aftercare_at is None:
        return []
    return [line("end.aftercare", when=moment(said.aftercare_at, said.lang))]
