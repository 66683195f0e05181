"""The draft of a situation report: what the log holds for each of the twelve parts, in as many words as fit one screen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain import messages as m
from bot.domain.circle import open_part
from bot.domain.incident import Action, Decision, Incident, finished
from bot.domain.lines import still_open
from bot.domain.people import Language
from bot.domain.reasons import unfinished
from bot.domain.sitreps import PARTS, Known, Part, last_told, picture, told_parts
from bot.domain.timers import next_report
from bot.words.catalogue import Catalogue
from bot.words.fit import ANSWER_CHARACTERS
from bot.words.incident_lines import open_steps, title_of
from bot.words.names import role_names
from bot.words.replies import Lines
from bot.words.shown import ELLIPSIS, moment, shorten, visible
from bot.words.sitrep_words import named, since

# A part keeps at least so much of its newest line before it is cut; the labels, the head and the foot stay whole.
_LEAST: Final = 40
# Parts that may hold nothing but what people said themselves; the others the bot fills from its own state.
_BY_HAND: Final[tuple[Part, ...]] = ("waar_wanneer", "online", "fysiek", "duiding", "communicatie")

Told = list[tuple[str, str]]  # what is said, and how to name it when there is no room for it: newest first


@dataclass
class _Room:
    """What a draft says of one part, and the names of what had to be left out."""

    said: Told
    left_out: list[str] = field(default_factory=list)


def parts(catalogue: Catalogue, incident: Incident, at: datetime, own: Mapping[str, str], room: int) -> m.Details:
    """The parts that have something to say, in at most `room` characters as far as the log wrote them; what people put in words
    themselves (`own`) is never cut. In the language of the incident's room, and of what everybody there may read."""
    incident = open_part(incident)
    found = _drafted(catalogue, incident, at)
    drafted: dict[Part, _Room] = {part: _Room(told) for part, told in found.items() if told and part not in own}
    _fitted(catalogue, incident.language, drafted, room - sum(map(len, own.values())))
    texts: dict[str, str] = {part: _text(catalogue, incident.language, told) for part, told in drafted.items()}
    texts |= own
    return tuple((part, texts[part]) for part in PARTS if part in texts)


def _text(catalogue: Catalogue, lang: Language, told: _Room) -> str:
    also = [catalogue.text(lang, "sitrep.also", names=_briefly(told.left_out))] if told.left_out else []
    return "; ".join([*(text for text, _ in told.said), *also])


def _briefly(names: Sequence[str]) -> str:
    """`regel 7, 5, actie 2`: the same word is not said again."""
    words = ["", *(name.rpartition(" ")[0] for name in names)]
    return ", ".join(
        name.removeprefix(f"{word} ") if word and word == before else name
        for before, word, name in zip(words, words[1:], names, strict=False)
    )


def _fitted(catalogue: Catalogue, lang: Language, drafted: Mapping[Part, _Room], room: int) -> None:
    """The longest part gives way first: its oldest line becomes a number, and when only one is left that one is cut."""

    def length(part: Part) -> int:
        return len(_text(catalogue, lang, drafted[part]))

    while drafted and (excess := sum(map(length, drafted)) - room) > 0:
        told = drafted[max(drafted, key=length)]
        if len(told.said) > 1:
            told.left_out[:0] = [name for _, name in told.said[-1:] if name]
            told.said.pop()
        elif len(told.said[0][0]) > _LEAST:
            text, name = told.said[0]
            told.said[0] = shorten(text, max(len(text) - excess, _LEAST)), name
        elif len(told.left_out) > 1:
            told.left_out[-2:] = [ELLIPSIS]
        else:
            return


