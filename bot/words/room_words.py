"""What the incident's room reads: the status card, who comes, steps, lines, situation reports and the end."""

from typing import Final

from bot.domain import messages as m
from bot.words import flag_words
from bot.words.catalogue import Catalogue
from bot.words.fit import FIRST_LINE, Line, line
from bot.words.grammar import role_word
from bot.words.names import chosen, few_roles, role_name, role_names
from bot.words.shown import Loose, clock, length_of, loose, moment

Lines = list[Line]
# The calls stand on one line of the card; when they do not fit in full, the roles are grouped by how it stands with them.
_CALLS_IN_FULL: Final = 90
_STATES: Final = ("answered", "exhausted", "calling")


def card(catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated) -> Lines:
    facts, lang = said.card, said.lang
    title = chosen(lang, facts.title.nl, facts.title.en)
    who = f"{facts.reporter} ({facts.organisation})" if facts.organisation else facts.reporter
    reported = {"when": moment(facts.alarm_at, lang), "reporter": loose(who)}
    lacking = f" ({facts.decisions_open} open)" if facts.decisions_open else ""
    counts = {
        "done": facts.steps_done,
        "total": facts.steps_total,
        "decisions": f"{facts.decisions}{lacking}",
        "sitreps": facts.sitreps,
        "present": facts.present,
    }
    every = "_all" if facts.chat == "all" else ""
    newcomer = line(f"card.welcome{every}", newcomer=loose(said.newcomer)) if isinstance(said, m.CardRepeated) else None
    return [
        line("card.first", number=said.number, municipality=loose(facts.municipality), title=title),
        _where_it_stands(catalogue, said, reported),
        _calls(catalogue, said),
        line("card.counts", **{name: str(count) for name, count in counts.items()}),
        newcomer or line(f"card.rule{every}"),
        line("card.type"),
    ]


def _phase(catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated) -> str:
    phase = catalogue.template(said.lang, f"phase.{said.card.phase}")
    if said.card.round == 1:
        return phase
    return loose(catalogue.text(said.lang, "card.round", phase=phase, round=str(said.card.round)))


def _where_it_stands(
    catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated, reported: dict[str, str]
) -> Line:
    facts = said.card
    phase = {} if facts.state != "open" else {"phase": _phase(catalogue, said)}
    key = "card.phase" if phase else "card.closed"
    also = flag_words.beside(catalogue, said.lang, facts.neighbours, wide=facts.wide)
    if not also:
        return line(key, **phase, **reported)
    # with everything there is on it the card is full: what was new is told, and who somebody is stands in `status`
    return line(f"{key}_also", **phase, **{**reported, "reporter": loose(facts.reporter)}, also=loose(also))


def _calls(catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated) -> Line:
    calls = said.card.calls
    if not calls:
        return line("card.no_calls")
    full = " · ".join(_call(catalogue, said, call) for call in calls)
    if len(full) <= _CALLS_IN_FULL:
        return line("card.calls", heads=_heads(catalogue, said), calls=loose(full))
    return _grouped(catalogue, said)


def _heads(catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated) -> str:
    """How many people were asked, and how it stands with them; what is nought is left out."""
    facts = said.card
    arrival = clock(facts.arrival) if facts.arrival is not None else ""
    counted = (
        ("asked", facts.asked),
        ("coming", facts.coming),
        ("under_way", facts.under_way),
        ("unreachable", facts.unreachable),
    )
    shown = [catalogue.text(said.lang, f"heads.{name}", count=str(n), arrival=arrival) for name, n in counted if n]
    return " · ".join(shown)


def _grouped(catalogue: Catalogue, said: m.CardPosted | m.CardChanged | m.CardRepeated) -> Line:
    """The heads are never cut off: with ten roles the names do not fit."""
    groups = {state: [c.role for c in said.card.calls if c.state == state] for state in _STATES}

    def group(state: str) -> str:
        names = role_names(catalogue, said.lang, groups[state])
        return catalogue.text(said.lang, f"cardcalls.{state}", roles=names, count=str(len(groups[state])))

    coming = group("answered") if groups["answered"] else catalogue.text(said.lang, "cardcalls.nobody")
    missed = Loose(f" · {group('exhausted')}") if groups["exhausted"] else ""
    return line("card.calls_grouped", heads=_heads(catalogue, said), coming=loose(coming), missed=missed)


def _call(catalogue: Catalogue, said: m.Message, call: m.CardCall) -> str:
    key = f"cardcall.{call.state}"
    if call.state == "answered" and call.eta_minutes is not None:
        key = "cardcall.answered_eta"
    return catalogue.text(
        said.lang,
        key,
        role=role_name(catalogue, said.lang, call.role),
        person=call.person,
        time=clock(call.at) if call.at else "",
        minutes=str(call.eta_minutes),
    )


def answer(catalogue: Catalogue, said: m.AnswerNote) -> Lines:
    key = f"answer.{said.what}"
    after = "" if said.after_seconds is None else length_of(said.after_seconds, said.lang)
    if said.what == "coming" and after:
        key = "answer.coming_after"
    values = {"when": moment(said.at, said.lang), "person": loose(said.person), "minutes": str(said.eta_minutes)}
    return [line(key, **values, roles=role_names(catalogue, said.lang, said.roles), after=after)]


