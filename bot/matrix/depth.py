"""How deep JSON of strangers may be nested: what is deeper runs the stack out, here or wherever it is written down again."""

import json
import re
from typing import Any, Final

DEEPEST: Final = 100  # levels; what people send by Matrix has fewer than ten
_TOKEN: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


def too_deep(value: object) -> bool:
    """Whether parsed JSON has more than `DEEPEST` levels; level by level, because a recursion would itself run out."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            item
            for parent in level
            for item in (parent.values() if isinstance(parent, dict) else parent if isinstance(parent, list) else ())
        ]
        if not level:
            return False
    return True


def read_json(content: bytes) -> Any:  # noqa: ANN401 - JSON of any shape
    """JSON as a server gave it; raises ValueError when it is none. Where one event of many is too deep to be read, everything
    below `DEEPEST` levels is null, so that the others are still heard."""
    try:
        return json.loads(content)
    except RecursionError:
        return json.loads(_cut_off(content.decode()))


def _cut_off(text: str) -> str:
    kept: list[str] = []
    depth = begin = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth == DEEPEST + 1:
                kept += (text[begin : token.start()], "null")
        elif token[0] in ("]", "}"):
            if depth == DEEPEST + 1:
                begin = token.end()
            depth -= 1
    return "".join((*kept, text[begin:]))
