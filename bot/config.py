"""The settings of an installation: one YAML file with overrides from the environment, read once, complete or refused.

Longer than most modules: it is also the one place that says what lies where in the directory of an installation.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config_channels import (
    CHANNEL_SECRETS,
    ChannelSettings,
    WebAddress,
    apprise_is_missing,
    apprise_lines,
    half_filled,
    in_the_clear,
    is_guessable,
    words,
)
from bot.config_words import ABOUT, Wrong, say
from bot.domain.ids import Account
from bot.domain.people import Language
from bot.keyfiles import read_certificates, read_secret
from bot.reference.fields import AccountName, Server, guess
from bot.reference.yaml_source import Document, Value, read

PREFIX: Final = "IOGPLUS_"
CONFIG: Final = "IOGPLUS_CONFIG"  # where the file is, when no command says so
DEFAULT_FILE: Final = Path("config.yaml")

# What `iogplus new-device` writes into state_dir, each in a file of its own name.
LOGIN: Final = ("device_id", "access_token", "pickle_key")
SECRETS: Final = ("access_token", "pickle_key", "database_url", "heartbeat_url", *CHANNEL_SECRETS)

Hours = Annotated[int, Field(ge=1, le=336)]  # the rosters are judged two weeks ahead
Localpart = Annotated[str, StringConstraints(pattern=r"^[a-z0-9._=-]{1,64}$")]


def _stamp_address(value: object) -> str:
    """Over plain http too: the question holds a hash, and the answer is signed."""
    parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
    if value != "" and (not parts.hostname or parts.scheme not in ("http", "https") or parts.fragment):
        raise ValueError("not a web address")
    return str(value)


StampAddress = Annotated[str, BeforeValidator(_stamp_address)]


class Settings(ChannelSettings):
    """Everything that differs between installations; what each is for stands in `config_words`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    homeserver_url: WebAddress
    user_id: AccountName
    device_id: str = ""
    access_token: SecretStr = SecretStr("")
    access_token_file: Path | None = None
    pickle_key: SecretStr = SecretStr("")
    pickle_key_file: Path | None = None
    log_key_file: Path | None = None
    log_host: Server
    state_dir: Path
    database_url: SecretStr = SecretStr("")
    database_url_file: Path | None = None
    contacts_dir: Path
    playbooks_dir: Path
    language: Language = "nl"
    heartbeat_url: SecretStr = SecretStr("")
    heartbeat_url_file: Path | None = None
    web_host: Annotated[str, StringConstraints(min_length=1)] = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8480
    management_room: Localpart = "iog-beheer"
    alarm_room: Localpart = "iog-alarm"
    fallback_people: Annotated[tuple[AccountName, ...], NoDecode, BeforeValidator(words), Field(min_length=1)]
    document_dir: Path | None = None
    lock_screen: Literal["normal", "minimal"] = "normal"
    file_max_mib: Annotated[int, Field(ge=1, le=1024)] = 50
    file_hour_mib: Annotated[int, Field(ge=1, le=1024 * 1024)] = 1000
    file_downloads: Annotated[int, Field(ge=1, le=16)] = 2
    file_free_mib: Annotated[int, Field(ge=0, le=1024 * 1024)] = 1024
    speed: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] = 1.0
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    reach_key_file: Path | None = None
    reminder_hours: Annotated[tuple[Hours, ...], NoDecode, BeforeValidator(words)] = (48, 2)
    warning_hours: Annotated[tuple[Hours, ...], NoDecode, BeforeValidator(words)] = (168, 48, 2)
    timestamp_url: StampAddress = ""
    timestamp_ca_file: Path | None = None
    node_name: str = ""
    lease_seconds: Annotated[float, Field(ge=1, le=300, allow_inf_nan=False)] = 15.0

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, so that one setting can be changed without a copy of the rest."""
        return env_settings, init_settings

    @property
    def account(self) -> Account:
        return Account(self.user_id)

    @property
    def fallback_accounts(self) -> tuple[Account, ...]:
        """Paged in safe mode."""
        return tuple(Account(account) for account in self.fallback_people)

    @property
    def database(self) -> str:
        """The URL of the database; may hold a password."""
        return self.database_url.get_secret_value() or f"sqlite:///{self.state_dir / 'iogplus.db'}"

    @property
    def log_key(self) -> Path:
        """The file with the seed of the key that signs the log."""
        return self.log_key_file or self.state_dir / "log_key"

    @property
    def reach_key(self) -> Path:
        """The file with the key that seals private numbers and push keys."""
        return self.reach_key_file or self.state_dir / "reach_key"

    @property
    def node(self) -> str:
        """What this process calls itself among several on one database."""
        return self.node_name or socket.gethostname()

    @property
    def crypto_store(self) -> Path:
        """The directory of the device's keys; never to be copied back from a backup."""
        return self.state_dir / "crypto"

    @property
    def files(self) -> Path:
        """The directory of the files that people shared, encrypted; to be backed up with the database."""
        return self.state_dir / "blobs"

    @property
    def erasures(self) -> Path:
        """The list of what was erased, so that a database put back loses it again; belongs in a backup of its own."""
        return self.state_dir / "erasures.jsonl"

    @property
    def dossiers(self) -> Path:
        """The directory of the dossiers that were asked for in chat."""
        return self.state_dir / "dossiers"

    @property
    def certificates(self) -> Path:
        """The directory of what proves which logs were destroyed; belongs in the archive."""
        return self.state_dir / "certificates"

    @property
    def readings(self) -> Path:
        """The notes of who read an incident at a terminal, until the keeper wrote them into the index log."""
        return self.state_dir / "readings"

    @property
    def keeper_lock(self) -> Path:
        """The lock of the one running bot."""
        return self.state_dir / "keeper.lock"

    def login_file(self, name: str) -> Path:
        """Where one of LOGIN is kept when it is not given as a setting."""
        given: Path | None = getattr(self, f"{name}_file", None)
        return given or self.state_dir / name

    def shown(self) -> tuple[tuple[str, str], ...]:
        """Every setting by name with its effective value, secrets masked."""
        return tuple((name, self._shown(name)) for name in ABOUT)

    def _shown(self, name: str) -> str:
        match name, getattr(self, name):
            case "database_url", _:
                return _without_password(self.database)
            case "log_key_file", _:
                return str(self.log_key)
            case "reach_key_file", _:
                return str(self.reach_key)
            case "node_name", _:
                return self.node
            case _, SecretStr() as secret:
                return "••••••••" if secret.get_secret_value() else ""
            case _, tuple() as several:
                return ", ".join(str(one) for one in several)
            case _, value:
                return "" if value is None else str(value)

    def completed(self, **values: object) -> Self:
        """These settings with what was read from files beside them."""
        return self.model_copy(update=values)


