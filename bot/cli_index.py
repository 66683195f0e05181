"""What `iogplus export --index` does: the index log as a bundle, and an entry in it that this was done."""

from pathlib import Path

from bot.app import real_world
from bot.cli_words import say
from bot.config import Settings
from bot.domain.entries import DossierExported
from bot.domain.ids import EVERY_INCIDENT
from bot.domain.origin import Origin
from bot.domain.people import Language
from bot.dossier.bundle import Exported
from bot.dossier.collect import Broken
from bot.dossier.index_bundle import export_index
from bot.sealing import INDEX
from bot.terminal import clerk, log_keys, stop, writing


async def exported_index(
    settings: Settings, out: Path, entries: int | None, lang: Language, origin: Origin
) -> Exported:
    """Within `keeping` only. The entry comes after what is exported, so that as many entries give the same file again."""
    keys = log_keys(settings, lang)
    async with writing(settings, lang) as database:
        desk = await clerk(settings, database, keys)
        try:
            made = await export_index(database, desk.seal, out, real_world().wall(), entries)
        except OSError as wrong:
            raise stop(f"{wrong.filename}: {wrong.strerror}") from None
        if made is None:
            raise stop(say(lang, "not_so_many", entries=entries), 1)
        if isinstance(made, Broken):
            raise stop(say(lang, "broken_log", where=made.where, why=made.why), 1)
        noted = DossierExported(
            incident=EVERY_INCIDENT, head=made.head, digest=made.digest, format=INDEX, origin=origin
        )
        await desk.note(noted)
    return made
