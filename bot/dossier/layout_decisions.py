"""Every decision of a dossier with all that was recorded of it, each to be read by itself: a court asks for one."""

from collections.abc import Iterator

from bot.domain.incident import Decision
from bot.domain.playbook import Reason
from bot.domain.reasons import asked, basis_of, option_of, standing
from bot.dossier.sheet import Cell, Ref, Section, Sentence
from bot.dossier.spoken import Spoken, maybe, when


def decisions(spoken: Spoken) -> Section:
    """The list, and after it each decision on a page of its own."""
    incident = spoken.dossier.incident

    def rows() -> Iterator[tuple[Cell, ...]]:
        for d in incident.decisions:
            number = Ref(str(d.number), f"decision-{d.number}")
            yield number, when(d.at), spoken.text(d.text), spoken.who(d.by), state(spoken, d)

    return Section(
        "decisions",
        spoken.say("decisions"),
        (spoken.table("nr time decision by state", rows()),),
        tuple(decision(spoken, one) for one in incident.decisions),
    )


def decision(spoken: Spoken, d: Decision) -> Section:
    heading = spoken.say("decision.number", number=str(d.number))
    if (kind := spoken.dossier.incident.decision_type(d.point) if d.point else None) is not None:
        heading = f"{heading} · {kind.id} {spoken.both(kind.question)}"
    reasons = tuple(
        Section(
            f"decision-{d.number}-{reason.id}", spoken.both(reason.name), (spoken.facts(_reason(spoken, d, reason)),)
        )
        for reason in asked(spoken.dossier.incident, d)
    )
    course = Section(
        f"decision-{d.number}-course",
        spoken.say("decision.course"),
        (spoken.table("line time who what", _course(spoken, d)),),
    )
    why = Section(f"decision-{d.number}-reasons", spoken.say("reasons"), (), reasons)
    return Section(
        f"decision-{d.number}",
        heading,
        (spoken.facts(_facts(spoken, d)), *([] if reasons or d.reason else [Sentence(spoken.say("decision.no_form"))])),
        (*([why] if reasons else []), course),
        own_page=True,
    )


def _course(spoken: Spoken, d: Decision) -> Iterator[tuple[Cell, ...]]:
    """What was done about it, with the way to each line: in which words it was first, who agreed, why it was taken back."""
    for line in spoken.courses.get(d.number, ()):
        where = Ref(f"#{line.seq}", f"line-{line.seq}")
        yield where, when(line.at), spoken.who(line.actor), spoken.sentence(line.text[spoken.lang])


def state(spoken: Spoken, d: Decision) -> str:
    stands = standing(spoken.dossier.incident, d)
    if d.point is not None or stands in ("withdrawn", "replaced"):
        return spoken.say(f"decision.{stands}")
    return spoken.say("decision.confirmed" if d.confirmed else "decision.unconfirmed")


def _facts(spoken: Spoken, d: Decision) -> Iterator[tuple[str, Cell]]:
    incident, say = spoken.dossier.incident, spoken.say
    kind = incident.decision_type(d.point) if d.point else None
    chosen = option_of(kind, d.option)
    yield "decision", spoken.text(d.text)
    yield "time", when(d.at)
    yield "state", state(spoken, d)
    yield "decision.option", "" if chosen is None else spoken.both(chosen.label)
    if kind is not None:
        yield "decision.options", tuple(spoken.both(one.label) for one in kind.options if one.id != d.option)
        competent = (chosen.competent if chosen else ()) or kind.competent
        yield "decision.competent", spoken.roles(competent)
        yield "decision.basis", ", ".join(basis_of(incident, d))
    yield "decision.taken_by", _taken(spoken, d)
    yield "decision.recorder", spoken.who(d.recorder or None)
    yield "reason", spoken.text(d.reason)
    yield "decision.four_eyes", _second(spoken, d)
    yield "decision.reasons_due", maybe(d.reasons_due)
    yield "decision.review", maybe(d.review_at)
    for key, number in (("decision.replaces", d.replaces), ("decision.replaced_by", d.replaced_by)):
        yield key, "" if number is None else Ref(say("decision.number", number=str(number)), f"decision-{number}")
    yield "step", d.step or ""
    yield "personal", ", ".join(spoken.named("personal", kind) for kind in d.personal)


def _taken(spoken: Spoken, d: Decision) -> Cell:
    if d.taken_by is None:
        return spoken.who(d.by)
    return f"{spoken.plain(d.by)} ({spoken.role(d.taken_by)}, {spoken.say(f'capacity.{d.capacity}')})"


def _second(spoken: Spoken, d: Decision) -> Cell:
    if not d.four_eyes:
        return ""
    return spoken.who(d.seconded_by) if d.seconded_by else spoken.say("decision.second")


def _reason(spoken: Spoken, d: Decision, reason: Reason) -> Iterator[tuple[str, Cell]]:
    """One question of the motivation with its answer as it was given; what was not answered is said to be missing."""
    yield "question", spoken.both(reason.question)
    given = d.given.get(reason.id)
    if given is None:
        yield "answer", spoken.say("reason.missing")
        return
    if not given.applies:
        yield "applies", spoken.say("reason.not")
    yield "answer", spoken.text(given.text)
    yield "reason.points", tuple(spoken.line(number) for number in given.lines)
    yield "until", maybe(given.until)
    yield "by", spoken.who(given.by)
    yield "time", when(given.at)
