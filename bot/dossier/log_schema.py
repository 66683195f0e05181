"""Writes the JSON Schema of `json_lines`, from the kinds of entry themselves: `python -m bot.dossier.log_schema [directory]`."""

import json
import sys
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from bot.domain import entries as e
from bot.domain.origin import Origin
from bot.logbook.codec import wire_type
from bot.logbook.shapes import NO_DEFAULT, Member, bare, members_of, without_none

NAME: Final = "docs/schemas/log-line.schema.json"
_MOST: Final = 2**53 - 1
_MOMENT: Final = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"
_HASH: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_ORIGIN: Final = frozenset(member.name for member in members_of(Origin))
_PLAIN: Final[dict[object, dict[str, Any]]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": -_MOST, "maximum": _MOST},
    datetime: {"type": "string", "pattern": _MOMENT, "description": "UTC"},
    timedelta: {"type": "integer", "minimum": -_MOST, "maximum": _MOST, "description": "milliseconds"},
}


def schema() -> str:
    """The schema as it is stored."""
    kinds = {wire_type(kind): _members(kind) for kind in (*e.KINDS, *e.INDEX_KINDS, *e.TRANSCRIPT_KINDS)}
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One entry of a log, with its fields opened",
        "type": "object",
        "additionalProperties": False,
        "required": ["seq", "ts", "type", "h", "prev", "log", "actor", "fields", "withheld"],
        "properties": {
            "seq": {"type": "integer", "minimum": 0, "maximum": _MOST},
            "ts": _PLAIN[datetime],
            "type": {"enum": sorted(kinds)},
            "h": _HASH,
            "prev": _HASH,
            "log": {"type": "string"},
            "actor": {"type": ["string", "null"], "description": "null: withheld"},
            "fields": {"type": "object"},
            "withheld": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        },
        "allOf": [_rule(kind, members) for kind, members in sorted(kinds.items())],
        "$defs": {
            "reference": {
                "description": "what is kept beside the log, by the SHA-256 of its bytes",
                "type": "object",
                "additionalProperties": False,
                "required": ["sha256"],
                "properties": {"sha256": _HASH},
            },
            **{f"origin.{member.name}": _field(member) for member in members_of(Origin)},
            **{kind: _fields(members, _ORIGIN) for kind, members in sorted(kinds.items())},
        },
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def write(root: Path) -> None:
    """Writes the schema under `root`, the directory that holds `docs`."""
    path = root / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema(), encoding="utf-8")


def _members(kind: type) -> list[Member]:
    found: list[Member] = []
    for member in members_of(kind):
        if "flatten" in member.marks and isinstance(member.hint, type):
            found += members_of(member.hint)
        else:
            found.append(member)
    return found


def _rule(kind: str, members: list[Member]) -> dict[str, Any]:
    """What a type means for its fields; as long as nothing is withheld, those without a default are all there."""
    then: dict[str, Any] = {
        "properties": {
            "fields": {"$ref": f"#/$defs/{kind}"},
            "withheld": {"items": {"enum": [m.name for m in members]}},
        }
    }
    if required := [member.name for member in members if member.default is NO_DEFAULT]:
        then |= {
            "if": {"properties": {"withheld": {"maxItems": 0}}},
            "then": {"properties": {"fields": {"required": required}}},
        }
    return {"if": {"properties": {"type": {"const": kind}}}, "then": then}


def _fields(members: list[Member], shared: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields of an object; those of `shared` are described once, for all kinds."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            m.name: {"$ref": f"#/$defs/origin.{m.name}"} if m.name in shared else _field(m) for m in members
        },
    }


def _field(member: Member) -> dict[str, Any]:
    if member.marks & {"blob", "attachment"}:
        return {"$ref": "#/$defs/reference"}
    made = dict(_of(member.hint))
    if "erasable" in member.marks:
        made["description"] = "can be erased"
    if member.default is not NO_DEFAULT:
        made["default"] = member.shape.write(member.default)
    return made


def _of(hint: object) -> dict[str, Any]:
    hint = bare(hint)
    inner = without_none(hint)
    if inner is not hint:
        return {"anyOf": [_of(inner), {"type": "null"}]}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": _of(arguments[0])}
        fixed = [_of(argument) for argument in arguments]
        return {"type": "array", "prefixItems": fixed, "minItems": len(fixed), "maxItems": len(fixed)}
    if hint in _PLAIN:
        return _PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [one.value for one in hint]}
    if isinstance(hint, type) and is_dataclass(hint):
        members = list(members_of(hint))
        return {**_fields(members), "required": [m.name for m in members if m.default is NO_DEFAULT]}
    raise ValueError(f"no schema for {hint}")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
