"""Situation reports in words: the draft, the twelve parts on one screen, a block of text per theme, and catching up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bot.domain import messages as m
from bot.domain.incident import Action, Decision, Incident, Report, finished
from bot.domain.people import Language
from bot.domain.reasons import unfinished
from bot.domain.sitreps import PARTS, Known, Part, last_told, number_of, picture, told_parts
from bot.words.catalogue import Catalogue
from bot.words.fit import ANSWER_CHARACTERS, Line, line
from bot.words.incident_lines import open_steps, title_of
from bot.words.line_words import still_open
from bot.words.names import chosen, role_names
from bot.words.shown import ELLIPSIS, loose, moment, room_link, shorten, visible

Lines = tuple[str, ...]
# A part keeps at least so much of its newest line before it is cut; the labels, the head and the foot stay whole.
_LEAST: Final = 40
_ON_FIRST_LOOK: Final = 3  # parts of a report that the room reads at once
_THEMES: Final[tuple[tuple[str, tuple[Part, ...]], ...]] = (
    ("beeld", ("wat", "waar_wanneer", "online", "fysiek")),
    ("duiding", ("duiding",)),
    ("besluiten", ("besluiten",)),
    ("acties", ("acties",)),
    ("communicatie", ("communicatie",)),
    ("capaciteit", ("capaciteit", "onzeker", "overleg")),
)


Told = list[tuple[str, str]]  # what is said, and how to name it when there is no room for it: newest first


@dataclass
class _Room:
    """What a draft says of one part, and the names of what had to be left out."""

    said: Told
    left_out: list[str] = field(default_factory=list)


def parts(catalogue: Catalogue, incident: Incident, at: datetime, own: Mapping[str, str], room: int) -> m.Details:
    """The parts that have something to say, in at most `room` characters as far as the log wrote them; what people put in words
    themselves (`own`) is never cut. In the language of the incident's room."""
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
    found["wat"] = _what(catalogue, incident)
    found["waar_wanneer"] = _where(catalogue, incident)
    found["besluiten"] = [*(_decision(catalogue, incident, one) for one in known.decisions), *found["besluiten"]]
    actions = [_action(catalogue, incident, one) for one in known.actions]
    found["acties"] = [*actions, *found["acties"], *_steps(catalogue, incident)]
    found["capaciteit"] += _capacity(catalogue, incident)
    found["onzeker"] += _unanswered(catalogue, incident)
    if incident.sitrep_due is not None and incident.policy is not None:
        following = moment(at + incident.policy.sitrep_every, lang)
        found["overleg"] = [(catalogue.text(lang, "sitrep.next", when=following), "")]
    return found


def _what(catalogue: Catalogue, incident: Incident) -> Told:
    assert incident.alarm_at is not None, "a report follows an alarm"
    values = {"when": moment(incident.alarm_at, incident.language), "text": visible(incident.text)}
    told = catalogue.text(incident.language, "sitrep.alarm" if incident.text else "sitrep.alarm_bare", **values)
    title = title_of(incident, incident.language)
    return [(title, ""), (told, "")] if incident.playbooks else [(told, "")]


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
        text = catalogue.text(lang, "sitrep.answered", text=text, answer=visible(line_.answer))
    key = f"sitrep.line_{line_.kind}{f'_{line_.outcome}' if line_.outcome else ''}"
    told = catalogue.text(lang, key if catalogue.has(key) else "sitrep.line", text=text, name=name)
    return (told if known.by is None else catalogue.text(lang, "sitrep.corrected", told=told, by=str(known.by))), name


def _decision(catalogue: Catalogue, incident: Incident, decision: Decision) -> tuple[str, str]:
    lang, text = incident.language, visible(decision.text)
    name = catalogue.text(lang, "sitrep.name_decision", decision=str(decision.number))
    key = "sitrep.decision_lacks" if decision in unfinished(incident) else "sitrep.decision"
    return catalogue.text(lang, key, name=name, text=text), name


def _action(catalogue: Catalogue, incident: Incident, action: Action) -> tuple[str, str]:
    lang = incident.language
    name = catalogue.text(lang, "sitrep.name_action", action=str(action.number))
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


def named(catalogue: Catalogue, lang: Language, part: str) -> str:
    """`5 Beeld op straat`; a part of a later version shows as its id."""
    return f"{number_of(part)} {catalogue.template(lang, f'sitrep.part.{part}')}" if part in PARTS else visible(part)


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


