"""What `iogplus verify` says of the time stamp in a bundle."""

from importlib.util import find_spec
from pathlib import Path

import typer

from bot.cli_words import say
from bot.config_words import Wrong
from bot.domain.people import Language
from bot.keyfiles import read_certificates
from bot.logbook.stamp import Stamped, stamped
from bot.logbook.verify import Broken, Verified, read_files
from bot.terminal import console, stop
from bot.words.shown import moment, visible


def judge_stamp(bundle: Path, found: Verified, authority: Path | None, lang: Language) -> None:
    """Says what the stamp proves; stops with 1 when it is not what it should be, with 2 when it cannot be judged.

    `authority` holds the certificates that vouch for it; without them only the place in the log is looked at.
    """
    files = read_files(bundle)
    assert not isinstance(files, Broken), "it was read before"
    stamp = stamped(files, found)
    if isinstance(stamp, Broken):
        console.print(say(lang, "refused", where=visible(stamp.where), why=visible(stamp.why)))
        raise typer.Exit(1)
    if stamp is None and authority is not None:
        raise stop(say(lang, "no_stamp"), 1)
    if stamp is not None:
        console.print(_judged(stamp, authority, lang))


def _judged(stamp: Stamped, authority: Path | None, lang: Language) -> str:
    if authority is None:
        return say(lang, "stamp_unjudged", size=stamp.size)
    trusted = read_certificates(authority)
    if isinstance(trusted, Wrong):
        raise stop(trusted.text(lang))
    if find_spec("rfc3161_client") is None:
        raise stop(say(lang, "no_timestamps"))
    from bot.rfc3161 import Unfit, stamped_at

    at = stamped_at(stamp.answer, stamp.note, trusted)
    if isinstance(at, Unfit):
        raise stop(say(lang, f"stamp_{at.why}"), 1)
    return say(lang, "stamp_holds", size=stamp.size, when=moment(at, lang))
