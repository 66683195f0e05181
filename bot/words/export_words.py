"""What somebody asks for after `export`: nothing is the whole bundle, else one document, or a copy for others."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.entries import Disclosure, Form
from bot.domain.people import Language
from bot.words.folding import fold


@dataclass(frozen=True, slots=True)
class Wanted:
    """`number` is that of the report or decision; `lang` is named by who wants the other language."""

    form: Form = "bundle"
    copy: Disclosure = "whole"
    number: int | None = None
    lang: Language | None = None


_FORMS: Final[dict[str, Form]] = {
    "pdf": "pdf", "word": "word", "docx": "word", "excel": "excel", "xlsx": "excel", "csv": "csv", "html": "html",
    "pagina": "html", "page": "html", "json": "json", "jsonl": "json", "agenda": "ical", "ical": "ical", "calendar": "ical",
    "sitrap": "sitrep", "sitrep": "sitrep", "notitie": "note", "note": "note",
}  # fmt: skip
_LANGUAGES: Final[dict[str, Language]] = {"nl": "nl", "nederlands": "nl", "en": "en", "engels": "en", "english": "en"}
_COPIES: Final[dict[str, Disclosure]] = {
    "zonder namen": "without_names",
    "without names": "without_names",
    "woo": "woo",
}
_FILLING: Final = frozenset(("besluit", "decision", "van", "of", "als", "as", "in"))
_NUMBER: Final = re.compile(r"#?([0-9]{1,4})")


def wanted(argument: str) -> Wanted | None:
    """What was asked for; None when a word in it is none of ours, for a document with too much in it cannot be taken back."""
    text = fold(argument).text
    copy: Disclosure = "whole"
    for words, kind in _COPIES.items():
        if re.search(rf"\b{words}\b", text):
            copy, text = kind, re.sub(rf"\b{words}\b", " ", text)
    found = Wanted(copy=copy)
    for word in text.split():
        number = _NUMBER.fullmatch(word)
        if word in _FORMS and found.form == "bundle":
            found = Wanted(_FORMS[word], copy, found.number, found.lang)
        elif word in _LANGUAGES and found.lang is None:
            found = Wanted(found.form, copy, found.number, _LANGUAGES[word])
        elif number is not None and found.number is None:
            found = Wanted(found.form, copy, int(number[1]), found.lang)
        elif word not in _FILLING:
            return None
    numbered = found.form in ("note", "sitrep")
    if (found.number is None and found.form == "note") or (found.number is not None and not numbered):
        return None
    return found