def _drafted(catalogue: Catalogue, incident: Incident, at: datetime) -> Mapping[Part, Told]:
    """Every part from the log, before anything is left out."""
    lang, known = incident.language, picture(incident)
    found = {part: [_line(catalogue, lang, one) for one in lines] for part, lines in known.lines.items()}
    before = _as_before(catalogue, incident)
    for part in _BY_HAND:
        found[part] = found[part] or before.get(part, [])
    found["wat"] = _what(catalogue, incident)
    if incident.expected_at is not None or not found["waar_wanneer"]:
        found["waar_wanneer"] = _where(catalogue, incident)
    found["besluiten"] = [*(_decision(catalogue, incident, one) for one in known.decisions), *found["besluiten"]]
    actions = [_action(catalogue, incident, one) for one in known.actions]
    found["acties"] = [*actions, *found["acties"], *_steps(catalogue, incident)]
    found["capaciteit"] += _capacity(catalogue, incident)
    found["onzeker"] += _unanswered(catalogue, incident)
    if (due := next_report(incident, at)) is not None:
        following = moment(due, lang)
        found["overleg"] = [(catalogue.text(lang, "sitrep.next", when=following), "")]
    return found


def _as_before(catalogue: Catalogue, incident: Incident) -> Mapping[Part, Told]:
    """What people put in words in the last report still holds where the log has no line of its own, and says since when."""
    report = last_told(incident)
    if report is None or report.personal:  # what may hold personal data is not carried on from report to report
        return {}
    lang, told = incident.language, dict(told_parts(report.text, report.parts))
    since = catalogue.text(lang, "sitrep.as_before", text="", sitrep="").rstrip(" )")
    ours = _where(catalogue, incident)[0][0]
    found: dict[Part, Told] = {}
    for part in _BY_HAND:
        text = told.get(part, ours)
        if text != ours:
            marked = catalogue.text(lang, "sitrep.as_before", text=text, sitrep=str(report.number))
            found[part] = [(text if since in text else marked, "")]
    return found


def _what(catalogue: Catalogue, incident: Incident) -> Told:
    assert incident.alarm_at is not None, "a report follows an alarm"
    values = {"when": moment(incident.alarm_at, incident.language), "text": visible(incident.text)}
    whole = incident.text and not incident.personal
    told = [(catalogue.text(incident.language, "sitrep.alarm" if whole else "sitrep.alarm_bare", **values), "")]
    if incident.text and incident.personal:
        name = catalogue.template(incident.language, "written.alarm")
        told.insert(0, (catalogue.text(incident.language, "sitrep.kept_back", name=name), ""))
    return [(title_of(incident, incident.language), ""), *told] if incident.playbooks else told


def _where(catalogue: Catalogue, incident: Incident) -> Told:
    lang, name = incident.language, visible(incident.municipality_name)
    if incident.expected_at is None:
        return [(catalogue.text(lang, "sitrep.place", municipality=name), "")]
    when = moment(incident.expected_at, lang)
    return [(catalogue.text(lang, "sitrep.place_time", municipality=name, when=when), "")]


def _line(catalogue: Catalogue, lang: Language, known: Known) -> tuple[str, str]:
    """A line with its number, and what it is where that is not plain: an assumption is no fact."""
    line_ = known.line
    name = catalogue.text(lang, "sitrep.name_line", line=str(line_.number))
    if known.text is None:
        return catalogue.text(lang, "sitrep.kept_back", name=name), name
    text = visible(known.text)
    if line_.recipient:
        text = f"{visible(line_.recipient)}: {text}"
    if line_.answer and line_.kind in ("externe_melding", "kennisvraag"):
        answer = catalogue.template(lang, "kept_back.text") if line_.answer_personal else visible(line_.answer)
        text = catalogue.text(lang, "sitrep.answered", text=text, answer=answer)
    key = f"sitrep.line_{line_.kind}{f'_{line_.outcome}' if line_.outcome else ''}"
    told = catalogue.text(lang, key if catalogue.has(key) else "sitrep.line", text=text, name=name)
    told = since(catalogue, lang, line_, told)
    return (told if known.by is None else catalogue.text(lang, "sitrep.corrected", told=told, by=str(known.by))), name


