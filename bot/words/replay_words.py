"""How an incident stood after one entry, in words: what was known, what was decided and what was open."""

from bot.domain.incident import Incident, LogLine
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.incident_lines import decision_line
from bot.words.line_words import open_work
from bot.words.names import role_names
from bot.words.shown import moment, visible

Lines = tuple[str, ...]


def as_it_stood(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines:
    """Three parts, each with its heading; a part without anything says so."""
    known = [_known(catalogue, lang, one) for one in incident.log_lines.values() if one.replaced_by is None]
    decided = [decision_line(catalogue, lang, incident, one) for one in incident.decisions]
    parts = {"known": known, "decided": decided, "open": _open(catalogue, lang, incident)}
    lines: list[str] = []
    for name, found in parts.items():
        lines += ["", catalogue.text(lang, f"replay.{name}", count=str(len(found)))]
        lines += [f"  {one}" for one in found] or [f"  {catalogue.text(lang, 'replay.nothing')}"]
    return tuple(lines[1:])


def _known(catalogue: Catalogue, lang: Language, one: LogLine) -> str:
    kind = catalogue.text(lang, f"kind.{one.kind}")
    said = catalogue.text(lang, "replay.line", line=str(one.number), kind=kind, text=visible(one.text))
    if one.answered_at is None:
        return said
    when = moment(one.answered_at, lang)
    ending = one.outcome or "answered"
    return f"{said} · {catalogue.text(lang, f'line.show_{ending}', when=when, text=visible(one.answer) or '–')}"


def _open(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    """Pages first: somebody was waited for."""
    waiting = [page for page in incident.pages.values() if page.state == "open"]
    pages = [
        catalogue.text(
            lang,
            "replay.page",
            name=incident.name(page.person),
            roles=role_names(catalogue, lang, page.roles),
            when=moment(page.since, lang),
        )
        for page in waiting
    ]
    head, *rest = open_work(catalogue, lang, incident)
    assert head, "the first line counts what follows it"
    return [*pages, *rest]
