"""No text suggests a power that nobody surely has, and none calls anybody what only a court may call them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.domain.contacts import Reference
from bot.reference.load import load_reference
from bot.words.card_index import cards
from bot.words.card_words import CardWords
from bot.words.catalogue import LANGUAGES, load
from bot.words.intervention_words import interventions
from tests.house.tree import PAGES, ROOT, named, text

REMOVE: Final = re.compile(
    r"verwijder|ontoegankelijk|offline|weghal|weg te halen|van internet|remov|take[ -]?down|taken down|inaccessible|delet",
    re.IGNORECASE,
)
MAYOR: Final = re.compile(
    r"burgemeester|\bapv|\b172|plaatselijke verordening|noodverordening|noodbevel|mayor|by-law|emergency order",
    re.IGNORECASE,
)
ORDER: Final = re.compile(
    r"bevel|beveel|gelast|verplicht|dwing|\blaat\b|laten|order|command|force|have\b", re.IGNORECASE
)
# How a text says that this cannot be: the status itself, or a plain no.
DENIED: Final = re.compile(
    r"geen vaststaande bevoegdheid|no settled power|geldt niet|not in force|geen bevel tot verwijderen|no order to remove"
    r"|niet (via )?de burgemeester|not (through )?the mayor",
    re.IGNORECASE,
)
CALLED: Final = re.compile(r"\b(verdachten?|daders?|suspects?|perpetrators?|offenders?|culprits?)\b", re.IGNORECASE)
CATALOGUE: Final = load()
FILES: Final = tuple(sorted((ROOT / "playbooks").glob("*.yaml")))
USED: Final = tuple(page for page in PAGES if page.parent.name == "gebruik")


def suggests_removal(said: str) -> bool:
    return bool(REMOVE.search(said) and MAYOR.search(said) and ORDER.search(said) and not DENIED.search(said))


def shown(value: Any) -> Iterator[str]:  # noqa: ANN401 - what a YAML file holds
    """The texts in two languages of a file; codes and search words are not shown."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("nl", "en") and isinstance(inner, str):
                yield inner
            else:
                yield from shown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shown(inner)


def texts() -> Iterator[tuple[str, str]]:
    """Everything that the bot can say, in the pieces in which it is read: a message's line, a step, a whole card."""
    for lang in LANGUAGES:
        yield from ((f"{lang}.po {key}", said) for key, said in CATALOGUE.texts[lang].items())
    for file in FILES:
        if file.name.startswith(("PB", "bas", "bes")):
            yield from ((file.name, said) for said in shown(yaml.safe_load(file.read_text(encoding="utf-8"))))
    reference = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(reference, Reference)
    for lang in LANGUAGES:
        words = CardWords(CATALOGUE, lang, reference)
        for card in cards(reference):
            lines, choices = words.card(card.ref)
            yield from ((card.ref, line) for line in lines) if choices else ((card.ref, "\n".join(lines)),)
        yield from (("interventions", line) for line in interventions(CATALOGUE, lang, reference, None)[0])
    for page in USED:
        yield from ((named(page), line) for line in text(page).splitlines())


def test_no_text_suggests_that_a_mayor_can_order_a_post_removed() -> None:
    found = list(texts())
    assert len(found) > 2_000
    assert [(where, said) for where, said in found if suggests_removal(said)] == []


@pytest.mark.parametrize(
    "said",
    [
        "De burgemeester beveelt dat het bericht wordt verwijderd.",
        "Licht bevel (172 lid 3): laat de oproep offline halen.",
        "Gelast op grond van de APV het verwijderen van de post.",
        "Weeg een noodbevel om het filmpje te laten verwijderen.",
        "Order the post removed on by-law grounds.",
        "The mayor can have the call taken down.",
    ],
)
def test_what_is_looked_for_would_be_found(said: str) -> None:
    assert suggests_removal(said)
    assert not suggests_removal(f"{said} Status: geen vaststaande bevoegdheid.")


def test_everybody_is_called_by_a_neutral_word() -> None:
    """Only a prosecutor may say otherwise, and types it."""
    assert [(where, said) for where, said in texts() if CALLED.search(said)] == []
    written = [(file.name, hit[0]) for file in FILES if (hit := CALLED.search(file.read_text(encoding="utf-8")))]
    assert written == []
    assert CALLED.search("namen van verdachten")


def test_the_unsettled_powers_warn_at_the_decisions_where_people_would_look_for_them() -> None:
    reference = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(reference, Reference)
    for code in ("B5", "B6", "B7"):
        lines, _ = CardWords(CATALOGUE, "nl", reference).answer(code)
        assert any("verwijderen: ⚠️ geen vaststaande bevoegdheid" in line for line in lines), code
    assert Path(ROOT / "playbooks" / "grondslagen.yaml").is_file()
