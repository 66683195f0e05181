"""Both languages say everything, with the same values, and every key that the program names exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import bot
from bot.domain import entries as e
from bot.domain import playbook
from bot.domain.escalation import Whom
from bot.domain.people import CALLED, ROLES
from bot.words.catalogue import LANGUAGES, load
from bot.words.grammar import VERBS
from bot.words.tree import grow, plain, slots

CATALOGUE = load()
SOURCES = Path(bot.__file__).parent


def test_both_languages_have_the_same_keys_with_the_same_values() -> None:
    dutch, english = (CATALOGUE.texts[lang] for lang in LANGUAGES)
    assert dutch.keys() == english.keys()
    for key, text in dutch.items():
        assert text, key
        assert slots(text) == slots(english[key]), key


def test_the_markup_of_every_text_closes() -> None:
    for lang in LANGUAGES:
        for key, text in CATALOGUE.texts[lang].items():
            shown = plain(grow(text, dict.fromkeys(slots(text), "https://x.example")))
            assert "**" not in shown, key
            if key != "reference.intro":
                assert text.count("`") % 2 == 0, key


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in SOURCES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name:
                yield path, node


def _codes(argument: ast.expr) -> Iterator[str]:
    for node in ast.walk(argument):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and re.fullmatch(r"[a-z]+(_[a-z]+)+", node.value)
        ):
            yield node.value


def test_every_refusal_has_its_sentence_and_every_value_that_the_sentence_wants() -> None:
    found = 0
    for path, call in _calls("Refused"):
        given = call.args[1] if len(call.args) > 1 else None
        details = {k.value for k in given.keys if isinstance(k, ast.Constant)} if isinstance(given, ast.Dict) else set()
        for code in _codes(call.args[0]):
            found += 1
            assert CATALOGUE.has(f"refused.{code}"), (path.name, code)
            if given is None or isinstance(given, ast.Dict):
                assert slots(CATALOGUE.template("nl", f"refused.{code}")) <= details, (path.name, code)
    assert found > 20


def test_every_note_for_operators_has_its_sentence() -> None:
    codes = [(path, call.args[1]) for path, call in _calls("_manage") if len(call.args) > 1]
    codes += [(path, k.value) for path, call in _calls("ManagementNote") for k in call.keywords if k.arg == "code"]
    names = [(path, str(node.value)) for path, node in codes if isinstance(node, ast.Constant)]
    assert names
    for path, code in names:
        assert CATALOGUE.has(f"management.{code}"), (path.name, code)
    for kind in ("removed", "replaced", "powerless"):
        assert CATALOGUE.has(f"management.room_{kind}")
    for empty in get_args(e.EmptyWhy):
        assert CATALOGUE.has(f"management.step_empty_{empty}")


def test_every_text_that_the_program_names_exists() -> None:
    named = [
        (path, ast.literal_eval(call.args[1]))
        for way in ("text", "template")
        for path, call in _calls(way)
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant) and "catalogue" in ast.unparse(call.func)
    ]
    assert len(named) > 30
    assert [(path.name, key) for path, key in named if not CATALOGUE.has(str(key))] == []


def test_every_value_of_a_closed_list_has_a_word() -> None:
    wanted = [f"role.{role}" for role in (*ROLES, CALLED)]
    wanted += [f"phase.{phase}" for phase in playbook.PHASES]
    wanted += [f"kind.{kind}" for kind in get_args(playbook.LineKind)]
    wanted += [f"whom.{whom}" for whom in get_args(Whom)]
    wanted += [f"why.{why}" for why in (*get_args(e.CallWhy), *get_args(e.PageWhy))]
    wanted += [f"{what}.{verb.name}" for verb in VERBS for what in ("use", "does")]
    assert [key for key in wanted if not CATALOGUE.has(key)] == []


def test_no_sentence_stands_there_twice() -> None:
    """Of two with one name only the first is ever read."""
    for lang in LANGUAGES:
        names = re.findall(r'^msgid "(.+)"$', (SOURCES / "locale" / f"{lang}.po").read_text(), re.MULTILINE)
        assert sorted(names) == sorted(set(names)), lang
