"""What is read of a yes that nothing came of, of a role handed over, of numbers to call by hand, and of the bot's own absence."""

from collections.abc import Sequence

from bot.domain import messages as m
from bot.domain.ladder import ChannelState
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.names import few_roles, role_name
from bot.words.shown import clock, length_of, loose, moment, room_link

Lines = list[Line]


def still_coming(catalogue: Catalogue, said: m.StillComing) -> Lines:
    values = {"number": said.number, "municipality": loose(said.municipality)}
    room = [line("ack.room", url=room_link(said.room), **values)] if said.room is not None else []
    return [
        line("still.first", roles=few_roles(catalogue, said.lang, said.roles), number=said.number),
        line("still.said", time=clock(said.answered_at)),
        *room,
        line("still.choices"),
        line("still.type"),
        line("page.next", time=clock(said.next_at)),
    ]


def handover(catalogue: Catalogue, said: m.HandoverAsked) -> Lines:
    role = loose(role_name(catalogue, said.lang, said.role))
    decision = "" if said.last_decision is None else str(said.last_decision)
    left = line("handover.left", steps=str(said.open_steps), decision=decision)
    return [
        line("handover.first", role=role, holder=loose(said.holder), number=said.number),
        left if decision else line("handover.left_steps", steps=str(said.open_steps)),
        line("handover.choices"),
        line("handover.until", holder=loose(said.holder)),
        line("handover.type"),
    ]


def handover_note(catalogue: Catalogue, said: m.HandoverNote) -> Lines:
    role = loose(role_name(catalogue, said.lang, said.role))
    names = {"holder": loose(said.holder), "successor": loose(said.successor)}
    return [line(f"handover.{said.what}", when=moment(said.at, said.lang), role=role, number=said.number, **names)]


def flood(said: m.FloodNote) -> Lines:
    return [
        line("flood.first", number=said.number, count=str(said.count)),
        line("flood.from", reporter=loose(said.reporter)),
        line("quote", text=loose(said.text)),
    ]


def away(said: m.AwayNote) -> Lines:
    return [line("away.note", when=moment(said.at, said.lang), length=length_of(said.seconds, said.lang))]


def channels(catalogue: Catalogue, lang: Language, states: Sequence[ChannelState]) -> tuple[str, ...]:
    """One line for each configured channel: whether it works, and when it last did."""
    if not states:
        return (catalogue.text(lang, "channels.none"),)
    lines = [catalogue.text(lang, "channels.first")]
    for state in states:
        when = moment(state.last_success, lang) if state.last_success is not None else "–"
        name = catalogue.template(lang, f"channel.{state.channel}")
        key = "channels.down" if state.down else "channels.up"
        lines.append(catalogue.text(lang, key, channel=name, when=when, reason=state.reason or "–"))
    return tuple(lines)


def numbers(
    catalogue: Catalogue, lang: Language, found: Sequence[tuple[str, str | None]], duty_number: str
) -> tuple[str, ...]:
    """One line for each person: the number, or that none is known."""
    lines = [catalogue.text(lang, "numbers.first")]
    for name, number in found:
        key = "numbers.one" if number else "numbers.none"
        lines.append(catalogue.text(lang, key, person=name, number=number or ""))
    if duty_number:
        lines.append(catalogue.text(lang, "numbers.duty", number=duty_number))
    return (*lines, catalogue.text(lang, "numbers.kept"))
