"""The push rules of an account that never changed them, as far as they decide whether a page rings."""

from typing import Any, Final

_SOUND: Final = {"set_tweak": "sound", "value": "default"}


def _rule(name: str, conditions: list[dict[str, Any]], actions: list[Any]) -> dict[str, Any]:
    return {"rule_id": name, "default": True, "enabled": True, "conditions": conditions, "actions": actions}


_TWO: Final = {"kind": "room_member_count", "is": "2"}
RULES: Final[dict[str, Any]] = {
    "override": [
        _rule(
            ".m.rule.suppress_notices", [{"kind": "event_match", "key": "content.msgtype", "pattern": "m.notice"}], []
        ),
        _rule(
            ".m.rule.suppress_edits",
            [{"kind": "event_property_is", "key": r"content.m\.relates_to.rel_type", "value": "m.replace"}],
            [],
        ),
        _rule(
            ".m.rule.is_user_mention",
            [{"kind": "event_property_contains", "key": r"content.m\.mentions.user_ids", "value": "@me:iog.example"}],
            ["notify", {"set_tweak": "highlight"}, _SOUND],
        ),
    ],
    "content": [],
    "room": [],
    "sender": [],
    "underride": [
        _rule(
            ".m.rule.room_one_to_one",
            [_TWO, {"kind": "event_match", "key": "type", "pattern": "m.room.message"}],
            ["notify", _SOUND, {"set_tweak": "highlight", "value": False}],
        ),
        _rule(
            ".m.rule.encrypted_room_one_to_one",
            [_TWO, {"kind": "event_match", "key": "type", "pattern": "m.room.encrypted"}],
            ["notify", _SOUND, {"set_tweak": "highlight", "value": False}],
        ),
    ],
}
