"""The texts in both languages, read from the .po files when the program starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po

from bot.domain.people import Language
from bot.words.shown import visible
from bot.words.tree import grow, plain

LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Templates by language and key. A key that is not there is a mistake of the program and raises KeyError."""

    texts: Mapping[Language, Mapping[str, str]]

    def template(self, lang: Language, key: str) -> str:
        return self.texts[lang][key]

    def has(self, key: str) -> bool:
        return all(key in self.texts[lang] for lang in LANGUAGES)

    def text(self, lang: Language, key: str, **values: str) -> str:
        """The plain text, its values made fit to show."""
        return plain(grow(self.template(lang, key), {name: visible(value) for name, value in values.items()}))


@cache
def load() -> Catalogue:
    """Reads `bot/locale`, once in a process; raises babel's PoFileError for a file that is damaged."""
    return Catalogue({lang: _read(lang) for lang in LANGUAGES})


def _read(lang: Language) -> dict[str, str]:
    with (files("bot") / "locale" / f"{lang}.po").open("rb") as file:
        entries = read_po(file, locale=lang, abort_invalid=True)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id}
