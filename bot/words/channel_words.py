"""What goes over channels that are not Matrix: short, without the alarm's own words, because it is not encrypted on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain import messages as m
from bot.domain.ids import RoleId
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, fit, line
from bot.words.gsm7 import MOST_SEPTETS, cut, gsm7, septets
from bot.words.names import few_roles, role_names
from bot.words.shown import clock, loose, moment, shorten
from bot.words.tree import plain

# The voices in which a telephone service says our sentences.
LOCALES: Final[dict[Language, str]] = {"nl": "nl-NL", "en": "en-GB"}

_TITLE: Final = 60
_READABLE: Final = 12  # characters that a name keeps before the link has to go
_LEAST: Final = 60  # characters; below this the names say nothing any more


@dataclass(frozen=True, slots=True)
class Said:
    """`title` is one line; `text` holds the link where there is one; `speech` is for a voice."""

    title: str
    text: str
    speech: str = ""


def page(catalogue: Catalogue, said: m.ChannelPage, link: str, *, hears_texts: bool = True) -> Said:
    """The page, as its channel takes it; without a link it says where to answer instead. Where no text message comes back, one
    does not ask for any."""
    title = _one(catalogue, said.lang, _exercise(said.exercise, "channel.title"), _TITLE, **_names(catalogue, said))
    if said.channel == "sms":
        return Said(title, _sms_page(catalogue, said, link, hears_texts=hears_texts))
    lines = (
        catalogue.text(said.lang, "channel.reported", when=moment(said.said_at, said.lang)),
        _how(catalogue, said, link),
        catalogue.text(said.lang, "page.next", time=clock(said.next_at)),
    )
    speech = spoken_page(catalogue, said.lang, said.roles, said.municipality, exercise=said.exercise)
    return Said(title, "\n".join(lines), speech)


def echo(catalogue: Catalogue, said: m.ChannelEcho) -> Said:
    """What was understood of an answer, or that there is nothing to do any more."""
    key = "channel.echo_over_taken" if said.what == "over" and said.taken_by else f"channel.echo_{said.what}"
    values = {
        **_names(catalogue, said),
        "minutes": str(said.eta_minutes or 0),
        "taken_by": loose(said.taken_by or ""),
    }
    text = _short(catalogue, said.lang, _exercise(said.exercise, key), **values)
    return Said(_one(catalogue, said.lang, _exercise(said.exercise, "channel.title"), _TITLE, **values), text)


def spoken_page(
    catalogue: Catalogue, lang: Language, roles: Sequence[RoleId], municipality: str, *, exercise: bool
) -> str:
    """What a call says first, and again at key 9."""
    key = "voice.page_exercise" if exercise else "voice.page"
    names = role_names(catalogue, lang, roles)
    return catalogue.text(lang, key, roles=names, municipality=loose(municipality))


def _how(catalogue: Catalogue, said: m.ChannelPage, link: str) -> str:
    """How to answer from there."""
    own = f"channel.answer_{said.channel}"
    key = "channel.answer_chat" if not link else own if catalogue.has(own) else "channel.answer_link"
    return catalogue.text(said.lang, key, link=link)


def link_fits(catalogue: Catalogue, lang: Language, link: str, *, hears_texts: bool) -> bool:
    """Whether a text message has room for such a link beside who is called and for where."""
    name = shorten("x" * 2 * _READABLE, _READABLE)
    widest = {"roles": name, "municipality": name, "number": "2026-1014", "time": "03:05", "link": link}
    return any(_fits(catalogue, lang, (key,), widest) for key in _sms_keys(link, hears_texts=hears_texts)[:-1])


def _sms_keys(link: str, *, hears_texts: bool) -> tuple[str, ...]:
    """How a page may be said in a text message, the best first, the last without a link."""
    with_link = ("channel.sms_page", "channel.sms_page_link") if hears_texts else ("channel.sms_page_link",)
    without = "channel.sms_page_plain" if hears_texts else "channel.sms_page_chat"
    return (*(with_link if link else ()), without)


def _sms_page(catalogue: Catalogue, said: m.ChannelPage, link: str, *, hears_texts: bool) -> str:
    """Who is called and for where stay readable, whatever it takes; half a link leads nowhere, so then rather none."""
    values = {**_names(catalogue, said), "time": clock(said.said_at), "link": link}
    least = {
        name: shorten(value, _READABLE) if name in ("roles", "municipality") else value
        for name, value in values.items()
    }
    *wanted, last = _sms_keys(link, hears_texts=hears_texts)
    keys = (_exercise(said.exercise, key) for key in wanted)
    found = next((key for key in keys if _fits(catalogue, said.lang, key, least)), _exercise(said.exercise, last))
    return _short(catalogue, said.lang, found, **values)


def _fits(catalogue: Catalogue, lang: Language, keys: tuple[str, ...], values: Mapping[str, str]) -> bool:
    return septets(gsm7(" ".join(catalogue.text(lang, key, **values) for key in keys))) <= MOST_SEPTETS


def _names(catalogue: Catalogue, said: m.ChannelPage | m.ChannelEcho) -> dict[str, str]:
    return {
        "roles": few_roles(catalogue, said.lang, said.roles),
        "number": said.number,
        "municipality": loose(said.municipality),
    }


def _exercise(exercise: bool, key: str) -> tuple[str, ...]:
    return ("channel.exercise", key) if exercise else (key,)


def _one(catalogue: Catalogue, lang: Language, keys: tuple[str, ...], limit: int, **values: str) -> str:
    """One line from templates put together, names cut until it fits."""
    *before, key = keys
    mark = "".join(f"{catalogue.text(lang, one)} " for one in before)
    said: list[Line] = [line(key, **values)]
    return mark + plain(fit(catalogue, lang, said, characters=limit - len(mark), first=None)[0])


def _short(catalogue: Catalogue, lang: Language, keys: tuple[str, ...], **values: str) -> str:
    """One text message: in its alphabet, where some signs take more than one place, and never in two parts."""
    text = ""
    for limit in range(MOST_SEPTETS, _LEAST, -4):
        text = gsm7(_one(catalogue, lang, keys, limit, **values))
        if septets(text) <= MOST_SEPTETS:
            return text
    return cut(text)
