"""Campaign C19 in small: no change to a bundle is accepted with another meaning, and the campaign can tell."""

import pytest

from bot.logbook.verify import Verified, verify_files
from tests.campaign import tamper
from tests.campaign.tamper_changes import WHOLE
from tests.logbook.bundles import ORIGIN, PUBLIC_TEXT


def test_two_thousand_mutations_none_accepted_with_another_meaning() -> None:
    counts = tamper.run(seed=1, mutations=2000)
    assert counts.refused + counts.harmless == 2000
    assert counts.unsound == 0
    assert counts.disagreements == 0
    # Without these the campaign could not tell a sound verifier from a blind one.
    assert counts.fooled_without_openings > 20
    assert counts.fooled_without_signature > 20
    assert (counts.passed, counts.failed) == (2000, 0)


def test_a_campaign_whose_controls_find_nothing_has_failed() -> None:
    assert tamper.Counts(seed=1, mutations=0).failed == 2


def test_a_bundle_with_fewer_openings_is_sound_and_one_that_hides_it_is_not() -> None:
    fewer = WHOLE | {"openings.jsonl": b"".join(WHOLE["openings.jsonl"].splitlines(keepends=True)[1:])}
    del fewer["manifest.json"]
    verdict = verify_files(fewer, ORIGIN, PUBLIC_TEXT)
    assert isinstance(verdict, Verified)
    assert tamper.is_sound(verdict)
    assert verdict.missing_openings == tamper.TRUTH.missing_openings + 1


def test_the_command_prints_seed_counts_and_a_closing_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert tamper.main(["--mutations", "300", "--seed", "7"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["seed: 7", "mutations: 300"]
    assert said[-1] == "300 passed, 0 failed"
