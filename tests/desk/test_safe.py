"""Safe mode: with broken reference data every alarm still reaches somebody."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.decide import decide
from bot.domain.ids import Account, IncidentId, PersonId, RoomId
from bot.domain.incident import Incident
from bot.domain.origin import Origin
from bot.domain.people import COORDINATOR
from bot.domain.world import World
from bot.safe import POLICY, safe_reference
from bot.store.channels import ChannelRow

NIGHT = datetime(2026, 11, 22, 2, 4, tzinfo=UTC)
KNOWN = [
    ChannelRow(PersonId(name), "matrix", f"@{name}:iog.example", RoomId(f"!{name}")) for name in ("bakker", "vandijk")
]


def settings(tmp_path: Path, *fallback: str) -> Settings:
    return Settings(
        homeserver_url="http://127.0.0.1:1",
        user_id="@bot:iog.example",
        access_token=SecretStr("x"),
        log_host="iog.example",
        state_dir=tmp_path,
        contacts_dir=tmp_path,
        playbooks_dir=tmp_path,
        fallback_people=fallback,
    )


def alarm_from(person: str, tmp_path: Path) -> list[e.Entry]:
    world = World(NIGHT, NIGHT, safe_reference(settings(tmp_path, "@vandijk:iog.example", "@nacht:iog.example"), KNOWN))
    by = Origin(actor=PersonId(person), account=Account(f"@{person}:iog.example"), room="direct", proof="known_device")
    return decide(Incident(IncidentId("i")), c.RaiseAlarm(text="brand", by=by), world)


def test_the_fallback_is_paged_whoever_raises_the_alarm(tmp_path: Path) -> None:
    paged = [x for x in alarm_from("bakker", tmp_path) if isinstance(x, e.PageRequested)]
    assert [(p.person, p.roles) for p in paged] == [("vandijk", (COORDINATOR,))]


def test_somebody_without_a_direct_room_cannot_wake_anybody(tmp_path: Path) -> None:
    with pytest.raises(c.Refused, match="unknown_account"):
        alarm_from("vreemde", tmp_path)


def test_the_second_of_the_fallback_is_the_reserve(tmp_path: Path) -> None:
    reference = safe_reference(settings(tmp_path, "@vandijk:iog.example", "@nacht:iog.example"), KNOWN)
    first = reference.contacts.on_call(COORDINATOR, "eerste", NIGHT)
    reserve = reference.contacts.on_call(COORDINATOR, "reserve", NIGHT)
    assert first is not None
    assert reserve is not None
    assert (first.id, reserve.accounts) == ("vandijk", ("@nacht:iog.example",))
    assert reference.contacts.policy == POLICY
    assert reference.playbooks == {}
