"""A slow judge of rosters: somebody with a clock on the wall, who looks at it every minute and does what is due.

It shares only the values with the resolver. Its clock follows the rule of the European Union by hand, its holidays come from
the date of Easter, and it knows nothing of instants, time zones or arithmetic on turns: it keeps an agenda of wall times and
acts on each as soon as the clock shows that time or a later one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final

from bot.domain.duty import Absence, Change, Override
from bot.domain.ids import MunicipalityId, RoleId
from bot.domain.rota import Layer, Rotation, Window

EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
HOUR, DAY = 60, 24 * 60
UNITS: Final = {"uur": HOUR, "dag": DAY, "week": 7 * DAY}

Answer = tuple[str, ...]  # ("held", person, by what) or ("vacant", why, person, reason)
Runs = list[tuple[int, Answer]]  # the minute (UTC, since EPOCH) from which an answer holds


def minute_of(at: datetime) -> int:
    """The minute of an instant (aware), or of a wall time (naive), since EPOCH."""
    return int((at.replace(tzinfo=at.tzinfo or UTC) - EPOCH) / timedelta(minutes=1))


def clock_changes(years: Sequence[int]) -> list[tuple[int, int]]:
    """When Amsterdam's clock is set (UTC minute), and how far it is then ahead of UTC: on the last Sundays of March and October."""
    found = []
    for year in years:
        for month, ahead in ((3, 120), (10, 60)):
            last = date(year, month, 31)
            sunday = last - timedelta(days=(last.weekday() + 1) % 7)
            found.append((minute_of(datetime.combine(sunday, time(1), UTC)), ahead))
    return found


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computation (Meeus, Astronomical Algorithms, chapter 8)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    long = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * long) // 451
    month, day = divmod(h + long - 7 * m + 114, 31)
    return date(year, month, day + 1)


@cache
def holidays_of(year: int) -> frozenset[date]:
    """The official holidays of the Netherlands; Liberation Day only in lustrum years, King's Day never on a Sunday."""
    king = date(year, 4, 27)
    days = {date(year, 1, 1), date(year, 12, 25), date(year, 12, 26), king - timedelta(days=king.weekday() == 6)}
    days |= {easter(year) + timedelta(days=n) for n in (-2, 0, 1, 39, 49, 50)}
    return frozenset(days | ({date(year, 5, 5)} if year % 5 == 0 else set()))


@dataclass
class Post:
    """What the watchman keeps of one rotation: whose turn it is, whether it runs, and how many of its windows are open."""

    rotation: Rotation
    agenda: list[tuple[int, str]]
    done: int = 0
    turn: int = -1
    over: bool = False
    openings: int = 0

    def acts(self, wall: int) -> bool:
        """Does all that is due by what the clock shows; whether there was anything."""
        before = self.done
        while self.done < len(self.agenda) and self.agenda[self.done][0] <= wall:
            due = self.agenda[self.done][1]
            self.turn += due == "turn"
            self.over |= due == "over"
            self.openings += (due == "open") - (due == "close")
            self.done += 1
        return self.done > before

    @property
    def counts(self) -> bool:
        return self.turn >= 0 and not self.over

    @property
    def is_open(self) -> bool:
        return not self.rotation.windows or self.openings > 0


def _agenda(rotation: Rotation, last: int) -> Iterator[tuple[int, str]]:
    """All that a rotation has to do by wall time, from its own beginning."""
    begin = minute_of(rotation.start)
    yield from ((at, "turn") for at in range(begin, last, rotation.turns * UNITS[rotation.every]))
    if rotation.until is not None:
        yield minute_of(rotation.until), "over"
    for window in rotation.windows:
        yield from _openings(window, rotation.start.date() - timedelta(days=2), last)


def _openings(window: Window, day: date, last: int) -> Iterator[tuple[int, str]]:
    while (midnight := minute_of(datetime.combine(day, time()))) < last:
        is_holiday = day in holidays_of(day.year)
        wanted = {"wel": True, "niet": not is_holiday, "alleen": is_holiday}[window.holidays]
        if wanted and day.weekday() in window.days:
            begin = window.start.hour * HOUR + window.start.minute
            end = window.end.hour * HOUR + window.end.minute
            yield midnight + begin, "open"
            yield midnight + end + (DAY if end <= begin else 0), "close"
        day += timedelta(days=1)


