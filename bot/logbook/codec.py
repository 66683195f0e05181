"""Entries of the domain to the fields of the log and back: the one place where a kind of entry meets its wire type."""

import re
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from typing import Final, Generic, TypeVar, get_args, get_origin

from bot.domain.erased import ERASED
from bot.logbook.blob import digest_of, reference_to, reference_to_file, referred_to
from bot.logbook.canonical import JSON, jcs, read_jcs
from bot.logbook.chain import LogEntry, Opening, field_values
from bot.logbook.shapes import NO_DEFAULT, Member, bare, members_of, without_none

# One incident refers to a handful of frozen policies and playbooks, thousands of times over.
CACHED_BLOBS: Final = 128

_WORD: Final = re.compile(r"[A-Z][a-z0-9]*")

E = TypeVar("E")


class Withheld(ValueError):
    """An entry cannot be told without what is kept back of it."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An entry as the log takes it: wire type, fields in the order of the class, and blobs by their SHA-256 in hex."""

    type: str
    fields: dict[str, JSON]
    blobs: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class _Group:
    """The fields that make one object: the entry itself, or a dataclass that is flattened into it under `name`."""

    name: str
    cls: type
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class _Kind(Generic[E]):
    """`places` finds a field by its name: in which of `groups` it stands; `required` are the fields without a default."""

    cls: type[E]
    own: _Group
    flattened: tuple[_Group, ...]
    groups: tuple[_Group, ...]
    places: Mapping[str, tuple[int, Member]]
    required: frozenset[str]


def wire_type(cls: type) -> str:
    """Give the type that stands in the log for a class: `AlarmRaised` is `alarm.raised`."""
    words = _WORD.findall(cls.__name__)
    if not words or "".join(words) != cls.__name__:
        raise ValueError(f"{cls.__name__} is not a name of a kind of entry")
    return ".".join(word.lower() for word in words)


class Codec(Generic[E]):
    """The registry of the kinds of entry. Frozen dataclasses whose fields may carry, as metadata:

    `blob`: the field holds a reference and the value's canonical bytes are kept beside the log;
    `attachment` (texts only): the field names a file by its SHA-256 in hex, and refers to it as to a blob; its bytes are elsewhere;
    `erasable` (texts only): without its opening it reads as ERASED;
    `flatten`: the members of this dataclass are fields of the entry.

    A field that equals its default is left out. Raises ValueError when a kind cannot be held by the log.
    """

    def __init__(self, kinds: Sequence[type[E]]) -> None:
        self._by_class: dict[type, tuple[str, _Kind[E]]] = {}
        self._by_type: dict[str, _Kind[E]] = {}
        self._read_blobs: OrderedDict[tuple[str, int], object] = OrderedDict()
        for cls in kinds:
            name = wire_type(cls)
            if name in self._by_type:
                raise ValueError(f"two kinds of entry are {name}")
            self._by_type[name] = kind = _kind_of(cls)
            self._by_class[cls] = name, kind

    def encode(self, entry: E) -> Encoded:
        """Give the fields of `entry`; ValueError for an unknown kind or a value that is not of its field's type."""
        name, kind = self._by_class.get(type(entry), (None, None))
        if name is None or kind is None:
            raise ValueError(f"{type(entry).__name__} is not a kind of entry")
        encoded = Encoded(name, {}, {})
        _write_group(kind.own, entry, encoded)
        for group in kind.flattened:
            _write_group(group, getattr(entry, group.name), encoded)
        return encoded

    def decode(
        self,
        type: str,  # noqa: A002  # the log's own word
        fields: Mapping[str, JSON],
        blobs: Callable[[str], bytes],
        withheld: Collection[str] = (),
        *,
        copied: bool = False,
    ) -> E:
        """Give the entry that `fields` tell; `blobs` gives the bytes of a blob by its SHA-256 in hex.

        `withheld` names the fields that the entry commits to but that have no opening: erasable ones read as ERASED,
        also when they have a default. Raises ValueError when another field is missing or withheld, or one is unknown. Of a log that
        was `copied` for others any text may be withheld, and reads as ERASED; Withheld is raised for what no bar can stand for.
        """
        kind = self._by_type.get(type)
        if kind is None:
            raise ValueError(f"{type} is not a kind of entry")
        try:
            values: list[dict[str, object]] = [{} for _ in kind.groups]
            for name, value in fields.items():
                place = kind.places.get(name)
                if place is None:
                    raise ValueError("a field that this kind does not know")
                group, member = place
                values[group][name] = self._read(member, value, blobs)
            for name in withheld:
                if name in fields or name not in kind.places:
                    raise ValueError("a field that this kind does not know")
                group, member = kind.places[name]
                values[group][name] = _bar(member) if copied else _withheld(member)
            for name in kind.required - fields.keys() - set(withheld):
                group, member = kind.places[name]
                values[group][name] = _withheld(member)
            arguments, *inner = values
            for flat, given in zip(kind.flattened, inner, strict=True):
                arguments[flat.name] = flat.cls(**given)
            return kind.cls(**arguments)
        except ValueError as wrong:
            raise (Withheld if isinstance(wrong, Withheld) else ValueError)(f"{type}: {wrong}") from None

    def read(
        self, entry: LogEntry, openings: Sequence[Opening], blobs: Callable[[str], bytes], *, copied: bool = False
    ) -> E:
        """Give the entry that a sealed entry and its openings tell, commitments checked; ValueError like `decode`."""
        values = field_values(entry, openings)
        return self.decode(entry.type, values, blobs, entry.body.keys() - values.keys(), copied=copied)

    def _read(self, member: Member, value: JSON, blobs: Callable[[str], bytes]) -> object:
        if "blob" in member.marks:
            return self._read_blob(member, value, blobs)
        return referred_to(value) if "attachment" in member.marks else member.shape.read(value)

    def _read_blob(self, member: Member, value: JSON, blobs: Callable[[str], bytes]) -> object:
        digest = referred_to(value)
        key = digest, id(member)
        if key in self._read_blobs:
            self._read_blobs.move_to_end(key)
            return self._read_blobs[key]
        data = blobs(digest)
        if digest_of(data) != digest:
            raise ValueError(f"the blob of {member.name} is not what its name says")
        self._read_blobs[key] = held = member.shape.read(read_jcs(data))
        if len(self._read_blobs) > CACHED_BLOBS:
            self._read_blobs.popitem(last=False)
        return held


