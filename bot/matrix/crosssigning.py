"""Signs the bot's device with keys of its own account, because clients stop talking to devices that nobody vouches for."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.matrix.client import MatrixClient
from bot.matrix.events import child
from bot.matrix.megolm import UNREADABLE
from bot.matrix.wire import CLIENT

FILE = "cross-signing.key"

_USAGES = ("master", "self_signing", "user_signing")


@dataclass(frozen=True, slots=True)
class CrossSigned:
    """Read back from the server and verified. `fingerprint` is the public master key, for publication on paper."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class NotCrossSigned:
    reason: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The three private keys of the account."""

    keys: Mapping[str, Ed25519PrivateKey] = field(repr=False)

    def public(self, usage: str) -> str:
        return _base64(self.keys[usage].public_key().public_bytes_raw())


async def ensure_cross_signed(client: MatrixClient, pickle_key: str) -> CrossSigned | NotCrossSigned:
    """Make, upload and use the account's keys as far as that has not been done; safe to repeat at every start.

    The private keys lie beside the crypto store, so that a new device of the account is signed with the same ones.
    """
    if client.nio.should_upload_keys and (failed := await client.keys.upload()) is not None:
        return NotCrossSigned(f"device keys not uploaded: {failed}")
    shown = await _published(client)
    if isinstance(shown, NotCrossSigned):
        return shown
    identity = _load(client, pickle_key)
    if isinstance(identity, NotCrossSigned):
        return identity
    if identity is None:
        if shown["master_keys"]:
            return NotCrossSigned("the account has signing keys, but they are not here")
        identity = Identity({usage: Ed25519PrivateKey.generate() for usage in _USAGES})
        # Before the upload: keys that the server has and we lost can only be replaced with the password.
        _save(client, pickle_key, identity)
    if not shown["master_keys"]:
        answer = await client.call("POST", f"{CLIENT}/keys/device_signing/upload", _public_keys(client, identity))
        if not answer.ok:
            return NotCrossSigned(f"signing keys refused: {answer.reason}")
    elif not _same(shown, identity):
        return NotCrossSigned("the account has other signing keys than ours")
    return await _sign_device(client, identity, shown)


async def read_back(client: MatrixClient, pickle_key: str) -> CrossSigned | NotCrossSigned:
    """Whether everybody sees our device signed by our account; changes nothing."""
    shown = await _published(client)
    if isinstance(shown, NotCrossSigned):
        return shown
    identity = _load(client, pickle_key)
    if isinstance(identity, NotCrossSigned):
        return identity
    if identity is None:
        return NotCrossSigned("the signing keys of the account are not here")
    if not _same(shown, identity):
        return NotCrossSigned("the account has other signing keys than ours")
    if child(shown["device_keys"], "keys").get(f"ed25519:{client.account.device_id}") != _own_key(client):
        return NotCrossSigned("the server shows no keys or other keys for our device")
    if not _vouched(client, identity, shown["device_keys"]):
        return NotCrossSigned("the account did not sign our device")
    return CrossSigned(identity.public("master"))


async def _sign_device(
    client: MatrixClient, identity: Identity, shown: Mapping[str, Mapping[str, Any]]
) -> CrossSigned | NotCrossSigned:
    device = shown["device_keys"]
    if child(device, "keys").get(f"ed25519:{client.account.device_id}") != _own_key(client):
        return NotCrossSigned("the server shows other keys for our device")
    if not _vouched(client, identity, device):
        signed = _signed(client, device, identity, "self_signing")
        body = {client.account.user_id: {client.account.device_id: signed}}
        answer = await client.call("POST", f"{CLIENT}/keys/signatures/upload", body)
        if not answer.ok or answer.body.get("failures"):
            return NotCrossSigned(f"signature refused: {answer.reason}")
        again = await _published(client)
        if isinstance(again, NotCrossSigned):
            return again
        if not _same(again, identity) or not _vouched(client, identity, again["device_keys"]):
            return NotCrossSigned("the signature is not there when read back")
    return CrossSigned(identity.public("master"))


async def _published(client: MatrixClient) -> dict[str, Mapping[str, Any]] | NotCrossSigned:
    """What the server shows of our account to everybody: the signing keys and this device."""
    me = client.account.user_id
    answer = await client.call("POST", f"{CLIENT}/keys/query", {"device_keys": {me: []}})
    if not answer.ok:
        return NotCrossSigned(f"keys not read: {answer.reason}")
    shown: dict[str, Mapping[str, Any]] = {
        name: child(child(answer.body, name), me) for name in ("master_keys", "self_signing_keys")
    }
    shown["device_keys"] = child(child(child(answer.body, "device_keys"), me), client.account.device_id)
    return shown


def _same(shown: Mapping[str, Mapping[str, Any]], identity: Identity) -> bool:
    """Whether the server shows our master key, and our self-signing key signed by it."""
    user = str(shown["master_keys"].get("user_id", ""))
    ours = all(
        identity.public(usage) in child(shown[f"{usage}_keys"], "keys").values() for usage in ("master", "self_signing")
    )
    return ours and _verified(shown["self_signing_keys"], user, identity.public("master"))


def _vouched(client: MatrixClient, identity: Identity, device: Mapping[str, Any]) -> bool:
    return _verified(device, client.account.user_id, identity.public("self_signing"))


def _public_keys(client: MatrixClient, identity: Identity) -> dict[str, Any]:
    user = client.account.user_id
    keys: dict[str, Any] = {}
    for usage in _USAGES:
        public = identity.public(usage)
        bare = {"user_id": user, "usage": [usage], "keys": {f"ed25519:{public}": public}}
        keys[f"{usage}_key"] = bare if usage == "master" else _signed(client, bare, identity, "master")
    # By the device as well, so that it can be seen to have made the keys itself.
    signature = client.nio.olm.sign_json(dict(keys["master_key"]))
    keys["master_key"]["signatures"] = {user: {f"ed25519:{client.account.device_id}": signature}}
    return keys


def _signed(client: MatrixClient, value: Mapping[str, Any], identity: Identity, usage: str) -> dict[str, Any]:
    signature = _base64(identity.keys[usage].sign(_canonical(value)))
    user = client.account.user_id
    before = child(child(value, "signatures"), user)
    key_id = f"ed25519:{identity.public(usage)}"
    return {k: v for k, v in value.items() if k != "unsigned"} | {"signatures": {user: before | {key_id: signature}}}


def _verified(value: Mapping[str, Any], user: str, public: str) -> bool:
    signature = child(child(value, "signatures"), user).get(f"ed25519:{public}")
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(str(signature)), _canonical(value))
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def _canonical(value: Mapping[str, Any]) -> bytes:
    bare = {key: item for key, item in value.items() if key not in ("signatures", "unsigned")}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _own_key(client: MatrixClient) -> str:
    return str(client.nio.olm.account.identity_keys["ed25519"])


def _base64(value: bytes) -> str:
    # Unpadded: with padding in a key id the Rust clients drop the whole identity without a word.
    return base64.b64encode(value).rstrip(b"=").decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), validate=True)


def _load(client: MatrixClient, pickle_key: str) -> Identity | NotCrossSigned | None:
    path = client.store / FILE
    if not path.exists():
        return None
    stored = path.read_bytes()
    try:
        opened = json.loads(AESGCM(_derived(pickle_key, "seal")).decrypt(stored[:12], stored[12:], _owner(client)))
    except (InvalidTag, ValueError):
        return NotCrossSigned(f"{FILE} does not open with this pickle key")
    return Identity({usage: Ed25519PrivateKey.from_private_bytes(_bytes(opened[usage])) for usage in _USAGES})


def _save(client: MatrixClient, pickle_key: str, identity: Identity) -> None:
    content = json.dumps({usage: _base64(key.private_bytes_raw()) for usage, key in identity.keys.items()}).encode()
    # Made from the content: the same nonce comes twice only for the same keys, and no source of chance is needed.
    nonce = hmac.digest(_derived(pickle_key, "nonce"), content, "sha256")[:12]
    path: Path = client.store / FILE
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(nonce + AESGCM(_derived(pickle_key, "seal")).encrypt(nonce, content, _owner(client)))
    draft.replace(path)


def _owner(client: MatrixClient) -> bytes:
    return client.account.user_id.encode()


def _derived(pickle_key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"cross-signing {purpose}".encode()).derive(pickle_key.encode())