@dataclass
class Watchman:
    """Watches one role and layer for one municipality, or for none."""

    rotations: Sequence[Rotation]
    changes: Sequence[Change]
    role: RoleId
    layer: Layer
    municipality: MunicipalityId | None
    posts: list[Post] = field(default_factory=list)

    def walk(self, start: datetime, end: datetime) -> Runs:
        """Every minute of [start, end), written down where the answer changed."""
        first, last = minute_of(start), minute_of(end)
        for rotation in self.rotations:
            if (rotation.role, rotation.layer) == (self.role, self.layer):
                self.posts.append(Post(rotation, sorted(_agenda(rotation, last + DAY))))
        settings = clock_changes(range(2000, end.year + 1))
        edges = sorted(minute_of(edge) for change in self.changes for edge in (change.start, change.end))
        ahead, setting, edge = 60, 0, 0
        runs: Runs = []
        for minute in range(first, last):
            while setting < len(settings) and settings[setting][0] <= minute:
                ahead = settings[setting][1]
                setting += 1
            wall = minute + ahead
            acted = minute == first
            for post in self.posts:
                if post.done < len(post.agenda) and post.agenda[post.done][0] <= wall:
                    acted = post.acts(wall) or acted
            while edge < len(edges) and edges[edge] <= minute:
                edge, acted = edge + 1, True
            if acted and (not runs or runs[-1][1] != (answer := self._answer(minute))):
                runs.append((minute, answer if runs else self._answer(minute)))
        return runs

    def _answer(self, minute: int) -> Answer:
        post = self._post()
        group = set(post.rotation.municipalities) if post is not None and post.is_open else set()
        lying = [c for c in self.changes if isinstance(c, Override) and _lies(c, minute)]
        lying = [c for c in lying if (c.role, c.layer) == (self.role, self.layer)]
        for size in (1, 2, 3):  # whose own roster it is on, the fewest first
            narrow = [c for c in lying if len(c.municipalities) == size and self.municipality in c.municipalities]
            if narrow and (not group or size <= len(group)):
                return self._present(narrow[-1].person, "override", minute)
        for_all = [c for c in lying if not c.municipalities]
        if for_all and not group:
            return self._present(for_all[-1].person, "override", minute)
        if post is None:
            return "vacant", "none", "", ""
        order = post.rotation.order
        if not post.is_open or not order:
            reason = post.rotation.reason
            return "vacant", "intended" if reason else "none", "", reason
        return self._present(order[post.turn % len(order)], "fixed" if post.rotation.fixed else "rota", minute)

    def _present(self, person: str, by: str, minute: int) -> Answer:
        away = [c for c in self.changes if isinstance(c, Absence) and c.person == person and _lies(c, minute)]
        return ("vacant", "absent", person, "") if away else ("held", person, by)

    def _post(self) -> Post | None:
        """The post that counts: of those that are open, or else of those that say why they are not."""
        mine = [post for post in self.posts if post.counts and self._served(post.rotation)]
        left = [post for post in mine if post.is_open] or [post for post in mine if post.rotation.reason]
        if not left:
            return None
        groups = [len(post.rotation.municipalities) for post in left if post.rotation.municipalities]
        left = [post for post in left if len(post.rotation.municipalities) == min(groups, default=0)]
        left = [post for post in left if post.rotation.fixed] or left
        latest = max(post.rotation.start for post in left)
        left = [post for post in left if post.rotation.start == latest]
        left = [post for post in left if post.rotation.windows] or left
        return left[-1]

    def _served(self, rotation: Rotation) -> bool:
        return not rotation.municipalities or self.municipality in rotation.municipalities


def _lies(change: Change, minute: int) -> bool:
    return minute_of(change.start) <= minute < minute_of(change.end)
