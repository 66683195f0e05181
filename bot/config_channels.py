"""The settings of the channels beside Matrix: all of them off until filled in, and refused when half filled in."""

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_settings import BaseSettings, NoDecode

CHANNEL_SECRETS: Final = (
    "sms_token",
    "sms_webhook_secret",
    "voice_token",
    "ntfy_token",
    "mail_password",
    "pushover_token",
    "apprise_addresses",
)
# Text messages are not signed, so whoever knows the address may answer for anybody. It is a part of an address: no slash in it.
_UNGUESSABLE: Final = re.compile(r"[A-Za-z0-9._~-]{20,}")
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_APPRISE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*://\S+")
# Kinds of an Apprise address that would run or read something on this machine instead of telling somebody.
OF_THIS_MACHINE: Final = ("dbus", "kde", "qt", "glib", "gnome", "macosx", "windows", "syslog")
_HERE: Final = ("localhost", "127.0.0.1", "::1")


def web_address(value: object) -> str:
    """A web address without a slash at its end; ValueError for anything else."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    # Keys and secret links travel with every request: only on this machine may they travel in the clear.
    if not parts.hostname or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise ValueError("not a web address")
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise ValueError("plain http to another machine")
    return str(value).rstrip("/")


def _web_address_if_any(value: object) -> str:
    return "" if value == "" else web_address(value)


def words(value: object) -> object:
    """A list, or (in the environment) its items with commas or spaces between them."""
    return value.replace(",", " ").split() if isinstance(value, str) else value


def network(value: object) -> str:
    """An address or a network (`10.0.0.0/24`) that stands for a machine; ValueError for anything else, also for all of them."""
    found = ip_network(value if isinstance(value, str) else "")
    if not found.prefixlen:
        raise ValueError("not every machine may say who asks")
    return str(value)


WebAddress = Annotated[str, BeforeValidator(web_address)]
Network = Annotated[str, BeforeValidator(network)]
WebAddressIfAny = Annotated[str, BeforeValidator(_web_address_if_any)]
# What a phone shows as the sender: a number, or eleven letters and digits at most (3GPP TS 23.040).
Sender = Annotated[str, StringConstraints(pattern=r"^(|\+?[0-9]{3,16}|[A-Za-z0-9 ]{1,11})$")]
Number = Annotated[str, StringConstraints(pattern=r"^(|\+[1-9][0-9]{6,14})$")]
FieldName = Annotated[str, StringConstraints(pattern=r"^(to|from|text|reference|id)=[A-Za-z0-9_.-]{1,64}$")]
MailAddress = Annotated[str, StringConstraints(pattern=r"^(|[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+)$")]


class ChannelSettings(BaseSettings):
    """What each of these is for stands in `config_words`."""

    public_url: WebAddressIfAny = ""
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(words)] = _HERE[1:]
    sms_provider: Literal["none", "cm", "spryng", "generic"] = "none"
    sms_url: WebAddressIfAny = ""
    sms_token: SecretStr = SecretStr("")
    sms_token_file: Path | None = None
    sms_account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$")] = ""
    sms_sender: Sender = ""
    sms_fields: Annotated[tuple[FieldName, ...], NoDecode, BeforeValidator(words)] = (
        "to=to",
        "from=from",
        "text=text",
        "reference=reference",
        "id=id",
    )
    sms_status_url: WebAddressIfAny = ""
    sms_inbox_url: WebAddressIfAny = ""
    sms_poll_seconds: Annotated[float, Field(ge=0, le=600, allow_inf_nan=False)] = 15.0
    sms_webhook_secret: SecretStr = SecretStr("")
    sms_webhook_secret_file: Path | None = None
    voice_url: WebAddress = "https://api.twilio.com/2010-04-01"
    voice_account: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*$")] = ""
    voice_token: SecretStr = SecretStr("")
    voice_token_file: Path | None = None
    voice_from: Number = ""
    ntfy_url: WebAddressIfAny = ""
    ntfy_token: SecretStr = SecretStr("")
    ntfy_token_file: Path | None = None
    mail_host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]*$")] = ""
    mail_port: Annotated[int, Field(ge=1, le=65535)] = 587
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_password_file: Path | None = None
    mail_from: MailAddress = ""
    pushover_url: WebAddress = "https://api.pushover.net"
    pushover_token: SecretStr = SecretStr("")
    pushover_token_file: Path | None = None
    # Pushover asks for at least five seconds between two looks at a receipt (its receipts page).
    pushover_poll_seconds: Annotated[float, Field(ge=5, le=600, allow_inf_nan=False)] = 5.0
    apprise: bool = False
    apprise_addresses: SecretStr = SecretStr("")
    apprise_addresses_file: Path | None = None

    @property
    def apprise_of(self) -> Mapping[str, str]:
        """The operator's Apprise address of each person or role that has one, by id; of nobody while Apprise is off."""
        found = apprise_lines(self.apprise_addresses.get_secret_value()) if self.apprise else {}
        return found if isinstance(found, dict) else {}

    @property
    def is_answered_by_text(self) -> bool:
        """Whether the sender of our text messages is a number: nobody can reply to a name."""
        return self.sms_sender.lstrip("+").isdecimal()

    @property
    def hears_texts(self) -> bool:
        """Whether a text message that somebody sends back comes in."""
        polled = self.sms_provider == "spryng" or (self.sms_provider == "generic" and bool(self.sms_inbox_url))
        brought = bool(self.sms_webhook_secret.get_secret_value())
        return self.is_answered_by_text and (brought or (polled and self.sms_poll_seconds > 0))


