"""The dossier has words for every way in which something can have been said and for every state: a missing one would break it."""

from typing import get_args

import pytest

from bot.domain.incident import PageState, Progress, State
from bot.domain.origin import Confidentiality, Place, Proof, Via
from bot.domain.people import Language
from bot.dossier.labels import label

KEYS = [
    f"{prefix}.{value}"
    for prefix, values in (
        ("via", Via), ("proof", Proof), ("room", Place), ("class", Confidentiality), ("state", State), ("page", PageState),
        ("step", Progress),
    )
    for value in get_args(values)
]  # fmt: skip


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("key", KEYS)
def test_it_is_said_in_both_languages(key: str, lang: Language) -> None:
    assert label(lang, key)
