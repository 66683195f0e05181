"""Decisions in words: what was taken, what it still lacks, the questions of its motivation, and the answers about it."""

from bot.domain import messages as m
from bot.domain.ids import RoleId
from bot.domain.incident import Decision, Incident
from bot.domain.people import Language
from bot.domain.playbook import Both, DecisionType, Reason
from bot.domain.reasons import asked, missing, standing
from bot.words.catalogue import Catalogue
from bot.words.fit import Line, line
from bot.words.incident_lines import decision_line
from bot.words.names import chosen, role_name
from bot.words.shown import loose, moment, visible

Lines = tuple[str, ...]


def _both(lang: Language, text: Both) -> str:
    return chosen(lang, text.nl, text.en)


def counted(key: str, missing: int) -> str:
    """The key of a text with a number of reasons or questions in it: one is not several."""
    return f"{key}_one" if missing == 1 else key


# --- messages -----------------------------------------------------------------------------------------------------------


def shown(catalogue: Catalogue, said: m.DecisionShown) -> list[Line]:
    number, when = str(said.decision), moment(said.at, said.lang)
    named = {"decision": number, "when": when, "by": loose(said.by)}
    if said.capacity == "advice":
        return [
            line("advice.first", **named),
            line("quote", text=loose(said.text)),
            line("advice.none", decision=number),
        ]
    first = line("decision.first", **named)
    if said.replaces is not None:
        first = line("decision.first_instead", decision=number, when=when, replaces=str(said.replaces))
    lines = [first, line("quote", text=loose(said.text))]
    if said.point is None:
        return [*lines, line("decision.why"), line("decision.choices"), line("decision.type", decision=number)]
    if said.role is not None:
        role = loose(role_name(catalogue, said.lang, said.role))
        lines.append(line(f"decision.{said.capacity}", role=role, by=loose(said.by)))
    if said.second:
        lines.append(line("decision.second", decision=number))
    left = str(said.missing)
    if said.missing and said.due is not None:
        hurry = counted("decision.hurry", said.missing)
        lines.append(line(hurry, missing=left, due=moment(said.due, said.lang), decision=number))
    elif said.missing:
        lines.append(line(counted("decision.questions", said.missing), missing=left))
    return [*lines, line("decision.point_type", decision=number)]


def note(said: m.DecisionNote) -> list[Line]:
    values = {"decision": str(said.decision), "when": moment(said.at, said.lang), "by": loose(said.by)}
    until = moment(said.until, said.lang) if said.until is not None else ""
    if said.what in ("left", "promised", "overdue"):
        first = line(counted(f"decision.{said.what}", said.missing), **values, missing=str(said.missing), until=until)
        return [first, line("decision.last_promise")] if said.last else [first]
    if said.what in ("review", "unanswered"):
        return [line(f"decision.{said.what}", **values, missing=str(said.missing), until=until)]
    lines = [line(f"decision.{said.what}", **values), *([line("quote", text=loose(said.text))] if said.text else [])]
    if said.replaces is not None:
        lines.append(line("decision.not_again", replaces=str(said.replaces)))
    return lines


def question(said: m.ReasonAsked) -> list[Line]:
    nr = {"nr": str(said.nr), "total": str(said.total), "decision": str(said.decision)}
    lines = [line("reason.first", **nr, name=loose(_both(said.lang, said.name)))]
    if said.before is not None:
        key = "reason.before" if said.applies else "reason.not_applicable_before"
        lines.append(line(key, name=loose(_both(said.lang, said.before)), text=loose(said.given)))
    lines.append(line("reason.question", question=_both(said.lang, said.question)))
    if said.codes:
        codes = " · ".join(f"{n} {code}" for n, code in enumerate(said.codes, start=1))
        lines.append(line("reason.codes", codes=loose(codes)))
    return [*lines, line("reason.how")]


def reminder(said: m.DecisionReminder) -> list[Line]:
    number, reasons = str(said.decision), said.missing if said.what == "reasons" else 0
    return [
        line(f"reminder.{said.what}", decision=number, number=said.number),
        line("quote", text=loose(said.text)),
        line(counted(f"reminder.{said.what}_how", reasons), decision=number, missing=str(said.missing)),
    ]


# --- answers ------------------------------------------------------------------------------------------------------------


def options(catalogue: Catalogue, lang: Language, kind: DecisionType) -> Lines:
    """The question of a type of decision with its answers by number."""
    first = catalogue.text(lang, "point.first", point=kind.id, question=_both(lang, kind.question))
    listed = []
    for n, option in enumerate(kind.options, start=1):
        values = {"nr": str(n), "label": _both(lang, option.label)}
        if option.law is not None:
            listed.append(catalogue.text(lang, "point.barred", **values))
        elif option.competent != kind.competent:
            roles = ", ".join(role_name(catalogue, lang, role) for role in option.competent)
            listed.append(catalogue.text(lang, "point.option_role", **values, roles=roles))
        else:
            listed.append(catalogue.text(lang, "point.option", **values))
    roles = ", ".join(role_name(catalogue, lang, role) for role in kind.competent)
    return (
        first,
        *listed,
        catalogue.text(lang, "point.competent", roles=roles),
        catalogue.text(lang, "point.how", point=kind.id),
    )


