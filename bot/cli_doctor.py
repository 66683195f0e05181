"""`iogplus doctor`: is this homeserver fit for the bot?"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from bot.app import MIB, CannotStart, opened, real_world
from bot.config import Settings, load_settings
from bot.domain.ladder import ChannelState
from bot.domain.people import Language
from bot.matrix.doctor import Doctor, Finding, Verdict
from bot.matrix.doctor_words import say
from bot.pagers.one_way import is_known
from bot.terminal import console, errors, keeping, language_of, stop
from bot.words.shown import moment

ROOM_FOR: Final = 100  # files of the largest size
SIGNS: Final[dict[Verdict, str]] = {"ok": "✓", "warn": "!", "fail": "✗"}


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


def doctor(
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """Prove that the homeserver is fit for the bot: 0 it is, 1 it is not, 2 it cannot be looked at. Stop the bot first."""
    settings = load_settings(config)
    if isinstance(settings, tuple):
        for wrong in settings:
            errors.print(wrong.text(language_of(lang, None)))
        raise typer.Exit(2)
    language = language_of(lang, settings)
    with keeping(settings, language):
        pass  # only to say in plain words that the bot runs; what follows takes the lock itself
    try:
        findings = asyncio.run(_examined(settings, language))
    except CannotStart as why:
        raise stop(why.text(language)) from None
    fit = all(finding.verdict != "fail" for finding in findings)
    for line in _as_json(findings, language, fit) if output is Format.JSON else _as_text(findings, language, fit):
        console.print(line)
    raise typer.Exit(0 if fit else 1)


async def _examined(settings: Settings, lang: Language) -> list[Finding]:
    around = real_world()
    async with opened(settings, around) as bot:
        contacts = bot.reference.contacts
        key = settings.pickle_key.get_secret_value()
        findings = await Doctor(bot.client, bot.gateway, bot.database, contacts, key, around.wall).examine()
        findings += [_channel(state, lang) for state in bot.board.states()]
        findings += [_one_way(settings)] if settings.apprise else []
        findings += [_files(settings)]
        if bot.problems:
            reason = bot.problems[0].text(lang)
            return [*findings, Finding("contacts", "fail", {"reason": reason})]
        return [*findings, Finding("contacts", "ok", {"count": len(contacts.people)})]


def _channel(state: ChannelState, lang: Language) -> Finding:
    """What the bot itself saw of a channel when it last ran; the doctor rings nobody."""
    when = moment(state.last_success, lang) if state.last_success is not None else "–"
    values = {"channel": state.channel, "when": when, "reason": state.reason or "–"}
    return Finding("channel", "warn" if state.down else "ok", values)


def _one_way(settings: Settings) -> Finding:
    """How many the operator gave an address to, and whether Apprise knows each; nothing is sent."""
    unknown = [name for name, given in settings.apprise_of.items() if not is_known(given)]
    values = {"count": len(settings.apprise_of), "names": ", ".join(unknown)}
    return Finding("apprise", "warn" if unknown else "ok", values)


def _files(settings: Settings) -> Finding:
    """Whether files can be written where they are kept, and whether there is room for a hundred of the largest."""
    values: dict[str, object] = {"path": settings.files, "count": ROOM_FOR, "size": settings.file_max_mib}
    try:
        settings.files.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.files) as trial:
            trial.write(b"\0")
        free = shutil.disk_usage(settings.files).free
    except OSError as wrong:
        return Finding("files", "fail", {**values, "reason": wrong.strerror or type(wrong).__name__})
    if free < ROOM_FOR * settings.file_max_mib * MIB:
        return Finding("files_room", "warn", {**values, "free": free // MIB})
    return Finding("files", "ok", {**values, "free": free // MIB})


def _as_text(findings: Sequence[Finding], lang: Language, fit: bool) -> Iterator[str]:
    for finding in findings:
        yield f"{SIGNS[finding.verdict]} {finding.text(lang)}"
    wrong = sum(finding.verdict == "fail" for finding in findings)
    yield say(lang, "fit") if fit else say(lang, "unfit", count=wrong, all=len(findings))


def _as_json(findings: Sequence[Finding], lang: Language, fit: bool) -> Iterator[str]:
    checks = [{"check": f.check, "verdict": f.verdict, "text": f.text(lang)} for f in findings]
    yield json.dumps({"fit": fit, "checks": checks}, ensure_ascii=False, indent=2)
