"""The guide for who writes a playbook: its example loads without a problem, and it explains every field."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.ids import PlaybookId
from bot.domain.playbook import Condition
from bot.reference.check import check
from bot.reference.models import ConditionShape, PlaybookFile, Shape, StepShape
from bot.reference.playbooks import load_playbooks

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "beheer" / "draaiboeken.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_example_of_the_guide_is_a_playbook(tmp_path: Path) -> None:
    assert EXAMPLE is not None
    playbooks = Path(shutil.copytree(ROOT / "playbooks", tmp_path / "playbooks"))
    (playbooks / "PB13.yaml").write_text(EXAMPLE[1], encoding="utf-8")
    loaded = load_playbooks(playbooks)

    assert not isinstance(loaded, tuple), loaded
    first, second, third = (s for s in loaded[PlaybookId("PB13")].steps if s.id.startswith("PB13"))
    assert (first.required, first.when) == (True, ())
    assert (second.required, second.before) == (False, timedelta(hours=2))
    assert second.when == (Condition(step=first.id),)
    assert (third.required, third.four_eyes) == (True, True)
    assert third.when == (Condition(decision="B4", options=("aannemelijk", "ernstige_vrees_onderbouwd")),)
    assert check(ROOT / "contacts" / "example", playbooks, datetime(2026, 11, 22, 12, tzinfo=UTC)) == ()


@pytest.mark.parametrize("shape", [PlaybookFile, StepShape, ConditionShape])
def test_every_field_stands_in_the_guide(shape: type[Shape]) -> None:
    names = {field.alias or name for name, field in shape.model_fields.items()} - {"stappen"}
    assert {name for name in names if not re.search(rf"`{name}`|\b{name}:", GUIDE)} == set()
