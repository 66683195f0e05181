"""The commands of a human at a terminal that need no homeserver; `cli_live` adds those that do.

A mistake of the person who types gives one plain line and exit code 2; what is wrong with the data gives exit code 1.
Longer than most modules: one short function for each command.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Literal, assert_never

import typer
from rich.progress import Progress

from bot.app import real_world
from bot.check import Checked, checked
from bot.cli_erase import erase
from bot.cli_evaluation import evaluation
from bot.cli_index import exported_index
from bot.cli_key import key
from bot.cli_picture import regional
from bot.cli_playbook import playbook
from bot.cli_replay import replay
from bot.cli_retention import retention
from bot.cli_stamp import judge_stamp
from bot.cli_words import say
from bot.config import Settings
from bot.config_page import write_pages
from bot.domain.entries import DossierExported
from bot.domain.origin import Origin
from bot.domain.people import Language
from bot.domain.retention import Terms
from bot.dossier.bundle import Asked, Exported, Unknown, Work, export, export_one
from bot.dossier.collect import Broken, collect, tell
from bot.dossier.documents import Templates, Unmade
from bot.logbook.verify import Broken as Refusal
from bot.logbook.verify import verify_bundle, verify_transcript
from bot.rebuild import Rebuilt, rebuild
from bot.reference.load import load_reference
from bot.reference.problems import Broken as Mistakes
from bot.reference.schemas import write as write_schemas
from bot.store.migrate import upgrade
from bot.terminal import (
    clerk,
    console,
    keeping,
    language_of,
    log_keys,
    moment_of,
    note_reading,
    origin_of,
    reading,
    run,
    settings_or_stop,
    sound,
    stop,
    writing,
)
from bot.words import catalogue, decision_words, replies
from bot.words.export_words import Wanted, wanted
from bot.words.shown import moment, visible

LAST_LINES: Final = 10

app: Final = typer.Typer(
    name="iogplus",
    help="IOG+ bot: pages experts, runs the incident room, keeps a tamper-evident log.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


ConfigOption = Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")]
LangOption = Annotated[
    Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
]
IncidentArgument = Annotated[str, typer.Argument(help="Number (2026-014) or id of the incident.")]


app.command("playbook")(playbook)
app.command("evaluation")(evaluation)
app.command("picture")(regional)
app.command("replay")(replay)
app.command("erase")(erase)
app.command("retention")(retention)
app.command("key")(key)


@app.callback(invoke_without_command=True)
def iogplus(context: typer.Context) -> None:
    """IOG+ bot: pages experts, runs the incident room, keeps a tamper-evident log."""
    if context.invoked_subcommand is None:
        console.print(context.get_help())


@app.command()
def check(
    config: ConfigOption = None,
    contacts: Annotated[Path | None, typer.Option(help="Directory of the contacts; else as the settings say.")] = None,
    playbooks: Annotated[
        Path | None, typer.Option(help="Directory of the playbooks; else as the settings say.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="text, json or github (annotations).")] = Format.TEXT,
    lang: LangOption = None,
) -> None:
    """Look for mistakes in contacts, playbooks and settings: 0 none, 1 some, 2 it cannot be looked at."""
    found = checked(config, contacts, playbooks, real_world().wall())
    language = language_of(lang, found.settings)
    if found.missing is not None:
        raise stop(say(language, "no_directory", path=found.missing))
    if found.nothing:
        raise stop(say(language, "nothing_to_check"))
    shown: dict[Format, Callable[[Checked, Language], Iterator[str]]] = {
        Format.TEXT: _as_text,
        Format.JSON: lambda f, lang: iter((f.as_json(lang),)),
        Format.GITHUB: lambda f, lang: f.as_annotations(lang),
    }
    for line in shown[output](found, language):
        console.print(line)
    raise typer.Exit(1 if found.mistakes else 0)


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="A bundle: a zip or a directory.")],
    origin: Annotated[str | None, typer.Option(help="Name of the log as the municipality publishes it.")] = None,
    key: Annotated[str | None, typer.Option(help="Public key (base64) as the municipality publishes it.")] = None,
    timestamp_ca: Annotated[
        Path | None, typer.Option(help="Certificates (PEM) of who vouches for its time stamp, if it has one.")
    ] = None,
    lang: LangOption = None,
) -> None:
    """Verify an exported bundle: 0 it is whole and signed, 1 it is refused, 2 it cannot be read."""
    language = language_of(lang, None)
    if not bundle.exists():
        raise stop(say(language, "no_directory", path=bundle))
    try:
        found = verify_bundle(bundle, origin, key)
        said = None if isinstance(found, Refusal) else verify_transcript(bundle, found.origin, found.public_key)
    except OSError:
        raise stop(say(language, "cannot_read", path=bundle)) from None
    if isinstance(found, Refusal):
        console.print(say(language, "refused", where=visible(found.where), why=visible(found.why)))
        raise typer.Exit(1)
    if isinstance(said, Refusal):
        console.print(say(language, "refused", where=visible(said.where), why=visible(said.why)))
        raise typer.Exit(1)
    missing, entries = found.missing_openings, len(found.entries)
    console.print(say(language, "verified", entries=entries, head=found.head.h, missing=missing))
    if said is not None:
        values = {"entries": len(said.entries), "head": said.head.h, "missing": said.missing_openings}
        console.print(say(language, "verified_transcript", **values))
    if origin is None or key is None:
        console.print(say(language, "own_claim", key=found.public_key, origin=found.origin))
    judge_stamp(bundle, found, timestamp_ca, language)


@app.command()
def show(
    incident: IncidentArgument,
    at: Annotated[str | None, typer.Option(help="As it stood at 03:10, 22-11 03:10 or 2026-11-22 03:10.")] = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Show an incident as its log tells it, now or at an earlier moment; the index log keeps that you did. The bot may run."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    for line in run(_shown(settings, incident, at, language)):
        console.print(line)


@app.command("export")
def export_incident(
    incident: Annotated[str, typer.Argument(help="Number (2026-014) or id of the incident.")] = "",
    index: Annotated[
        bool,
        typer.Option("--index", help="The index log in place of an incident: who read, exported or was refused what."),
    ] = False,
    entries: Annotated[int | None, typer.Option(min=1, help="Of the index log its first so many entries.")] = None,
    out: Annotated[Path, typer.Option(help="Directory for the bundle.")] = Path(),
    only: Annotated[
        str, typer.Option("--as", help="One document or a copy, as in chat: pdf, 'sitrap 2', 'notitie besluit 3', woo.")
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Id of who takes it along; the index log keeps it.")] = "",
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Write the bundle of an incident: log, documents and verifier. The index log records that it was made."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    what = wanted(only)
    if what is None:
        raise stop(say(language, "no_such_export", what=only), 1)
    if bool(incident) == index or (index and only) or (entries is not None and not index):
        raise stop(say(language, "incident_or_index"))
    origin = origin_of(settings, by, language)
    with keeping(settings, language):
        work = (
            exported_index(settings, out, entries, language, origin)
            if index
            else _exported(settings, incident, out, language, what, origin)
        )
        made = run(work)
    console.print(say(language, "exported", path=made.path, entries=made.entries, head=made.head, digest=made.digest))


@app.command()
def migrate(config: ConfigOption = None, lang: LangOption = None) -> None:
    """Bring the database to the newest schema."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    with keeping(settings, language):
        run(upgrade(settings.database))
    console.print(say(language, "migrated"))


