"""Lines about an incident that several answers share: a call, a step, a decision, how far it is."""

from typing import Final

from bot.domain.conditions import standing
from bot.domain.ids import RoleId, StepId
from bot.domain.incident import Decision, Incident, finished
from bot.domain.people import Language
from bot.domain.playbook import Step
from bot.domain.reasons import standing as stand_of
from bot.domain.reasons import stands
from bot.words.catalogue import Catalogue
from bot.words.names import chosen, role_name
from bot.words.shown import clock, moment, shorten, visible

# Of one entry in a list: enough to know which it is; the whole text is in the export and, for a decision, in `besluit 3`.
IN_LIST: Final = 110


def reporter_of(incident: Incident) -> str:
    seen = incident.people.get(incident.reporter)
    name = incident.name(incident.reporter)
    return f"{name} ({seen.organisation})" if seen and seen.organisation else name


def title_of(incident: Incident, lang: Language) -> str:
    if not incident.playbooks:
        return "–"
    title = incident.playbooks[-1].title
    return chosen(lang, title.nl, title.en)


def call_line(catalogue: Catalogue, lang: Language, incident: Incident, role: RoleId) -> str:
    call = incident.calls[role]
    pages_of = [page for page in incident.pages.values() if role in page.roles]
    page = next((p for p in reversed(pages_of) if p.person == call.by), pages_of[-1] if pages_of else None)
    person = call.by or (page.person if page else None)
    eta = page.eta_minutes if page and page.person == call.by else None
    key = f"cardcall.{call.state}{'_eta' if call.state == 'answered' and eta is not None else ''}"
    return catalogue.text(
        lang,
        key,
        role=role_name(catalogue, lang, role),
        person=incident.name(person) if person else "–",
        time=clock(page.since) if page else "",
        minutes=str(eta),
    )


def progress_lines(catalogue: Catalogue, lang: Language, incident: Incident) -> list[str]:
    kept = [decision for decision in incident.decisions if stands(decision)]
    counts = {
        "done": str(sum(finished(incident, step) for step in incident.steps)),
        "total": str(len(incident.steps)),
        "decisions": str(len(kept)),
        "sitreps": str(incident.sitreps),
    }
    lines = [catalogue.text(lang, "status.steps", **counts)]
    for nr, step in enumerate(incident.steps, start=1):
        state = incident.progress.get(step.id)
        if state and state.progress in ("open", "claimed"):
            role = role_name(catalogue, lang, state.role)
            text = shorten(chosen(lang, step.text.nl, step.text.en), IN_LIST)
            lines.append(catalogue.text(lang, "status.next_step", nr=str(nr), text=text, role=role))
    if kept:
        last = kept[-1]
        text = shorten(visible(last.text), IN_LIST)
        number = str(last.number)
        lines.append(catalogue.text(lang, "status.last_decision", decision=number, time=clock(last.at), text=text))
    return lines


def step_line(catalogue: Catalogue, lang: Language, incident: Incident, nr: int, step: Step) -> str:
    state = incident.progress.get(step.id)
    text = shorten(chosen(lang, step.text.nl, step.text.en), IN_LIST)
    role = role_name(catalogue, lang, state.role if state else incident.doer(step))
    if state is None and not incident.applies(step):
        return catalogue.text(lang, f"steps.if_{standing(incident, step)}", nr=str(nr), text=text, role=role)
    if state is None or incident.alarm_at is None:
        return catalogue.text(lang, "steps.open", nr=str(nr), text=text, role=role)
    key = "steps.now" if state.progress == "open" else f"steps.{state.progress}"
    return catalogue.text(
        lang,
        key,
        nr=str(nr),
        text=text,
        role=role,
        when=moment(incident.due_at(step), lang),
        by=incident.name(state.person) if state.person else "–",
        time=clock(state.at) if state.at else "",
        until=moment(state.until, lang) if state.until else "",
    )


def decision_line(catalogue: Catalogue, lang: Language, incident: Incident, decision: Decision) -> str:
    values = {"decision": str(decision.number), "when": moment(decision.at, lang), "by": incident.name(decision.by)}
    stand = catalogue.text(lang, f"decisions.{stand_of(incident, decision)}", by=str(decision.replaced_by))
    key = "decisions.advice_line" if decision.capacity == "advice" else "decisions.line"
    return catalogue.text(lang, key, **values, text=shorten(visible(decision.text), IN_LIST), stand=stand)


def open_steps(incident: Incident) -> list[tuple[int, Step]]:
    """Steps that were put to somebody; those still to come are in `stappen`."""
    put: list[tuple[int, Step]] = []
    for nr, step in enumerate(incident.steps, start=1):
        state = incident.progress.get(StepId(step.id))
        if state and state.progress in ("open", "claimed"):
            put.append((nr, step))
    return put
