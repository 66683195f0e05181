"""Opens one encrypted room event and says whether the key that closed it is really the sender's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nio.crypto import InboundGroupSession, Olm
from nio.events import MegolmEvent
from nio.exceptions import EncryptionError

from bot.matrix.depth import too_deep
from bot.matrix.events import child

# Whatever a hostile event makes nio or vodozemac trip over; all of vodozemac's own errors are ValueErrors. A plain text that
# is nested deeply makes json run the stack out.
UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, AssertionError, IndexError, RecursionError, EncryptionError
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    type: str
    content: Mapping[str, Any] = field(repr=False)
    sender_key_known: bool


def open_event(olm: Olm, room_id: str, source: Mapping[str, Any]) -> Opened | None:
    """The plain text of an event, or None when its key is missing or it is not what it claims to be."""
    event = parsed(room_id, source)
    if event is None:
        return None
    session = olm.inbound_group_store.get(room_id, event.sender_key, event.session_id)
    if session is None:
        return None
    try:
        plaintext, index = session.decrypt(event.ciphertext)
        payload = json.loads(plaintext)
    except UNREADABLE:
        return None
    if not isinstance(payload, dict) or payload.get("room_id") != room_id or not olm.message_index_ok(index, event):
        return None
    if too_deep(payload):
        return None
    content = dict(child(payload, "content"))
    # A relation is written outside the ciphertext, so that the server can group reactions and edits.
    outside = child(source, "content").get("m.relates_to")
    if "m.relates_to" not in content and isinstance(outside, dict):
        content["m.relates_to"] = outside
    return Opened(str(payload.get("type", "")), content, _belongs(olm, event, session))


def parsed(room_id: str, source: Mapping[str, Any]) -> MegolmEvent | None:
    """nio's view of an encrypted event; None when it is malformed."""
    try:
        event = MegolmEvent.from_dict(dict(source))
    except UNREADABLE:
        return None
    if not isinstance(event, MegolmEvent):
        return None
    event.room_id = room_id
    return event


def _belongs(olm: Olm, event: MegolmEvent, session: InboundGroupSession) -> bool:
    """Both keys must be of one device of the sender: anybody may upload a device that claims another's identity key."""
    if session.forwarding_chain:
        return False
    own = olm.account.identity_keys
    if event.sender == olm.user_id and event.sender_key == own["curve25519"]:
        return bool(session.ed25519 == own["ed25519"])
    device = olm.device_store.device_from_sender_key(event.sender, event.sender_key)
    return device is not None and bool(device.ed25519 == session.ed25519)
