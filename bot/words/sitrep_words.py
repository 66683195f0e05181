"""Situation reports in words: one whole, the room's first look at it, a block of text for each theme; and catching up."""

from typing import Final

from bot.domain import messages as m
from bot.domain.incident import Incident, LogLine, Report
from bot.domain.people import Language
from bot.domain.personal_data import masked
from bot.domain.sitreps import PARTS, Part, last_told, number_of, told_parts
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.names import chosen, role_names
from bot.words.shown import loose, moment, room_link, visible

Lines = tuple[str, ...]
# What the room reads at once; a report that has none of these shows its first parts.
_FIRST_LOOK: Final[tuple[Part, ...]] = ("wat", "fysiek", "duiding")
_THEMES: Final[tuple[tuple[str, tuple[Part, ...]], ...]] = (
    ("beeld", ("wat", "waar_wanneer", "online", "fysiek")),
    ("duiding", ("duiding",)),
    ("besluiten", ("besluiten",)),
    ("acties", ("acties",)),
    ("communicatie", ("communicatie",)),
    ("capaciteit", ("capaciteit", "onzeker", "overleg")),
)


def named(catalogue: Catalogue, lang: Language, part: str) -> str:
    """`5 Beeld op straat`; a part of a later version shows as its id."""
    return f"{number_of(part)} {catalogue.template(lang, f'sitrep.part.{part}')}" if part in PARTS else visible(part)


def since(catalogue: Catalogue, lang: Language, line_: LogLine, told: str) -> str:
    """What is told of a line, with what its writer did to the message that it was made of."""
    if line_.removed_at is not None:
        return catalogue.text(lang, "sitrep.removed", told=told)
    return catalogue.text(lang, "sitrep.changed", told=told) if line_.changed else told


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
        return (*head_, catalogue.template(lang, "lcms.beeld"), _outside(report.text))
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
    return f"- {name}{_outside(text)}"


def _outside(text: str) -> str:
    """What is pasted into another system goes to people of whom the room knows nothing."""
    return visible(masked(text, frozenset()))


def shown(catalogue: Catalogue, said: m.SitrepShown) -> list[Line]:
    first = line("sitrep.first", sitrep=str(said.sitrep), when=moment(said.at, said.lang), by=loose(said.by))
    if said.unchanged:
        return [first, line("sitrep.unchanged")]
    if not said.parts:
        return [first, line("quote", text=loose(said.text))]
    looked_at = tuple(one for one in said.parts if one[0] in _FIRST_LOOK) or said.parts
    some = [
        line("sitrep.part", part=loose(named(catalogue, said.lang, part)), text=loose(text))
        for part, text in looked_at[: len(_FIRST_LOOK)]
    ]
    return [first, *some, line("sitrep.rest", sitrep=str(said.sitrep))]


def caught_up(catalogue: Catalogue, said: m.CatchUp) -> list[Line]:
    """Six lines: what it is, what was reported, who comes, what was decided, how it is, and where to read on."""
    lang = said.lang
    coming = role_names(catalogue, lang, said.coming) if said.coming else catalogue.template(lang, "cardcalls.nobody")
    phase = f"phase.{said.phase}" if said.state == "open" else "caught.over"
    counts = {"done": str(said.steps_done), "total": str(said.steps_total), "actions": str(said.actions)}
    hidden = loose(catalogue.template(lang, "kept_back.text"))
    text = hidden if "text" in said.kept_back else loose(said.text)
    choice = hidden if "decided" in said.kept_back else loose(said.decided)
    picture = hidden if "situation" in said.kept_back else loose(said.situation)
    decided = line("caught.decided", decision=str(said.decision), text=choice)
    known = line("caught.sitrep", sitrep=str(said.sitrep), text=picture)
    title = chosen(lang, said.title.nl, said.title.en)
    return [
        line("caught.first", number=said.number, municipality=loose(said.municipality), title=title),
        line("caught.alarm", when=moment(said.alarm_at, lang), text=text),
        line("caught.now", phase=catalogue.template(lang, phase), coming=loose(coming), **counts),
        decided if said.decision is not None else line("caught.decided_nothing"),
        known if said.sitrep is not None else line("caught.sitrep_none"),
        line("caught.more") if said.room is None else line("caught.more_room", url=room_link(said.room)),
    ]
