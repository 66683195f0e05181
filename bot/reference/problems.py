"""A mistake in the reference data, with the place where a person can mend it."""

from dataclasses import dataclass

from bot.domain.people import Language
from bot.domain.playbook import Both


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file; line and column count from 1, the column in characters."""

    line: int
    column: int


START = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `path` is the file as the caller named it, `message` says in two languages what to do about it."""

    path: str
    line: int
    column: int
    message: Both

    def text(self, lang: Language = "nl") -> str:
        """One line as editors understand it: `file:line:column: message`."""
        return f"{self.path}:{self.line}:{self.column}: {self.message.en if lang == 'en' else self.message.nl}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Broken:
    """The reference data cannot be used; `problems` is not empty and ordered by file and place."""

    problems: tuple[Problem, ...]


def ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file, line and column."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.path, p.line, p.column, p.message.nl)))
