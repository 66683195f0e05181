"""What `iogplus check` finds: every mistake in contacts, playbooks and settings, as text, as JSON or as annotations."""

import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bot.config import CONFIG, DEFAULT_FILE, Settings, load_settings
from bot.config_words import Wrong
from bot.domain.people import ROLES, Language
from bot.domain.playbook import Both
from bot.pagers.one_way import is_known
from bot.reference import check as reference
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.store.links import LENGTH, address
from bot.words.catalogue import LANGUAGES, load
from bot.words.channel_words import link_fits

_NAMED: Final = Both(
    "op een afzender die geen nummer is kan niemand antwoorden: een sms biedt dan alleen de link of de chat aan",
    "nobody can reply to a sender that is no number: a text message then offers the link or the chat only",
)
_DEAF: Final = Both(
    "antwoorden per sms komen nergens binnen: zet sms_webhook_secret_file of sms_inbox_url; tot dan staat er alleen een link in",
    "replies by text message arrive nowhere: set sms_webhook_secret_file or sms_inbox_url; until then a text offers the link only",
)
_TOO_LONG: Final = Both(
    "te lang voor een sms: er staat dan geen link in, want rol en gemeente gaan voor; neem een adres van hoogstens 35 tekens",
    "too long for a text message: it then holds no link, for role and municipality go first; take an address of 35 characters",
)
_PLACED: Final = re.compile(r"(.*):([0-9]+):([0-9]+)")


@dataclass(frozen=True, slots=True)
class Mistake:
    """`line` and `column` count from 1; they are missing when the mistake stands in no file (a variable, an absence)."""

    file: str
    line: int | None
    column: int | None
    message: Both

    def said(self, lang: Language) -> str:
        return self.message.en if lang == "en" else self.message.nl

    def text(self, lang: Language) -> str:
        place = "" if self.line is None else f":{self.line}:{self.column}"
        return f"{self.file}{place}: {self.said(lang)}"


@dataclass(frozen=True, slots=True)
class Checked:
    """`settings` are the effective ones when there are any; `warnings` are no mistakes, but may surprise at night; `missing` is a
    directory that is not there, and `nothing` says that there was nothing to look at."""

    mistakes: tuple[Mistake, ...] = ()
    settings: Settings | None = None
    missing: Path | None = None
    nothing: bool = False
    warnings: tuple[Mistake, ...] = ()

    def as_json(self, lang: Language) -> str:
        mistakes, warnings = (
            [{"file": m.file, "line": m.line, "column": m.column, "message": m.said(lang)} for m in some]
            for some in (self.mistakes, self.warnings)
        )
        settings = None if self.settings is None else dict(self.settings.shown())
        return json.dumps(
            {"mistakes": mistakes, "warnings": warnings, "settings": settings}, indent=2, ensure_ascii=False
        )

    def as_annotations(self, lang: Language) -> Iterator[str]:
        """Workflow commands of GitHub and Forgejo, which show each mistake beside its line."""
        for kind, m in [*(("error", m) for m in self.mistakes), *(("warning", m) for m in self.warnings)]:
            place = "" if m.line is None else f",line={m.line},col={m.column}"
            yield f"::{kind} file={_escaped(m.file, property_=True)}{place}::{_escaped(m.said(lang))}"


def checked(config: Path | None, contacts: Path | None, playbooks: Path | None, at: datetime) -> Checked:
    """Look at the settings, if there are any, and at the two directories, given or named by the settings.

    `at` (aware) is the moment from which the rosters are judged.
    """
    mistakes: list[Mistake] = []
    settings: Settings | None = None
    if config or os.environ.get(CONFIG) or DEFAULT_FILE.exists():
        found = load_settings(config, login=False)
        if isinstance(found, Settings):
            settings = found
        else:
            mistakes += map(_of_settings, found)
    if settings:
        contacts, playbooks = contacts or settings.contacts_dir, playbooks or settings.playbooks_dir
    if contacts is None or playbooks is None:
        return Checked(tuple(mistakes), settings, nothing=not mistakes)
    for directory in (contacts, playbooks):
        if not directory.is_dir():
            return Checked(tuple(mistakes), settings, missing=directory)
    for problem in reference.check(contacts, playbooks, at):
        mistakes.append(Mistake(problem.path, problem.line, problem.column, problem.message))
    if settings:
        mistakes += _strangers(settings, contacts, playbooks)
        mistakes += _one_way(settings, contacts, playbooks)
    warnings = tuple(_surprises(settings)) if settings else ()
    return Checked(tuple(mistakes), settings, warnings=warnings)


def _surprises(settings: Settings) -> Iterator[Mistake]:
    """What works, but not as somebody may expect who gets a text message at night."""
    if settings.sms_provider == "none":
        return
    if not settings.is_answered_by_text:
        yield Mistake("sms_sender", None, None, _NAMED)
    elif not settings.hears_texts:
        yield Mistake("sms_provider", None, None, _DEAF)
    longest = address(settings.public_url, "sms", "x" * LENGTH) if settings.public_url else ""
    words = load()
    if longest and not all(link_fits(words, lang, longest, hears_texts=settings.hears_texts) for lang in LANGUAGES):
        yield Mistake("public_url", None, None, _TOO_LONG)


def _strangers(settings: Settings, contacts: Path, playbooks: Path) -> Iterator[Mistake]:
    """Fallback people whom the contacts do not know: in safe mode they would be paged in a room that nobody ever joined."""
    known = load_reference(contacts, playbooks)
    if isinstance(known, Broken):
        return
    for account in settings.fallback_accounts:
        if known.contacts.person_of(account) is None:
            said = Both(f"{account} staat niet in de contacten", f"{account} is not in the contacts")
            yield Mistake("fallback_people", None, None, said)


def _one_way(settings: Settings, contacts: Path, playbooks: Path) -> Iterator[Mistake]:
    """Names that Apprise has an address for and that are nobody's, and addresses that it cannot use; never the address."""
    known = load_reference(contacts, playbooks)
    names: Collection[str] = () if isinstance(known, Broken) else {*known.contacts.people, *ROLES}
    for name, given in settings.apprise_of.items():
        if names and name not in names:
            said = Both(
                f"{name} is niemand in de contacten en geen rol", f"{name} is nobody in the contacts and no role"
            )
            yield Mistake("apprise_addresses", None, None, said)
        elif not is_known(given):
            said = Both(f"het adres van {name} kent Apprise niet", f"Apprise does not know the address of {name}")
            yield Mistake("apprise_addresses", None, None, said)


def _of_settings(wrong: Wrong) -> Mistake:
    placed = _PLACED.fullmatch(wrong.where)
    if placed is None:
        return Mistake(wrong.where, None, None, wrong.message)
    return Mistake(placed[1], int(placed[2]), int(placed[3]), wrong.message)


def _escaped(text: str, *, property_: bool = False) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if property_ else escaped
