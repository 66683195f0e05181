"""`dataclasses.replace` for the incident: handing over each of its many fields took half the time of folding a log."""

from typing import TypeVar

T = TypeVar("T")


def altered(old: T, /, **changes: object) -> T:
    """Another like `old` but for `changes`. For a frozen dataclass without slots and without `__post_init__`.

    Who imports it has mypy hold the changes against the fields, under the name of `dataclasses.replace`.
    """
    new = object.__new__(type(old))
    vars(new).update(vars(old), **changes)
    return new
