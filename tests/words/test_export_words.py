"""What people ask for after `export`, in words; a word that is none of ours makes nothing."""

import pytest

from bot.words.export_words import Wanted, wanted


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", Wanted()),
        ("pdf", Wanted("pdf")),
        ("PDF in het engels", None),
        ("pdf engels", Wanted("pdf", lang="en")),
        ("zonder namen", Wanted(copy="without_names")),
        ("Word zonder namen", Wanted("word", "without_names")),
        ("without names as csv", Wanted("csv", "without_names")),
        ("woo", Wanted(copy="woo")),
        ("sitrap", Wanted("sitrep")),
        ("sitrap 2", Wanted("sitrep", number=2)),
        ("notitie besluit 3", Wanted("note", number=3)),
        ("note decision 3", Wanted("note", number=3)),
        ("notitie", None),
        ("pdf 3", None),
        ("pdf excel", None),
        ("alles van iedereen", None),
        ("woo namen", None),
    ],
)
def test_what_is_meant(said: str, meant: Wanted | None) -> None:
    assert wanted(said) == meant
