"""The ladder on a terminal: what each phone saw side by side, and when each page was asked for, came and was answered."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.demo.ladder import Climb, rungs
from bot.demo.phones import Sight
from bot.demo.says import say, seconds
from bot.demo.show import Show, plain
from bot.domain.ids import RoleId

ACROSS: Final = 2


def phones(show: Show, climbs: Sequence[Climb], alarm_at: float) -> None:
    """Who has more than the chat, with everything that these phones saw."""
    rung = [climb for climb in climbs if any(s.channel != "matrix" for s in climb.sights)]
    show.console.print()
    show.console.print(Text.assemble((say(show.lang, "phones"), "bold"), "  ", (say(show.lang, "phones_note"), "dim")))
    grid = Table.grid(padding=0, expand=True)
    for _ in range(ACROSS):
        grid.add_column(ratio=1, no_wrap=True)
    for start in range(0, len(rung), ACROSS):
        panels = [_panel(show, climb, alarm_at) for climb in rung[start : start + ACROSS]]
        grid.add_row(*panels, *[""] * (ACROSS - len(panels)))
    show.console.print(grid)


def _panel(show: Show, climb: Climb, alarm_at: float) -> Panel:
    body = Table.grid(padding=(0, 1, 0, 0), expand=True)
    body.add_column(justify="right", width=4, style="dim", no_wrap=True)
    body.add_column(width=8, style="dim", no_wrap=True)
    body.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for sight in climb.sights:
        if sight.channel != "matrix":
            style = "cyan" if sight.what == "answered" else "dim" if sight.what == "withdrawn" else ""
            name = show.channel(sight.channel)
            body.add_row(seconds(show.lang, sight.at - alarm_at), name, Text(plain(_said(show, sight)), style=style))
    role = Text(_role(show, climb), style="dim")
    return Panel(body, title=climb.name, title_align="left", subtitle=role, subtitle_align="right", padding=(0, 0))


def _said(show: Show, sight: Sight) -> str:
    match sight.what:
        case "answered":
            return f"› {sight.text}"
        case "withdrawn":
            return say(show.lang, "off")
        case "voicemail":
            return say(show.lang, "machine", text=sight.text)
        case "opened" if sight.channel == "mail":
            return say(show.lang, "looked", text=sight.text)
        case "came" if sight.channel == "voice":
            return say(show.lang, "rang")
        case _:
            return sight.text


def _role(show: Show, climb: Climb) -> str:
    name = show.words.template(show.lang, f"role.{RoleId(climb.role)}")
    return f"{name} (reserve)" if climb.part == "reserve" else name


def table(show: Show, climbs: Sequence[Climb], alarm_at: float) -> None:
    """One line for each page over each channel."""
    found = Table(
        title=say(show.lang, "ladder"), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
        padding=(0, 1, 0, 0), show_edge=False,
    )  # fmt: skip
    for key, width in (("person", 30), ("channel", 9)):
        found.add_column(say(show.lang, key), width=width, no_wrap=True, overflow="ellipsis")
    for key in ("requested", "accepted", "answered", "withdrawn"):
        found.add_column(say(show.lang, key), justify="right", no_wrap=True)
    for climb in climbs:
        name = f"{climb.name} · {_role(show, climb)}"
        for rung in rungs(climb):
            times = (rung.requested, rung.accepted, rung.answered, rung.withdrawn)
            cells = ["–" if at is None else seconds(show.lang, at - alarm_at) for at in times]
            found.add_row(name, show.channel(rung.channel), *cells, style="" if rung.accepted else "yellow")
            name = ""
    show.console.print()
    show.console.print(found)
    show.console.print(Text(say(show.lang, "ladder_note"), style="dim"))
