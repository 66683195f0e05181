"""How wide the columns of a table are: enough for its words, and more for the columns in which people wrote sentences."""

from typing import Final, assert_never

from bot.dossier.sheet import Bar, Cell, Code, Length, Ref, Table, When

_WORD: Final = 14  # longer words are broken
_SENTENCE: Final = 60
_GAP: Final = 2


def widths(table: Table) -> list[int]:
    """In parts of the whole, one for each column; counted over every row, so that chunks of a table agree."""
    return [_width(name, [row[at] for row in table.rows]) for at, name in enumerate(table.header)]


def _width(name: str, cells: list[Cell]) -> int:
    texts = [name, *(_text(cell) for cell in cells)]
    word = max(min(max(map(len, text.split()), default=1), _WORD) for text in texts)
    lengths = sorted(min(len(text), _SENTENCE) for text in texts)
    usual = lengths[len(lengths) * 9 // 10]
    return max(word + _GAP, usual // 2 if usual < _SENTENCE else usual)


def _text(cell: Cell) -> str:
    match cell:
        case str():
            return cell
        case Code(text) | When(text, _) | Length(text, _) | Ref(text, _) | Bar(text):
            return text
        case tuple():
            return max(map(_text, cell), key=len, default="")
        case _:
            assert_never(cell)
