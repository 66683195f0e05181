"""What was measured, as a table for people and as JSON for machines: medians, their ratio, and the ratio that was promised."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measured:
    """`ours` and `theirs` are samples taken in turns; without `theirs` the target is a limit on our own value."""

    name: str
    what: str
    unit: str
    target: float | None  # None: told beside the others, nothing was promised
    ours: tuple[float, ...]
    theirs: tuple[float, ...] = ()

    @property
    def value(self) -> float:
        """The ratio of the medians, or our own median."""
        return median(self.ours) / (median(self.theirs) if self.theirs else 1.0)

    @property
    def met(self) -> bool:
        return self.target is None or self.value <= self.target

    def described(self) -> dict[str, Any]:
        return asdict(self) | {"value": round(self.value, 3), "met": self.met}


def shown(found: list[Measured], console: Console) -> None:
    table = Table(box=None, pad_edge=False)
    for column, justify in (
        ("measured", "left"),
        ("bot", "right"),
        ("bare", "right"),
        ("value", "right"),
        ("target", "right"),
        ("", "left"),
    ):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for one in found:
        theirs = _amount(one.theirs, one.unit) if one.theirs else ""
        sign = "×" if one.theirs else one.unit
        verdict = "" if one.target is None else "met" if one.met else "[bold]MISSED[/]"
        target = "" if one.target is None else f"≤ {one.target:g} {sign}"
        table.add_row(
            one.what,
            _amount(one.ours, one.unit),
            theirs,
            f"{one.value:.2f} {sign}",
            target,
            verdict,
        )
    console.print(table)


def _amount(samples: tuple[float, ...], unit: str) -> str:
    """The median with the middle half of the samples."""
    ordered = sorted(samples)
    low, high = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]
    return f"{median(samples):.1f} {unit} ({low:.1f}–{high:.1f}, n={len(samples)})"


def written(found: list[Measured], about: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    measured = [one.described() for one in found]
    path.write_text(
        json.dumps({"about": about, "measured": measured}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
