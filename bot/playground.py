"""A complete installation to play with: a real homeserver, an account for everybody in the contacts, and a provisioned bot.

The demo, the stories and the campaigns all stand on this; nothing in it is a stand-in. `set_up` is long on purpose: it says once,
in order, what an operator does by hand.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx

from bot.app import opened, real_world
from bot.config import Settings, load_settings
from bot.domain.contacts import Contacts
from bot.domain.ids import PersonId, RoomId
from bot.embedded.homeserver import Homeserver, Registered
from bot.keyfiles import write_secret
from bot.matrix.enrol import LoggedIn, Refused, log_in, override_rate_limits
from bot.matrix.peer import Peer
from bot.provision import Provisioned, provision
from bot.reference.contacts import load_contacts

BOT_NAME: Final = "iogbot"
ROOT: Final = Path(__file__).resolve().parent.parent
AT_ONCE: Final = 4  # registrations side by side; a homeserver is one process


class NotReady(RuntimeError):
    """The installation could not be set up; the message says which step refused."""


@dataclass(frozen=True, slots=True)
class Playground:
    """`passwords` are those of fictional people on a homeserver that only this machine can reach."""

    homeserver: Homeserver
    settings: Settings
    contacts: Contacts
    passwords: Mapping[PersonId, str] = field(repr=False)
    alarm_room: RoomId = RoomId("")
    management_room: RoomId = RoomId("")

    @property
    def bot(self) -> str:
        return self.settings.user_id

    def account(self, person: str) -> str:
        return self.contacts.people[PersonId(person)].accounts[0]

    async def peer(self, person: str, store: Path, *, device_id: str | None = None) -> Peer:
        """A person's own client, logged in."""
        name = self.account(person).removeprefix("@").partition(":")[0]
        password = self.passwords[PersonId(person)]
        return await Peer.login(self.homeserver.url, name, password, store / name, device_id=device_id)

    def described(self) -> dict[str, Any]:
        """What a visitor with a Matrix client needs to know."""
        users = [
            {
                "user_id": person.accounts[0],
                "password": self.passwords[person.id],
                "role": person.roles[0],
                "name": person.name,
            }
            for person in self.contacts.people.values()
            if person.id in self.passwords and person.roles
        ]
        return {
            "homeserver": self.homeserver.url,
            "bot": self.bot,
            "alarm_room": self.alarm_room,
            "users": users,
            "state_dir": str(self.settings.state_dir),
        }


async def set_up(
    directory: Path,
    homeserver: Homeserver,
    *,
    contacts_dir: Path = ROOT / "contacts" / "example",
    playbooks_dir: Path = ROOT / "playbooks",
    told: Callable[[str], None] = lambda _: None,
    **given: object,
) -> Playground:
    """Registers everybody, logs the bot in, and provisions it; `given` are settings that differ from the usual."""
    contacts = load_contacts(contacts_dir)
    if isinstance(contacts, tuple):
        raise NotReady(str(contacts[0]))
    passwords = {person.id: secrets.token_urlsafe(12) for person in contacts.people.values() if person.accounts}
    accounts = [(contacts.people[p].accounts[0], word, contacts.people[p].name) for p, word in passwords.items()]
    if contacts.region.break_glass:
        accounts.append((contacts.region.break_glass, secrets.token_urlsafe(12), "Nood"))
    told(f"{len(accounts)} accounts")
    gate = asyncio.Semaphore(AT_ONCE)

    async def register(account: str, password: str, name: str) -> Registered:
        async with gate:
            return await homeserver.register(account.removeprefix("@").partition(":")[0], password, displayname=name)

    bot_password, admin_password = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    admin = await homeserver.register("beheer", admin_password, admin=True)
    await homeserver.register(BOT_NAME, bot_password, displayname="IOG+ bot")
    await asyncio.gather(*(register(*each) for each in accounts))
    told("bot")
    settings = _written(directory, homeserver, contacts_dir, playbooks_dir, given)
    async with httpx.AsyncClient(timeout=30) as http:
        logged_in = await log_in(http, homeserver.url, settings.user_id, bot_password)
        if isinstance(logged_in, Refused):
            raise NotReady(f"login: {logged_in.reason}")
        token = (await homeserver.login("beheer", admin.password)).access_token
        refused = await override_rate_limits(http, homeserver.url, settings.user_id, token)
    if refused is not None:
        raise NotReady(f"rate limits: {refused.reason}")
    settings = _with_login(directory, settings, logged_in)
    told("rooms")
    async with opened(settings, real_world()) as bot:
        made = await provision(bot, lambda what, whom: None)
    if not isinstance(made, Provisioned):
        raise NotReady("; ".join(refused.reason for refused in made))
    return Playground(homeserver, settings, contacts, passwords, made.alarm_room, made.management_room)


def _written(
    directory: Path, homeserver: Homeserver, contacts_dir: Path, playbooks_dir: Path, given: Mapping[str, object]
) -> Settings:
    state = directory / "state"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    values: dict[str, object] = {
        "homeserver_url": homeserver.url,
        "user_id": f"@{BOT_NAME}:{homeserver.name}",
        "log_host": homeserver.name,
        "state_dir": str(state),
        "contacts_dir": str(contacts_dir),
        "playbooks_dir": str(playbooks_dir),
        "fallback_people": [f"@vandijk:{homeserver.name}"],
        "web_port": 0,
        **given,
    }
    # JSON is YAML; the file is what `iogplus run --config` reads
    (directory / "config.yaml").write_text(json.dumps(values, indent=2), encoding="utf-8")
    settings = load_settings(directory / "config.yaml", login=False)
    if isinstance(settings, tuple):
        raise NotReady("; ".join(wrong.text("en") for wrong in settings))
    return settings


def _with_login(directory: Path, settings: Settings, logged_in: LoggedIn) -> Settings:
    for name, secret in (("device_id", logged_in.device_id), ("access_token", logged_in.access_token)):
        write_secret(settings.login_file(name), secret)
    write_secret(settings.login_file("pickle_key"), secrets.token_hex(32))
    complete = load_settings(directory / "config.yaml")
    if isinstance(complete, tuple):
        raise NotReady("; ".join(wrong.text("en") for wrong in complete))
    return complete
