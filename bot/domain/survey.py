"""What came of the questions to those who took part, told so that nobody can be recognised in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain import entries as e

ENOUGH: Final = 5  # fewer answers than these can be traced to people who know each other
MARKS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one person answered; None: skipped. Whose it is, is not known here."""

    reached: int | None = None
    worked: int | None = None
    remark: str = ""

    @property
    def empty(self) -> bool:
        return self.reached is None and self.worked is None and not self.remark


def promised(asked: int) -> bool:
    """Whether so many people can be told that their answers have no name."""
    return asked >= ENOUGH


def closing(asked: int, answers: Sequence[Answered], *, promised: bool) -> e.SurveyClosed:
    """Where it was promised that answers have no name, too few are not told at all: neither marks nor words."""
    given = [one for one in answers if not one.empty]
    if promised and len(given) < ENOUGH:
        return e.SurveyClosed(asked=asked, answered=len(given))
    return e.SurveyClosed(
        asked=asked,
        answered=len(given),
        reached=_counted([one.reached for one in given]),
        worked=_counted([one.worked for one in given]),
        # the order in which they came would tell who said what
        remarks="\n".join(sorted(" ".join(one.remark.split()) for one in given if one.remark)),
    )


def _counted(marks: Sequence[int | None]) -> tuple[int, ...]:
    return tuple(sum(given == mark for given in marks) for mark in MARKS)


def tenths(counts: Sequence[int]) -> int | None:
    """The mean of the marks that were given, in tenths; None when there are none."""
    total = sum(counts)
    return round(10 * sum(mark * count for mark, count in zip(MARKS, counts, strict=True)) / total) if total else None
