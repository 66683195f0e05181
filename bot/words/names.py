"""Names for roles, and lists of them, short enough for a first line."""

from collections.abc import Iterable, Sequence
from typing import Final

from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.shown import Loose, loose, visible

# With the mark of an exercise, the number and a municipality this is what a first line leaves.
_IN_FIRST_LINE: Final = 22


def role_name(catalogue: Catalogue, lang: Language, role: RoleId) -> str:
    """The short name; a role that the catalogue does not know shows as its id."""
    key = f"role.{role}"
    return catalogue.template(lang, key) if catalogue.has(key) else visible(role)


def role_names(catalogue: Catalogue, lang: Language, roles: Iterable[RoleId], between: str = ", ") -> Loose:
    return loose(between.join(role_name(catalogue, lang, role) for role in roles))


def few_roles(catalogue: Catalogue, lang: Language, roles: Sequence[RoleId]) -> Loose:
    """`cyber + CTER`, and from there on only how many more: `cyber + 3`."""
    names = [role_name(catalogue, lang, role) for role in roles]
    for shown in range(len(names), 0, -1):
        left = len(names) - shown
        text = " + ".join((*names[:shown], *([str(left)] if left else [])))
        if len(text) <= _IN_FIRST_LINE or shown == 1:
            return loose(text)
    return loose("")


def chosen(lang: Language, nl: str, en: str) -> Loose:
    """The text of a value that exists in both languages."""
    return loose(nl if lang == "nl" else en)
