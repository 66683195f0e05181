"""What a copy for others says about itself: what was left out, why, and what a human still has to look at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.domain import entries as e
from bot.domain.circle import is_open
from bot.domain.origin import Confidentiality
from bot.domain.people import Language
from bot.domain.personal_data import PersonalData, find
from bot.domain.playbook import Both
from bot.domain.privacy import texts
from bot.dossier.collect import Dossier
from bot.dossier.disclosure import Disclosed
from bot.dossier.grounds import WORDS, in_words
from bot.dossier.labels import label
from bot.dossier.sheet import Section, Sentence, Sheet, Table
from bot.words import line_words
from bot.words.catalogue import Catalogue

_CONFIDENTIAL: Final[tuple[Confidentiality, ...]] = ("vertrouwelijk", "politie_alleen_elders")
_SAYS: Final[dict[str, Both]] = {
    "mark.without_names": Both("KOPIE ZONDER NAMEN", "COPY WITHOUT NAMES"),
    "mark.woo": Both("WOO-KOPIE", "WOO COPY"),
    "heading": Both("Wat hier niet in staat", "What is left out"),
    "without_names": Both(
        "Dit is een kopie zonder namen: een rol met een letter staat voor steeds dezelfde persoon.",
        "This is a copy without names: a role with a letter always stands for the same person.",
    ),
    "woo": Both(
        "Dit is een kopie voor een verzoek om informatie (Woo). Een balk noemt de grond. "
        "Een rol met een letter staat voor steeds dezelfde persoon.",
        "This is a copy for a request for information (Woo). A bar names the ground. "
        "A role with a letter always stands for the same person.",
    ),
    "whole": Both(
        "Er staat niets in van de besloten kring, van wat in de kamer verder gezegd werd, en van gedeelde bestanden.",
        "It holds nothing of the closed circle, of what else was said in the room, and of files that were shared.",
    ),
    "human": Both(
        "De bot ziet niet alles. Een mens leest dit voordat het weggaat, ook de vrije teksten die bleven staan.",
        "The bot does not see everything. A human reads this before it leaves, also the free texts that stayed.",
    ),
    "ground": Both("Grond", "Ground"),
    "code": Both("In de balk", "In the bar"),
    "fields": Both("Velden", "Fields"),
    "listed": Both("Mogelijke persoonsgegevens", "Possible personal data"),
    "none": Both("De bot zag er geen.", "The bot saw none."),
    "line": Both("Regel van de tijdlijn", "Line of the timeline"),
    "kind": Both("Wat", "What"),
    "where": Both("Waar", "Where"),
}


@dataclass(frozen=True, slots=True)
class Possible:
    """Possible personal data of one kind in one text: `seq` is its line in the timeline. The value itself is not here."""

    seq: int
    kind: PersonalData
    about: e.Written
    number: int


def personal_data_listed(dossier: Dossier, *, circle: bool = False) -> tuple[Possible, ...]:
    """What the detector sees in the dossier as it was before anything was kept back, for a human to decide about. With the `circle`
    also in what the closed circle recorded, for who is handed that as well."""
    return tuple(_seen(dossier, circle))


def as_copy(sheet: Sheet, copy: Disclosed, listed: tuple[Possible, ...], lang: Language, catalogue: Catalogue) -> Sheet:
    """The sheet of the dossier of a copy, as a document that says of itself, first of all, that it is one.

    `listed` is what `personal_data_listed` gives of the dossier that was copied.
    """
    # Who asks under the Woo is given what is not confidential: the mark of what was kept back does not belong on it.
    gone = {label(lang, f"class.{one}") for one in _CONFIDENTIAL} if copy.kind == "woo" else set()
    return replace(
        sheet,
        handling=_say(lang, copy.kind),
        marks=(_say(lang, f"mark.{copy.kind}"), *(mark for mark in sheet.marks if mark not in gone)),
        sections=(disclosure_section(copy, listed, lang, catalogue), *sheet.sections),
    )


def disclosure_section(copy: Disclosed, listed: tuple[Possible, ...], lang: Language, catalogue: Catalogue) -> Section:
    """What was left out, with the grounds; and in it the list of `personal_data_listed` of the dossier that was copied."""
    rows = tuple((one, in_words(one, lang), str(copy.grounds[one])) for one in WORDS if one in copy.grounds)
    header = tuple(_say(lang, key) for key in ("code", "ground", "fields"))
    sentences = tuple(Sentence(_say(lang, key)) for key in ("whole", "human"))
    grounds = (Table(header, rows),) if rows else ()
    return Section(
        "disclosure", _say(lang, "heading"), (*sentences, *grounds), (listed_section(listed, lang, catalogue),)
    )


def listed_section(listed: tuple[Possible, ...], lang: Language, catalogue: Catalogue) -> Section:
    header = tuple(_say(lang, key) for key in ("line", "kind", "where"))
    rows = tuple(
        (
            f"#{one.seq}",
            line_words.personal(catalogue, lang, (one.kind,)),
            line_words.where(catalogue, lang, one.about, one.number),
        )
        for one in listed
    )
    block = Table(header, rows) if rows else Sentence(_say(lang, "none"))
    return Section("personal-data", _say(lang, "listed"), (block,))


def _seen(dossier: Dossier, circle: bool) -> Iterator[Possible]:
    known = frozenset(
        name
        for one in dossier.facts
        for name in (str(one.fact.origin.actor).lower(), (one.fact.origin.account or "").lower()[1:].partition(":")[0])
    )
    lines = 0
    for one in dossier.facts:
        if isinstance(one.fact, e.LineRecorded):
            lines = one.fact.line or lines + 1
        if not circle and not is_open(one.fact):
            continue
        for about, number, text, _ in texts(one.fact, lines):
            yield from (Possible(one.seq, kind, about, number) for kind in find(text, known))


def _say(lang: Language, key: str) -> str:
    return _SAYS[key].nl if lang == "nl" else _SAYS[key].en
