"""Hypothesis strategies for every type that the log can hold, worked out from the annotations of a dataclass."""

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

_PLAIN: dict[object, st.SearchStrategy[object]] = {
    str: st.text(max_size=12),
    int: st.integers(-(2**53) + 1, 2**53 - 1),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.integers(0, 4 * 10**12).map(lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)),
    timedelta: st.integers(-(10**10), 10**10).map(lambda ms: timedelta(milliseconds=ms)),
}

_DIGEST = st.binary(min_size=32, max_size=32).map(bytes.hex)


def values_of(hint: object) -> st.SearchStrategy[object]:
    """Give values of the type `hint`."""
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([values_of(argument) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(values_of, arguments))
    if hint in _PLAIN:
        return _PLAIN[hint]
    assert isinstance(hint, type)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    assert is_dataclass(hint)
    hints = get_type_hints(hint)
    return st.builds(
        hint,
        **{f.name: _DIGEST if f.metadata.get("attachment") else values_of(hints[f.name]) for f in fields(hint)},
    )
