"""The code has the shape that CONTRIBUTING promises: short, explained, and free of empty names, broad excepts and idle waits."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import FILES, MODULES, ROOT, named, text

MODULE_LINES: Final = 300
FUNCTION_LINES: Final = 40
REASON: Final = re.compile(r"\blong(er)?\b", re.IGNORECASE)
EMPTY_NAMES: Final = ("Manager", "Handler", "Service", "Helper", "Util", "Utils")
TESTS: Final = tuple(p for p in FILES if p.name.startswith("test_") and p.suffix == ".py")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path))


def docstring(path: Path) -> str:
    return ast.get_docstring(parsed(path)) or ""


def functions(path: Path) -> Iterator[tuple[Function, int]]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def head(path: Path, function: Function) -> str:
    """The docstring and first comment of a function."""
    opening = text(path).splitlines()[function.lineno : function.body[0].lineno]
    return "\n".join((ast.get_docstring(function) or "", *opening))


def test_a_long_module_says_why() -> None:
    long = [p for p in MODULES if text(p).count("\n") > MODULE_LINES]
    assert [named(p) for p in long if not REASON.search(docstring(p))] == []


def test_a_long_function_says_why() -> None:
    long = [(p, f, n) for p in MODULES for f, n in functions(p) if n > FUNCTION_LINES]
    assert long
    unsaid = [(named(p), f.name, n) for p, f, n in long if not REASON.search(docstring(p) + head(p, f))]
    assert unsaid == []


def test_every_module_opens_with_a_sentence() -> None:
    bare = [named(p) for p in MODULES if not re.match(r"\S.*[.!:?]$", docstring(p).split("\n\n")[0], re.DOTALL)]
    assert bare == []


def test_no_name_says_nothing() -> None:
    found = []
    for path in MODULES:
        words = path.stem.split("_")
        found += [named(path) for word in words if word.capitalize() in EMPTY_NAMES]
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and set(re.findall(r"[A-Z][a-z]*", node.name)) & set(EMPTY_NAMES):
                found.append(f"{named(path)}: {node.name}")
    assert found == []


def test_everything_is_caught_only_to_be_raised_again_or_where_one_persons_wish_may_not_stop_the_bot() -> None:
    """What somebody said, and a document that somebody asked for: tried again at each start they would stop every page."""
    tops = []
    for path in MODULES:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node):
                line = text(path).splitlines()[node.lineno - 1]
                tops.append((named(path), "# noqa: BLE001 - " in line))
    assert sorted(tops) == [("bot/exporting.py", True), ("bot/running.py", True)]


def _is_broad(caught: ast.ExceptHandler) -> bool:
    return caught.type is None or ast.unparse(caught.type) in ("Exception", "BaseException")


def _raises_again(caught: ast.ExceptHandler) -> bool:
    last = caught.body[-1]
    return isinstance(last, ast.Raise) and (last.exc is None or last.cause is not None)


@pytest.mark.parametrize("path", TESTS, ids=named)
def test_tests_neither_sleep_nor_mock_nor_skip(path: Path) -> None:
    found = []
    for node in ast.walk(parsed(path)):
        match node:
            case ast.Call(func=ast.Attribute(attr="sleep")) if ast.unparse(node.args[0]) != "0":
                found.append(ast.unparse(node))
            case ast.Attribute(attr="skip" | "skipif" | "xfail" | "importorskip"):
                found.append(ast.unparse(node))
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] in ("mock", "unittest"):
                found.append(module)
            case _:
                pass
    assert found == []


def test_comments_promise_nothing_for_later() -> None:
    later = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")
    assert [
        named(p) for p in FILES if p.suffix == ".py" and p.parent != ROOT / "tests/house" and later.search(text(p))
    ] == []
