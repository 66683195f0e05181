"""How an incident stood at a moment, and its story: what people did and recorded, line by line, the newest last."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.domain import entries as e
from bot.domain.growing import Growing
from bot.domain.incident import Incident, LogLine, finished
from bot.domain.lines import still_open
from bot.domain.people import Language
from bot.domain.sitreps import last_told
from bot.words import sitrep_words, timeline
from bot.words.catalogue import Catalogue
from bot.words.incident_lines import IN_LIST, call_line, decision_line, open_steps, reporter_of, step_line, title_of
from bot.words.replies import Lines, Told
from bot.words.shown import moment, shorten, visible
from bot.words.work_words import action_line

# Of one line in a chapter: whoever asks for so little wants to read it.
IN_CHAPTER: Final = 330
_DECIDED: Final[frozenset[type[e.Entry]]] = frozenset(
    (
        e.DecisionRecorded, e.DecisionConfirmed, e.DecisionExplained, e.DecisionChanged, e.DecisionWithdrawn,
        e.DecisionSeconded, e.ReasonsPromised, e.ReviewPlanned, e.ReasonGiven,
    )
)  # fmt: skip
_SETTLED: Final[frozenset[type[e.Entry]]] = frozenset(
    (e.LineQualified, e.AssumptionSettled, e.QuestionAnswered, e.NoticeAnswered)
)
_ACTED: Final[frozenset[type[e.Entry]]] = frozenset(
    (e.ActionGiven, e.ActionDone, e.ActionDropped, e.ActionPassedOn, e.ActionMoved)
)
_STEPPED: Final[frozenset[type[e.Entry]]] = frozenset((e.StepFinished, e.StepSkipped, e.StepReopened, e.StepBecameDue))
_PEOPLE: Final[frozenset[type[e.Entry]]] = frozenset(
    (
        e.BrigadeCalled, e.PageRequested, e.Acknowledged, e.EtaGiven, e.Declined, e.AnswerUndone, e.AnswerLapsed, e.PageUnanswered,
        e.PageUndeliverable, e.EscalationExhausted, e.RoleTakenOver, e.RoleHandedOver, e.PersonJoined, e.PersonLeft,
    )
)  # fmt: skip
# What only paging, reminding and asking did is left out of the timeline; all of it is in the log itself.
_MACHINERY: Final[frozenset[type[e.Entry]]] = frozenset(
    (
        e.PersonSeen, e.CallCorrected, e.BrigadeCalled, e.PageRequested, e.PageTried, e.PageDelivered, e.ChannelFailed,
        e.PageUnclear, e.PageUndeliverable, e.PageRepeated, e.PageUnanswered, e.PageWithdrawn, e.EtaGiven, e.Declined,
        e.AnswerUndone, e.AskedAgain, e.SignOfLife, e.AnswerLapsed, e.EscalationStepEmpty, e.ShiftEndNoted, e.HandoverOffered,
        e.HandoverPutOff, e.NumbersShown, e.TimerDropped, e.RoomNotMade, e.RoomLost, e.PersonJoined, e.PersonLeft, e.StepOpened,
        e.StepClaimed, e.StepReopened, e.StepStayedDue, e.PersonalDataNoticed, e.SitrepReminded, e.SitrepPostponed,
        e.DecisionConfirmed, e.DecisionExplained, e.ReasonGiven, e.ReasonsPromised, e.ReasonsReminded, e.ReviewPlanned,
        e.ReviewReminded, e.ActionReminded, e.EvaluationReminded, e.ImprovementAsked, e.FileKept, e.FileNotKept, e.ClosingProposed,
        e.ClosingSuggested, e.ClosingRejected, e.ErasureAsked,
    )
)  # fmt: skip
_STORY: Final[frozenset[type[e.Entry]]] = frozenset(e.KINDS) - _MACHINERY
_CHAPTERS: Final[Mapping[str, frozenset[type[e.Entry]]]] = {
    "lines": _SETTLED | {e.LineRecorded},
    "facts": frozenset((e.LineRecorded,)),
    "assumptions": frozenset((e.LineRecorded, e.AssumptionSettled)),
    "communication": frozenset((e.LineRecorded,)),
    "outside": frozenset((e.LineRecorded, e.NoticeAnswered)),
    "decisions": _DECIDED,
    "actions": _ACTED,
    "steps": _STEPPED,
    "sitreps": frozenset((e.SitrepRecorded,)),
    "people": _PEOPLE,
}
# Of the lines of the log only these kinds.
_OF_KIND: Final[Mapping[str, frozenset[str]]] = {
    "facts": frozenset(("feit", "bericht", "correctie")),
    "assumptions": frozenset(("aanname", "duiding")),
    "communication": frozenset(("communicatie",)),
    "outside": frozenset(("externe_melding",)),
}


def told_of(told: Sequence[Told], chapter: str) -> list[Told]:
    """What the timeline shows, or only one chapter of it."""
    kinds = _CHAPTERS.get(chapter, _STORY)
    lines = _OF_KIND.get(chapter)
    return [
        one
        for one in told
        if type(one.entry) in kinds
        and (lines is None or not isinstance(one.entry, e.LineRecorded) or one.entry.kind in lines)
    ]


def story(
    catalogue: Catalogue, lang: Language, told: Sequence[Told], chapter: str = "", count: int | None = None
) -> Lines:
    """The timeline, newest last; `told` is the log in its order and not empty, `count` the most lines that are wanted."""
    number = told[-1].incident.number
    wanted = told_of(told, chapter)
    shown = wanted[-count:] if count is not None else wanted
    if not shown:
        return (catalogue.text(lang, "timeline.nothing", number=number),)
    counts = {"count": str(len(shown)), "total": str(len(wanted))}
    first = catalogue.text(
        lang, "timeline.first" if len(shown) == len(wanted) else "timeline.last", number=number, **counts
    )
    longest = IN_CHAPTER if chapter else IN_LIST
    return (first, *(_line(catalogue, lang, one, longest) for one in shown))


def _line(catalogue: Catalogue, lang: Language, told: Told, longest: int) -> str:
    text = shorten(visible(timeline.line(catalogue, told.entry, told.incident, told.at, lang)), longest)
    return catalogue.text(lang, "timeline.line", when=moment(told.at, lang), text=text)


def state(catalogue: Catalogue, lang: Language, incident: Incident, at: datetime) -> Lines:
    """What was known, decided and open at `at` (UTC): `incident` is the fold of the log up to then."""
    incident = _held_back(catalogue, lang, incident)
    assert incident.alarm_at is not None, "nothing stood before the alarm"
    reported = {"reporter": reporter_of(incident), "reported": moment(incident.alarm_at, lang)}
    phase = catalogue.template(lang, f"phase.{incident.phase}" if incident.state == "open" else "caught.over")
    done = {"done": str(sum(finished(incident, one) for one in incident.steps)), "total": str(len(incident.steps))}
    here = {"present": str(len(incident.members)), "sitreps": str(incident.sitreps)}
    said = [catalogue.text(lang, "stateat.line", text=f"„{_cut(incident.text)}”")] if incident.text else []
    return (
        catalogue.text(lang, "stateat.first", number=incident.number, when=moment(at, lang)),
        catalogue.text(lang, "stateat.phase", title=title_of(incident, lang), phase=phase, **reported),
        catalogue.text(lang, "stateat.counts", **done, **here),
        *_listed(catalogue, lang, [call_line(catalogue, lang, incident, role) for role in incident.calls]),
        catalogue.text(lang, "stateat.known"),
        *said,
        *_or_nothing(catalogue, lang, [_known(catalogue, lang, incident, one) for one in _lines(incident)]),
        *_sitrep(catalogue, lang, incident),
        catalogue.text(lang, "stateat.decided"),
        *_or_nothing(catalogue, lang, [decision_line(catalogue, lang, incident, one) for one in incident.decisions]),
        catalogue.text(lang, "stateat.open"),
        *_or_nothing(catalogue, lang, _open(catalogue, lang, incident)),
    )


def _held_back(catalogue: Catalogue, lang: Language, incident: Incident) -> Incident:
    """What may hold personal data keeps its number and loses its words: how it stands is passed on to others."""
    hidden = catalogue.template(lang, "kept_back.text")
    return replace(
        incident,
        text=hidden if incident.text and incident.personal else incident.text,
        log_lines=Growing({nr: replace(x, text=hidden) if x.personal else x for nr, x in incident.log_lines.items()}),
        decisions=tuple(replace(x, text=hidden) if x.personal else x for x in incident.decisions),
        actions=tuple(replace(x, text=hidden) if x.personal else x for x in incident.actions),
        reports=tuple(replace(x, text=hidden, parts=()) if x.personal else x for x in incident.reports),
    )


def _listed(catalogue: Catalogue, lang: Language, texts: Sequence[str]) -> list[str]:
    return [catalogue.text(lang, "stateat.line", text=text) for text in texts]


def _or_nothing(catalogue: Catalogue, lang: Language, texts: Sequence[str]) -> list[str]:
    return _listed(catalogue, lang, texts) or [catalogue.template(lang, "stateat.nothing")]


def _cut(text: str) -> str:
    return shorten(visible(text), IN_LIST)


def _lines(incident: Incident) -> list[LogLine]:
    """What somebody said otherwise is shown as it reads since."""
    return [one for one in incident.log_lines.values() if one.replaced_by is None]


def _known(catalogue: Catalogue, lang: Language, incident: Incident, known: LogLine) -> str:
    kind = catalogue.template(lang, f"kind.{known.kind}")
    values = {"kind": kind, "line": str(known.number), "by": incident.name(known.by), "text": _cut(known.text)}
    if known.about is not None:
        return catalogue.text(lang, "stateat.corrects", about=str(known.about), **values)
    ending = known.outcome or ("answered" if known.answered_at is not None else "")
    told = catalogue.text(lang, f"stateat.known_{ending}" if ending else "stateat.known_line", **values)
    return sitrep_words.since(catalogue, lang, known, told)


def _sitrep(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    report = last_told(incident)
    if report is None:
        return []
    text = _cut(sitrep_words.one_line(catalogue, lang, report.text, report.parts))
    values = {"sitrep": str(report.number), "when": moment(report.at, lang), "by": incident.name(report.by)}
    return [catalogue.text(lang, "stateat.sitrep", text=text, **values)]


def _open(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    steps = [step_line(catalogue, lang, incident, nr, step) for nr, step in open_steps(incident)]
    waits = [
        catalogue.text(lang, f"open.{one.kind}", line=str(one.number), text=_cut(one.text))
        for one in still_open(incident)
    ]
    return [
        *steps,
        *waits,
        *(action_line(catalogue, lang, incident, one) for one in incident.actions if one.state == "open"),
    ]
