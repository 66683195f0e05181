"""Why something is kept back in a copy for others: the ground, its mark in the place of the words, and what it is called.

The grounds are those of the Wet open overheid (Woo), article 5.1, first and second paragraph, and article 5.2.
"""

from typing import Final, Literal

from bot.domain.erased import ERASED, Erased
from bot.domain.people import Language
from bot.domain.playbook import Both

Kind = Literal["without_names", "woo"]
# Without a number: a copy that is not made for a request under the Woo, so that no ground of that law is named.
Ground = Literal["privacy", "5.1.1e", "5.1.2c", "5.1.2e", "5.1.2i", "5.2"]

# The codes are those that stand in the bars of documents of Dutch public bodies; they are the same in every language.
WORDS: Final[dict[Ground, Both]] = {
    "privacy": Both("persoonsgegevens", "personal data"),
    "5.1.1e": Both(
        "Woo artikel 5.1, lid 1, onder e: nummers die personen identificeren",
        "Woo article 5.1(1)(e): numbers that identify persons",
    ),
    "5.1.2c": Both(
        "Woo artikel 5.1, lid 2, onder c: de opsporing en vervolging van strafbare feiten",
        "Woo article 5.1(2)(c): the detection and prosecution of criminal offences",
    ),
    "5.1.2e": Both(
        "Woo artikel 5.1, lid 2, onder e: de eerbiediging van de persoonlijke levenssfeer",
        "Woo article 5.1(2)(e): respect for private life",
    ),
    "5.1.2i": Both(
        "Woo artikel 5.1, lid 2, onder i: het goed functioneren van publiekrechtelijke lichamen of bestuursorganen",
        "Woo article 5.1(2)(i): the proper functioning of public bodies",
    ),
    "5.2": Both(
        "Woo artikel 5.2: persoonlijke beleidsopvattingen voor intern beraad",
        "Woo article 5.2: personal views on policy, meant for internal deliberation",
    ),
}


def mark(ground: Ground) -> Erased:
    """What stands in place of a whole field; it reads as a bar in every language, with the code of its ground."""
    return Erased(f"{ERASED} {ground}")


def piece(ground: Ground) -> str:
    """What stands in place of a few words within a text."""
    return f"[{mark(ground)}]"


def ground_of(text: str) -> Ground | None:
    """The ground of a text that is nothing but a mark."""
    return _MARKED.get(text)


def in_words(ground: Ground, lang: Language) -> str:
    both = WORDS[ground]
    return both.nl if lang == "nl" else both.en


_MARKED: Final[dict[str, Ground]] = {str(mark(ground)): ground for ground in WORDS}
