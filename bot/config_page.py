"""The manual page and the example file of the settings, made from the settings themselves so that neither goes stale."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot.config import LOGIN, PREFIX, SECRETS, Settings
from bot.config_words import ABOUT

EXAMPLE: Final = Path("deploy") / "config.example.yaml"
PAGE: Final = Path("docs") / "beheer" / "instellingen.md"

# What cannot have a default, as a fictional region would fill it in.
_FILLED: Final[dict[str, object]] = {
    "homeserver_url": "https://matrix.iog.example",
    "user_id": "@iog-bot:iog.example",
    "log_host": "iog.example",
    "state_dir": "/var/lib/iogplus",
    "contacts_dir": "/etc/iogplus/contacts",
    "playbooks_dir": "/etc/iogplus/playbooks",
    "fallback_people": ["@vandijk:iog.example", "@smit:iog.example"],
}
# Shown but switched off: the bot fills these in, or few need them.
_OFFERED: Final[dict[str, object]] = {
    "device_id": "ABCDEFGHIJ",
    "access_token_file": "/etc/iogplus/access_token",
    "pickle_key_file": "/etc/iogplus/pickle_key",
    "log_key_file": "/etc/iogplus/log_key",
    "database_url_file": "/etc/iogplus/database_url",
    "heartbeat_url_file": "/etc/iogplus/heartbeat_url",
    "timestamp_url": "https://tsa.example/tsr",
    "timestamp_ca_file": "/etc/iogplus/tsa.pem",
    "public_url": "https://bot.iog.example",
    "sms_url": "https://sms.iog.example/send",
    "sms_token_file": "/etc/iogplus/sms_token",
    "sms_account": "SPNL0000000",
    "sms_sender": "+31…",
    "sms_status_url": "https://sms.iog.example/status",
    "sms_inbox_url": "https://sms.iog.example/inbox",
    "sms_webhook_secret_file": "/etc/iogplus/sms_webhook_secret",
    "voice_account": "AC0123456789",
    "voice_token_file": "/etc/iogplus/voice_token",
    "voice_from": "+31…",
    "ntfy_url": "https://ntfy.iog.example",
    "ntfy_token_file": "/etc/iogplus/ntfy_token",
    "mail_host": "mail.iog.example",
    "mail_user": "iog-bot",
    "mail_password_file": "/etc/iogplus/mail_password",
    "mail_from": "iog-bot@iog.example",
    "pushover_token_file": "/etc/iogplus/pushover_token",
    "apprise_addresses_file": "/etc/iogplus/apprise_addresses",
    "reach_key_file": "/etc/iogplus/reach_key",
    "node_name": "bot-1",
}


def write_pages(root: Path) -> None:
    """Write both files under `root`."""
    for path, text in ((EXAMPLE, example()), (PAGE, page())):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def example() -> str:
    """The example file, complete as it stands but for the device."""
    lines = [
        "# Settings of the IOG+ bot. Every line can be overridden by the environment: IOGPLUS_WEB_PORT=8480.",
        "# Paths count from this file. Secrets belong in files that only the bot can read (the settings on _file).",
        "",
    ]
    for name in ABOUT:
        lines += [f"# {ABOUT[name].en}", _line(name), ""]
    return "\n".join(lines)


def page() -> str:
    """The page of the manual."""
    head = [
        "# Instellingen",
        "",
        "Eén YAML-bestand: `config.yaml` in de map waar de bot start, of het bestand dat `IOGPLUS_CONFIG` of `--config` noemt.",
        f"Elke instelling kan ook als omgevingsvariabele, met `{PREFIX}` ervoor en in hoofdletters; die gaat voor.",
        "Paden gelden vanaf het bestand. Een onbekende of onmogelijke instelling wordt geweigerd, met regel en kolom.",
        "Geheimen horen in een eigen bestand dat alleen de bot kan lezen: noem het met de instelling op `_file`.",
        "`iogplus check` toont wat er geldt, met de geheimen gemaskeerd. Een voorbeeld staat in `deploy/config.example.yaml`.",
        "",
        "| Instelling | Waarvoor | Standaard |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *_rows(), ""])


def _rows() -> Iterator[str]:
    for name in ABOUT:
        field = Settings.model_fields[name]
        if field.is_required():
            default = "verplicht"
        elif name in LOGIN:
            default = "uit `state_dir`"
        else:
            plain = _plain(field.default)
            default = f"`{plain}`" if plain else "–"
        yield f"| `{name}` | {ABOUT[name].nl} | {default} |"


def _line(name: str) -> str:
    if name in _FILLED:
        return f"{name}: {json.dumps(_FILLED[name])}"
    if name in _OFFERED:
        return f"# {name}: {json.dumps(_OFFERED[name], ensure_ascii=False)}"
    if name in SECRETS:
        return f"# {name}: better in a file, see {name}_file"
    return f"{name}: {_plain(Settings.model_fields[name].default)}"


def _plain(value: object) -> str:
    match value:
        case None | SecretStr():
            return ""
        case str():
            return value
        case _:
            return json.dumps(value)
