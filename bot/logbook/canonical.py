"""The one way a value becomes bytes: RFC 8785 (JCS) within a profile in which every implementation agrees."""

import re
from datetime import UTC, datetime
from typing import Final, TypeAlias

import msgspec

JSON: TypeAlias = "bool | int | str | list[JSON] | dict[str, JSON] | None"

MAX_DEPTH: Final = 8
# Above 2^53-1 an IEEE double, and so every JavaScript reader, no longer tells two neighbouring integers apart.
MAX_INTEGER: Final = 2**53 - 1
KEY: Final = re.compile(r"[a-z0-9_.-]{1,64}", re.ASCII)

# Hour 24 is left out by hand: newer versions of Python read it as the next day.
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d\.\d{3}Z", re.ASCII)

# Sorting by bytes is sorting by UTF-16 code units (what RFC 8785 asks) only because the profile has ASCII keys.
_encoder: Final = msgspec.json.Encoder(order="deterministic")
_decoder: Final = msgspec.json.Decoder()


def jcs(value: JSON) -> bytes:
    """Give the canonical bytes of `value`; raises ValueError outside the profile."""
    refuse_outside_profile(value)
    return _encoder.encode(value)


def read_jcs(data: bytes) -> JSON:
    """Give the value that `data` is the canonical form of; raises ValueError when it is not byte for byte that form."""
    try:
        value: JSON = _decoder.decode(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if jcs(value) != data:
        raise ValueError("not in canonical form")
    return value


def time_text(at: datetime) -> str:
    """Write an aware time as `YYYY-MM-DDTHH:MM:SS.sssZ`; raises ValueError when naive or finer than a millisecond."""
    if at.tzinfo is None or at.microsecond % 1000:
        raise ValueError(f"a time in the log is aware and in whole milliseconds: {at!r}")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_time(text: str) -> datetime:
    """Read what `time_text` wrote, as UTC; raises ValueError for every other way of writing a time."""
    if not _TIME.fullmatch(text):
        raise ValueError(f"not a time of the log: {text!r}")
    return datetime.fromisoformat(text)


def refuse_outside_profile(value: JSON, depth: int = 0) -> None:
    """Raise ValueError outside the profile: keys `[a-z0-9_.-]{1,64}`, no floats, at most 8 arrays and objects within one
    another (`depth` is how many stand around this value), |integer| <= 2^53-1, and no subclass of these types
    (`Erased` is a str that must never be sealed). What has no UTF-8, a lone surrogate, the encoder refuses.
    """
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:  # type: ignore[operator]
            raise ValueError("an integer beyond 2^53-1")
        return
    if depth == MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if kind is list:
        for item in value:  # type: ignore[union-attr]
            refuse_outside_profile(item, depth + 1)
    elif kind is dict:
        for key, item in value.items():  # type: ignore[union-attr]
            if type(key) is not str or not KEY.fullmatch(key):
                raise ValueError(f"a key outside [a-z0-9_.-]{{1,64}}: {key!r}")
            refuse_outside_profile(item, depth + 1)
    else:
        raise ValueError(f"{kind.__name__} has no place in the log")
