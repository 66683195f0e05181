"""What somebody said about erasing and keeping, as commands."""

from collections.abc import Iterable

from bot.domain import commands as c
from bot.domain.origin import Origin
from bot.domain.people import Person
from bot.words import custody_words


def erasure(said: str, by: Origin, people: Iterable[Person]) -> c.AskErasure:
    wanted = custody_words.read(said)
    if wanted is None:
        raise c.Refused("erase_what")
    which = wanted.which
    if wanted.of == "person":
        found = next((str(one.id) for one in people if str(one.id).lower() == which), None)
        if found is None:
            raise c.Refused("no_such_person")
        which = found
    return c.AskErasure(of=wanted.of, which=which, ground=wanted.ground, by=by)


def reason(said: str) -> str:
    return custody_words.reason(said)
