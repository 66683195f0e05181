"""What the pages promise is there: commands, targets, options, files, links, versions, words in chat, and reasons of decisions."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml
from typer.main import get_command

from bot import cli_live
from bot.cli import app
from bot.matrix import deciding, drafting, questions, roster, signal_commands, translate
from bot.running import VERSION
from bot.words.grammar import LINE_KINDS, VERBS
from bot.words.parse import Said, clean, parse
from tests.house.fields import PAGE as FIELDS
from tests.house.fields import fields_page
from tests.house.tables import PAGE as TABLES
from tests.house.tables import tables
from tests.house.tree import BOT, FILES, MODULES, PAGES, ROOT, named, text

PLACES: Final = ("direct", "alarm", "incident", "closed", "management")
USE: Final = tuple(p for p in PAGES if p.parent.name == "gebruik" and p.name not in ("commandos.md", "README.md"))
DECISIONS: Final = tuple(p for p in PAGES if p.parent.name == "decisions" and p.name != "README.md")
PROJECT: Final = tomllib.loads(text("pyproject.toml"))["project"]


def commands() -> dict[str, Any]:
    if not any(known.name == "run" for known in app.registered_commands):
        cli_live.register(app)
    return dict(get_command(app).commands)  # type: ignore[attr-defined]


def targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.+)$", text("Makefile"), re.MULTILINE)
    assert phony
    return set(phony[1].split())


def said(page: Path) -> Iterator[str]:
    """What a page shows as code: between backticks, in blocks of code, and in indented lines."""
    body = text(page)
    fences = re.findall(r"^```\w*\n(.*?)^```", body, re.MULTILINE | re.DOTALL)
    rest = re.sub(r"^```\w*\n.*?^```", "", body, flags=re.MULTILINE | re.DOTALL)
    yield from (line.strip() for block in fences for line in block.splitlines())
    yield from (line.strip() for line in re.findall(r"^ {4,}(\S.*)$", rest, re.MULTILINE))
    yield from (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", rest))


# --- commands at a terminal ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    promised = {found[1] for code in said(page) if (found := re.match(r"make ([a-z]+)", code))}
    assert promised <= targets()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    for code in said(page):
        demo = re.match(r'make demo ARGS="([^"]*)"', code)
        found = re.search(r"(?:^|[\s/])iogplus ([a-z][a-z-]*)([^|#&]*)", code)
        if demo:
            _has("demo", demo[1])
        elif found and not code.startswith(("cd ", "User=")):
            _has(found[1], found[2])


def _has(name: str, rest: str) -> None:
    assert name in commands(), name
    options = {option for parameter in commands()[name].params for option in parameter.opts}
    assert set(re.findall(r"(--[a-z-]+)", rest)) <= options, (name, rest)


def test_every_target_and_command_stands_on_a_page() -> None:
    shown = [code for page in PAGES for code in said(page)]
    assert [t for t in sorted(targets()) if not any(re.match(rf"make {t}\b", code) for code in shown)] == []
    assert [c for c in sorted(commands()) if not any(re.search(rf"\biogplus {c}\b", code) for code in shown)] == []


def test_every_command_explains_itself() -> None:
    assert [name for name, command in commands().items() if not command.help] == []
    assert isinstance(app, typer.Typer)


def test_every_module_that_is_to_be_run_is_there() -> None:
    asked = {
        (named(p), m) for p in (*PAGES, ROOT / "Makefile") for m in re.findall(r"-m (tests[\w.]*|bot[\w.]*)", text(p))
    }
    assert asked
    missing = []
    for page, module in sorted(asked):
        path = ROOT / module.replace(".", "/")
        if not (path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()):
            missing.append((page, module))
    assert missing == []


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.+)$", text(there), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, target


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    ours = re.compile(r"(bot|docs|tests|deploy|contacts|playbooks)/[\w./-]+")
    paths = {code.rstrip("/") for code in said(page) if ours.fullmatch(code)}
    near = (ROOT, page.parent)
    assert [path for path in sorted(paths) if not any((base / path).exists() for base in near)] == []


def test_every_page_can_be_reached_from_the_first() -> None:
    seen, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(page))
        waiting += [path for link in links if (path := (page.parent / link).resolve()).is_file()]
    assert [named(page) for page in PAGES if page not in seen] == []


def test_the_architecture_says_where_everything_is() -> None:
    page = text("docs/architecture.md")
    parts = {named(p if p.parent == BOT else p.parent) for p in MODULES if BOT in (p.parent, p.parent.parent)}
    missing = [part for part in sorted(parts - {"bot/__init__.py"}) if f"`{part}" not in page]
    assert missing == []


def test_the_pages_of_tables_and_fields_are_current() -> None:
    assert TABLES.read_text(encoding="utf-8") == tables()
    assert FIELDS.read_text(encoding="utf-8") == fields_page()


@pytest.mark.parametrize("page", DECISIONS, ids=named)
def test_a_decision_gives_context_choice_and_consequence_on_one_page(page: Path) -> None:
    heads = re.findall(r"^## (.+)$", text(page), re.MULTILINE)
    assert heads == ["Context", "Choice", "Consequence"]
    assert len(text(page).splitlines()) <= 60
    assert f"]({page.name})" in text("docs/decisions/README.md")


# --- words in chat ------------------------------------------------------------------------------------------------------


def test_every_word_of_the_grammar_does_something() -> None:
    done = {
        *translate.VERBS,
        *translate.QUESTIONS,
        *translate.OWN_CHANNELS,
        *roster.VERBS,
        *LINE_KINDS,
        *deciding.VERBS,
        *drafting.VERBS,
        *signal_commands.VERBS,
    }
    assert {verb.name for verb in VERBS} == done
    asked_otherwise = {"export", "more", "card", "interventions", "show_point", "reasons", "catch_up", "picture"}
    assert set(translate.QUESTIONS) - set(questions._ANSWERS) == asked_otherwise


@pytest.mark.parametrize("page", USE, ids=named)
def test_what_people_are_told_to_type_is_understood(page: Path) -> None:
    body = re.sub(r"^```gesprek\n.*?^```$|<!--.*?-->", "", text(page), flags=re.MULTILINE | re.DOTALL)
    typed = [*re.findall(r"`([^`]+)`", body), *re.findall(r"^> (alarm .+)$", body, re.MULTILINE)]
    lost = []
    for words in typed:
        if words.startswith("#"):  # the anchor of a log line
            continue
        sentence = words.replace("…", "een zin")
        if not any(isinstance(parse(clean(sentence), place), Said) for place in PLACES):
            lost.append(words)
    assert typed
    assert lost == []


@pytest.mark.parametrize("page", USE, ids=named)
def test_a_page_for_users_fits_a_phone(page: Path) -> None:
    shown = re.sub(r"\n<!--.*?-->\n", "", text(page), flags=re.DOTALL)
    assert len(shown) <= 2_400
    assert len(shown.splitlines()) <= 45


# --- versions and metadata ------------------------------------------------------------------------------------------------


def test_there_is_one_version() -> None:
    newest = re.search(r"^## \[(\S+)\] - (\d{4}-\d\d-\d\d)$", text("CHANGELOG.md"), re.MULTILINE)
    assert newest
    public = yaml.safe_load(text("publiccode.yml"))
    assert {PROJECT["version"], VERSION, newest[1], public["softwareVersion"]} == {VERSION}
    assert newest[2] == public["releaseDate"] == date.fromisoformat(newest[2]).isoformat()


def test_the_metadata_for_public_code_is_complete() -> None:
    public = yaml.safe_load(text("publiccode.yml"))
    for key in ("publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"):
        assert public[key], key
    assert public["legal"]["license"] == PROJECT["license"] == "EUPL-1.2"
    assert public["maintenance"]["type"] == "community"
    assert public["maintenance"]["contacts"][0]["name"]
    assert public["localisation"] == {"localisationReady": True, "availableLanguages": ["nl", "en"]}
    for lang in ("nl", "en"):
        about = public["description"][lang]
        assert len(about["shortDescription"]) <= 150 <= len(about["longDescription"]) <= 10_000
        assert all(len(feature) <= 100 for feature in about["features"])


def test_the_readme_says_where_this_version_stands() -> None:
    readme = text("README.md")
    assert f"**Status: {VERSION}.**" in readme
    assert "Matrix only" not in readme
    assert {"docs/beheer/kanalen.md", "docs/beheer/roosters.md", "docs/gebruik/bereikbaar.md"} <= set(
        re.findall(r"\]\(([^)]+)\)", readme)
    )
    assert PROJECT["requires-python"] == ">=3.11"
    assert "Python 3.11 or newer" in readme


def test_what_the_packages_promise_to_hold_is_there() -> None:
    data = tomllib.loads(text("pyproject.toml"))["tool"]["setuptools"]["package-data"]["bot"]
    here = {named(p) for p in FILES}
    assert "bot/locale/nl.po" in here
    assert [pattern for pattern in data if not list((ROOT / "bot").glob(pattern))] == []