def capacity(catalogue: Catalogue, lang: Language, role: RoleId, *, advice: bool = True) -> Lines:
    """Whose decision is it, asked of somebody who holds no role that may take it; with `advice` it may be no decision at all."""
    name = role_name(catalogue, lang, role)
    asked_for = ("1", "2", "3") if advice else ("1", "2")
    return tuple(catalogue.text(lang, f"capacity.{key}", role=name) for key in ("first", *asked_for, "how"))


def all_of(catalogue: Catalogue, lang: Language, incident: Incident) -> Lines:
    if not incident.decisions:
        return (catalogue.text(lang, "decisions.none", number=incident.number),)
    first = catalogue.text(lang, "decisions.first", number=incident.number, count=str(len(incident.decisions)))
    return (first, *(decision_line(catalogue, lang, incident, decision) for decision in incident.decisions))


def whole(catalogue: Catalogue, lang: Language, incident: Incident, number: int) -> Lines | None:
    """One decision in full; None when there is no such decision."""
    found = next((one for one in incident.decisions if one.number == number), None)
    if found is None:
        return None
    named = {"decision": str(number), "when": moment(found.at, lang), "by": incident.name(found.by)}
    key = "advice.show" if found.capacity == "advice" else "decision.show"
    head = (catalogue.text(lang, key, **named), catalogue.text(lang, "decision.show_text", text=found.text))
    why = _reasons(catalogue, lang, incident, found) if found.point else _reason(catalogue, lang, found)
    return (*head, *_whose(catalogue, lang, incident, found), *why, *_stands(catalogue, lang, incident, found))


def _whose(catalogue: Catalogue, lang: Language, incident: Incident, found: Decision) -> Lines:
    if found.point is None or found.taken_by is None or found.capacity == "advice":
        return ()
    role = role_name(catalogue, lang, found.taken_by)
    return (catalogue.text(lang, f"decision.{found.capacity}", role=role, by=incident.name(found.by)),)


def _reason(catalogue: Catalogue, lang: Language, found: Decision) -> Lines:
    if found.reason:
        return (catalogue.text(lang, "decision.show_reason", reason=found.reason),)
    return (catalogue.text(lang, "decision.show_no_reason", decision=str(found.number)),)


def reason_text(catalogue: Catalogue, lang: Language, found: Decision, reason: Reason) -> str:
    """What was answered to one question."""
    given = found.given[reason.id]
    name = _both(lang, reason.name)
    if not given.applies:
        return catalogue.text(lang, "reason.not_applicable", name=name, text=given.text)
    key = "reason.lines" if given.lines else "reason.given"
    return catalogue.text(lang, key, name=name, text=given.text, lines=", ".join(map(str, given.lines)))


def _reasons(catalogue: Catalogue, lang: Language, incident: Incident, found: Decision) -> Lines:
    lines = [reason_text(catalogue, lang, found, one) for one in asked(incident, found) if one.id in found.given]
    if found.reason:
        lines.append(catalogue.text(lang, "decision.show_reason", reason=found.reason))
    if left := missing(incident, found):
        names = ", ".join(_both(lang, one.name) for one in left)
        lines.append(catalogue.text(lang, "decision.lacks", count=str(len(left)), names=names))
        first = _both(lang, left[0].name).lower()
        lines.append(catalogue.text(lang, "decision.lacks_how", decision=str(found.number), name=first))
    return tuple(lines)


def _stands(catalogue: Catalogue, lang: Language, incident: Incident, found: Decision) -> Lines:
    number = str(found.number)
    stands = standing(incident, found)
    due = moment(found.reasons_due, lang) if found.reasons_due is not None else ""
    lines = []
    if found.replaces is not None:
        lines.append(catalogue.text(lang, "decision.show_replaces", replaces=str(found.replaces)))
    if found.seconded_by is not None:
        lines.append(catalogue.text(lang, "decision.show_seconded", person=incident.name(found.seconded_by)))
    if found.review_at is not None:
        lines.append(catalogue.text(lang, "decision.show_review", when=moment(found.review_at, lang)))
    free = found.point is None and stands in ("open", "complete")
    key = f"decision.state_{'confirmed' if found.confirmed else 'open'}" if free else f"decision.stands_{stands}"
    lines.append(catalogue.text(lang, key, decision=number, due=due, by=str(found.replaced_by)))
    if any(one.number == found.replaced_by and one.withdrawn for one in incident.decisions):
        lines.append(catalogue.text(lang, "decision.stands_not_again", by=str(found.replaced_by)))
    return tuple(visible(text) for text in lines)
