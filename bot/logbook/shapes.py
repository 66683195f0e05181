"""How a value of a Python type stands in JSON, worked out once per type."""

import types
from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from bot.logbook.blob import REFERENCE_KEY
from bot.logbook.canonical import JSON, KEY, read_time, time_text

MARKS: Final = frozenset({"attachment", "blob", "erasable", "flatten"})
MILLISECOND: Final = timedelta(milliseconds=1)
# Stands for "no default" in a table of defaults, where None is a common default.
NO_DEFAULT: Final = object()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shape:
    """To JSON and back; both raise ValueError for a value that is not of the type."""

    write: Callable[[object], JSON]
    read: Callable[[JSON], object]


@dataclass(frozen=True, slots=True)
class Member:
    """A field of a dataclass with its shape; `default` is NO_DEFAULT when it has none."""

    name: str
    shape: Shape
    default: object
    hint: object
    marks: frozenset[str] = frozenset()

    def is_default(self, value: object) -> bool:
        """Whether the field may be left out; the types must agree, or 0 would pass for False."""
        return type(value) is type(self.default) and value == self.default


def members_of(cls: type) -> tuple[Member, ...]:
    """Give the fields of a frozen dataclass; raises ValueError for a field that the log cannot hold."""
    if not is_dataclass(cls) or not cls.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise ValueError(f"{cls.__name__} is not a frozen dataclass")
    hints = get_type_hints(cls)
    return tuple(_member(cls, field, hints[field.name]) for field in fields(cls))


def bare(hint: object) -> object:
    """Give the type behind a NewType."""
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    return hint


def without_none(hint: object) -> object:
    """Give the X of `X | None`, and every other type as it is; raises ValueError for other unions."""
    hint = bare(hint)
    if get_origin(hint) not in (Union, types.UnionType):
        return hint
    others = [arm for arm in get_args(hint) if arm is not type(None)]
    if len(others) != 1:
        raise ValueError(f"a union in the log is with None only: {hint}")
    return bare(others[0])


def shape_of(hint: object) -> Shape:
    """Work out the shape of a type; raises ValueError for a type that the log cannot hold."""
    hint = bare(hint)
    inner = without_none(hint)
    if inner is not hint:
        return _or_none(shape_of(inner))
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return _literal(arguments)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _row(shape_of(arguments[0]))
        return _fixed_row(tuple(shape_of(argument) for argument in arguments))
    if isinstance(hint, type):
        if hint in _PLAIN:
            return _PLAIN[hint]
        if issubclass(hint, StrEnum):
            return _enum(hint)
        if is_dataclass(hint):
            return _object(hint)
    raise ValueError(f"the log cannot hold a {hint}")


def _member(cls: type, field: Field[object], hint: object) -> Member:
    if not KEY.fullmatch(field.name):
        raise ValueError(f"{cls.__name__}.{field.name} is not a name in the log")
    marks = frozenset(mark for mark in MARKS if field.metadata.get(mark))
    default = NO_DEFAULT if field.default is MISSING else field.default
    if field.default_factory is not MISSING:
        default = field.default_factory()
    try:
        # A flattened field is no value of its own: its members are.
        shape = _PLAIN[_NOTHING] if "flatten" in marks else shape_of(hint)
    except ValueError as wrong:
        raise ValueError(f"{cls.__name__}.{field.name}: {wrong}") from None
    return Member(field.name, shape, default, bare(hint), marks)


def _expect(kind: type[T], value: object) -> T:
    # The exact type: a bool is an int to Python, and an erased text is a str that must not be sealed again.
    if type(value) is not kind:
        raise ValueError(f"a {kind.__name__} was expected, not a {type(value).__name__}")
    return value


def _write_duration(value: object) -> JSON:
    count, rest = divmod(_expect(timedelta, value), MILLISECOND)
    if rest:
        raise ValueError(f"a duration in the log is in whole milliseconds: {value!r}")
    return count


_NOTHING: Final = type(None)
_PLAIN: Final[dict[type, Shape]] = {
    str: Shape(lambda value: _expect(str, value), lambda value: _expect(str, value)),
    int: Shape(lambda value: _expect(int, value), lambda value: _expect(int, value)),
    bool: Shape(lambda value: _expect(bool, value), lambda value: _expect(bool, value)),
    _NOTHING: Shape(lambda value: _expect(_NOTHING, value), lambda value: _expect(_NOTHING, value)),
    datetime: Shape(lambda value: time_text(_expect(datetime, value)), lambda value: read_time(_expect(str, value))),
    timedelta: Shape(_write_duration, lambda value: _expect(int, value) * MILLISECOND),
}


def _enum(kind: type[StrEnum]) -> Shape:
    return Shape(lambda value: _expect(kind, value).value, lambda value: kind(_expect(str, value)))


def _literal(values: tuple[JSON, ...]) -> Shape:
    # Kept with their types: True is in {1}.
    allowed = frozenset((type(value), value) for value in values)

    def same(value: object) -> JSON:
        if (type(value), value) not in allowed:
            raise ValueError(f"one of {values} was expected")
        return value  # type: ignore[return-value]  # it is one of `values`

    return Shape(same, same)


def _or_none(inner: Shape) -> Shape:
    write, read = inner.write, inner.read
    return Shape(
        lambda value: None if value is None else write(value),
        lambda value: None if value is None else read(value),
    )


def _row(item: Shape) -> Shape:
    write, read = item.write, item.read
    return Shape(
        lambda value: [write(one) for one in _expect(tuple, value)],
        lambda value: tuple([read(one) for one in _expect(list, value)]),
    )


def _fixed_row(items: tuple[Shape, ...]) -> Shape:
    return Shape(
        lambda value: [item.write(one) for item, one in zip(items, _expect(tuple, value), strict=True)],
        lambda value: tuple(item.read(one) for item, one in zip(items, _expect(list, value), strict=True)),
    )


def _object(cls: type) -> Shape:
    members = members_of(cls)
    if any(member.marks for member in members):
        raise ValueError(f"{cls.__name__} stands inside a field: only a field of the entry itself can carry a mark")
    if any(member.name == REFERENCE_KEY for member in members):
        raise ValueError(f"{cls.__name__} would read as a reference to a blob")

    def write(value: object) -> JSON:
        _expect(cls, value)
        held = ((member, getattr(value, member.name)) for member in members)
        return {member.name: member.shape.write(one) for member, one in held if not member.is_default(one)}

    def read(value: JSON) -> object:
        given = _expect(dict, value)
        arguments = {member.name: member.shape.read(given[member.name]) for member in members if member.name in given}
        if len(arguments) != len(given):
            raise ValueError(f"{cls.__name__} has no {sorted(given.keys() - arguments.keys())}")
        missing = [m.name for m in members if m.default is NO_DEFAULT and m.name not in arguments]
        if missing:
            raise ValueError(f"{cls.__name__} lacks {missing}")
        return cls(**arguments)

    return Shape(write, read)
