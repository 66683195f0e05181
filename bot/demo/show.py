"""The demo on a terminal: a line for each phase, what everybody saw side by side, and the tables at the end."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from rich import box
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.demo.cast import Cast, Participant
from bot.demo.evidence import Evidence, Published, Verdict
from bot.demo.judge import Judgement, Row, Stray
from bot.demo.recognise import Meaning, is_edit
from bot.demo.result import Result
from bot.demo.says import named, say, seconds
from bot.domain.ladder import Channel
from bot.domain.people import Language
from bot.words.catalogue import Catalogue

WIDTH: Final = 100
ACROSS: Final = 3
# The room's table has a column for each person in it; beyond this many characters a name is cut.
NAME: Final = 4
MOST_DIFFERENCES: Final = 20
_DRESS: Final = str.maketrans("", "", "\ufe0f")  # rich and terminals do not agree on how wide it makes an emoji


def console_of(*, stderr: bool = False) -> Console:
    """At most 100 columns, whatever is at the other end; a pipe gets 100."""
    found = Console(highlight=False, markup=False, emoji=False, stderr=stderr)
    if not found.is_terminal or found.width > WIDTH:
        found = Console(highlight=False, markup=False, emoji=False, stderr=stderr, width=WIDTH)
    return found


class Show:
    """Everything that is printed, in the language of the demo."""

    def __init__(self, lang: Language, words: Catalogue, console: Console) -> None:
        self.lang = lang
        self.words = words
        self.console = console

    def line(self, key: str, style: str = "", **values: object) -> None:
        self.console.print(plain(say(self.lang, key, **values)), style=style, overflow="fold")

    def title(self, what: str = "what") -> None:
        self.console.print(Text(say(self.lang, "title"), style="bold"))
        self.line(what, style="dim")

    def seconds(self, value: float) -> str:
        return seconds(self.lang, value)

    def done(self, key: str, **values: object) -> None:
        """The line of a phase that is done."""
        name = say(self.lang, key)
        told = plain(say(self.lang, f"{key}_done", **values))
        shown = Text.assemble(("✓ ", "green"), (f"{name:<17}", "bold"), told)
        self.console.print(shown, no_wrap=True, overflow="ellipsis")

    @contextmanager
    def phase(self, key: str) -> Iterator[dict[str, object]]:
        """A phase under way; what the block puts into the dictionary fills in the line that says it is done."""
        values: dict[str, object] = {}
        with self.console.status(Text(f"{say(self.lang, key)} …")):
            yield values
        self.done(key, **values)

    # --- side by side -------------------------------------------------------------------------------------------------

    def side_by_side(self, people: Sequence[Participant], alarm_at: float) -> None:
        self.console.print()
        heading = Text.assemble((say(self.lang, "side_by_side"), "bold"), "  ", (say(self.lang, "side_note"), "dim"))
        self.console.print(heading)
        grid = Table.grid(padding=0, expand=True)
        for _ in range(ACROSS):
            grid.add_column(ratio=1, no_wrap=True)
        for start in range(0, len(people), ACROSS):
            panels: list[RenderableType] = [self._panel(one, alarm_at) for one in people[start : start + ACROSS]]
            grid.add_row(*panels, *[""] * (ACROSS - len(panels)))
        self.console.print(grid)

    def _panel(self, one: Participant, alarm_at: float) -> Panel:
        lines = [(at, Text(f"› {plain(text)}", style="cyan")) for at, room, text in one.did if room in ("", one.direct)]
        for heard in one.heard():
            if heard.seen.room_id == one.direct:
                mark = "✎ " if is_edit(heard.seen) else ""
                first = str(heard.seen.content.get("m.new_content", heard.seen.content).get("body", "")).split("\n")[0]
                lines.append((heard.at, Text(plain(mark + first), style="dim" if mark else "")))
        body = Table.grid(padding=(0, 1, 0, 0), expand=True)
        body.add_column(justify="right", width=4, style="dim", no_wrap=True)
        body.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for at, text in sorted(lines, key=lambda pair: pair[0]):
            body.add_row(seconds(self.lang, at - alarm_at), text)
        role = Text(self.role(one), style="dim")
        return Panel(body, title=one.name, title_align="left", subtitle=role, subtitle_align="right", padding=(0, 0))

    def role(self, one: Participant) -> str:
        name = self.words.template(self.lang, f"role.{one.role}")
        return f"{name} (reserve)" if one.part == "reserve" else name

    def channel(self, channel: Channel) -> str:
        """What people call a channel."""
        return self.words.template(self.lang, f"channel.{channel}")

    def room(self, cast: Cast) -> None:
        """The room as the officer read it, first lines only."""
        one = cast.reporter
        names = {other.peer.user_id: other.name for other in cast.everybody} | {one.bot: "bot"}
        self.console.print()
        self.console.print(Text(say(self.lang, "in_room", name=one.name), style="bold"))
        body = Table.grid(padding=(0, 1, 0, 0))
        body.add_column(min_width=max(len(name) for name in names.values()), no_wrap=True)
        body.add_column(no_wrap=True, overflow="ellipsis")
        for seen in one.peer.timeline(one.room):
            if seen.type == "m.room.message" and not is_edit(seen):
                style = "dim" if seen.sender == one.bot else "cyan"
                body.add_row(Text(names[seen.sender], style=style), Text(plain(seen.body.split("\n")[0])))
        self.console.print(body)

    # --- the end -------------------------------------------------------------------------------------------------------

    def tables(self, judgement: Judgement, cast: Cast, entered: Iterable[Participant]) -> None:
        """Everything that was expected, beside what was seen."""
        place = {one.person.id: n for n, one in enumerate(cast.everybody)}
        direct = [row for row in judgement.rows if not row.expected.in_room]
        self.console.print()
        self.console.print(self._direct_table(sorted(direct, key=lambda row: place[row.expected.who.person.id])))
        order = {seen.event_id: n for n, seen in enumerate(cast.reporter.peer.timeline(cast.reporter.room))}
        in_room = [row for row in judgement.rows if row.expected.in_room]
        in_room.sort(key=lambda row: order.get(row.events[0], 0) if row.events else 0)
        self.console.print()
        self.console.print(self._room_table(in_room, cast.in_order(entered)))
        self.console.print(Text(say(self.lang, "table_room_note"), style="dim"))

    def _direct_table(self, rows: Sequence[Row]) -> Table:
        table = self._table("table_direct")
        for key, width in (("person", 23), ("message", 39), ("event", 11), ("decrypted", 11), ("seen", 6)):
            table.add_column(say(self.lang, key), width=width, no_wrap=True, overflow="ellipsis")
        lines: dict[str, list[str]] = {}
        for row in rows:
            who = row.expected.who
            # a person has two lines at least: the name, and below it the role
            left = lines.setdefault(str(who.person.id), [who.name, f"  {self.role(who)}"])
            opened = say(self.lang, "yes" if row.decrypted and row.events else "no")
            what = plain(named(self.lang, row.expected.what))
            shown = left.pop(0) if left else ""
            table.add_row(shown, what, _short(row.events), opened, _times(row), style="" if row.good else "bold red")
        return table

    def _room_table(self, rows: Sequence[Row], entered: Sequence[Participant]) -> Table:
        table = self._table("table_room")
        table.add_column(say(self.lang, "message"), width=31, no_wrap=True, overflow="ellipsis")
        table.add_column(say(self.lang, "event"), width=11, no_wrap=True, overflow="ellipsis")
        for one in entered:
            table.add_column(one.name.replace(" ", "")[:NAME], width=NAME, no_wrap=True, justify="right")
        by_what: dict[Meaning, dict[str, Row]] = {}
        for row in rows:
            by_what.setdefault(row.expected.what, {})[str(row.expected.who.person.id)] = row
        for what, of in by_what.items():
            events = next((row.events for row in of.values() if row.events), ())
            cells = [_cell(of.get(str(one.person.id))) for one in entered]
            good = all(row.good for row in of.values())
            table.add_row(plain(named(self.lang, what)), _short(events), *cells, style="" if good else "bold red")
        return table

    def _table(self, key: str) -> Table:
        return Table(
            title=say(self.lang, key), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
            padding=(0, 1, 0, 0), show_edge=False,
        )  # fmt: skip

    def times(self, measured: Mapping[str, float], wait: float) -> None:
        self.console.print()
        table = self._table("times")
        table.add_column("", width=50, no_wrap=True)
        table.add_column(say(self.lang, "seconds"), justify="right")
        for name, value in measured.items():
            table.add_row(say(self.lang, name, wait=seconds(self.lang, wait)), f"{value:.2f}".replace(".", self._point))
        self.console.print(table)

    @property
    def _point(self) -> str:
        return "." if self.lang == "en" else ","

    def evidence(self, evidence: Evidence, about: Published) -> None:
        self.console.print()
        self.console.print(Text(say(self.lang, "verify"), style="bold"))
        self.console.print(Text(f"{say(self.lang, 'published')}: {about.origin}", style="dim", overflow="fold"))
        self.console.print(Text(f"{say(self.lang, 'key')}: {about.public_key}", style="dim", overflow="fold"))
        self._verdict(say(self.lang, "as_is"), evidence.whole, good=evidence.whole.code == 0)
        self._verdict(
            say(self.lang, "changed", where=evidence.where), evidence.tampered, good=evidence.tampered.code == 1
        )
        style = "green" if evidence.witnessed == evidence.anchors else "bold red"
        mark = "✓ " if evidence.witnessed == evidence.anchors else "✗ "
        told = say(self.lang, "witness", fits=evidence.anchors, all=evidence.witnessed)
        self.console.print(Text.assemble((mark, style), told))

    def _verdict(self, label: str, verdict: Verdict, *, good: bool) -> None:
        mark = ("✓ ", "green") if good else ("✗ ", "bold red")
        self.console.print(Text.assemble(mark, (label, "bold")))
        self.console.print(Text(f"  {verdict.said}", overflow="fold"))

    def differences(self, judgement: Judgement) -> None:
        """The first of them; all stand in result.json."""
        told = [*(self._wrong(row) for row in judgement.rows if not row.good), *map(self._stray, judgement.strays)]
        for text in told[:MOST_DIFFERENCES]:
            self.console.print(Text(plain(text), style="red"), overflow="fold")
        if len(told) > MOST_DIFFERENCES:
            self.line("more", "red", count=len(told) - MOST_DIFFERENCES)

    def _wrong(self, row: Row) -> str:
        what, who = named(self.lang, row.expected.what), row.expected.who.name
        key = "missing" if row.decrypted else "not_opened"
        return say(self.lang, key, who=who, what=what, times=len(row.events), least=row.expected.least)

    def _stray(self, stray: Stray) -> str:
        key = "stray_rings" if stray.rings else "stray"
        return say(
            self.lang, key, who=stray.who.name, kind=named(self.lang, stray.what), text=stray.text or stray.event
        )

    def ending(self, result: Result) -> None:
        """The verdict, and where the bundle is."""
        self.console.print()
        self.differences(result.judgement)
        for fault in result.faults:
            self.line(f"fault_{fault.kind}", "red", who=fault.who, channel=self.channel(fault.channel))
        if not result.evidence.good:
            self.line("evidence_bad", "red")
        if result.good:
            people = len(result.story.cast.everybody)
            rows = len(result.before.rows) + len(result.judgement.rows)
            self.line("ladder_good", "green")
            self.line("good", "bold green", rows=rows, people=people, seconds=self.seconds(result.total))
        else:
            self.line("differences", "bold red", count=result.differences + len(result.faults))
        self.line("bundle", path=result.evidence.bundle)
        self.line("ladder_path", path=result.evidence.bundle.with_name("ladder.json"))
        self.line("result", "dim", path=result.evidence.bundle.with_name("result.json"))

    def crash(self, why: str) -> None:
        self.line("crashed", "bold red")
        self.console.print(Group(*(Text(line, overflow="fold") for line in why.splitlines())))


def plain(text: str) -> str:
    return text.translate(_DRESS)


def _short(events: Sequence[str]) -> str:
    """Enough of an event id to find it in result.json, where it stands whole."""
    return f"{events[0][:9]}…" if events else "–"


def _times(row: Row) -> str:
    return f"{len(row.events)}×"


def _cell(row: Row | None) -> str:
    if row is None:
        return "–"
    return _times(row) if row.decrypted else "✗"
