"""Situation reports: twelve parts on one screen, drafted from what the log holds, and recorded once a human has confirmed them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, get_args

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.circle import open_part
from bot.domain.draft import Draft
from bot.domain.erased import ERASED
from bot.domain.incident import Action, Decision, Incident, LogLine, Report
from bot.domain.playbook import LineKind
from bot.domain.reasons import stands
from bot.domain.sources import SourceKind

# Part 1 is the head, which the bot makes itself; these are 2 to 12 (the parts follow the themes of netcentric work).
Part = Literal[
    "wat", "waar_wanneer", "online", "fysiek", "duiding", "besluiten", "acties", "communicatie", "capaciteit", "onzeker",
    "overleg",
]  # fmt: skip
PARTS: Final[tuple[Part, ...]] = get_args(Part)
HEAD: Final = 1
LONGEST: Final = 300  # characters of one part: all twelve are to fit a phone
# After that a draft says how it was, not how it is.
FRESH: Final = timedelta(hours=1)
_ONLINE: Final[frozenset[SourceKind]] = frozenset(("online", "platform"))
_THEME: Final[Mapping[LineKind, Part]] = {
    "duiding": "duiding", "aanname": "duiding", "besluit": "besluiten", "actie": "acties", "communicatie": "communicatie",
    "externe_melding": "online", "kennisvraag": "onzeker", "bericht": "onzeker",
}  # fmt: skip
# What is kept for later or about the work itself belongs in no picture of the situation.
_ELSEWHERE: Final[frozenset[LineKind]] = frozenset(("privacytoets", "evaluatie", "sitrap"))


def number_of(part: str) -> int:
    """How people call a part: 2 to 12; 0 for one that this version does not know."""
    return PARTS.index(part) + HEAD + 1 if part in PARTS else 0


def part_of(number: int) -> Part:
    """Refuses the head, and what is no part."""
    if not HEAD < number <= HEAD + len(PARTS):
        raise c.Refused("no_such_part", {"part": str(number), "last": str(HEAD + len(PARTS))})
    return PARTS[number - HEAD - 1]


@dataclass(frozen=True, slots=True)
class Known:
    """A line as it counts now: `text` is that of the last line that put it right (`by`); None: it is not to be repeated here."""

    line: LogLine
    text: str | None
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What the log holds for each part, newest first."""

    lines: Mapping[Part, tuple[Known, ...]]
    decisions: tuple[Decision, ...]
    actions: tuple[Action, ...]


def picture(incident: Incident) -> Picture:
    """Everything that counts now and that the whole room may read; of a line that was replaced only the new one."""
    incident = open_part(incident)
    found: dict[Part, list[Known]] = {part: [] for part in PARTS}
    for known in _known(incident):
        found[_theme(known.line)].append(known)
    return Picture(
        {part: tuple(reversed(lines)) for part, lines in found.items()},
        tuple(reversed([one for one in incident.decisions if stands(one)])),
        tuple(one for one in incident.actions if one.state == "open"),
    )


def _known(incident: Incident) -> Iterator[Known]:
    corrections = {_now(incident, one.about): one for one in _counting(incident) if one.about is not None}
    for line in _counting(incident):
        if line.kind in _ELSEWHERE or line.about is not None:
            continue
        said = [line]
        while (newer := corrections.get(said[-1].number)) is not None:
            said.append(newer)
        # a report goes to more readers than the line did
        text = said[-1].text if all(map(_may_be_told, said)) else None
        yield Known(line, text, said[-1].number if len(said) > 1 else None)


def _counting(incident: Incident) -> Iterator[LogLine]:
    return (line for line in incident.log_lines.values() if line.replaced_by is None)


def _now(incident: Incident, number: int) -> int:
    """The line that stands for this one by now."""
    while (newer := incident.log_lines[number].replaced_by) is not None:
        number = newer
    return number


def _may_be_told(line: LogLine) -> bool:
    return line.confidentiality in ("openbaar", "intern") and not line.personal


def _theme(line: LogLine) -> Part:
    if line.kind in _THEME:
        return _THEME[line.kind]
    return "online" if line.source_kind in _ONLINE else "fysiek"


def last_told(incident: Incident) -> Report | None:
    """The last report that says something; one without a change only says that this one still holds."""
    return next((one for one in reversed(incident.reports) if not one.unchanged), None)


def told_parts(text: str, parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The parts with their texts; none when it was said in free words, or when the words were erased."""
    texts = text.split("\n")
    return tuple(zip(parts, texts, strict=True)) if len(texts) == len(parts) and text != ERASED else ()


def record(draft: Draft, command: c.RecordSitrep) -> None:
    incident = draft.incident
    if command.unchanged and not incident.sitreps:
        raise c.Refused("no_sitrep_yet")
    if command.follows is not None and command.follows != incident.sitreps:
        raise c.Refused("sitrep_overtaken", {"sitrep": str(incident.sitreps)})
    if command.drafted_at is not None and draft.world.now - command.drafted_at > FRESH:
        raise c.Refused("sitrep_stale")
    text = "\n".join(_line(text) for _, text in command.parts) or command.text.strip()
    if not text and not command.unchanged:
        raise c.Refused("text_needed")
    draft.meet(draft.by.actor)
    told = "" if command.unchanged else text
    parts = tuple(part for part, _ in command.parts)
    draft.record(e.SitrepRecorded(sitrep=incident.sitreps + 1, text=told, unchanged=command.unchanged, parts=parts))


def _line(text: str) -> str:
    """One part is one line of what is recorded."""
    return " ".join(text.split())


def postpone(draft: Draft, command: c.PostponeSitrep) -> None:
    until = None if command.minutes is None else draft.world.now + timedelta(minutes=command.minutes)
    draft.record(e.SitrepPostponed(until=until))
