"""`iogplus retention`: what is past its term and what must stay; with `--run` the first goes, and a certificate says so."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli_words import say
from bot.config import Settings
from bot.desk import Desk
from bot.domain.contacts import Contacts
from bot.domain.ids import PersonId
from bot.domain.origin import Origin
from bot.domain.people import COORDINATOR, Language
from bot.domain.retention import Destruction
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.retention import Places, certified, destroy, outlook, signed_index, write_certificate
from bot.terminal import clerk, console, keeping, language_of, log_keys, reading, run, settings_or_stop, stop, writing
from bot.words import catalogue, retention_words


def retention(
    do: Annotated[bool, typer.Option("--run", help="Do it; without this it is only said.")] = False,
    by: Annotated[str, typer.Option("--by", help="Id of the coordinator who decides it; with --run.")] = "",
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """What is past its term, and why what must stay does. With --run what may go goes; then the bot must not run."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    contacts = _contacts(settings, language)
    words = catalogue.load()
    if not do:
        found = run(_outlook(settings, contacts, language))
        for one in found:
            console.print(retention_words.line(words, language, one))
        console.print(say(language, "retention_dry") if found else retention_words.nothing(words, language))
        return
    person = contacts.people.get(PersonId(by))
    if person is None or COORDINATOR not in person.roles:
        raise stop(say(language, "retention_by", which=by or "?"))
    with keeping(settings, language):
        found, done = run(_destroyed(settings, contacts, person.id, language))
    for one in found:
        console.print(retention_words.line(words, language, one))
    console.print(say(language, "retention_done", count=len(done), path=settings.certificates))


def _contacts(settings: Settings, lang: Language) -> Contacts:
    known = load_reference(settings.contacts_dir, settings.playbooks_dir)
    if isinstance(known, Broken):
        raise stop(known.problems[0].text(lang), 1)
    return known.contacts


async def _outlook(settings: Settings, contacts: Contacts, lang: Language) -> tuple[Destruction, ...]:
    async with reading(settings, lang) as database:
        return await outlook(await clerk(settings, database, log_keys(settings, lang)), contacts.retention)


async def _destroyed(
    settings: Settings, contacts: Contacts, by: PersonId, lang: Language
) -> tuple[tuple[Destruction, ...], tuple[Destruction, ...]]:
    places = Places(settings.files, settings.dossiers, settings.certificates)
    async with writing(settings, lang) as database:
        desk = await clerk(settings, database, log_keys(settings, lang))
        found = await outlook(desk, contacts.retention)
        origin = Origin(actor=by, acting_as=COORDINATOR, via="terminal", room="management")
        done = await destroy(desk, found, places, origin)
        try:
            await _certify(desk, places.certificates, settings.language)
        except OSError as wrong:
            raise stop(f"{wrong.filename}: {wrong.strerror}") from None
    return found, done


async def _certify(desk: Desk, folder: Path, lang: Language) -> None:
    """Every destroyed log has its certificate, also one of which the writing failed before."""
    words = catalogue.load()
    async with desk.database.read() as tx:
        gone = await certified(tx, desk.seal.index)
        note = await signed_index(tx, desk.seal, desk.clock().now)
    for one in gone:
        name = f"vernietiging-{one.entry.number}"
        if not _there(folder / f"{name}.txt"):
            text = retention_words.certificate(words, lang, one.entry, one.seq, one.h, one.at)
            write_certificate(folder, name, text, note)


def _there(path: Path) -> bool:
    return path.exists()
