"""The dossier has words for every way in which something can have been said and for every state: a missing one would break it."""

from typing import get_args

import pytest

from bot.domain.entries import Capacity
from bot.domain.incident import PageState, Progress, State
from bot.domain.ladder import Channel
from bot.domain.origin import Confidentiality, Place, Proof, Via
from bot.domain.people import Duty, Language
from bot.domain.personal_data import PersonalData
from bot.domain.playbook import LineKind
from bot.domain.reasons import Standing
from bot.domain.sitreps import Part
from bot.domain.sources import Outcome, SourceKind
from bot.dossier.labels import label
from bot.words.catalogue import Catalogue

KEYS = [
    f"{prefix}.{value}"
    for prefix, values in (
        ("via", Via), ("proof", Proof), ("room", Place), ("class", Confidentiality), ("state", State), ("page", PageState),
        ("step", Progress), ("decision", Standing), ("capacity", Capacity), ("duty", Duty), ("line", Outcome),
    )
    for value in get_args(values)
]  # fmt: skip


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_it_is_said_in_both_languages(key: str, lang: Language) -> None:
    assert label(lang, key)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("kind", LineKind),
        ("source_kind", SourceKind),
        ("channel", Channel),
        ("sitrep.part", Part),
        ("personal", PersonalData),
    ],
)
def test_the_catalogue_has_a_word_for_what_it_is_asked(catalogue: Catalogue, key: str, values: object) -> None:
    assert [one for one in get_args(values) if not catalogue.has(f"{key}.{one}")] == []
