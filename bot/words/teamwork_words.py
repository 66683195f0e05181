"""Who has which duty, steps that change hands or are late, and new rounds, in words."""

from datetime import datetime
from typing import Final

from bot.domain import messages as m
from bot.domain.incident import Incident
from bot.domain.people import DUTIES, Duty, Language
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.names import chosen, few_roles, role_name
from bot.words.shown import Loose, loose, moment, shorten

Lines = list[Line]
# So many late steps are named to the coordinator, each up to so many characters; the rest are counted.
NAMED: Final = 3
_NAMED_LENGTH: Final = 45


def duty_name(catalogue: Catalogue, lang: Language, duty: Duty) -> Loose:
    return loose(catalogue.template(lang, f"held.name_{duty}"))


def asked(catalogue: Catalogue, said: m.DutyAsked) -> Lines:
    duty = duty_name(catalogue, said.lang, said.duty)
    now = [line("held.now", holder=loose(said.holder))] if said.holder is not None else []
    carries = [line("held.deputy")] if said.duty == "loco_burgemeester" else []
    return [
        line("held.asked", duty=duty, number=said.number),
        line("held.by", by=loose(said.by)),
        *now,
        *carries,
        line("held.choices"),
        line("held.type"),
    ]


def noted(catalogue: Catalogue, said: m.DutyNote) -> Lines:
    duty = duty_name(catalogue, said.lang, said.duty)
    values = {"when": moment(said.at, said.lang), "duty": duty, "person": loose(said.person)}
    if said.holder is None or said.what == "laid_down":
        return [line(f"held.{said.what}", **values)]
    return [line(f"held.{said.what}_from", **values, holder=loose(said.holder))]


def wanted(catalogue: Catalogue, said: m.DutiesWanted) -> Lines:
    names = [duty_name(catalogue, said.lang, duty) for duty in said.duties]
    between = catalogue.text(said.lang, "held.and")
    typed = catalogue.template(said.lang, f"held.name_{said.duties[0] if said.duties else DUTIES[0]}")
    return [
        line("held.wanted", number=said.number, duties=loose(between.join(names))),
        line("held.wanted_why"),
        line("held.wanted_type", number=said.number, duty=typed),
    ]


def listed(catalogue: Catalogue, lang: Language, incident: Incident, at: datetime | None = None) -> tuple[str, ...]:
    """Who has which duty and which role; `at` (UTC) is when, None for now."""
    key = "held.first" if at is None else "held.first_at"
    lines = [catalogue.text(lang, key, number=incident.number, when=moment(at, lang) if at is not None else "")]
    for duty in DUTIES:
        held = incident.duties.get(duty)
        name = duty_name(catalogue, lang, duty)
        if held is not None and held.person is not None and held.since is not None:
            values = {"person": incident.name(held.person), "when": moment(held.since, lang)}
            lines.append(catalogue.text(lang, "held.line", duty=name, **values))
        elif held is not None and held.offered_to is not None:
            person = incident.name(held.offered_to)
            lines.append(catalogue.text(lang, "held.line_asked", duty=name, person=person))
        else:
            lines.append(catalogue.text(lang, "held.line_nobody", duty=name))
    for role, call in incident.calls.items():
        if call.holders:
            people = ", ".join(incident.name(person) for person in call.holders)
            lines.append(catalogue.text(lang, "held.role", role=role_name(catalogue, lang, role), person=people))
    return tuple(lines)


def step_asked(said: m.StepAsked) -> Lines:
    text = chosen(said.lang, said.text.nl, said.text.en)
    holder = [line("step.asked_holder", holder=loose(said.holder))] if said.holder is not None else []
    return [
        line("step.asked", nr=str(said.nr), by=loose(said.by), number=said.number),
        line("step.asked_text", text=text, when=moment(said.due_at, said.lang)),
        *holder,
        line("held.choices"),
        line("held.type"),
    ]


def step_note(said: m.StepNote) -> Lines:
    values = {"when": moment(said.at, said.lang), "nr": str(said.nr), "person": loose(said.person)}
    return [line(f"step.note_{said.what}", **values)]


def late(said: m.StepLate) -> Lines:
    one = said.late
    text = chosen(said.lang, one.text.nl, one.text.en)
    return [
        line("late.own", nr=str(one.nr), number=said.number),
        line("late.text", text=text, when=moment(one.due_at, said.lang)),
        line("late.own_choices"),
        line("late.own_type", number=said.number, nr=str(one.nr)),
    ]


def all_late(catalogue: Catalogue, said: m.StepsLate) -> Lines:
    named = [
        line(
            "late.step",
            nr=str(one.nr),
            text=loose(shorten(chosen(said.lang, one.text.nl, one.text.en), _NAMED_LENGTH)),
            role=few_roles(catalogue, said.lang, (one.role,)),
        )
        for one in said.steps[:NAMED]
    ]
    more = len(said.steps) - NAMED
    rest = [line("late.more", count=str(more))] if more > 0 else []
    first = line("late.others", count=str(len(said.steps)), number=said.number)
    example = str(said.steps[0].nr) if said.steps else "2"
    return [first, *named, *rest, line("late.type_others", number=said.number, nr=example)]


def began(said: m.RoundNote) -> Lines:
    values = {"when": moment(said.at, said.lang), "round": str(said.round), "by": loose(said.by)}
    return [line("round.began", **values), line("round.again", steps=str(said.steps))]
