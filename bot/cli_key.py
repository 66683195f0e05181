"""`iogplus key rotate`: a new key for the logs; the old one signs along for 30 days."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.app import real_world
from bot.cli_words import say
from bot.clock import EvenClock, reached
from bot.config import Settings
from bot.config_words import Wrong
from bot.desk import Desk
from bot.domain.people import Language
from bot.reference.load import load_reference
from bot.reference.problems import Broken
from bot.rotation import Rotated, carry_on, prepare
from bot.sealing import Seal
from bot.terminal import console, keeping, language_of, log_keys, run, settings_or_stop, stop, writing


def key(
    action: Annotated[Literal["rotate"], typer.Argument(help="rotate: make a new key and go on with it.")],
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[
        Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the output; else that of the settings.")
    ] = None,
) -> None:
    """Replace the key that signs the logs. The bot must not run; after a crash run it again, or start the bot."""
    settings = settings_or_stop(config)
    language = language_of(lang, settings)
    with keeping(settings, language):
        made = run(_rotated(settings, language))
    for number in made.broken:
        console.print(say(language, "key_log_broken", number=number))
    console.print(say(language, "key_rotated", new=made.new, old=made.old, incidents=made.incidents))
    raise typer.Exit(1 if made.broken else 0)


async def _rotated(settings: Settings, lang: Language) -> Rotated:
    around = real_world()
    keys = log_keys(settings, lang)
    known = load_reference(settings.contacts_dir, settings.playbooks_dir)
    if isinstance(known, Broken):
        raise stop(known.problems[0].text(lang), 1)
    seal = Seal(settings.log_host, keys.key, around.salts, keys.retired)
    async with writing(settings, lang) as database:
        async with database.read() as tx:
            last = await reached(tx, seal.index, around.wall())
        clock = EvenClock(around.wall, around.monotonic, last)
        desk = Desk(database, seal, clock, lambda: known)
        try:
            made = prepare(settings.log_key, around.salts()) or await carry_on(desk, settings.log_key, clock().now)
        except OSError as wrong:
            raise stop(f"{wrong.filename}: {wrong.strerror}") from None
    if isinstance(made, Wrong):
        raise stop(made.text(lang))
    assert made is not None, "a key was prepared"
    return made
