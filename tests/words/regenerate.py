"""Writes what is compared with the program: `python -m tests.words.regenerate --golden --docs`."""

import sys
from pathlib import Path

from bot.words.catalogue import LANGUAGES, load
from bot.words.reference_page import reference_page
from tests.words.roster_samples import golden_roster
from tests.words.samples import GOLDEN, golden

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"nl": DOCS / "gebruik" / "commandos.md", "en": DOCS / "commands.md"}


def main(flags: list[str]) -> None:
    catalogue = load()
    for lang in LANGUAGES:
        if "--golden" in flags:
            (GOLDEN / f"{lang}.txt").write_text(golden(catalogue, lang), encoding="utf-8")
            (GOLDEN / f"roster.{lang}.txt").write_text(golden_roster(catalogue, lang), encoding="utf-8")
        if "--docs" in flags:
            PAGES[lang].write_text(reference_page(catalogue, lang), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