def _decision(catalogue: Catalogue, incident: Incident, decision: Decision) -> tuple[str, str]:
    lang, text = incident.language, visible(decision.text)
    name = catalogue.text(lang, "sitrep.name_decision", decision=str(decision.number))
    if decision.personal:
        return catalogue.text(lang, "sitrep.kept_back", name=name), name
    lacks = decision.point is not None and decision in unfinished(incident)
    key = "sitrep.decision_lacks" if lacks else "sitrep.decision"
    return catalogue.text(lang, key, name=name, text=text), name


def _action(catalogue: Catalogue, incident: Incident, action: Action) -> tuple[str, str]:
    lang = incident.language
    name = catalogue.text(lang, "sitrep.name_action", action=str(action.number))
    if action.personal:
        return catalogue.text(lang, "sitrep.kept_back", name=name), name
    values = {"name": name, "text": visible(action.text), "owner": visible(incident.name(action.owner))}
    if action.due is None:
        return catalogue.text(lang, "sitrep.action", **values), name
    return catalogue.text(lang, "sitrep.action_due", **values, due=moment(action.due, lang)), name


def _steps(catalogue: Catalogue, incident: Incident) -> Told:
    """The steps that were put to somebody, by number: what they say stands in the list of steps."""
    if not incident.steps:
        return []
    put = ", ".join(str(nr) for nr, _ in open_steps(incident))
    done = {"done": str(sum(finished(incident, one) for one in incident.steps)), "total": str(len(incident.steps))}
    return [(catalogue.text(incident.language, "sitrep.steps", open=put or "–", **done), "")]


def _capacity(catalogue: Catalogue, incident: Incident) -> Told:
    """Which roles could not be reached, are filled, and are being called."""
    told: Told = []
    for state in ("exhausted", "answered", "calling"):
        some = [call.role for call in incident.calls.values() if call.state == state]
        if some:
            roles = role_names(catalogue, incident.language, some)
            told.append((catalogue.text(incident.language, f"sitrep.roles_{state}", roles=roles), ""))
    return told


def _unanswered(catalogue: Catalogue, incident: Incident) -> Told:
    waits = [str(one.number) for one in still_open(incident) if one.kind == "externe_melding"]
    return [(catalogue.text(incident.language, "sitrep.no_answer", lines=", ".join(waits)), "")] if waits else []


def head(catalogue: Catalogue, lang: Language, incident: Incident, sitrep: int, at: datetime) -> str:
    phase = catalogue.template(lang, f"phase.{incident.phase}")
    values = {"number": incident.number, "municipality": visible(incident.municipality_name), "phase": phase}
    return catalogue.text(lang, "sitrep.head", sitrep=str(sitrep), when=moment(at, lang), **values)


def draft(catalogue: Catalogue, lang: Language, incident: Incident, told: m.Details, at: datetime) -> Lines:
    """All twelve parts; one without anything says so, because that is worth knowing too."""
    texts = dict(told)
    nothing = catalogue.template(lang, "sitrep.nothing")
    return (
        catalogue.text(lang, "sitrep.draft", sitrep=str(incident.sitreps + 1)),
        head(catalogue, lang, incident, incident.sitreps + 1, at),
        *(f"{named(catalogue, lang, part)}: {texts.get(part, nothing)}" for part in PARTS),
        catalogue.template(lang, "sitrep.draft_yes"),
        catalogue.template(lang, "sitrep.draft_change"),
    )


def room_for(catalogue: Catalogue, lang: Language, incident: Incident, at: datetime, mark: int) -> int:
    """How many characters the texts of all parts may have for the draft to fit one page; `mark` are taken already."""
    bare = draft(catalogue, lang, incident, tuple((part, "") for part in PARTS), at)
    return ANSWER_CHARACTERS - mark - sum(len(text) + 1 for text in bare)
