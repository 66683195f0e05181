"""What somebody who comes late must know: who that is, and what they are told."""

from datetime import timedelta
from typing import Any, Final, Literal

from bot.domain import messages as m
from bot.domain.authority import takes_part
from bot.domain.draft import Draft
from bot.domain.ids import PersonId
from bot.domain.incident import Incident, finished
from bot.domain.playbook import Both
from bot.domain.reasons import stands
from bot.domain.sitreps import last_told, told_parts

# Who comes sooner reads the room itself.
LATE: Final = timedelta(minutes=10)
_NO_PLAYBOOK: Final = Both(nl="nog geen draaiboek", en="no playbook yet")


def came_late(draft: Draft, person: PersonId) -> bool:
    """Whether somebody who joins comes late, for the first time, and has a part in it: being in the room alone gives no rights."""
    incident, known = draft.incident, draft.world.person(person)
    if known is None or incident.state != "open" or incident.room_opened_at is None or person in incident.came:
        return False
    return draft.world.now - incident.room_opened_at > LATE and takes_part(incident, known)


def told(incident: Incident, **where: Any) -> m.CatchUp:  # noqa: ANN401 - what every message carries
    """`where` says to whom, and in which language."""
    assert incident.alarm_at is not None, "a room follows an alarm"
    decided = next((one for one in reversed(incident.decisions) if stands(one)), None)
    report = last_told(incident)
    situation = "" if report is None else next((text for _, text in told_parts(report.text, report.parts)), report.text)
    personal: dict[Literal["text", "decided", "situation"], bool] = {
        "text": bool(incident.personal),
        "decided": decided is not None and bool(decided.personal),
        "situation": report is not None and bool(report.personal),
    }
    return m.CatchUp(
        municipality=incident.municipality_name,
        title=incident.playbooks[-1].title if incident.playbooks else _NO_PLAYBOOK,
        text="" if personal["text"] else incident.text,
        alarm_at=incident.alarm_at,
        phase=incident.phase,
        state="open" if incident.state == "none" else incident.state,
        coming=tuple(call.role for call in incident.calls.values() if call.state == "answered"),
        steps_done=sum(finished(incident, step) for step in incident.steps),
        steps_total=len(incident.steps),
        actions=sum(one.state == "open" for one in incident.actions),
        decision=decided.number if decided else None,
        decided=decided.text if decided and not personal["decided"] else "",
        sitrep=report.number if report else None,
        situation="" if personal["situation"] else situation,
        kept_back=tuple(what for what, hidden in personal.items() if hidden),
        room=incident.rooms.get("main"),
        **where,
    )
