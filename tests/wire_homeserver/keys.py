"""The keys that people leave for each other, and the messages from device to device."""

from typing import Any

from tests.wire_homeserver.sync import SIGNED
from tests.wire_homeserver.world import Device, Json, Refusal, Session, User, World

_USAGES = ("master", "self_signing", "user_signing")


def _device(session: Session) -> Device:
    if session.device is None:
        raise Refusal(400, "M_INVALID_PARAM", "To upload keys, you must pass device_id when authenticating")
    return session.device


def upload(world: World, session: Session, body: Json) -> Json:
    device = _device(session)
    if "device_keys" in body and body["device_keys"] != device.keys:
        device.keys = body["device_keys"]
        world.devices_changed(session.user.user_id)
    for key_id, key in body.get("one_time_keys", {}).items():
        if device.one_time.get(key_id, key) != key:
            raise Refusal(400, "M_UNKNOWN", f"One time key {key_id} already exists.")
        device.one_time[key_id] = key
    if fallback := body.get("fallback_keys"):
        device.fallback, device.fallback_used = dict(fallback), False
    return {"one_time_key_counts": {SIGNED: len(device.one_time)}}


def query(world: World, session: Session, body: Json) -> Json:
    answer: Json = {"device_keys": {}, "failures": {}}
    for usage in _USAGES:
        answer[f"{usage}_keys"] = {}
    for user_id, wanted in body.get("device_keys", {}).items():
        user = world.users.get(user_id)
        if user is None:
            answer["device_keys"][user_id] = {}
            continue
        answer["device_keys"][user_id] = {
            name: {**device.keys, "unsigned": {}}
            for name, device in user.devices.items()
            if device.keys is not None and (not wanted or name in wanted)
        }
        for usage in _USAGES:
            theirs = usage == "user_signing" and user_id != session.user.user_id
            if usage in user.signing and not theirs:
                answer[f"{usage}_keys"][user_id] = user.signing[usage]
    return answer


def claim(world: World, body: Json) -> Json:
    found: dict[str, dict[str, Json]] = {}
    for user_id, devices in body.get("one_time_keys", {}).items():
        user = world.users.get(user_id)
        for device_id in devices:
            device = user.devices.get(device_id) if user else None
            if device is not None and (key := _taken(device)) is not None:
                found.setdefault(user_id, {})[device_id] = key
    return {"one_time_keys": found, "failures": {}}


def _taken(device: Device) -> Json | None:
    """A one-time key once, and when there is none left the fallback key every time."""
    if device.one_time:
        key_id = next(iter(device.one_time))
        return {key_id: device.one_time.pop(key_id)}
    if device.fallback:
        device.fallback_used = True
        return dict(device.fallback)
    return None


def upload_signing(world: World, session: Session, body: Json) -> Json:
    user = session.user
    new = {usage: body[f"{usage}_key"] for usage in _USAGES if f"{usage}_key" in body}
    if user.signing and any(user.signing.get(usage) != key for usage, key in new.items()):
        flows = {"flows": [{"stages": ["m.login.password"]}], "params": {}, "session": world.name(24)}
        raise Refusal(401, "M_FORBIDDEN", "Authentication needed", **flows)
    user.signing |= new
    world.devices_changed(user.user_id)
    return {}


def upload_signatures(world: World, session: Session, body: Json) -> Json:
    failures: dict[str, Any] = {}
    for user_id, signed in body.items():
        user = world.users.get(user_id)
        for name, item in signed.items():
            target = _signable(user, name)
            if target is None:
                failures.setdefault(user_id, {})[name] = {"errcode": "M_NOT_FOUND", "error": "not found"}
                continue
            held = target.setdefault("signatures", {})
            for signer, signatures in item.get("signatures", {}).items():
                held.setdefault(signer, {}).update(signatures)
            world.devices_changed(user_id)
    return {"failures": failures}


def _signable(user: User | None, name: str) -> Json | None:
    if user is None:
        return None
    if name in user.devices:
        return user.devices[name].keys
    return next((key for key in user.signing.values() if f"ed25519:{name}" in key.get("keys", {})), None)


def to_device(world: World, session: Session, kind: str, body: Json) -> Json:
    for user_id, devices in body.get("messages", {}).items():
        user = world.users.get(user_id)
        if user is None:
            continue
        for device_id, content in devices.items():
            for device in user.devices.values() if device_id == "*" else [user.devices.get(device_id)]:
                if device is not None:
                    event = {"type": kind, "sender": session.user.user_id, "content": content}
                    device.waiting.append((world.step(), event))
        world.wake((user_id,))
    return {}
