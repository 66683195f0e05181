"""Writes the JSON Schemas that let an editor complete and check the YAML: `python -m bot.reference.schemas [directory]`."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from bot.reference.models import (
    BasesFile,
    DecisionsFile,
    MunicipalitiesFile,
    PeopleFile,
    PhenomenaFile,
    PlatformsFile,
    PlaybookFile,
    RegionFile,
    RotationsFile,
    SignalsFile,
)

SCHEMAS: Final[Mapping[str, type[BaseModel]]] = {
    "contacts/schemas/regio.json": RegionFile,
    "contacts/schemas/gemeenten.json": MunicipalitiesFile,
    "contacts/schemas/personen.json": PeopleFile,
    "contacts/schemas/roosters.json": RotationsFile,
    "playbooks/schema.json": PlaybookFile,
    "playbooks/besluiten.schema.json": DecisionsFile,
    "playbooks/grondslagen.schema.json": BasesFile,
    "playbooks/fenomenen.schema.json": PhenomenaFile,
    "playbooks/signalen.schema.json": SignalsFile,
    "playbooks/platforms.schema.json": PlatformsFile,
}


def schema(model: type[BaseModel]) -> str:
    """The JSON Schema of one file, as it is stored."""
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def write(root: Path) -> None:
    """Writes every schema under `root`, the directory that holds `contacts` and `playbooks`."""
    for name, model in SCHEMAS.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(schema(model), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
