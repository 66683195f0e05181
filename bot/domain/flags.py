"""Whom an incident concerns beyond the responsible municipality, and in which language its rooms speak."""

import re

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain.draft import Draft
from bot.domain.ids import PersonId
from bot.domain.people import COORDINATOR, Municipality

_BESIDE = " ,;:.–-"


def involve(draft: Draft, command: c.InvolveMunicipality) -> None:
    """Its officers and its own coordinator on call are told, and take part from now on."""
    found = _named(draft, command.named)
    if found.id == draft.incident.municipality:
        raise c.Refused("own_municipality", {"name": found.name})
    if any(neighbour.id == found.id for neighbour in draft.incident.neighbours):
        raise c.Refused("already_involved", {"name": found.name})
    if _reason(command.named, found):  # "buurgemeente Polderdam belde net" is talk
        raise c.Refused("only_the_name", {"name": found.name})
    people = _people(draft, found)
    draft.meet(draft.by.actor)
    for person in people:
        draft.meet(person)
    draft.record(e.MunicipalityInvolved(municipality=found.id, name=found.name, persons=people))


def release(draft: Draft, command: c.ReleaseMunicipality) -> None:
    found = _named(draft, command.named)
    known = next((neighbour for neighbour in draft.incident.neighbours if neighbour.id == found.id), None)
    if known is None:
        raise c.Refused("not_involved", {"name": found.name})
    draft.meet(draft.by.actor)
    reason = _reason(command.named, found)
    draft.record(e.MunicipalityReleased(municipality=known.id, name=known.name, persons=known.people, reason=reason))


def raise_flag(draft: Draft, command: c.RaiseFlag) -> None:
    if command.flag in draft.incident.flags:
        raise c.Refused("flag_raised")
    draft.meet(draft.by.actor)
    draft.record(e.FlagRaised(flag=command.flag, reason=_text(command.reason)))


def lower_flag(draft: Draft, command: c.LowerFlag) -> None:
    if command.flag not in draft.incident.flags:
        raise c.Refused("flag_not_raised")
    draft.meet(draft.by.actor)
    draft.record(e.FlagLowered(flag=command.flag, reason=_text(command.reason)))


def choose_language(draft: Draft, command: c.ChooseLanguage) -> None:
    if command.language == draft.incident.language:
        raise c.Refused("language_spoken")
    draft.meet(draft.by.actor)
    draft.record(e.LanguageChosen(language=command.language))


def _named(draft: Draft, said: str) -> Municipality:
    contacts = draft.world.reference.contacts
    found = contacts.municipality_named(said)
    if found is None:
        raise c.Refused("no_such_municipality", {"known": ", ".join(m.name for m in contacts.municipalities)})
    return found


def _people(draft: Draft, municipality: Municipality) -> tuple[PersonId, ...]:
    contacts = draft.world.reference.contacts
    officers = (officer.id for officer in contacts.officers(municipality.id))
    own, ours = (draft.world.whom(COORDINATOR, "eerste", id_) for id_ in (municipality.id, draft.incident.municipality))
    return tuple(dict.fromkeys((*officers, *(person for person in own if person not in ours))))


def _reason(said: str, municipality: Municipality) -> str:
    names = "|".join(re.escape(name) for name in (municipality.name, *municipality.other_names))
    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", "", said, count=1, flags=re.IGNORECASE).strip(_BESIDE)


def _text(text: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise c.Refused("text_needed")
    return stripped