def _kind_of(cls: type[E]) -> _Kind[E]:
    members = members_of(cls)
    own = tuple(member for member in members if "flatten" not in member.marks)
    flattened = tuple(_flattened(cls, member) for member in members if "flatten" in member.marks)
    every = [*own, *(member for group in flattened for member in group.members)]
    names = [member.name for member in every]
    if clashes := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"{cls.__name__}: two fields are called {sorted(clashes)}")
    for member in every:
        if "erasable" in member.marks and without_none(member.hint) is not str:
            raise ValueError(f"{cls.__name__}.{member.name}: only a text can be erased")
    groups = (_Group("", cls, own), *flattened)
    places = {member.name: (n, member) for n, group in enumerate(groups) for member in group.members}
    required = frozenset(member.name for member in every if member.default is NO_DEFAULT)
    return _Kind(cls, groups[0], flattened, groups, places, required)


def _withheld(member: Member) -> object:
    if "erasable" not in member.marks:
        raise ValueError(f"{member.name} is missing")
    return ERASED


def _bar(member: Member) -> object:
    """What stands for a field that is kept back in a copy: names of people are no texts that anybody wrote, and go as well."""
    hint = without_none(member.hint)
    if hint is str and "attachment" not in member.marks:
        return ERASED
    if get_origin(hint) is tuple and bare(get_args(hint)[0]) is str:
        return (ERASED,)
    if member.default is NO_DEFAULT:
        raise Withheld(f"{member.name} is kept back")
    return member.default


def _flattened(cls: type, member: Member) -> _Group:
    hint = member.hint
    if not isinstance(hint, type) or not is_dataclass(hint):
        raise ValueError(f"{cls.__name__}.{member.name}: only a dataclass can be flattened")
    members = members_of(hint)
    if any("flatten" in inner.marks for inner in members):
        raise ValueError(f"{cls.__name__}.{member.name}: flattened within a flattened field")
    return _Group(member.name, hint, members)


def _write_group(group: _Group, value: object, encoded: Encoded) -> None:
    if type(value) is not group.cls:
        raise ValueError(f"{encoded.type}: {group.name} is not a {group.cls.__name__}")
    for member in group.members:
        held = getattr(value, member.name)
        if member.is_default(held):
            continue
        try:
            written = member.shape.write(held)
            if "blob" in member.marks:
                data = jcs(written)
                written = reference_to(data)
                encoded.blobs[digest_of(data)] = data
            elif "attachment" in member.marks:
                written = reference_to_file(held)
        except ValueError as wrong:
            raise ValueError(f"{encoded.type}: {member.name}: {wrong}") from None
        encoded.fields[member.name] = written
