"""Settings are complete or refused, each mistake in one line with its place, and no secret is ever shown."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.config import SECRETS, Settings, load_settings
from bot.config_page import EXAMPLE, PAGE, example, page
from bot.config_words import ABOUT, Wrong
from bot.keyfiles import read_log_key, read_secret, write_log_key, write_secret
from tests.cli.conftest import ROOT

CANARY = "kanarie-7f3c9a"
LEAST: dict[str, str | list[str]] = {
    "homeserver_url": "https://matrix.iog.example",
    "user_id": "@iog-bot:iog.example",
    "log_host": "iog.example",
    "state_dir": "state",
    "contacts_dir": "contacts",
    "playbooks_dir": "playbooks",
    "fallback_people": ["@jansen:iog.example"],
}
# What a channel cannot do without, beside its secret.
BESIDE = {
    "voice_token": {"voice_account": "AC01", "voice_from": "+3197" + 6 * "0", "public_url": "https://bot.iog.example"},
    "ntfy_token": {"ntfy_url": "https://ntfy.iog.example", "public_url": "https://bot.iog.example"},
    "mail_password": {"mail_user": "iog-bot"},
}
Writes = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Writes:
    """Writes a config.yaml: the least there can be, with changes; None leaves a setting out."""

    def writes(**change: object) -> Path:
        settings = {name: value for name, value in {**LEAST, **change}.items() if value is not None}
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
        return path

    return writes


def settings(path: Path | None, *, login: bool = False) -> Settings:
    found = load_settings(path, login=login)
    assert isinstance(found, Settings), found
    return found


def wrong(path: Path | None, *, login: bool = False) -> list[str]:
    found = load_settings(path, login=login)
    assert isinstance(found, tuple)
    return [str(one) for one in found]


def test_the_least_there_can_be_is_complete(written: Writes, tmp_path: Path) -> None:
    found = settings(written())
    assert found.state_dir == tmp_path / "state"
    assert found.database == f"sqlite:///{tmp_path / 'state' / 'iogplus.db'}"
    assert found.log_key == tmp_path / "state" / "log_key"
    assert (found.speed, found.web_port, found.lock_screen) == (1.0, 8480, "normal")


@pytest.mark.parametrize("name", sorted(LEAST))
def test_a_setting_that_has_no_default_must_be_given(written: Writes, name: str) -> None:
    path = written(**{name: None})
    assert wrong(path) == [f"{path}: {name} ontbreekt: {ABOUT[name].nl}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("homeserver_url", "matrix.iog.example"),
        ("homeserver_url", "http://matrix.iog.example"),
        ("homeserver_url", "ftp://127.0.0.1"),
        ("user_id", "iog-bot"),
        ("log_host", "iog.example/log"),
        ("language", "de"),
        ("web_port", 70000),
        ("web_port", "https"),
        ("lock_screen", "uit"),
        ("speed", 0),
        ("speed", -1),
        ("fallback_people", []),
        ("fallback_people", ["jansen"]),
        ("management_room", "#beheer:iog.example"),
        ("log_level", "veel"),
        ("state_dir", 7),
    ],
)
def test_a_value_that_cannot_be_is_pointed_at(written: Writes, name: str, value: object) -> None:
    path = written(**{name: value})
    lines = path.read_text(encoding="utf-8").splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if text.startswith(f"{name}:"))
    assert wrong(path) == [f"{path}:{line}:1: {name} kan zo niet: {ABOUT[name].nl}"]


def test_plain_http_is_for_this_machine_only(written: Writes) -> None:
    assert settings(written(homeserver_url="http://127.0.0.1:8008/")).homeserver_url == "http://127.0.0.1:8008"


def test_every_mistake_is_said_at_once(written: Writes) -> None:
    assert len(wrong(written(web_port=-1, language="de", webport=1, log_host=None))) == 4


def test_an_hour_of_files_that_holds_not_one_is_refused(written: Writes) -> None:
    path = written(file_max_mib=50, file_hour_mib=10)
    line = 1 + next(n for n, text in enumerate(path.read_text().splitlines()) if text.startswith("file_hour_mib:"))
    (said,) = wrong(path)
    assert said.startswith(f"{path}:{line}:1: file_hour_mib is minder dan file_max_mib")


def test_a_misspelt_setting_is_recognised(written: Writes) -> None:
    path = written(state_dri="elders")
    assert wrong(path) == [f"{path}:9:1: onbekende instelling: state_dri (bedoel je: state_dir?)"]


def test_a_misspelt_variable_is_recognised(written: Writes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOGPLUS_WEBPORT", "1")
    assert wrong(written()) == ["IOGPLUS_WEBPORT: onbekende instelling: webport (bedoel je: web_port?)"]


def test_a_wrong_variable_is_named_and_not_the_file(written: Writes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOGPLUS_WEB_PORT", "veel")
    assert wrong(written(web_port=9000))[0].startswith("IOGPLUS_WEB_PORT: web_port kan zo niet")


def test_the_environment_wins(written: Writes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOGPLUS_WEB_PORT", "9999")
    monkeypatch.setenv("IOGPLUS_FALLBACK_PEOPLE", "@a:iog.example, @b:iog.example")
    monkeypatch.setenv("IOGPLUS_LANGUAGE", "")
    found = settings(written(web_port=9000))
    assert found.web_port == 9999
    assert found.fallback_accounts == ("@a:iog.example", "@b:iog.example")
    assert found.language == "nl"


def test_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LEAST.items():
        monkeypatch.setenv(f"IOGPLUS_{name.upper()}", " ".join(value) if isinstance(value, list) else value)
    assert settings(None).log_host == "iog.example"


def test_the_file_may_be_named_by_the_environment(
    written: Writes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elders.yaml"
    written(web_port=9001).rename(elsewhere)
    monkeypatch.setenv("IOGPLUS_CONFIG", str(elsewhere))
    assert settings(None).web_port == 9001


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    path = tmp_path / "weg.yaml"
    assert wrong(path) == [f"{path}:1:1: het bestand ontbreekt"]


def test_a_file_that_is_a_list_is_no_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("- a\n", encoding="utf-8")
    assert wrong(path) == [f"{path}: hier horen instellingen: `naam: waarde`"]


def test_a_bot_without_a_device_is_told_how_to_get_one(written: Writes, tmp_path: Path) -> None:
    path = written()
    assert [line.split(": ")[1] for line in wrong(path, login=True)] == [
        f"{name} ontbreekt; maak het apparaat met `iogplus new-device`"
        for name in ("device_id", "access_token", "pickle_key")
    ]
    (tmp_path / "state").mkdir()
    for name in ("device_id", "access_token", "pickle_key"):
        write_secret(settings(path).login_file(name), f"{name}-{CANARY}")
    found = settings(path, login=True)
    assert found.device_id == f"device_id-{CANARY}"
    assert found.access_token.get_secret_value() == f"access_token-{CANARY}"


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_may_stand_in_a_file_of_its_own(written: Writes, tmp_path: Path, name: str) -> None:
    secret = "geheim" * 4 if name == "sms_webhook_secret" else f"sqlite:///{CANARY}"  # that one stands in an address
    write_secret(tmp_path / "geheim", secret)
    found = settings(written(**{f"{name}_file": "geheim"}, **BESIDE.get(name, {})))
    assert getattr(found, name).get_secret_value() == secret


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_given_twice_is_refused(written: Writes, tmp_path: Path, name: str) -> None:
    write_secret(tmp_path / "geheim", CANARY)
    path = written(**{f"{name}_file": "geheim", name: CANARY})
    (said,) = wrong(path)
    assert said.endswith(f"{name} en {name}_file: geef er één")
    assert CANARY not in said


@pytest.mark.parametrize(("mode", "why"), [(0o644, "leesbaar voor anderen"), (0o600, "is leeg")])
def test_a_secret_that_others_can_read_or_that_is_empty_is_refused(tmp_path: Path, mode: int, why: str) -> None:
    path = tmp_path / "geheim"
    path.write_text(CANARY if mode == 0o644 else "\n", encoding="utf-8")
    path.chmod(mode)
    assert why in str(read_secret(path))
    assert CANARY not in str(read_secret(path))


def test_no_secret_is_ever_shown(written: Writes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOGPLUS_DATABASE_URL", f"postgresql://bot:{CANARY}@db.iog.example/iogplus")
    path = written(access_token=CANARY, pickle_key=CANARY, heartbeat_url=f"https://bewaker.example/{CANARY}")
    found = settings(path)
    assert found.database.startswith(f"postgresql://bot:{CANARY}@")
    for text in (repr(found), str(found), str(found.shown())):
        assert CANARY not in text
    assert dict(found.shown())["database_url"] == "postgresql://bot:••••••••@db.iog.example/iogplus"
    for name in SECRETS:
        assert not any(CANARY in line for line in wrong(written(**{name: [CANARY]}, web_port=-1)))


def test_settings_do_not_change_while_the_bot_runs(written: Writes) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings(written()).web_port = 1


def test_a_log_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "log_key"
    assert read_log_key(path) is None
    made = write_log_key(path, bytes(range(32)))
    read = read_log_key(path)
    assert read is not None
    assert not isinstance(read, Wrong)
    assert path.stat().st_mode & 0o777 == 0o600
    assert made.public_key().public_bytes_raw() == read.public_key().public_bytes_raw()
    with pytest.raises(FileExistsError):
        write_log_key(path, bytes(32))


@pytest.mark.parametrize(("text", "mode", "why"), [("AAAA", 0o600, "geen sleutel"), ("", 0o640, "rechten 0400")])
def test_a_log_key_that_is_damaged_or_open_is_refused(tmp_path: Path, text: str, mode: int, why: str) -> None:
    path = tmp_path / "log_key"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    assert why in str(read_log_key(path))


def test_every_setting_is_in_the_example_and_in_the_manual() -> None:
    assert set(ABOUT) == set(Settings.model_fields)
    assert (ROOT / EXAMPLE).read_text(encoding="utf-8") == example()
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page()
    for name in Settings.model_fields:
        assert f"\n{name}: " in example() or f"\n# {name}: " in example()
        assert f"| `{name}` |" in page()


def test_the_example_is_accepted_as_it_stands() -> None:
    assert settings(ROOT / EXAMPLE).fallback_accounts == ("@vandijk:iog.example", "@smit:iog.example")