def load_settings(path: Path | None = None, *, login: bool = True) -> Settings | tuple[Wrong, ...]:
    """The settings from `path` (else $IOGPLUS_CONFIG, else config.yaml here) and the environment, or all that is wrong.

    Relative paths count from the file. Without `login` the bot's device may be missing: not every command speaks Matrix.
    """
    named = path or (Path(os.environ[CONFIG]) if os.environ.get(CONFIG) else None)
    path = named or DEFAULT_FILE
    document: Document | None = None
    if named or path.exists():
        found = read(path)
        if isinstance(found, tuple):
            return tuple(Wrong(f"{p.path}:{p.line}:{p.column}", p.message) for p in found)
        document = found
    source = _Source(str(path), document)
    values = document.value if document else {}
    if not isinstance(values, dict):
        return (Wrong(source.where(""), say("not_settings")),)
    wrong = [_unknown(name, source) for name in _strangers(values)]
    try:
        settings = Settings(**_from(path.parent, values))
    except ValidationError as error:
        return (*wrong, *(_unfit(d["type"], str(d["loc"][0]), source) for d in error.errors(include_input=False)))
    completed = _with_secrets(settings, source)
    if isinstance(completed, tuple) or wrong:
        return (*wrong, *(completed if isinstance(completed, tuple) else ()))
    lacks = [name for name in LOGIN if login and not _plain(completed, name)]
    wrong = [Wrong(source.where(name), say("no_login", field=name)) for name in lacks]
    return (*wrong, *_half_filled(completed, source)) or completed


