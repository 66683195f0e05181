"""`iogplus playbook preview PB03`: a playbook as people will read it in chat, for whoever writes one."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.app import real_world
from bot.cli_words import say
from bot.config import Settings, load_settings
from bot.domain.ids import PlaybookId
from bot.reference.playbooks import PlaybookFiles, read_playbooks
from bot.terminal import console, language_of, stop
from bot.words import catalogue
from bot.words.preview import preview


def playbook(
    action: Annotated[Literal["preview"], typer.Argument(help="preview: show it as chat.")],
    which: Annotated[str, typer.Argument(help="Which playbook: PB03, or PB00 for the base steps.")],
    playbooks: Annotated[
        Path | None, typer.Option(help="Directory of the playbooks; else as the settings say.")
    ] = None,
    config: Annotated[Path | None, typer.Option("--config", help="config.yaml; else $IOGPLUS_CONFIG.")] = None,
    lang: Annotated[Literal["nl", "en"] | None, typer.Option("--lang", help="Language of the chat.")] = None,
) -> None:
    """Show a playbook as people will read it in chat: 1 when it has mistakes, 2 when it is not there."""
    settings = None if playbooks is not None else load_settings(config, login=False)
    if isinstance(settings, tuple):
        raise stop(settings[-1].text())
    language = language_of(lang, settings)
    directory = playbooks or _directory(settings)
    if not directory.is_dir():
        raise stop(say(language, "no_directory", path=directory))
    files = read_playbooks(directory)
    if not isinstance(files, PlaybookFiles):
        for problem in files:
            console.print(problem.text(language))
        raise typer.Exit(1)
    found = files.playbooks.get(PlaybookId(which.upper()))
    if found is None:
        raise stop(say(language, "no_playbook", which=which, known=", ".join(sorted(files.playbooks))))
    console.print("\n\n".join(preview(catalogue.load(), found, files.decisions, language, real_world().wall())))


def _directory(settings: Settings | None) -> Path:
    assert settings is not None, "without a directory there are settings"
    return settings.playbooks_dir
