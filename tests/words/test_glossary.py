"""The glossary is law: no kind of entry, kind of line, role or phase is missing from it, and no wire type in it is made up."""

import re
from pathlib import Path
from typing import get_args

from bot.domain import entries as e
from bot.domain.playbook import PHASES, LineKind
from bot.logbook.codec import wire_type

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_every_kind_of_entry_stands_in_the_glossary_with_its_wire_type() -> None:
    rows = dict(re.findall(r"\| `([A-Z]\w+)` \| `([a-z.]+)` \|", GLOSSARY))
    assert rows == {kind.__name__: wire_type(kind) for kind in (*e.KINDS, *e.INDEX_KINDS, *e.TRANSCRIPT_KINDS)}


def test_every_kind_of_line_and_phase_stands_in_the_glossary() -> None:
    assert [kind for kind in get_args(LineKind) if f"`{kind}`" not in GLOSSARY] == []
    assert [phase for phase in PHASES if phase not in GLOSSARY] == []


def test_every_identifier_of_a_class_exists() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (Path(__file__).parents[2] / "bot").rglob("*.py"))
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", GLOSSARY))
    assert {name for name in named if not re.search(rf"\b{name}\b", source)} == set()
    assert len(named) > 60