def one_line(catalogue: Catalogue, lang: Language, text: str, parts: tuple[str, ...]) -> str:
    """For the timeline: with the names of the parts, as far as it has any."""
    told = told_parts(text, parts)
    return " · ".join(f"{named(catalogue, lang, part)}: {said}" for part, said in told) if told else text


def whole(catalogue: Catalogue, lang: Language, incident: Incident, number: int | None) -> Lines | None:
    """A report in full, the last without a number; None when there is none."""
    wanted = incident.sitreps if number is None else number
    found = next((one for one in incident.reports if one.number == wanted), None)
    if found is None:
        return None
    values = {"sitrep": str(found.number), "when": moment(found.at, lang), "by": incident.name(found.by)}
    first = catalogue.text(lang, "sitrep.show", number=incident.number, **values)
    if found.unchanged:
        before = [one for one in incident.reports if one.number < found.number and not one.unchanged]
        since = catalogue.text(lang, "sitrep.show_unchanged", sitrep=str(before[-1].number) if before else "–")
        return (first, since, *(_body(catalogue, lang, before[-1]) if before else ()))
    return (first, *_body(catalogue, lang, found))


def _body(catalogue: Catalogue, lang: Language, report: Report) -> Lines:
    told = told_parts(report.text, report.parts)
    if not told:
        return (visible(report.text),)
    return tuple(f"{named(catalogue, lang, part)}: {visible(text)}" for part, text in told)


def handed_over(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines | None:
    """The last report as a block of text for each theme, to paste elsewhere; None when there is none."""
    report = last_told(incident)
    if report is None:
        return None
    told = dict(told_parts(report.text, report.parts))
    first = catalogue.text(
        lang, "lcms.first", sitrep=str(report.number), when=moment(report.at, lang), number=incident.number
    )
    mark = (catalogue.template(lang, "lcms.exercise"),) if incident.exercise else ()
    head_ = (*mark, first, catalogue.text(lang, "lcms.place", municipality=visible(incident.municipality_name)))
    if not told:
        return (*head_, catalogue.template(lang, "lcms.beeld"), visible(report.text))
    blocks: list[str] = []
    for theme, of_theme in _THEMES:
        said = [(part, told[part]) for part in of_theme if part in told]
        if said:
            blocks.append(catalogue.template(lang, f"lcms.{theme}"))
            blocks += [_pasted(catalogue, lang, part, text, alone=len(of_theme) == 1) for part, text in said]
    return (*head_, *blocks)


def _pasted(catalogue: Catalogue, lang: Language, part: Part, text: str, *, alone: bool) -> str:
    """Without our numbers of parts, which mean nothing elsewhere."""
    name = "" if alone else f"{catalogue.template(lang, f'sitrep.part.{part}')}: "
    return f"- {name}{visible(text)}"


def shown(catalogue: Catalogue, said: m.SitrepShown) -> list[Line]:
    first = line("sitrep.first", sitrep=str(said.sitrep), when=moment(said.at, said.lang), by=loose(said.by))
    if said.unchanged:
        return [first, line("sitrep.unchanged")]
    if not said.parts:
        return [first, line("quote", text=loose(said.text))]
    some = [
        line("sitrep.part", part=loose(named(catalogue, said.lang, part)), text=loose(text))
        for part, text in said.parts[:_ON_FIRST_LOOK]
    ]
    return [first, *some, line("sitrep.rest", sitrep=str(said.sitrep))]


def caught_up(catalogue: Catalogue, said: m.CatchUp) -> list[Line]:
    """Six lines: what it is, what was reported, who comes, what was decided, how it is, and where to read on."""
    lang = said.lang
    coming = role_names(catalogue, lang, said.coming) if said.coming else catalogue.template(lang, "cardcalls.nobody")
    phase = f"phase.{said.phase}" if said.state == "open" else "caught.over"
    counts = {"done": str(said.steps_done), "total": str(said.steps_total), "actions": str(said.actions)}
    decided = line("caught.decided", decision=str(said.decision), text=loose(said.decided))
    known = line("caught.sitrep", sitrep=str(said.sitrep), text=loose(said.situation))
    title = chosen(lang, said.title.nl, said.title.en)
    return [
        line("caught.first", number=said.number, municipality=loose(said.municipality), title=title),
        line("caught.alarm", when=moment(said.alarm_at, lang), text=loose(said.text)),
        line("caught.now", phase=catalogue.template(lang, phase), coming=loose(coming), **counts),
        decided if said.decision is not None else line("caught.decided_nothing"),
        known if said.sitrep is not None else line("caught.sitrep_none"),
        line("caught.more") if said.room is None else line("caught.more_room", url=room_link(said.room)),
    ]
