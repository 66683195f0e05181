"""`iogplus playbook preview`: the chat of a playbook, before anybody is woken by it."""

import re
from pathlib import Path

import pytest

from bot.domain.people import Language
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.words import decision_words
from bot.words.catalogue import load
from tests.cli.conftest import ROOT, Runs

PLAYBOOKS = ROOT / "playbooks"


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("number", [f"PB{n:02}" for n in range(13)])
def test_a_preview_shows_every_step_with_its_time_and_every_decision_with_its_answers(
    iogplus: Runs, number: str, lang: Language
) -> None:
    said = iogplus("playbook", "preview", number.lower(), "--playbooks", PLAYBOOKS, "--lang", lang)
    files = read_playbooks(PLAYBOOKS)
    assert isinstance(files, PlaybookFiles)
    (playbook,) = (p for p in files.playbooks.values() if p.id == number)

    assert said.exit_code == 0
    shown = re.findall(r"^── (\S+) · \+", said.stdout, re.MULTILINE)
    assert shown == [step.id for step in playbook.steps]
    assert "Waterbrug" in said.stdout.splitlines()[0]
    for step in playbook.steps:
        assert (step.text.nl if lang == "nl" else step.text.en) in said.stdout
    for decision in {s.decision for s in playbook.steps if s.decision is not None}:
        options = [o.label.nl if lang == "nl" else o.label.en for o in files.decisions[decision].options]
        found = "\n".join(decision_words.options(load(), lang, files.decisions[decision]))
        assert found in said.stdout
        assert all(label in found for label in options)


def test_a_preview_says_on_what_a_step_waits(installation: Path, iogplus: Runs) -> None:
    file = installation / "playbooks" / "PB01.yaml"
    step = "    rol: expert_cter\n    termijn: 25m\n"
    when = "    als: [{besluit: B4, is: [aannemelijk]}, {stap: PB01-1, is: nvt}, {fenomeen: F07}]\n    voor: 2u\n"
    file.write_text(file.read_text(encoding="utf-8").replace(step, step + when, 1), encoding="utf-8")
    said = iogplus("playbook", "preview", "PB01")

    assert said.exit_code == 0
    assert (
        "── PB01-2 · +0:25\n(alleen als besluit B4 is: Aannemelijk)\n(alleen als stap PB01-1 niet van toepassing is)\n"
        "(alleen bij fenomeen F07)\n(aangekondigd: 2:00 voor het verwachte moment)\n"
    ) in said.stdout


def test_a_preview_of_what_is_not_there_or_not_right(installation: Path, iogplus: Runs) -> None:
    said = iogplus("playbook", "preview", "PB99")
    assert (said.exit_code, said.stdout) == (2, "")
    assert "draaiboek PB99 is er niet; wel: PB00, PB01" in said.stderr
    assert iogplus("playbook", "preview", "PB01", "--playbooks", installation / "nergens").exit_code == 2
    (installation / "playbooks" / "PB02.yaml").write_text("id: PB02\n", encoding="utf-8")
    broken = iogplus("playbook", "preview", "PB01", "--lang", "en")
    assert broken.exit_code == 1
    assert "PB02.yaml:1:1: required field is missing: titel" in broken.stdout
    (installation / "config.yaml").unlink()
    assert iogplus("playbook", "preview", "PB01").exit_code == 2
