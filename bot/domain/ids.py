"""The identities that the house speaks of, each its own type so that one cannot stand where another should."""

from typing import NewType

PersonId = NewType("PersonId", str)  # stable and opaque; the log names persons by it
Account = NewType("Account", str)  # a full Matrix id: what authority is checked on
RoleId = NewType("RoleId", str)
MunicipalityId = NewType("MunicipalityId", str)
IncidentId = NewType("IncidentId", str)  # the uuid in a log's ORIGIN; people say the number, `2026-014`
PageId = NewType("PageId", str)
PlaybookId = NewType("PlaybookId", str)
StepId = NewType("StepId", str)
RoomId = NewType("RoomId", str)
EventId = NewType("EventId", str)

# The bot itself acts under this person when a timer or a delivery leads to an entry.
BOT = PersonId("iog-bot")
# What all incidents that are over tell together is read under this name; no incident has it.
EVERY_INCIDENT = IncidentId("*")
