"""The intake in words: what was understood of an alarm, what is still asked, what was answered, and when it begins."""

from bot.domain import messages as m
from bot.domain.entries import ChannelKind, IntakeField
from bot.domain.incident import Incident
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.names import chosen
from bot.words.shown import clock, loose, moment, visible

Lines = list[Line]


def channel_names(catalogue: Catalogue, lang: Language, kinds: tuple[ChannelKind, ...]) -> str:
    return ", ".join(catalogue.template(lang, f"channelkind.{kind}") for kind in kinds)


def understood(catalogue: Catalogue, said: m.AlarmUnderstood) -> Lines:
    """What kind of case and because of which words; where, when and on what."""
    lang = said.lang
    lines = [line("intake.first", number=said.number)]
    if said.title is not None:
        title = chosen(lang, said.title.nl, said.title.en)
        why = [*said.because, *([chosen(lang, said.calendar.nl, said.calendar.en)] if said.calendar else [])]
        because = {"because": loose(", ".join(dict.fromkeys(why)))}
        lines.append(line("intake.kind_because" if why else "intake.kind", title=title, **(because if why else {})))
    where = [
        *([catalogue.text(lang, "intake.where", place=said.place)] if said.place else []),
        *(
            [catalogue.text(lang, "intake.channel", channels=channel_names(catalogue, lang, said.channels))]
            * bool(said.channels)
        ),
    ]
    if where:
        lines.append(line("plain", text=loose(" · ".join(where))))
    if said.expected_at is not None:
        lines += [line("intake.when", when=moment(said.expected_at, lang)), line("intake.other_time")]
    return lines


def question(said: m.IntakeAsked) -> Lines:
    more = [line("intake.more", left=str(said.left - 1))] if said.left > 1 else []
    return [
        line(f"intake.ask_{said.about}", number=said.number),
        line(f"intake.choices_{said.about}"),
        line("intake.how"),
        *more,
    ]


def done(said: m.IntakeDone) -> Lines:
    return [line("intake.done", number=said.number)]


def value(catalogue: Catalogue, lang: Language, about: IntakeField, choice: str, text: str) -> str:
    """What was answered: in the words of the list, or the reporter's own."""
    if not choice:
        return visible(text)
    key = f"channelkind.{choice}" if about == "channel" else f"intake.{about}_{choice}"
    return catalogue.template(lang, key) if catalogue.has(key) else visible(choice)


def told(catalogue: Catalogue, said: m.IntakeTold) -> Lines:
    shown = value(catalogue, said.lang, said.about, said.choice, said.text)
    when = {"when": moment(said.at, said.lang), "by": loose(said.by)}
    return [line(f"intake.told_{said.about}", value=loose(shown), **when)]


def expected(said: m.ExpectedNote) -> Lines:
    values = {"expected": moment(said.expected_at, said.lang), "by": loose(said.by), "when": moment(said.at, said.lang)}
    lines = [line("expected.first", **values)]
    if said.steps:
        lines.append(line("expected.steps", count=str(said.steps)))
    if said.call_at is not None:
        lines.append(line("expected.calls", time=clock(said.call_at)))
    return lines


def facts(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    """What is known of where, when and on what, for whoever asks how it stands."""
    known: list[str] = []
    choice = incident.intake["where"].choice if "where" in incident.intake else ""
    place = incident.place or (value(catalogue, lang, "where", choice, "") if choice else "")
    if place:
        known.append(catalogue.text(lang, "intake.where", place=visible(place)))
    if incident.expected_at is not None:
        known.append(catalogue.text(lang, "intake.when", when=moment(incident.expected_at, lang)))
    if incident.channels:
        names = channel_names(catalogue, lang, incident.channels)
        known.append(catalogue.text(lang, "intake.channel", channels=names))
    return known
