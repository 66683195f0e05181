"""The page of documentation that lists every word of the grammar, made from it so that it cannot go stale."""

from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.emoji import MARKS
from bot.words.grammar import GROUPS, VERBS, Verb


def reference_page(catalogue: Catalogue, lang: Language) -> str:
    """The page in Markdown."""

    def text(key: str) -> str:
        return catalogue.template(lang, key)

    parts = [f"# {text('reference.title')}", text("reference.intro")]
    for group in GROUPS:
        head = f"| {text('reference.words')} | {text('reference.does')} | {text('reference.where')} |"
        rows = [_row(catalogue, lang, verb) for verb in VERBS if verb.group == group]
        parts += [f"## {text(f'group.{group}')}", "\n".join((head, "|---|---|---|", *rows))]
    marks = "\n".join(f"- {emoji} {text(f'reference.reaction_{name}')}" for emoji, name in MARKS.items())
    parts += [f"## {text('reference.reactions')}", text("reference.reactions_intro"), marks]
    parts.append(text("reference.reactions_bot"))
    return "\n\n".join(parts) + "\n"


def _row(catalogue: Catalogue, lang: Language, verb: Verb) -> str:
    own, other = (verb.nl, verb.en) if lang == "nl" else (verb.en, verb.nl)
    words = ", ".join(f"`{word}`" for word in dict.fromkeys((*own, *other)))
    use, does = (catalogue.template(lang, f"{kind}.{verb.name}") for kind in ("use", "does"))
    where = ", ".join(catalogue.template(lang, f"where.{place}") for place in sorted(verb.places))
    return f"| **{use}** ({words}) | {does} | {where} |"
