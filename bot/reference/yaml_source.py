"""Reads one YAML file with the place of every node: YAML 1.2 core types, no anchors, nothing twice, nothing huge.

Own, because PyYAML's `safe_load` keeps YAML 1.1 (`12:30` is 750, `no` is False), lets the last of two equal keys win
and expands anchors without end. Here its parser only delivers events; depth, size and keys are judged before anything
is built.
"""

import hashlib
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

# The parser in C: a file of 256 KiB takes 0.1 s with it and 2.5 s with the one in Python.
from yaml import CSafeLoader, parse
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.domain.playbook import Both
from bot.reference.problems import START, Place, Problem
from bot.reference.wording import say

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 20
MAX_DIGITS: Final = 18

Steps = tuple[str | int, ...]
Value = bool | int | float | str | list["Value"] | dict[str, "Value"] | None

# Control characters, byte order marks inside the text, and the marks that make text read in another order than stored.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_TAB = re.compile(r"^[ ]*\t", re.MULTILINE)
_INT = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Final[dict[str, bool | None]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip

# What the parser says, and what a person can do about it.
_SYNTAX: Final[tuple[tuple[str, str], ...]] = (
    ("mapping values are not allowed", "colon_in_value"),
    ("could not find expected ':'", "colon_missing"),
    ("did not find expected '-' indicator", "dash_expected"),
    ("did not find expected ',' or", "bracket_open"),
    ("found unexpected end of stream", "quote_open"),
    ("did not find expected key", "key_expected"),
    ("did not find expected node content", "bracket_open"),
    ("did not find expected <document start>", "key_expected"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values; `places` and `keys` say where each value and each key of it stands.

    `sha256` (hex) is over the bytes that were read, so that it names this reading and not a later one.
    """

    path: str
    sha256: str
    value: Value
    places: Mapping[Steps, Place]
    keys: Mapping[Steps, Place]

    def place(self, *path: str | int) -> Place:
        """Where the value at `path` stands, or the nearest thing around it."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, START)

    def key_place(self, *path: str | int) -> Place:
        """Where the key of the value at `path` stands."""
        return self.keys.get(path) or self.place(*path)

    def problem(self, key: str, /, *path: str | int, **values: object) -> Problem:
        """A problem with the value at `path`."""
        place = self.place(*path)
        return Problem(self.path, place.line, place.column, say(key, **values))


@dataclass(slots=True)
class _Refused(Exception):
    """The file stops making sense at this place."""

    place: Place
    message: Both


@dataclass(slots=True)
class _Building:
    places: dict[Steps, Place] = field(default_factory=dict)
    keys: dict[Steps, Place] = field(default_factory=dict)
    twice: list[tuple[Place, Both]] = field(default_factory=list)


def read(path: Path) -> Document | tuple[Problem, ...]:
    """The file at `path`, or what is wrong with it as YAML."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return (_at(name, START, say("file_missing")),)
    except OSError:
        return (_at(name, START, say("file_unreadable")),)
    return parse_document(name, data)


def parse_document(name: str, data: bytes) -> Document | tuple[Problem, ...]:
    """The bytes of a file as a document; `name` is how problems call the file."""
    building = _Building()
    try:
        text = _decoded(data)
        events = _events(text)
        value = _root(events, building)
    except _Refused as refused:
        return (_at(name, refused.place, refused.message),)
    except MarkedYAMLError as error:
        return (_at(name, *_syntax(error, text)),)
    except YAMLError as error:
        return (_at(name, START, say("syntax", what=error)),)
    if building.twice:
        return tuple(_at(name, place, message) for place, message in building.twice)
    if value is None:
        return (_at(name, START, say("file_empty")),)
    return Document(name, hashlib.sha256(data).hexdigest(), value, building.places, building.keys)


def _at(name: str, place: Place, message: Both) -> Problem:
    return Problem(name, place.line, place.column, message)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Refused(START, say("file_too_large", limit=MAX_BYTES // 1024))
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise _Refused(_place_in(before, len(before)), say("not_utf8", byte=f"{data[error.start]:02x}")) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if hit := _INVISIBLE.search(text):
        raise _Refused(_place_in(text, hit.start()), say("control_character", code=f"{ord(hit[0]):04X}"))
    if hit := _TAB.search(text):
        raise _Refused(_place_in(text, hit.end() - 1), say("tab"))
    return text


def _place_in(text: str, offset: int) -> Place:
    return Place(text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def _place_of(event: Event) -> Place:
    mark = event.start_mark
    assert mark is not None  # the parser marks every event that it reads from text
    return Place(mark.line + 1, mark.column + 1)


def _syntax(error: MarkedYAMLError, text: str) -> tuple[Place, Both]:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return START, say("syntax", what=error.problem)
    lines = text.split("\n")
    place = Place(mark.line + 1, mark.column + 1)
    problem = error.problem or ""
    character = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
    if "cannot start any token" in problem and character:
        return place, say("quotes_needed", character=character)
    for words, key in _SYNTAX:
        if words in problem:
            # What is left open is mended where it begins, not where the parser gave up.
            opened = error.context_mark if key in ("quote_open", "bracket_open") else None
            return Place(opened.line + 1, opened.column + 1) if opened else place, say(key)
    return place, say("syntax", what=problem)


def _events(text: str) -> Iterator[Event]:
    """The parser's events, refusing on sight what we do not take."""
    documents = 0
    for event in parse(text, Loader=CSafeLoader):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Refused(_place_of(event), say("second_document"))
        if isinstance(event, NodeEvent) and event.anchor is not None:
            raise _Refused(_place_of(event), say("anchor"))
        if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent) and event.tag is not None:
            raise _Refused(_place_of(event), say("tag"))
        yield event


def _root(events: Iterator[Event], building: _Building) -> Value:
    value: Value = None
    for event in events:
        if isinstance(event, NodeEvent):
            value = _node(event, events, (), building)
    return value


def _node(event: Event, events: Iterator[Event], path: Steps, building: _Building) -> Value:
    building.places[path] = _place_of(event)
    if isinstance(event, ScalarEvent):
        return _scalar(event)
    if len(path) >= MAX_DEPTH:
        raise _Refused(_place_of(event), say("too_deep", limit=MAX_DEPTH))
    if isinstance(event, SequenceStartEvent):
        items: list[Value] = []
        while not isinstance(item := next(events), SequenceEndEvent):
            items.append(_node(item, events, (*path, len(items)), building))
        return items
    block: dict[str, Value] = {}
    while not isinstance(key := next(events), MappingEndEvent):
        if not isinstance(key, ScalarEvent):
            raise _Refused(_place_of(key), say("key_not_text"))
        inner = (*path, str(key.value))
        if inner in building.keys:
            building.twice.append((_place_of(key), say("duplicate_key", key=key.value, line=building.keys[inner].line)))
        building.keys.setdefault(inner, _place_of(key))
        block[str(key.value)] = _node(next(events), events, inner, building)
    return block


def _scalar(event: ScalarEvent) -> Value:
    """A scalar by the YAML 1.2 core schema: quoted is text, and so is whatever is not plainly a number or a truth."""
    text = str(event.value)
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) or _BASED.fullmatch(text):
        if len(text) > MAX_DIGITS:
            raise _Refused(_place_of(event), say("number_too_long"))
        return int(text) if _INT.fullmatch(text) else int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
