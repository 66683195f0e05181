"""Keeps our encryption keys on the homeserver and fetches those of others, whatever strangers have put there."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import vodozemac
from nio import AsyncClient
from nio.responses import KeysClaimResponse, KeysQueryResponse, ToDeviceResponse

from bot.matrix.events import child
from bot.matrix.megolm import UNREADABLE
from bot.matrix.wire import CLIENT, Answer, quoted

SIGNED_KEY = "signed_curve25519"

# How long the homeserver may wait for another server (milliseconds): a page must not hang on a server that is away.
_OTHERS = 5_000

# The crypto store is gone or another's; only a new device helps.
LOST = "the keys of this device are lost, it needs a new device"

Call = Callable[..., Awaitable[Answer]]


class Keys:
    """The key traffic of one device. Methods that ask the server give the reason when it failed, else None."""

    def __init__(self, nio: AsyncClient, call: Call) -> None:
        self._nio = nio
        self._call = call
        self._fallback_used = False
        # Sends to several rooms at once would otherwise all ask for the same keys.
        self._asking = asyncio.Lock()

    def counted(self, sync: Mapping[str, Any]) -> None:
        """Take over what a sync says is left of our keys on the server.

        nio passes over a count of zero, so that it would never upload again once somebody claimed all keys.
        """
        if "device_one_time_keys_count" in sync:
            count = child(sync, "device_one_time_keys_count").get(SIGNED_KEY, 0)
            self._nio.olm.uploaded_key_count = count if isinstance(count, int) else 0
        unused = sync.get("device_unused_fallback_key_types")
        if isinstance(unused, list):
            self._fallback_used = SIGNED_KEY not in unused

    async def upload(self) -> str | None:
        """Upload what the server lacks: device keys the first time, one-time keys, a fresh fallback key."""
        olm = self._nio.olm
        first = not olm.account.shared
        if first and (lost := await self._lost()) is not None:
            return lost
        content = olm.share_keys() if olm.should_upload_keys else {}
        if first or self._fallback_used:
            content["fallback_keys"] = self._fallback()
        if not content:
            return None
        # Before they are offered: a key that somebody uses after we crashed must still be ours to open with.
        olm.save_account()
        answer = await self._call("POST", f"{CLIENT}/keys/upload", content)
        if not answer.ok:
            return answer.reason
        olm.account.shared = True
        count = child(answer.body, "one_time_key_counts").get(SIGNED_KEY, 0)
        olm.uploaded_key_count = count if isinstance(count, int) else 0
        olm.mark_keys_as_published()
        olm.save_account()
        self._fallback_used = False
        return None

    async def _lost(self) -> str | None:
        """Whether the server has keys for this device that we do not have: others would not take new ones for it."""
        olm = self._nio.olm
        answer = await self._call("POST", f"{CLIENT}/keys/query", {"device_keys": {olm.user_id: []}})
        if not answer.ok:
            return answer.reason
        shown = child(child(child(answer.body, "device_keys"), olm.user_id), olm.device_id)
        key = child(shown, "keys").get(f"ed25519:{olm.device_id}", olm.account.identity_keys["ed25519"])
        return None if key == olm.account.identity_keys["ed25519"] else LOST

    async def query(self, users: Iterable[str] = ()) -> str | None:
        """Fetch the devices of these users and of everybody whose devices changed."""
        olm = self._nio.olm
        olm.users_for_key_query.update(users)
        async with self._asking:
            asked = sorted(olm.users_for_key_query)
            if not asked:
                return None
            body = {"device_keys": {user: [] for user in asked}, "timeout": _OTHERS}
            answer = await self._call("POST", f"{CLIENT}/keys/query", body)
            if not answer.ok:
                return answer.reason
            await self._nio.receive_response(KeysQueryResponse(_sound_devices(answer.body), {}))
            # Who is left has a server that did not answer: asking again with every message would delay them all.
            olm.users_for_key_query.difference_update(asked)
            olm.tracked_users.update(asked)
        return None

    async def claim(self, wanted: Callable[[], Mapping[str, Iterable[str]]]) -> str | None:
        """Start an Olm session with each wanted device; asked when it is our turn, since another may have done it."""
        async with self._asking:
            devices = {user: dict.fromkeys(ids, SIGNED_KEY) for user, ids in wanted().items()}
            devices = {user: ids for user, ids in devices.items() if ids}
            if not devices:
                return None
            body = {"one_time_keys": devices, "timeout": _OTHERS}
            answer = await self._call("POST", f"{CLIENT}/keys/claim", body)
            if not answer.ok:
                return answer.reason
            for user, claimed in child(answer.body, "one_time_keys").items():
                for device, keys in claimed.items() if isinstance(claimed, dict) else ():
                    await self._start_session(user, device, keys)
        return None

    async def unwedge(self) -> str | None:
        """Start afresh with devices whose Olm session broke."""
        if not self._nio.should_claim_keys:
            return None
        return await self.claim(lambda: self._nio.get_users_for_key_claiming() if self._nio.should_claim_keys else {})

    async def flush(self) -> str | None:
        """Send the to-device messages that nio has lying ready."""
        for message in list(self._nio.outgoing_to_device_messages):
            failed = await self.to_device(message.type, message.as_dict())
            if failed is not None:
                return failed
            await self._nio.receive_response(ToDeviceResponse(message))
        return None

    async def to_device(self, kind: str, content: Mapping[str, Any]) -> str | None:
        # The content is different for every message (Olm never repeats itself), so its hash makes a good name.
        txn = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]
        answer = await self._call("PUT", f"{CLIENT}/sendToDevice/{quoted(kind)}/{txn}", content)
        return None if answer.ok else answer.reason

    async def _start_session(self, user: str, device: str, keys: object) -> None:
        try:
            await self._nio.receive_response(KeysClaimResponse({user: {device: keys}}, {}))
        except (*UNREADABLE, RuntimeError):  # an empty object ends nio's search with StopIteration
            return

    def _fallback(self) -> dict[str, Any]:
        olm = self._nio.olm
        account = olm.account._account  # noqa: SLF001 - nio offers no fallback keys
        if not account.fallback_key:
            account.generate_fallback_key()
        signed: dict[str, Any] = {}
        for key_id, key in account.fallback_key.items():
            body = {"key": key.to_base64(), "fallback": True}
            signature = olm.sign_json(body)
            signed[f"{SIGNED_KEY}:{key_id}"] = body | {
                "signatures": {olm.user_id: {f"ed25519:{olm.device_id}": signature}}
            }
        return signed


def _sound_devices(body: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The devices of an answer without the malformed: a homeserver stores whatever its users upload."""
    return {
        user: {
            device: keys for device, keys in devices.items() if isinstance(keys, dict) and _sound(user, device, keys)
        }
        for user, devices in child(body, "device_keys").items()
        if isinstance(devices, dict)
    }


def _sound(user: str, device: str, keys: Mapping[str, Any]) -> bool:
    try:
        vodozemac.Ed25519PublicKey.from_base64(keys["keys"][f"ed25519:{device}"])
        vodozemac.Curve25519PublicKey.from_base64(keys["keys"][f"curve25519:{device}"])
        vodozemac.Ed25519Signature.from_base64(keys["signatures"][user][f"ed25519:{device}"])
        keys.get("unsigned", {}).get("device_display_name")
    except UNREADABLE:
        return False
    return bool(keys.get("user_id") == user and keys.get("device_id") == device)