_ASKS_FOR: Final = {
    "voice_account": ("voice_token", "voice_from", "public_url"),
    "voice_token": ("voice_account",),
    "voice_from": ("voice_account",),
    "ntfy_url": ("public_url",),
    "ntfy_token": ("ntfy_url",),
    "mail_host": ("mail_from", "public_url"),
    "mail_from": ("mail_host",),
    "mail_user": ("mail_password",),
    "mail_password": ("mail_user",),
    "sms_inbox_url": ("sms_token",),
    "sms_status_url": ("sms_token",),
}
_OF_PROVIDER: Final = {
    "none": (),
    # without its webhook nothing comes back, and "1 = ik kom" would be no answer
    "cm": ("sms_token", "sms_sender", "sms_webhook_secret"),
    "spryng": ("sms_account", "sms_token", "sms_sender"),
    "generic": ("sms_url", "sms_token", "sms_sender"),
}


def half_filled(plain: Callable[[str], str]) -> dict[str, str]:
    """The settings that are missing, each with the one that asks for it first; `plain` gives a setting as text."""
    asked = [("sms_provider", name) for name in _OF_PROVIDER[plain("sms_provider")]]
    asked += [("apprise", "apprise_addresses")] if plain("apprise") == "True" else []
    asked += [(given, name) for given, needed in _ASKS_FOR.items() if plain(given) for name in needed]
    return {name: given for given, name in reversed(asked) if not plain(name)}


def in_the_clear(plain: Callable[[str], str]) -> bool:
    """Whether mail, with its password and its links, would travel unencrypted to another machine."""
    return plain("mail_security") == "none" and plain("mail_host") not in ("", *_HERE)


def is_guessable(plain: Callable[[str], str]) -> bool:
    """Whether the secret of the webhook is too short, or holds signs that do not arrive as a part of an address."""
    secret = plain("sms_webhook_secret")
    return bool(secret) and not _UNGUESSABLE.fullmatch(secret)


def apprise_lines(text: str) -> dict[str, str] | int:
    """Lines of a name and an address (`jansen ntfys://…`), by name; else the number of the first line that is none."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.split()
        if not parts or line.lstrip().startswith("#"):
            continue
        if len(parts) != 2 or parts[0] in found or not _NAME.fullmatch(parts[0]) or not _APPRISE.fullmatch(parts[1]):
            return number
        if parts[1].partition("://")[0].lower() in OF_THIS_MACHINE:
            return number
        found[parts[0]] = parts[1]
    return found


def apprise_is_missing(plain: Callable[[str], str]) -> bool:
    """Whether Apprise is asked for and not installed; it is an extra of the package."""
    return plain("apprise") == "True" and find_spec("apprise") is None