def _half_filled(settings: Settings, source: "_Source") -> Iterator[Wrong]:
    """What a channel lacks: a channel that only seems to be there would be found out in the night."""

    def plain(name: str) -> str:
        return _plain(settings, name)

    for name, beside in half_filled(plain).items():
        yield Wrong(source.where(beside), say("half", field=name, beside=beside, about=ABOUT[name]))
    if in_the_clear(plain):
        yield Wrong(source.where("mail_security"), say("in_the_clear", field="mail_security"))
    if is_guessable(plain):
        yield Wrong(source.where("sms_webhook_secret"), say("guessable", field="sms_webhook_secret"))
    if settings.apprise and isinstance(line := apprise_lines(plain("apprise_addresses")), int):
        yield Wrong(source.where("apprise_addresses"), say("apprise_line", field="apprise_addresses", line=line))
    if settings.file_hour_mib < settings.file_max_mib:
        yield Wrong(source.where("file_hour_mib"), say("hour_below_one", field="file_hour_mib", beside="file_max_mib"))
    yield from _stamps_lack(settings, source)
    if apprise_is_missing(plain):
        yield Wrong(source.where("apprise"), say("no_apprise", field="apprise"))


def _stamps_lack(settings: Settings, source: "_Source") -> Iterator[Wrong]:
    if not settings.timestamp_url:
        return
    if find_spec("rfc3161_client") is None:
        yield Wrong(source.where("timestamp_url"), say("no_timestamps", field="timestamp_url"))
    name, given = "timestamp_ca_file", settings.timestamp_ca_file
    if given is None:
        yield Wrong(source.where(name), say("half", field=name, beside="timestamp_url", about=ABOUT[name]))
    elif isinstance(found := read_certificates(given), Wrong):
        yield found


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the settings came from, to say where one can be mended."""

    path: str
    document: Document | None

    def where(self, name: str) -> str:
        if os.environ.get(PREFIX + name.upper()):
            return PREFIX + name.upper()
        if self.document is None or (name,) not in self.document.keys:
            return self.path
        place = self.document.key_place(name)
        return f"{self.path}:{place.line}:{place.column}"


def _strangers(values: Mapping[str, Value]) -> list[str]:
    variables = [v.removeprefix(PREFIX).lower() for v in os.environ if v.startswith(PREFIX) and v != CONFIG]
    return sorted({name for name in (*values, *variables) if name not in ABOUT})


def _unknown(name: str, source: _Source) -> Wrong:
    near = guess(name, tuple(ABOUT))
    message = say("unknown_guess", field=name, guess=near) if near else say("unknown", field=name)
    return Wrong(source.where(name), message)


def _unfit(kind: str, name: str, source: _Source) -> Wrong:
    sentence = "missing" if kind == "missing" else "unfit"
    return Wrong(source.where(name), say(sentence, field=name, about=ABOUT[name]))


def _from(directory: Path, values: Mapping[str, Value]) -> dict[str, Any]:
    paths = {n for n, f in Settings.model_fields.items() if f.annotation in (Path, Path | None)}
    return {
        name: directory / value if name in paths and isinstance(value, str) else value
        for name, value in values.items()
        if name in ABOUT
    }


def _with_secrets(settings: Settings, source: _Source) -> Settings | tuple[Wrong, ...]:
    """The settings with the secrets that stand in files: named by a setting, or left in state_dir by new-device."""
    values: dict[str, object] = {}
    wrong: list[Wrong] = []
    for name in dict.fromkeys((*SECRETS, *LOGIN)):
        given = getattr(settings, f"{name}_file", None)
        if given is not None and _plain(settings, name):
            wrong.append(Wrong(source.where(name), say("twice", field=name)))
        kept = settings.state_dir / name
        path = given or (kept if name in LOGIN and not _plain(settings, name) and kept.exists() else None)
        if path is None:
            continue
        found = read_secret(path)
        if isinstance(found, Wrong):
            wrong.append(found)
        else:
            values[name] = SecretStr(found) if name in SECRETS else found
    return tuple(wrong) or settings.completed(**values)


def _plain(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":••••••••@")))
