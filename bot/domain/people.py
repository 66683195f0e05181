"""Who takes part: persons, the accounts they speak from, the roles they may hold, and their municipalities."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from bot.domain.ids import Account, MunicipalityId, PersonId, RoleId
from bot.domain.ladder import Ladder

Language = Literal["nl", "en"]
Size = Literal["klein", "middel", "groot"]  # of a municipality, for counting only

# Experts by domain, liaisons, and the roles that decide
ROLES: Final[tuple[RoleId, ...]] = tuple(
    RoleId(r)
    for r in (
        "melder",
        "coordinator",
        "expert_cyber",
        "expert_cter",
        "expert_ondermijning",
        "expert_zorg",
        "politie",
        "om",
        "communicatie",
        "iog",
        "burgemeester",
        "jurist",
    )
)
MELDER: Final = RoleId("melder")
COORDINATOR: Final = RoleId("coordinator")
BURGEMEESTER: Final = RoleId("burgemeester")
# A step of this role is for everybody who was called ("opgeroepen experts" in the base steps).
CALLED: Final = RoleId("opgeroepen")

# What somebody does in the room for a time, beside the role that they were called for; handed over, never shared.
Duty = Literal["voorzitter", "verslaglegger", "woordvoerder", "liaison", "loco_burgemeester", "waarnemer"]
DUTIES: Final[tuple[Duty, ...]] = get_args(Duty)


@dataclass(frozen=True, slots=True)
class Person:
    """A human in the contacts; `roles` are those the person may hold, `municipality` is set for people of one.

    `ladder` is set for who wants to be reached otherwise than the region's policy says.
    """

    id: PersonId
    name: str
    organisation: str
    accounts: tuple[Account, ...]
    roles: tuple[RoleId, ...]
    municipality: MunicipalityId | None = None
    language: Language = "nl"
    ladder: Ladder | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """The square of a municipality on the map of the region, laid by hand: row and column from 1, from the top left."""

    row: int
    column: int
    short: str


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality is the controller of the data of its own incidents; `other_names` are how people write it."""

    id: MunicipalityId
    name: str
    other_names: tuple[str, ...] = ()
    chat: Literal["marked_only", "all"] = "marked_only"  # what is kept of the talk in a room
    size: Size | None = None
    tile: Tile | None = None