def missed(catalogue: Catalogue, said: m.EscalationNote) -> Lines:
    roles = role_names(catalogue, said.lang, said.roles)
    return [line(f"escalation.{said.why}", when=moment(said.at, said.lang), missed=loose(said.missed), roles=roles)]


def called(catalogue: Catalogue, said: m.CalledNote) -> Lines:
    roles = role_names(catalogue, said.lang, said.roles)
    lines = [line("called.note", when=moment(said.at, said.lang), person=loose(said.person), roles=roles)]
    return [*lines, *([line("page.late", late=length_of(said.late_seconds, said.lang))] if said.late_seconds else [])]


def empty_step(catalogue: Catalogue, said: m.EmptyStepNote) -> Lines:
    role = loose(role_name(catalogue, said.lang, said.role))
    whom = catalogue.template(said.lang, f"whom.{said.whom}")
    return [line(f"empty.{said.why}", when=moment(said.at, said.lang), role=role, whom=whom)]


def exhausted(catalogue: Catalogue, said: m.ExhaustedNote) -> Lines:
    role = loose(role_name(catalogue, said.lang, said.role))
    tried = [line("exhausted.tried", tried=loose(", ".join(said.tried)))] if said.tried else []
    number = [line("nobody.duty_number", number=loose(said.duty_number))] if said.duty_number else []
    count = {"came": str(said.came), "wanted": str(said.wanted)}
    key = "exhausted.some" if said.came else "exhausted.note"
    return [line(key, when=moment(said.at, said.lang), role=role, **count), *tried, *number]


def playbook(said: m.PlaybookNote) -> Lines:
    return [line("playbook.note", title=chosen(said.lang, said.title.nl, said.title.en), steps=str(said.steps))]


def step(catalogue: Catalogue, said: m.StepShown) -> Lines:
    text = chosen(said.lang, said.text.nl, said.text.en)
    role = few_roles(catalogue, said.lang, (said.role,))
    values = {"nr": str(said.nr), "total": str(said.total), "text": text, "role": role}
    key = "step.first"
    if said.round > 1:
        key, values = "step.first_round", {**values, "round": str(said.round)}
    lines = [line(key, **values)]
    # a text that the first line has to cut short is repeated below it
    if len(catalogue.text(said.lang, key, **values)) > FIRST_LINE or said.exercise:
        lines.append(line("step.whole", text=text))
    typed = line("step.type") if said.point is None else line("step.decide", point=loose(said.point))
    if said.to.kind == "person":
        # in a direct chat it may be about any incident
        typed = line("step.type_after", number=said.number, nr=str(said.nr))
    when = moment(said.due_at, said.lang)
    # what to do goes before where to read more: beside the line on whom it concerns there is no room for both
    card = said.help if said.for_role is None else None
    lines.append(line("step.due_card", when=when, card=loose(card)) if card else line("step.due", when=when))
    lines += [line("step.choices" if said.point is None else "step.choices_decide"), typed]
    if said.for_role is not None:
        about = loose(role_name(catalogue, said.lang, said.for_role))
        word = loose(role_word(said.for_role, said.lang))
        # after the end nobody is called any more
        after = said.to.kind == "person"
        lines.append(line("step.about", role=about) if after else line("step.for_role", role=about, word=word))
    return lines


def step_settled(said: m.StepSettled) -> Lines:
    text = chosen(said.lang, said.text.nl, said.text.en)
    values = {"nr": str(said.nr), "total": str(said.total), "text": text, "by": loose(said.by), "time": clock(said.at)}
    if said.progress == "later":
        values = {**values, "until": moment(said.until, said.lang) if said.until is not None else "–"}
    still_open = [line("step.choices"), line("step.type")] if said.progress in ("open", "claimed") else []
    remark = [line("step.remark", remark=loose(said.remark))] if said.remark else []
    return [line(f"step.settled_{said.progress}", **values), *remark, *still_open]


def sitrep_due(said: m.SitrepDue) -> Lines:
    values = {"sitrep": str(said.sitrep), "person": loose(said.person)}
    ending = "" if said.last_at else "_first"
    first = (
        line("sitrep.due", **values, time=clock(said.last_at)) if said.last_at else line("sitrep.due_first", **values)
    )
    done = {"done": str(said.steps_done), "total": str(said.steps_total), "decisions": str(said.decisions)}
    return [
        first,
        line("sitrep.known", **done),
        line("sitrep.last" if said.last else "sitrep.how"),
        line(f"sitrep.choices{ending}"),
        line(f"sitrep.type{ending}"),
    ]


def sitrep_later(said: m.SitrepLater) -> Lines:
    return [line("sitrep.later", time=clock(said.until)) if said.until else line("sitrep.no_more")]


def end(said: m.EndNote) -> Lines:
    reason = [line("quote", text=loose(said.reason))] if said.reason else []
    return [line(f"end.{said.what}", when=moment(said.at, said.lang), number=said.number, by=loose(said.by)), *reason]
