"""Steps with a condition, and what is open when an incident is to be closed."""

from collections.abc import Iterator
from typing import Final

from bot.domain import messages as m
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.names import chosen
from bot.words.shown import loose, moment, shorten

# So many required steps are named in a proposal to close, each up to so many characters; the rest are counted.
NAMED: Final = 3
_NAMED_LENGTH: Final = 50


def due_note(catalogue: Catalogue, said: m.StepDueNote) -> list[Line]:
    values = {"when": moment(said.at, said.lang), "nr": str(said.nr)}
    text = line("quote", text=loose(chosen(said.lang, said.text.nl, said.text.en)))
    if not said.because:
        return [line("step.stays_due", **values), text]
    because = causes(catalogue, said.lang, said.because)
    return [line("step.became_due", **values, because=loose(because)), text]


def causes(catalogue: Catalogue, lang: Language, because: tuple[m.DueCause, ...]) -> str:
    """What made a step due, in words: `besluit 3 · stap 4 is n.v.t.`"""
    return " · ".join(_cause(catalogue, lang, cause) for cause in because)


def _cause(catalogue: Catalogue, lang: Language, cause: m.DueCause) -> str:
    if cause.decision is not None:
        return catalogue.text(lang, "due.decision", decision=str(cause.decision))
    if cause.step is not None:
        return catalogue.text(lang, "due.skipped" if cause.skipped else "due.done", nr=str(cause.step))
    return catalogue.text(lang, "due.phenomenon", phenomenon=cause.phenomenon or "–")


def closing(catalogue: Catalogue, said: m.ClosingAsked) -> list[Line]:
    lacking = [*_lacking(said)]
    return [
        line("close.first", number=said.number, by=loose(said.by))
        if said.by
        else line("close.quiet", number=said.number),
        _left(catalogue, said),
        *lacking,
        line("close.reason") if said.required else line("close.choices"),
        line("close.keep"),
        _goes_on(said),
    ]


def _goes_on(said: m.ClosingAsked) -> Line:
    """Of what the bot reminds after closing too."""
    if not said.reviews:
        return line("close.actions", count=str(said.actions)) if said.actions else line("close.after")
    decisions = loose(", ".join(map(str, said.reviews)))
    if said.actions:
        return line("close.actions_reviews", count=str(said.actions), decisions=decisions)
    return line("close.reviews", decisions=decisions)


def _lacking(said: m.ClosingAsked) -> Iterator[Line]:
    """On one line, because a message has six."""
    decisions, lines = (loose(", ".join(map(str, numbers))) for numbers in (said.open_decisions, said.open_lines))
    if said.open_decisions and said.open_lines:
        yield line("close.decisions_lines", decisions=decisions, lines=lines)
    elif said.open_decisions:
        yield line("close.decisions", decisions=decisions)
    elif said.open_lines:
        yield line("close.lines", lines=lines)


def _left(catalogue: Catalogue, said: m.ClosingAsked) -> Line:
    if said.required:
        texts = (chosen(said.lang, step.nl, step.en) for step in said.required[:NAMED])
        named = " · ".join(shorten(text, _NAMED_LENGTH) for text in texts)
        more = len(said.required) - NAMED
        rest = catalogue.text(said.lang, "close.more", count=str(more)) if more > 0 else ""
        return line("close.required", count=str(len(said.required)), steps=loose(named + rest))
    left = " · ".join(chosen(said.lang, step.nl, step.en) for step in said.open_steps)
    return line("close.open", steps=loose(left)) if left else line("close.nothing_open")
