"""The settings of an embedded Synapse: loopback only, no federation, and what a paging bot needs switched on."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

SERVER_NAME = "iog.example"

# Where a running server shows which one it is: a port can be taken by another between choosing and using it.
MARK = "nl.iog.embedded"

_OPEN = {"per_second": 100_000, "burst_count": 100_000}

# Logging in is limited to 0.003 per second by default, which would only slow down whoever tries things out.
_LOGIN = {
    "rc_login": {"address": _OPEN, "account": _OPEN, "failed_attempts": _OPEN},
    "rc_registration": _OPEN,
}
_NO_LIMITS = {
    "rc_message": _OPEN,
    "rc_joins": {"local": _OPEN, "remote": _OPEN},
    "rc_joins_per_room": _OPEN,
    "rc_invites": {"per_room": _OPEN, "per_user": _OPEN, "per_issuer": _OPEN},
    "rc_room_creation": _OPEN,
    "rc_admin_redaction": _OPEN,
    "rc_key_requests": _OPEN,
    "rc_media_create": _OPEN,
    "rc_user_directory": _OPEN,
    "rc_delayed_event_mgmt": _OPEN,
}


def write(directory: Path, port: int, *, secret: str, limits: bool) -> Path:
    """Write configuration, logging and signing key below `directory`; gives the path of the configuration."""
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "homeserver.json"
    signing_key = directory / "signing.key"
    seed = base64.b64encode(_derived(secret, "signing").digest()).rstrip(b"=").decode()
    _private(signing_key, f"ed25519 a_iog {seed}\n")
    _private(directory / "log.json", json.dumps(_logging(directory)))
    rates = _LOGIN if limits else _LOGIN | _NO_LIMITS
    _private(config, json.dumps(_homeserver(directory, port, secret, signing_key) | rates))
    return config


def mark(secret: str) -> str:
    """What the server made with this secret shows of itself; it does not give the secret away."""
    return _derived(secret, "mark").hexdigest()


def _homeserver(directory: Path, port: int, secret: str, signing_key: Path) -> dict[str, Any]:
    return {
        "server_name": SERVER_NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "pid_file": str(directory / "homeserver.pid"),
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "tls": False,
                "resources": [{"names": ["client"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(directory / "homeserver.db")}},
        "media_store_path": str(directory / "media"),
        "log_config": str(directory / "log.json"),
        "signing_key_path": str(signing_key),
        "registration_shared_secret": secret,
        "macaroon_secret_key": _derived(secret, "macaroon").hexdigest(),
        "form_secret": _derived(secret, "form").hexdigest(),
        "report_stats": False,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "default_room_version": "12",
        "max_event_delay_duration": "24h",
        "experimental_features": {"msc4028_push_encrypted_events": True},
        # A repeated sync must look at the database, or a client that lost an answer would be shown the lost one again.
        "caches": {"sync_response_cache_duration": "0s"},
        "presence": {"enabled": False},
        "serve_client_wellknown": True,
        "extra_well_known_client_content": {MARK: mark(secret)},
        "bcrypt_rounds": 4,
    }


def _logging(directory: Path) -> dict[str, Any]:
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
        "handlers": {
            "file": {
                "class": "logging.FileHandler",
                "formatter": "plain",
                "filename": str(directory / "homeserver.log"),
            },
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }


def _derived(secret: str, purpose: str) -> "hashlib._Hash":
    return hashlib.sha256(f"{purpose}:{secret}".encode())


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
