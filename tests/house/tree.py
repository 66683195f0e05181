"""The files of the project as they would be handed to somebody else, without what the targets make."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
BOT: Final = ROOT / "bot"
# A copy without version control must pass too, so this list stands beside .gitignore and not in place of it.
_MADE: Final = frozenset(
    (".git", ".venv", "build", "demo", "state", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache",
     ".hypothesis", ".import_linter_cache")
)  # fmt: skip
_OURS: Final = frozenset(
    (".py", ".md", ".toml", ".yaml", ".yml", ".json", ".jsonl", ".lock", ".po", ".mjs", ".service", ".txt", ".note", "")
)


def _walk(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        made = path.name in _MADE and (path.parent == ROOT or path.name in ("__pycache__", "node_modules"))
        if made or path.name.endswith((".egg-info", ".db")) or path.name == "core":
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix in _OURS:
            yield path


FILES: Final = tuple(_walk(ROOT))
PAGES: Final = tuple(path for path in FILES if path.suffix == ".md")
MODULES: Final = tuple(path for path in FILES if path.suffix == ".py" and BOT in path.parents)


def named(path: Path) -> str:
    """The path as people write it."""
    return path.relative_to(ROOT).as_posix()


@cache
def text(path: Path | str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")