@app.command("rebuild")
def rebuild_directory(config: ConfigOption = None, lang: LangOption = None) -> None:
    """Make the directory again out of the logs, each verified: 1 when one is broken or gone."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    with keeping(settings, language):
        made = run(_rebuilt(settings, language))
    for why in made.broken:
        where, _, what = why.partition(": ")
        console.print(say(language, "broken_log", where=where, why=what))
    for number in made.lost:
        console.print(say(language, "lost_log", number=number))
    console.print(say(language, "rebuilt", rows=made.read, changed=len(made.changed)))
    raise typer.Exit(1 if made.broken or made.lost else 0)


@app.command()
def schemas(
    root: Annotated[Path, typer.Argument(help="Directory that holds contacts, playbooks, deploy and docs.")] = Path(),
) -> None:
    """Write the JSON Schemas for editors, and the example and manual page of the settings."""
    write_schemas(root)
    write_pages(root)


async def _shown(settings: Settings, which: str, at: str | None, lang: Language) -> list[str]:
    words = catalogue.load()
    async with reading(settings, lang) as database:
        stored = await collect(database, which)
    if stored is None:
        raise stop(say(lang, "unknown_incident", which=which), 1)
    whole = sound(tell(stored, words), lang)
    until = None if at is None else moment_of(at, whole.lines[-1].at, lang)
    dossier = whole if until is None else sound(tell(stored, words, until), lang)
    if not dossier.lines:
        raise stop(say(lang, "before_alarm", number=stored.row.number), 1)
    await note_reading(settings, stored.row.id, "show", lang)
    stood = [] if until is None else [say(lang, "as_it_stood", when=moment(until, lang)), ""]
    return [
        *stood,
        *replies.status(words, lang, dossier.incident),
        "",
        *decision_words.all_of(words, lang, dossier.incident),
        "",
        *replies.steps(words, lang, dossier.incident),
        "",
        say(lang, "last_lines"),
        *(f"#{x.seq} · {x.h[:8]} {moment(x.at, lang)} {x.text[lang]}" for x in dossier.lines[-LAST_LINES:]),
    ]


async def _exported(
    settings: Settings, which: str, out: Path, lang: Language, what: Wanted, origin: Origin
) -> Exported:
    keys = log_keys(settings, lang)
    beside = keys.beside(real_world().wall())
    own = Templates(settings.document_dir)
    async with writing(settings, lang) as database:
        try:
            with _how_far(lang) as told:
                signing = (keys.key, *beside)
                terms = _terms(settings)
                work = Work(signing, catalogue.load(), templates=own, copy=what.copy, terms=terms, told=told)
                if what.form == "bundle":
                    made = await export(database, which, out, work, settings.files)
                else:
                    asked = Asked(what.form, what.lang or lang, what.number)
                    made = await export_one(database, which, out, work, asked)
        except OSError as wrong:
            raise stop(f"{wrong.filename}: {wrong.strerror}") from None
        match made:
            case Unknown():
                raise stop(say(lang, "unknown_incident", which=which), 1)
            case Broken():
                raise stop(say(lang, "broken_log", where=made.where, why=made.why), 1)
            case Unmade(file=""):
                raise stop(say(lang, "no_such_export", what=str(what.number or "")), 1)
            case Unmade(line=0):
                raise stop(say(lang, "template_unusable", file=made.file, why=made.why), 1)
            case Unmade():
                raise stop(say(lang, "template_broken", file=made.file, line=made.line, why=made.why), 1)
            case Exported():
                desk = await clerk(settings, database, keys)
                await desk.note(_export_noted(made, what, origin))
                return made
            case _:
                assert_never(made)


def _terms(settings: Settings) -> Terms:
    """What the region chose to keep how long; a mistake in its files keeps nobody from an export."""
    found = load_reference(settings.contacts_dir, settings.playbooks_dir)
    return Terms() if isinstance(found, Mistakes) else found.contacts.retention


@contextmanager
def _how_far(lang: Language) -> Iterator[Callable[[int, int], None]]:
    """A bar for who waits at a terminal; elsewhere nothing."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(lang, "exporting"), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _export_noted(made: Exported, what: Wanted, origin: Origin) -> DossierExported:
    """An export is a reading of everything: the index log keeps that it was made, here as from the room."""
    return DossierExported(
        incident=made.incident,
        head=made.head,
        digest=made.digest,
        disclosure=what.copy,
        format=what.form,
        origin=origin,
    )


async def _rebuilt(settings: Settings, lang: Language) -> Rebuilt:
    async with writing(settings, lang) as database:
        return await rebuild(database, real_world().wall())


def _as_text(found: Checked, lang: Language) -> Iterator[str]:
    for mistake in found.mistakes:
        yield mistake.text(lang)
    for warning in found.warnings:
        yield say(lang, "warning", text=warning.text(lang))
    if found.settings is not None:
        yield say(lang, "settings")
        width = max(len(name) for name, _ in found.settings.shown())
        for name, value in found.settings.shown():
            yield f"  {name:<{width}}  {value}".rstrip()
    count = len(found.mistakes)
    yield say(lang, "mistakes", count=count) if count else say(lang, "all_well")
