"""One readable sentence per kind of entry, for the timeline and for `logboek`; an erased value shows as a bar.

Longer than most functions are: one `match` over the closed list of kinds.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.ids import BOT, EventId, PageId, PersonId, RoleId, StepId
from bot.domain.incident import Incident
from bot.domain.people import Duty, Language
from bot.domain.playbook import Cause
from bot.words import intake_words, line_words, sitrep_words, step_words, teamwork_words
from bot.words.catalogue import Catalogue
from bot.words.names import chosen, role_name, role_names
from bot.words.observation_words import observed
from bot.words.shown import length_of, moment


def line(catalogue: Catalogue, entry: e.Entry, incident: Incident, at: datetime, lang: Language) -> str:
    """The sentence, without its time; `incident` is the state after the entry, which was recorded at `at` (UTC)."""
    ending, values = _told(catalogue, entry, incident, lang)
    key = f"entry.{type(entry).__name__}"
    return catalogue.text(lang, f"{key}.{ending}" if ending else key, **values)


def _person(catalogue: Catalogue, incident: Incident, person: PersonId, lang: Language) -> str:
    return catalogue.template(lang, "bot.name") if person == BOT else incident.name(person)


def _roles(catalogue: Catalogue, lang: Language, roles: tuple[RoleId, ...]) -> str:
    return role_names(catalogue, lang, roles)


def _paged(catalogue: Catalogue, incident: Incident, page: PageId, lang: Language) -> dict[str, str]:
    """Whom a page called and for what; a log that was cut off may not hold the page itself."""
    found = incident.pages.get(page)
    if found is None:
        return {"person": str(page), "roles": "–"}
    return {
        "person": _person(catalogue, incident, found.person, lang),
        "roles": _roles(catalogue, lang, found.roles),
    }


def _step(incident: Incident, step: StepId, lang: Language) -> dict[str, str]:
    for nr, known in enumerate(incident.steps, start=1):
        if known.id == step:
            return {"nr": str(nr), "text": chosen(lang, known.text.nl, known.text.en)}
    return {"nr": str(step), "text": "–"}


def _numbers(incident: Incident, steps: Iterable[StepId], lang: Language) -> str:
    return ", ".join(_step(incident, step, lang)["nr"] for step in steps)


def _cause(incident: Incident, cause: Cause) -> m.DueCause:
    nr = next((n for n, known in enumerate(incident.steps, start=1) if known.id == cause.step), None)
    return m.DueCause(cause.decision, nr, cause.outcome == "nvt", cause.phenomenon)


def _file(incident: Incident, message: EventId) -> str:
    found = incident.files.get(message)
    return "–" if found is None else found.name


def _question(incident: Incident, reason: str, lang: Language) -> dict[str, str]:
    frozen = (one for book in incident.playbooks for one in book.reasons if one.id == reason)
    found = next(frozen, None)
    return {"name": reason if found is None else chosen(lang, found.name.nl, found.name.en)}


def _told(catalogue: Catalogue, entry: e.Entry, incident: Incident, lang: Language) -> tuple[str, dict[str, str]]:
    """The ending of the key, and the values."""

    def name(person: PersonId) -> str:
        return _person(catalogue, incident, person, lang)

    def channel_name(channel: str) -> str:
        return catalogue.template(lang, f"channel.{channel}")

    def duty_name(duty: Duty) -> str:
        return teamwork_words.duty_name(catalogue, lang, duty)

    def paged(page: PageId) -> dict[str, str]:
        return _paged(catalogue, incident, page, lang)

    actor = {"actor": name(entry.origin.actor)}
    match entry:
        case e.AlarmRaised(municipality_name=municipality, text=text, number=number, exercise=exercise):
            told = {"actor": name(entry.reporter), "municipality": municipality, "text": text, "number": number}
            return "exercise" if exercise else "", told
        case e.IntakeAnswered(about=about, choice=choice, text=text, skipped=skipped):
            answered = intake_words.value(catalogue, lang, about, choice, text)
            ending = "skipped" if skipped else ""
            return ending, {**actor, "about": catalogue.template(lang, f"intake.field_{about}"), "value": answered}
        case e.ExpectedTimeSet(expected_at=expected, urgency=urgency):
            ending = "planned" if urgency == "gepland" else ""
            return ending, {**actor, "expected": moment(expected, lang)}
        case e.PersonSeen(name=known, organisation=organisation, roles=roles):
            seen = {"name": known, "organisation": organisation, "roles": _roles(catalogue, lang, roles)}
            return "organisation" if organisation else "", seen
        case e.PlaybookStarted(playbook=playbook):
            title = chosen(lang, playbook.title.nl, playbook.title.en)
            return "", {"playbook": playbook.id, "title": title, "steps": str(len(playbook.steps))}
        case e.CallCorrected(awaiting=roles):
            return "", {**actor, "roles": _roles(catalogue, lang, roles)}
        case e.CallStopped():
            return "", actor
        case e.SourceEdited() | e.SourceRemoved():
            told = actor if isinstance(entry, e.SourceRemoved) else {**actor, "text": entry.text}
            if entry.about is None:
                return "", told
            return "of", {**told, "where": line_words.where(catalogue, lang, entry.about, entry.number)}
        case e.FileShared(person=person, name=called, line=number):
            return "", {"person": name(person), "name": called, "line": str(number or 0)}
        case e.FileKept(message=message, content=content, size=size):
            return "", {"name": _file(incident, message), "sha256": content, "size": str(size)}
        case e.FileNotKept(message=message, why=lost):
            return lost, {"name": _file(incident, message)}
        case e.BrigadeCalled(roles=roles, why=why):
            return "", {"roles": _roles(catalogue, lang, roles), "why": catalogue.template(lang, f"why.{why}")}
        case e.AlarmTakenIn(number=number, person=person, text=text):
            return "", {"number": number, "person": name(person), "text": text}
        case e.AlarmJoined(into=into):
            return "", {**actor, "into": into}
        case e.PageRequested(person=person, roles=roles, why=why):
            reason = catalogue.template(lang, f"why.{why}")
            return "", {"person": name(person), "roles": _roles(catalogue, lang, roles), "why": reason}
        case e.PageDelivered(page=page, attempt=attempt) | e.PageRepeated(page=page, attempt=attempt):
            return "", {**paged(page), "attempt": str(attempt)}
        case e.PageUndeliverable(page=page, reason=reason):
            return "", {**paged(page), "reason": reason or "–"}
        case e.PageUnanswered(page=page):
            return "", paged(page)
        case e.PageWithdrawn(page=page, why=gone):
            return gone, paged(page)
        case e.Acknowledged(page=page, eta_minutes=minutes, late=late):
            ending = "late" if late else "eta" if minutes is not None else ""
            return ending, {**paged(page), "person": name(entry.person), "minutes": str(minutes)}
        case e.EtaGiven(page=page, person=person, eta_minutes=minutes):
            return "", {"person": name(person), "minutes": str(minutes)}
        case e.Declined(page=page, person=person) | e.AnswerUndone(page=page, person=person):
            return "", {**paged(page), "person": name(person)}
        case e.PageTried(page=page, channel=channel, attempt=attempt):
            return "", {**paged(page), "channel": channel_name(channel), "attempt": str(attempt)}
        case (
            e.ChannelFailed(page=page, channel=channel, reason=reason)
            | e.PageUnclear(page=page, channel=channel, reason=reason)
        ):
            return "", {**paged(page), "channel": channel_name(channel), "reason": reason or "–"}
        case e.AskedAgain(page=page) | e.SignOfLife(page=page) | e.AnswerLapsed(page=page):
            return "", paged(page)
        case e.ShiftEndNoted(role=role, person=person, ends=ends):
            duty = {"role": role_name(catalogue, lang, role), "person": name(person)}
            return ("", {**duty, "ends": moment(ends, lang)}) if ends else ("nobody", duty)
        case (
            e.HandoverOffered(role=role, holder=holder, successor=successor)
            | e.RoleHandedOver(role=role, holder=holder, successor=successor)
        ):
            names = {"holder": name(holder), "successor": name(successor)}
            return "", {"role": role_name(catalogue, lang, role), **names}
        case e.HandoverPutOff(role=role, successor=successor):
            return "", {"role": role_name(catalogue, lang, role), "successor": name(successor)}
        case e.NumbersShown(persons=persons):
            return "", {**actor, "people": ", ".join(name(person) for person in persons)}
        case e.BotWasAway(seconds=seconds):
            return "", {"length": length_of(seconds, lang)}
        case e.TimerDropped(wants=wants, due=due):
            return "", {"what": catalogue.template(lang, f"timer.{wants}"), "due": moment(due, lang)}
        case e.EscalationStepEmpty(role=role, whom=whom, why=empty):
            asked = catalogue.template(lang, f"whom.{whom}")
            return empty, {"role": role_name(catalogue, lang, role), "whom": asked}
        case e.EscalationExhausted(role=role):
            return "", {"role": role_name(catalogue, lang, role)}
        case e.RoleTakenOver(role=role, person=person):
            return "", {"role": role_name(catalogue, lang, role), "person": name(person)}
        case e.EmergencyPaged(persons=persons, reason=reason):
            return "", {"people": ", ".join(name(person) for person in persons), "reason": reason}
        case e.RoomOpened(name=room):
            return "circle" if room == "closed_circle" else "", {}
        case e.RoomNotMade(reason=reason):
            return "", {"reason": reason}
        case e.RoomLost(why=lost):
            return lost, {}
        case e.PersonJoined(person=person, name=room) | e.PersonLeft(person=person, name=room):
            return "circle" if room == "closed_circle" else "", {"person": name(person)}
        case e.StepOpened(step=step, role=role):
            return "", {**_step(incident, step, lang), "role": role_name(catalogue, lang, role)}
        case e.StepClaimed(step=step, person=person) | e.StepReopened(step=step, person=person):
            return "", {**_step(incident, step, lang), "person": name(person)}
        case e.StepFinished(step=step, person=person, remark=remark):
            ending = "remark" if remark else ""
            return ending, {**_step(incident, step, lang), "person": name(person), "remark": remark}
        case e.StepSkipped(step=step, person=person, reason=reason):
            return "", {**_step(incident, step, lang), "person": name(person), "reason": reason}
        case e.StepPostponed(step=step, until=later):
            return "", {**actor, **_step(incident, step, lang), "until": moment(later, lang)}
        case (
            e.StepOffered(step=step, person=person)
            | e.StepPassedOn(step=step, person=person)
            | e.StepKept(step=step, person=person)
        ):
            return "", {**actor, **_step(incident, step, lang), "person": name(person)}
        case e.StepReminded(steps=late, person=person, who=who):
            return who, {"steps": _numbers(incident, late, lang), "person": name(person)}
        case e.RoundStarted(round=number, steps=again):
            return "", {**actor, "round": str(number), "steps": _numbers(incident, again, lang)}
        case e.DutyOffered() | e.DutyGiven():
            who_has = {**actor, "person": name(entry.person), "duty": duty_name(entry.duty)}
            return ("from", {**who_has, "holder": name(entry.holder)}) if entry.holder else ("", who_has)
        case e.DutyDeclined() | e.DutyLaidDown():
            return "", {"person": name(entry.person), "duty": duty_name(entry.duty)}
        case e.DutiesUnclaimed(duties=duties, person=person):
            return "", {"person": name(person), "duties": ", ".join(duty_name(duty) for duty in duties)}
        case e.StepBecameDue(step=step, because=because):
            shown = tuple(_cause(incident, cause) for cause in because)
            return "", {**_step(incident, step, lang), "because": step_words.causes(catalogue, lang, shown)}
        case e.StepStayedDue(step=step):
            return "", _step(incident, step, lang)
        case e.LineRecorded(kind=kind, text=text, author=author):
            number = str(entry.line or incident.lines)
            told = {**actor, "kind": catalogue.template(lang, f"kind.{kind}"), "line": number, "text": text}
            if entry.replaces is not None:
                return "replaces", {**told, "replaces": str(entry.replaces)}
            if entry.about is not None:
                return "about", {**told, "about": str(entry.about)}
            return ("author", {**told, "author": name(author)}) if author else ("", told)
        case e.PersonalDataNoticed(about=about, number=number, kinds=kinds):
            place = line_words.where(catalogue, lang, about, number)
            return "", {"where": place, "kinds": line_words.personal(catalogue, lang, kinds)}
        case e.LineQualified(line=number, source_kind=source, reliability=reliability, treated_as=treated):
            given = line_words.marks(catalogue, lang, source, reliability, treated)
            return "", {**actor, "line": str(number), "marks": given}
        case e.AssumptionSettled(line=number, outcome=outcome, text=text):
            return (outcome if text else f"{outcome}_plain"), {**actor, "line": str(number), "text": text}
        case e.QuestionAnswered(line=number, text=text) | e.NoticeAnswered(line=number, text=text):
            return "", {**actor, "line": str(number), "text": text}
        case e.DecisionRecorded(decision=number, text=text, author=author):
            told = {**actor, "decision": str(number), "text": text}
            if entry.point is not None:
                whose = role_name(catalogue, lang, entry.taken_by) if entry.taken_by is not None else "–"
                return entry.capacity, {**told, "role": whose}
            return ("author", {**told, "author": name(author)}) if author else ("", told)
        case e.ReasonGiven(decision=number, reason=asked, text=text, applies=applies):
            return "" if applies else "not", {
                **actor,
                "decision": str(number),
                "text": text,
                **_question(incident, asked, lang),
            }
        case e.ReasonsPromised(decision=number, due=due):
            return "", {**actor, "decision": str(number), "due": moment(due, lang)}
        case e.ReviewPlanned(decision=number, at=again):
            return "", {**actor, "decision": str(number), "when": moment(again, lang)}
        case e.ReasonsReminded(decision=number, everybody=True):
            return "room", {"decision": str(number)}
        case e.ReasonsReminded(decision=number, person=person) | e.ReviewReminded(decision=number, person=person):
            return "", {"decision": str(number), "person": name(person)}
        case e.DecisionSeconded(decision=number, person=person):
            return "", {"decision": str(number), "person": name(person)}
        case e.DecisionConfirmed(decision=number):
            return "", {**actor, "decision": str(number)}
        case e.DecisionExplained(decision=number, reason=reason):
            return "", {**actor, "decision": str(number), "reason": reason}
        case e.DecisionChanged(decision=number, text=text):
            return "", {**actor, "decision": str(number), "text": text}
        case e.DecisionWithdrawn(decision=number, reason=reason):
            whose = role_name(catalogue, lang, entry.taken_by) if entry.taken_by is not None else "–"
            told = {**actor, "decision": str(number), "reason": reason, "role": whose}
            return entry.capacity if entry.taken_by is not None else "reason" if reason else "", told
        case e.SitrepRecorded(sitrep=number, text=text, unchanged=unchanged, parts=parts):
            one_line = sitrep_words.one_line(catalogue, lang, text, parts)
            return "unchanged" if unchanged else "", {**actor, "sitrep": str(number), "text": one_line}
        case e.SitrepReminded(sitrep=number):
            return "", {"sitrep": str(number)}
        case e.SitrepPostponed(until=until):
            return ("", {**actor, "until": moment(until, lang)}) if until else ("never", actor)
        case e.ActionGiven(action=number, text=text, owner=owner, due=due):
            told = {**actor, "action": str(number), "text": text, "owner": name(owner)}
            return ("due", {**told, "due": moment(due, lang)}) if due else ("", told)
        case e.ActionDone(action=number, remark=remark):
            return "remark" if remark else "", {**actor, "action": str(number), "remark": remark}
        case e.ActionDropped(action=number, reason=reason):
            return "", {**actor, "action": str(number), "reason": reason}
        case e.ActionPassedOn(action=number, owner=owner, due=due):
            told = {**actor, "action": str(number), "owner": name(owner)}
            return ("due", {**told, "due": moment(due, lang)}) if due else ("", told)
        case e.ActionMoved(action=number, due=due):
            return "", {**actor, "action": str(number), "due": moment(due, lang)}
        case e.ActionReminded(action=number, person=person, who=who):
            return who, {"action": str(number), "person": name(person)}
        case e.OthersHeldBack(roles=roles, after=first, latest=until):
            waves = {"roles": _roles(catalogue, lang, roles), "first": _roles(catalogue, lang, first)}
            return "", {**waves, "until": moment(until, lang)}
        case e.MunicipalityInvolved(name=known, persons=persons):
            people = ", ".join(name(person) for person in persons)
            return "people" if people else "", {**actor, "name": known, "people": people}
        case e.MunicipalityReleased(name=known, reason=reason):
            return "reason" if reason else "", {**actor, "name": known, "reason": reason}
        case e.FlagRaised(flag=flag, reason=reason) | e.FlagLowered(flag=flag, reason=reason):
            return flag, {**actor, "reason": reason}
        case e.LanguageChosen(language=language):
            return language, actor
        case e.CircleFormed(persons=persons, reason=reason):
            told = {**actor, "people": ", ".join(name(person) for person in persons), "reason": reason}
            return "reason" if reason else "", told
        case e.CircleWidened(persons=persons):
            return "", {**actor, "people": ", ".join(name(person) for person in persons)}
        case e.CircleNarrowed(person=person):
            return "", {**actor, "person": name(person)}
        case e.ClosingProposed(person=person) | e.ClosingSuggested(person=person) | e.ClosingRejected(person=person):
            return "", {"person": name(person)}
        case e.IncidentClosed(person=person, reason=reason):
            return "reason" if reason else "", {"person": name(person), "reason": reason}
        case e.IncidentReopened(person=person, reason=reason):
            return "reason" if reason else "", {"person": name(person), "reason": reason}
        case e.IncidentFinished(person=by_hand, reason=reason):
            if by_hand is None:
                return "", {}
            return "reason" if reason else "by", {"person": name(by_hand), "reason": reason}
        case e.AftercareBegan():
            return "", {}
        case e.SurveySent(persons=persons, open_until=until):
            return "", {"count": str(len(persons)), "until": moment(until, lang)}
        case e.SurveyClosed(asked=asked, answered=answered):
            return _survey_closed(entry, {"asked": str(asked), "answered": str(answered)})
        case e.EvaluationPlanned(at=planned):
            return "", {**actor, "when": moment(planned, lang)}
        case e.EvaluationReminded(what=what, person=person):
            return what, {"person": name(person) if person is not None else "–"}
        case e.ImprovementNoted(improvement=number, text=text, owner=owner):
            return "", {**actor, "improvement": str(number), "text": text, "owner": name(owner)}
        case e.ImprovementAsked(improvement=number, person=person):
            return "", {"improvement": str(number), "person": name(person)}
        case e.ImprovementReviewed(improvement=number, outcome=what, remark=remark):
            return what, {**actor, "improvement": str(number), "remark": remark or "–"}
        case e.ObservationRecorded(theme=theme, score=score, lines=lines):
            return "", {**actor, "shown": observed(catalogue, lang, theme, score, lines)}
        case e.ErasureAsked(of=of, which=which, ground=ground):
            return of, {**actor, "which": _which(incident, of, which), "reason": ground}
        case e.FieldErased(of=of, which=which, ground=ground):
            place = (
                f"#{entry.seq}" if entry.log == "incident" else catalogue.text(lang, "erased.said", nr=str(entry.seq))
            )
            told = {"which": _which(incident, of, which), "reason": ground, "place": place, "field": entry.name}
            return of, {**told, "asked": name(entry.asked_by), "confirmed": name(entry.confirmed_by)}
        case e.HoldPlaced(reason=reason) | e.HoldLifted(reason=reason):
            return "", {**actor, "reason": reason}
        case e.KeyRotated(new_pub=new_pub):
            return "", {"public": new_pub}
        case _:
            assert_never(entry)


def _which(incident: Incident, of: e.Erasable, which: str) -> str:
    return incident.name(PersonId(which)) if of == "person" else which


def _survey_closed(entry: e.SurveyClosed, told: dict[str, str]) -> tuple[str, dict[str, str]]:
    if not entry.reached:
        return "", told
    marks = {
        name: "/".join(map(str, counts)) for name, counts in (("reached", entry.reached), ("worked", entry.worked))
    }
    return "told", {**told, **marks, "remarks": " · ".join(entry.remarks.split("\n")) or "–"}
