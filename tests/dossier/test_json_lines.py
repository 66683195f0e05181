"""The log for programs: every line of every golden log is as the published schema says, and says what was sealed."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from bot.dossier.json_lines import json_lines
from bot.dossier.log_schema import NAME, schema
from bot.logbook.chain import Opening, read_pre
from tests.logbook.golden_night import GOLDEN
from tests.logbook.test_golden import BUNDLES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def validator() -> Any:  # noqa: ANN401 - jsonschema has no types
    read = json.loads((ROOT / NAME).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(read)
    return Draft202012Validator(read)


def stored(bundle: Path) -> tuple[list[bytes], list[Opening]]:
    openings = []
    for line in (bundle / "openings.jsonl").read_text(encoding="utf-8").splitlines():
        kept = json.loads(line)
        _, seq, name, _ = read_pre(kept["pre"].encode())
        openings.append(Opening(seq, name, bytes.fromhex(kept["salt"]), kept["pre"].encode()))
    return (bundle / "entries.jsonl").read_bytes().splitlines(), openings


def lines(raws: list[bytes], openings: list[Opening]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(json_lines(raws, openings)).splitlines()]


def test_the_published_schema_is_that_of_the_entries() -> None:
    """When this fails: `python -m bot.dossier.log_schema`."""
    assert (ROOT / NAME).read_text(encoding="utf-8") == schema()


@pytest.mark.parametrize("bundle", BUNDLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_line_of_a_golden_log_is_as_the_schema_says(bundle: Path, validator: Any) -> None:  # noqa: ANN401
    raws, openings = stored(bundle)
    told = lines(raws, openings)
    assert len(told) == len(raws)
    for line in told:
        assert validator.is_valid(line), validator.iter_errors(line).__next__().message
    assert [line["prev"] for line in told[1:]] == [line["h"] for line in told[:-1]]
    values = {(line["seq"], name): value for line in told for name, value in line["fields"].items()}
    assert values == {(o.seq, o.name): read_pre(o.pre)[3] for o in openings}


def test_what_is_withheld_is_named_and_still_fits_the_schema(validator: Any) -> None:  # noqa: ANN401
    raws, _ = stored(BUNDLES[-1])
    for line in lines(raws, []):
        assert validator.is_valid(line)
        assert line["fields"] == {}
        assert line["withheld"] == list(json.loads(raws[line["seq"]])["body"])


@pytest.mark.parametrize(
    "change",
    [
        {"type": "nooit.gebeurd"},
        {"fields": {"onbekend": 1}},
        {"h": "kort"},
        {"extra": 1},
        {"fields": {}, "withheld": []},
    ],
    ids=str,
)
def test_a_line_that_is_not_one_is_refused(change: dict[str, Any], validator: Any) -> None:  # noqa: ANN401
    line = next(one for one in lines(*stored(GOLDEN / "0.1.0" / "long")) if one["type"] == "alarm.raised")
    assert validator.is_valid(line)
    assert not validator.is_valid(line | change)
