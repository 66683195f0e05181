"""What somebody said about erasing and keeping, as commands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.domain import commands as c
from bot.domain.ids import EventId
from bot.domain.origin import Origin
from bot.domain.people import Person
from bot.words import custody_words

_NO_LONGER: Final = re.compile(r"\W*(?:niet langer|niet meer|no longer)\b", re.IGNORECASE)
# What may stand behind it: nothing, or the reason. "niet langer dan nodig" and "niet meer weggooien" mean something else.
_AND_WHY: Final = re.compile(
    r"\s*(?:$|[,;:.–—-]|(?:omdat|want|wegens|vanwege|nu|because|since|due to|as)\b)", re.IGNORECASE
)
_STOP: Final = re.compile(
    r"\W*(?:niet|niets|geen|stop|stoppen|opheffen|opgeheven|einde|klaar|not|nothing|no|end|lift|lifted|done)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message is a reply to; of the bot's `own` the number of the entry in the incident's log that it told."""

    event: EventId
    own: bool = False
    entry: int | None = None


def erasure(said: str, by: Origin, people: Iterable[Person], answered: Answered | None) -> c.AskErasure:
    wanted = custody_words.read(said)
    if wanted is None:
        raise c.Refused("erase_what")
    of, which = wanted.of, wanted.which
    match of:
        case "person":
            found = next((str(one.id) for one in people if str(one.id).lower() == which), None)
            if found is None:
                raise c.Refused("no_such_person")
            which = found
        case "message":
            match answered:
                case None:
                    raise c.Refused("erase_which_message")
                case Answered(own=True, entry=None):
                    raise c.Refused("erase_own_message")
                case Answered(own=True, entry=told):
                    of, which = "entry", str(told)
                case Answered(event=event):
                    which = event
        case _:
            pass
    return c.AskErasure(of=of, which=which, ground=wanted.ground, by=by)


def hold(said: str, by: Origin) -> c.PlaceHold | c.LiftHold:
    """`bewaar 2026-014 niet langer, omdat …` says the opposite of `bewaar 2026-014 omdat …`, wherever the number stands."""
    lifted = _NO_LONGER.match(said)
    if lifted is not None:
        return lift(said[lifted.end() :], by)
    if _STOP.match(said):
        raise c.Refused("hold_or_not")
    return c.PlaceHold(reason=custody_words.reason(said), by=by)


def lift(why: str, by: Origin) -> c.LiftHold:
    """Words that may mean the opposite lift nothing: what is destroyed then does not come back."""
    if not _AND_WHY.match(why):
        raise c.Refused("hold_or_not")
    return c.LiftHold(reason=custody_words.reason(why), by=by)


def reason(said: str) -> str:
    return custody_words.reason(said)
