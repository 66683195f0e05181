"""The lines of reminders and warnings about shifts, tests and test alarms; all of them push, so all are short."""

from datetime import datetime

from bot.domain.duty import Shift
from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.domain.roster_lint import Finding
from bot.words.catalogue import Catalogue
from bot.words.names import role_name
from bot.words.replies import Lines
from bot.words.shown import moment

__all__ = [
    "Catalogue",
    "alone",
    "alone_other",
    "both",
    "both_yours",
    "gap",
    "gap_yours",
    "proof",
    "shift",
    "test_alarm",
]


def shift(catalogue: Catalogue, lang: Language, coming: Shift, end: datetime | None) -> Lines:
    """`📅 Je hebt dienst: cyber, vanaf ma 30-11 08:00`; `end` None: nobody follows within two months."""
    layer = catalogue.template(lang, f"duty.layer_{coming.layer}")
    until = (
        catalogue.text(lang, "duty.until", end=moment(end, lang), layer=layer)
        if end is not None
        else catalogue.text(lang, "duty.no_end", layer=layer)
    )
    first = catalogue.text(
        lang, "duty.shift", role=role_name(catalogue, lang, coming.role), start=moment(coming.start, lang)
    )  # fmt: skip
    return (first, until, catalogue.text(lang, "duty.how"))


def alone(catalogue: Catalogue, lang: Language, coming: Shift, *, armed: bool) -> Lines:
    """To who has the shift: the chat is the only way. `armed`: the fallback is called at the same time."""
    first = catalogue.text(lang, "duty.alone", start=moment(coming.start, lang))
    lines = (first, catalogue.text(lang, "duty.alone_how"))
    return (*lines, catalogue.text(lang, "duty.armed")) if armed else lines


def alone_other(catalogue: Catalogue, lang: Language, coming: Shift, name: str, *, armed: bool) -> Lines:
    """The same to the coordinator."""
    first = catalogue.text(lang, "duty.alone_other", name=name, start=moment(coming.start, lang))
    role = role_name(catalogue, lang, coming.role)
    lines = (first, catalogue.text(lang, "duty.alone_other_how", role=role))
    return (*lines, catalogue.text(lang, "duty.armed")) if armed else lines


def gap(catalogue: Catalogue, lang: Language, found: Finding, name: str) -> Lines:
    """To the coordinator; `name` is who is away, empty when nobody was scheduled."""
    why = catalogue.text(lang, "duty.gap_absent", name=name) if name else catalogue.text(lang, "duty.gap_none")
    layer = catalogue.template(lang, f"whom.{found.layer}")
    return (
        catalogue.text(lang, "duty.gap", role=_role(catalogue, lang, found), start=_shown(found.start, lang)),
        catalogue.text(lang, "duty.gap_until", layer=layer, end=moment(found.end, lang), why=why)
        if found.end is not None
        else catalogue.text(lang, "duty.gap_open", layer=layer, why=why),
        catalogue.text(lang, "duty.gap_how"),
    )


def gap_yours(catalogue: Catalogue, lang: Language, found: Finding) -> Lines:
    """To who is away."""
    return (
        catalogue.text(lang, "duty.gap_yours", role=_role(catalogue, lang, found)),
        catalogue.text(lang, "duty.gap_yours_how", start=_shown(found.start, lang)),
    )


def both(catalogue: Catalogue, lang: Language, found: Finding, name: str) -> Lines:
    """To the coordinator: the reserve is the same person."""
    return (
        catalogue.text(lang, "duty.both", name=name, role=_role(catalogue, lang, found)),
        catalogue.text(lang, "duty.both_how", start=_shown(found.start, lang)),
    )


def both_yours(catalogue: Catalogue, lang: Language, found: Finding) -> Lines:
    """To who is both."""
    return (
        catalogue.text(lang, "duty.both_yours", role=_role(catalogue, lang, found)),
        catalogue.text(lang, "duty.both_yours_how", start=_shown(found.start, lang)),
    )


def proof(catalogue: Catalogue, lang: Language) -> Lines:
    return (catalogue.text(lang, "duty.proof"),)


def test_alarm(catalogue: Catalogue, lang: Language, municipality: str) -> Lines:
    """To the officers of a municipality."""
    return (
        catalogue.text(lang, "duty.test_alarm", municipality=municipality),
        catalogue.text(lang, "duty.test_alarm_how"),
        catalogue.text(lang, "duty.test_alarm_why"),
    )


def _role(catalogue: Catalogue, lang: Language, found: Finding) -> str:
    return role_name(catalogue, lang, found.role or RoleId(""))


def _shown(at: datetime | None, lang: Language) -> str:
    return moment(at, lang) if at is not None else "–"
