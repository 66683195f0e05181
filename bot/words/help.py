"""Help made from the grammar: six lines for where somebody is and who they are, and all about one word."""

from collections.abc import Collection, Mapping
from typing import Final

from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.grammar import BY_NAME, VERBS, Group, Where
from bot.words.replies import Lines

# Five groups a place, so that help is never more than six lines; the rest is one `help <word>` or the reference page away.
SHOWN: Final[Mapping[Where, tuple[Group, ...]]] = {
    "direct": ("answer", "alarm", "ask", "roster", "lead"),
    "alarm": ("alarm", "ask"),
    "incident": ("record", "steps", "ask", "lead"),
    "closed": ("ask", "steps", "lead"),
    "circle": ("record", "ask", "lead"),
    "management": ("alarm", "ask", "roster", "lead", "system"),
}


def overview(catalogue: Catalogue, lang: Language, place: Where, roles: Collection[RoleId]) -> Lines:
    """What somebody with these roles can type at `place`."""
    lines = [catalogue.text(lang, "help.first")]
    for group in SHOWN[place]:
        uses = [
            catalogue.template(lang, f"use.{verb.name}")
            for verb in VERBS
            if verb.group == group
            and not verb.rare
            and place in verb.places
            and (not verb.roles or verb.roles & set(roles))
        ]
        if uses:
            lines.append(catalogue.text(lang, f"help.group_{group}", uses=" · ".join(uses)))
    return tuple(lines)


def about(catalogue: Catalogue, lang: Language, name: str) -> Lines:
    """All about one verb of the grammar."""
    verb = BY_NAME[name]
    use, does = (catalogue.template(lang, f"{kind}.{name}") for kind in ("use", "does"))
    words = ", ".join(verb.words)
    return (
        catalogue.text(lang, "help.verb", use=use, does=does),
        catalogue.text(lang, "help.also", words=words),
    )
