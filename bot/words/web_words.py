"""What stands on the page behind a link, and what the telephone says: the words, ready to be put in HTML or TwiML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.channel_words import spoken_page
from bot.words.names import role_name
from bot.words.shown import moment

# What may be answered besides yes and no: I come in so many minutes.
ETAS: Final = (15, 30)


@dataclass(frozen=True, slots=True)
class Call:
    """The page as somebody without the chat may read it: not what the alarm said, because a link needs no login."""

    person: str
    roles: Sequence[RoleId]
    number: str
    municipality: str
    alarm_at: datetime
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language."""

    catalogue: Catalogue
    lang: Language

    def __call__(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, f"web.{key}", **values)

    def roles(self, roles: Sequence[RoleId]) -> str:
        return " + ".join(role_name(self.catalogue, self.lang, role) for role in roles)

    def facts(self, call: Call) -> tuple[tuple[str, str], ...]:
        """What, where and when, each with its label."""
        return (
            (self("what"), self("page_for", roles=self.roles(call.roles))),
            (self("number"), call.number),
            (self("where"), self("municipality", municipality=call.municipality)),
            (self("when"), self("reported", when=moment(call.alarm_at, self.lang))),
        )

    def answered(self, coming: bool, eta_minutes: int | None) -> str:
        """What was noted of somebody's answer."""
        if not coming:
            return self("noted_no")
        return self("noted_yes") if not eta_minutes else self("noted_eta", minutes=str(eta_minutes))

    def spoken(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, f"voice.{key}", **values)

    def menu(self, call: Call) -> str:
        """The page as the telephone says it, with the keys that answer it."""
        return spoken_page(self.catalogue, self.lang, call.roles, call.municipality, exercise=call.exercise)

    def understood(self, coming: bool, eta_minutes: int | None) -> str:
        """The answer read back."""
        if coming and eta_minutes:
            return self.spoken("eta", minutes=str(eta_minutes))
        return self.spoken("coming" if coming else "cannot")


def digits(number: str) -> str:
    """An incident's number digit by digit, because `2026-014` is read out as a sum."""
    return " ".join("," if char == "-" else char for char in number)
