"""One number about how an incident went: what it is, against what it is held, and why it could not be measured."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Unit = Literal["seconds", "count", "percent"]
Verdict = Literal["met", "missed", "no_target", "unknown"]
# Nothing to count; it did not happen; it is too early to say; the log does not hold it.
Why = Literal["none", "not_happened", "too_early"]


@dataclass(frozen=True, slots=True)
class Indicator:
    """`value` None: not measurable, and `why` says so. `of` is how many there were in all, `about` the role, channel or route that
    it tells of. A target in seconds is the most it may be, one in percent the least."""

    id: str
    value: float | None
    unit: Unit
    of: int | None = None
    target: float | None = None
    about: str = ""
    why: Why | None = None

    @property
    def verdict(self) -> Verdict:
        if self.value is None:
            return "unknown"
        if self.target is None:
            return "no_target"
        good = self.value >= self.target if self.unit == "percent" else self.value <= self.target
        return "met" if good else "missed"


def unknown(name: str, why: Why, unit: Unit = "seconds", about: str = "", target: float | None = None) -> Indicator:
    return Indicator(name, None, unit, about=about, why=why, target=target)


def took(
    name: str, since: datetime, at: datetime | None, within: timedelta | None = None, about: str = ""
) -> Indicator:
    """How long after `since` it happened; `at` None: it did not."""
    target = None if within is None else within.total_seconds()
    if at is None:
        return unknown(name, "not_happened", about=about, target=target)
    return Indicator(name, (at - since).total_seconds(), "seconds", target=target, about=about)


def counted(name: str, number: int, of: int | None = None, about: str = "") -> Indicator:
    return Indicator(name, number, "count", of=of, about=about)


def share(name: str, part: int, whole: int, target: float | None = None) -> Indicator:
    """Whole percents, rounded down: 99.9 is not all."""
    if not whole:
        return unknown(name, "none", "percent", target=target)
    return Indicator(name, 100 * part // whole, "percent", of=whole, target=target)
