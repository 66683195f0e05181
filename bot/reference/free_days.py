"""The public holidays that rosters look at: those of the Netherlands by name, less and more of them as the region says."""

from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from bot.reference.models import HolidaysShape

# A roster is made for a few years and read for ten; nobody plans the year after this range with this program.
YEARS: Final = range(2020, 2061)


@lru_cache(maxsize=1)
def _named() -> tuple[dict[date, str], dict[date, str]]:
    """All official holidays, and those that only some people have off, as Bevrijdingsdag outside its lustrum years."""
    official = holidays.country_holidays("NL", years=YEARS, language="nl")
    optional = holidays.country_holidays("NL", years=YEARS, language="nl", categories=("optional",))
    return dict(official), dict(optional)


def names() -> tuple[str, ...]:
    """Every name that a region may leave out or add."""
    return tuple(sorted({name for group in _named() for name in group.values()}))


def free_days(shape: HolidaysShape) -> frozenset[date]:
    """The days that count as holidays, from the first of `YEARS` to the last."""
    official, optional = _named()
    dropped, added = ({name.casefold() for name in group} for group in (shape.niet, shape.ook))
    days = {day for day, name in official.items() if name.casefold() not in dropped}
    days |= {day for day, name in (*official.items(), *optional.items()) if name.casefold() in added}
    return frozenset(days | set(shape.dagen))
