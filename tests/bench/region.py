"""The stage of the alarms at once: so many municipalities, each with an officer, eight people on duty and addresses for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from tests.bench.town import EXAMPLE, ROLES

BESIDE: tuple[Channel, ...] = ("ntfy", "pushover", "sms")


@dataclass(frozen=True, slots=True)
class Brigade:
    """Who is called for one municipality, and who calls them."""

    number: int

    @property
    def reporter(self) -> PersonId:
        return PersonId(f"melder{self.number:02}")

    @property
    def called(self) -> tuple[PersonId, ...]:
        return tuple(PersonId(f"dienst{self.number:02}{n:02}") for n in range(1, len(ROLES) + 1))

    @property
    def everybody(self) -> tuple[PersonId, ...]:
        return (self.reporter, *self.called)


def address(person: PersonId, channel: Channel) -> str:
    """Where somebody who is called is reached; it exists nowhere."""
    number = str(person)[-4:]
    return {"sms": f"+3160000{number}", "ntfy": f"iog-telefoon{number}", "pushover": f"{'u' * 26}{number}"}[channel]


def write_contacts(directory: Path, brigades: Sequence[Brigade]) -> None:
    """Every channel at once, and nothing that rings again while the others are measured."""
    directory.mkdir()
    region = yaml.safe_load((EXAMPLE / "regio.yaml").read_text(encoding="utf-8"))
    region["terugval"] = [str(brigades[0].called[0])]
    region["opschaling"]["ladder"] = [{"kanaal": channel, "na": "0s"} for channel in BESIDE]
    for step in region["opschaling"]["stappen"]:
        step |= {"wacht": "10u", "herhaal": 0}
    contents: dict[str, Any] = {
        "regio.yaml": region,
        "gemeenten.yaml": {"gemeenten": [_municipality(one) for one in brigades]},
        "personen.yaml": {"personen": [shape for one in brigades for shape in _people(one)]},
        "roosters.yaml": {"roosters": [shape for one in brigades for shape in _rosters(one)]},
    }
    for name, content in contents.items():
        (directory / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def _municipality(brigade: Brigade) -> dict[str, Any]:
    return {"id": _id(brigade), "naam": f"Proefdorp {brigade.number:02}", "regio": _id(brigade)}


def _people(brigade: Brigade) -> list[dict[str, Any]]:
    officer = _person(brigade.reporter, "Melder", "melder") | {"gemeente": _id(brigade)}
    return [officer, *(_person(one, "Dienst", role) for one, role in zip(brigade.called, ROLES, strict=True))]


def _person(person: PersonId, name: str, role: str) -> dict[str, Any]:
    number = str(person).removeprefix(name.lower())
    return {
        "id": str(person), "naam": f"{name} {number}", "organisatie": "Regio Deltaland",
        "accounts": [f"@{person}:iog.example"], "rollen": [role],
    }  # fmt: skip


def _rosters(brigade: Brigade) -> list[dict[str, Any]]:
    shift = {"regio": _id(brigade), "wissel": "week", "vanaf": "2026-01-05 08:00", "bewust_leeg": "Geen reserve nodig."}
    return [shift | {"rol": role, "eerste": [str(one)]} for one, role in zip(brigade.called, ROLES, strict=True)]


def _id(brigade: Brigade) -> str:
    return f"proef{brigade.number:02}"
