"""Puts addresses where people's own words in the chat would have put them: sealed in the vault, as proved with a code before."""

from collections.abc import Mapping
from datetime import datetime

from bot.app import real_world
from bot.config import Settings
from bot.config_words import Wrong
from bot.demo.cast import CannotPlay
from bot.domain.ids import PersonId
from bot.domain.ladder import Channel
from bot.keyfiles import read_key
from bot.reach import Vault, about
from bot.store import reach
from bot.store.database import open_database


async def enter(settings: Settings, known: Mapping[PersonId, Mapping[Channel, str]], now: datetime) -> None:
    """Before the bot starts; its key was made when it was provisioned. Raises CannotPlay."""
    key = read_key(settings.reach_key)
    if key is None or isinstance(key, Wrong):
        raise CannotPlay("the installation has no key for addresses")
    vault = Vault(key, real_world().salts)
    database = await open_database(settings.database)
    try:
        async with database.begin() as tx:
            for person, addresses in known.items():
                for channel, address in addresses.items():
                    sealed = vault.seal(address, about(person, channel))
                    row = reach.ReachRow(person, channel, sealed, vault.fingerprint(address), now, now, now)
                    await reach.write(tx, row)
    finally:
        await database.close()
