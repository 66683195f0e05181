"""How wide the columns of a table are: enough for its words, and more for the columns in which people wrote sentences."""

from typing import Final, assert_never

from bot.dossier.sheet import Bar, Cell, Code, Length, Ref, Table, When

_WORD: Final = 14  # longer words are broken
_SENTENCE: Final = 60
_GAP: Final = 2
_LINE: Final = 112  # characters that fit beside each other on a standing page


def widths(table: Table) -> list[int]:
    """In parts of the whole, one for each column; counted over every row, so that chunks of a table agree.

    What does not fit on a line is taken from the columns with sentences: the others could not keep their words whole.
    """
    wanted = [_width(name, [row[at] for row in table.rows]) for at, name in enumerate(table.header)]
    least, most = sum(word for word, _ in wanted), sum(wish for _, wish in wanted)
    if most <= _LINE or most == least:
        return [wish for _, wish in wanted]
    room = max(_LINE - least, 0)
    return [word + (wish - word) * room // (most - least) for word, wish in wanted]


def _width(name: str, cells: list[Cell]) -> tuple[int, int]:
    """What its longest word takes, and what it would have."""
    texts = [name, *(_text(cell) for cell in cells)]
    word = max(min(max(map(len, text.split()), default=1), _WORD) for text in texts)
    lengths = sorted(min(len(text), _SENTENCE) for text in texts)
    usual = lengths[len(lengths) * 9 // 10]
    return word + _GAP, max(word + _GAP, usual // 2 if usual < _SENTENCE else usual)


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
