"""Safe mode: what the bot works with when the reference data is broken at start.

Running incidents keep their frozen policies and playbooks. A new alarm may come from everybody who already has a direct room
with the bot, and pages the fallback people that the settings name.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.config import Settings
from bot.domain.contacts import Contacts, Reference, Region
from bot.domain.escalation import EscalationPolicy, EscalationStep
from bot.domain.ids import Account, PersonId
from bot.domain.people import COORDINATOR, MELDER, Person
from bot.domain.roster import LAYERS, Rotation
from bot.store.channels import ChannelRow

POLICY: Final = EscalationPolicy(
    steps=(
        EscalationStep("eerste", timedelta(minutes=3), repeats=2),
        EscalationStep("reserve", timedelta(minutes=3), repeats=2),
        EscalationStep("coordinator", timedelta(minutes=3), repeats=2),
    ),
    brigade=(),
)
_ALWAYS: Final = datetime(2020, 1, 1, 8)  # noqa: DTZ001 - rotations count in local wall time


def safe_reference(settings: Settings, channels: Sequence[ChannelRow]) -> Reference:
    """Contacts made of the people we have a direct room with and the fallback people of the settings."""
    fallback = tuple(_fallback(settings.fallback_accounts, channels))
    people = {row.person: _person(row) for row in channels} | {p.id: p for p in fallback}
    rotations = tuple(
        Rotation(COORDINATOR, layer, "dag", _ALWAYS, (person.id,))
        for layer, person in zip(LAYERS, fallback, strict=False)
    )
    server = settings.account.partition(":")[2]
    region = Region("", "Europe/Amsterdam", settings.language, server, False, Account(""))
    contacts = Contacts(region, (), people, rotations, POLICY, tuple(p.id for p in fallback))
    return Reference(contacts, {}, {}, "")


def _fallback(accounts: Iterable[Account], channels: Sequence[ChannelRow]) -> Iterable[Person]:
    for account in accounts:
        known = next((row.person for row in channels if row.address == account), PersonId(account))
        name = account.removeprefix("@").partition(":")[0]
        yield Person(known, name, "", (account,), (COORDINATOR,))


def _person(row: ChannelRow) -> Person:
    return Person(row.person, row.person, "", (Account(row.address),), (MELDER,))
