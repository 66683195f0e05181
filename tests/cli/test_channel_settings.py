"""A channel is off, or filled in completely: what only seems to be there would be found out in the night."""

from pathlib import Path

import pytest
import yaml

from bot.config import Settings, load_settings
from bot.config_words import ABOUT
from bot.keyfiles import read_key, write_key
from tests.cli.test_settings import LEAST
from tests.desk.authority import set_up

PUBLIC = {"public_url": "https://bot.iog.example"}
SENT_BY = {"sms_token": "sleutel", "sms_sender": "IOG"}
NUMBER = "+3197" + 6 * "0"


def read(tmp_path: Path, **given: object) -> Settings | list[str]:
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({**LEAST, **given}, sort_keys=False), encoding="utf-8")
    found = load_settings(path, login=False)
    return found if isinstance(found, Settings) else [one.text("en").partition(": ")[2] for one in found]


def test_only_this_machine_says_who_asks_unless_others_are_named(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert isinstance(found, Settings)
    assert found.trusted_proxies == ("127.0.0.1", "::1")
    named = read(tmp_path, trusted_proxies=["10.0.0.5", "2001:db8::/64"])
    assert isinstance(named, Settings)
    assert named.trusted_proxies == ("10.0.0.5", "2001:db8::/64")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("jansen", 1),
        ("jansen ntfys://a b", 1),
        ("jansen ntfys://a\njansen json://b", 2),
        ("Jansen ntfys://a", 1),
        ("jansen example.org", 1),
        ("# mag\n\njansen syslog://", 3),
        ("jansen DBUS://x", 1),
    ],
)
def test_an_address_for_apprise_is_a_name_and_an_address(tmp_path: Path, text: str, line: int) -> None:
    assert read(tmp_path, apprise=True, apprise_addresses=text) == [
        f"apprise_addresses: line {line} is no name with an address, such as `jansen ntfys://…`"
    ]


def test_apprise_goes_nowhere_unless_the_operator_says_where(tmp_path: Path) -> None:
    assert read(tmp_path, apprise=True) == [
        f"apprise_addresses is missing beside apprise: {ABOUT['apprise_addresses'].en}"
    ]
    secret = tmp_path / "apprise"
    secret.write_text("jansen ntfys://push.example/geheim\nexpert_cyber json://x.example\n", encoding="utf-8")
    secret.chmod(0o400)
    found = read(tmp_path, apprise=True, apprise_addresses_file=str(secret))
    assert isinstance(found, Settings)
    assert dict(found.apprise_of) == {"jansen": "ntfys://push.example/geheim", "expert_cyber": "json://x.example"}
    assert "geheim" not in f"{found!r} {found.shown()}"
    off = read(tmp_path, apprise_addresses_file=str(secret))
    assert isinstance(off, Settings)
    assert dict(off.apprise_of) == {}


@pytest.mark.parametrize(
    ("given", "hears"),
    [
        ({"sms_provider": "cm", "sms_webhook_secret": "geheim" * 4}, True),
        ({"sms_provider": "spryng", "sms_account": "SPNL01"}, True),
        ({"sms_provider": "spryng", "sms_account": "SPNL01", "sms_poll_seconds": 0}, False),
        ({"sms_provider": "spryng", "sms_account": "SPNL01", "sms_sender": "IOG"}, False),
        ({"sms_provider": "generic", "sms_url": "http://127.0.0.1:9/sms"}, False),
        (
            {"sms_provider": "generic", "sms_url": "http://127.0.0.1:9/sms", "sms_inbox_url": "http://127.0.0.1:9/in"},
            True,
        ),
        ({}, False),
    ],
)
def test_whether_a_text_back_arrives_follows_from_the_settings(
    tmp_path: Path, given: dict[str, object], hears: bool
) -> None:
    found = read(tmp_path, **{"sms_token": "sleutel", "sms_sender": NUMBER, **given})
    assert isinstance(found, Settings), found
    assert found.hears_texts is hears


def test_every_channel_is_off_unless_it_is_filled_in(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert isinstance(found, Settings)
    assert (found.sms_provider, found.voice_account, found.ntfy_url, found.mail_host) == ("none", "", "", "")
    assert not found.pushover_token.get_secret_value()
    assert not found.apprise


@pytest.mark.parametrize(
    "given",
    [
        {"sms_provider": "cm", "sms_webhook_secret": "geheim" * 4, **SENT_BY},
        {"sms_provider": "spryng", "sms_account": "SPNL01", **SENT_BY},
        {"sms_provider": "generic", "sms_url": "http://127.0.0.1:9/sms", **SENT_BY},
        {"voice_account": "AC01", "voice_token": "sleutel", "voice_from": NUMBER, **PUBLIC},
        {"ntfy_url": "https://ntfy.iog.example", **PUBLIC},
        {"mail_host": "mail.iog.example", "mail_from": "iog-bot@iog.example", **PUBLIC},
        {"mail_host": "localhost", "mail_security": "none", "mail_from": "iog-bot@iog.example", **PUBLIC},
        {"pushover_token": "sleutel"},
        {
            "apprise": True,
            "apprise_addresses": "# wie\njansen ntfys://push.example/a\n\nexpert_cyber  json://x.example\n",
        },
    ],
    ids=lambda given: "+".join(given),
)
def test_a_channel_that_is_filled_in_is_taken(tmp_path: Path, given: dict[str, object]) -> None:
    found = read(tmp_path, **given)
    assert isinstance(found, Settings), found


@pytest.mark.parametrize(
    ("given", "lacks", "beside"),
    [
        ({"sms_provider": "cm", "sms_sender": "IOG", "sms_webhook_secret": "geheim" * 4}, "sms_token", "sms_provider"),
        ({"sms_provider": "cm", **SENT_BY}, "sms_webhook_secret", "sms_provider"),
        ({"sms_provider": "spryng", "sms_account": "SPNL01", "sms_token": "x"}, "sms_sender", "sms_provider"),
        ({"sms_provider": "spryng", **SENT_BY}, "sms_account", "sms_provider"),
        ({"sms_provider": "generic", **SENT_BY}, "sms_url", "sms_provider"),
        ({"sms_inbox_url": "https://sms.iog.example/in"}, "sms_token", "sms_inbox_url"),
        ({"voice_account": "AC01", "voice_token": "x", **PUBLIC}, "voice_from", "voice_account"),
        ({"voice_account": "AC01", "voice_token": "x", "voice_from": NUMBER}, "public_url", "voice_account"),
        ({"voice_token": "x", "voice_from": NUMBER}, "voice_account", "voice_token"),
        ({"ntfy_url": "https://ntfy.iog.example"}, "public_url", "ntfy_url"),
        ({"ntfy_token": "x"}, "ntfy_url", "ntfy_token"),
        ({"mail_host": "mail.iog.example", **PUBLIC}, "mail_from", "mail_host"),
        ({"mail_password": "x"}, "mail_user", "mail_password"),
    ],
)
def test_a_channel_that_is_half_filled_in_is_refused_in_one_sentence(
    tmp_path: Path, given: dict[str, object], lacks: str, beside: str
) -> None:
    assert read(tmp_path, **given) == [f"{lacks} is missing beside {beside}: {ABOUT[lacks].en}"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("public_url", "http://bot.iog.example"),
        ("trusted_proxies", ["*"]),
        ("trusted_proxies", ["0.0.0.0/0"]),
        ("trusted_proxies", ["10.0.0.5/8"]),
        ("trusted_proxies", ["proxy.iog.example"]),
        ("public_url", "bot"),
        ("sms_provider", "kpn"),
        ("sms_sender", "Vliegende brigade"),
        ("sms_sender", "+"),
        ("sms_fields", "naar=to"),
        ("sms_poll_seconds", -1),
        ("voice_from", "0031"),
        ("voice_account", "AC01/../x"),
        ("mail_port", 0),
        ("mail_from", "iog-bot"),
        ("mail_security", "geen"),
        ("pushover_poll_seconds", 1),
        ("lease_seconds", 0),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, value: object) -> None:
    assert read(tmp_path, **{name: value}) == [f"{name} cannot be so: {ABOUT[name].en}"]


def test_mail_does_not_travel_unencrypted_to_another_machine(tmp_path: Path) -> None:
    given = {"mail_host": "mail.iog.example", "mail_from": "iog-bot@iog.example", "mail_security": "none", **PUBLIC}
    assert read(tmp_path, **given) == ["mail_security none is for a mail server on this machine only"]


@pytest.mark.parametrize("secret", ["geheim", "a" * 19, "a/" * 20, "a+b=" * 10, "é" * 30])
def test_a_webhook_that_can_be_guessed_is_refused(tmp_path: Path, secret: str) -> None:
    told = "sms_webhook_secret must have 20 letters and digits or more, and no slash: whoever guesses it answers for others"
    assert read(tmp_path, sms_webhook_secret=secret) == [told]
    assert isinstance(read(tmp_path, sms_webhook_secret="a" * 20), Settings)


def test_apprise_that_is_not_installed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.config_channels.find_spec", lambda _: None)
    assert read(tmp_path, apprise=True, apprise_addresses="jansen json://x.example") == [
        "apprise is on, but Apprise is not installed: install `iogplus[apprise]`"
    ]


def test_fields_of_a_gateway_come_from_the_environment_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOGPLUS_SMS_FIELDS", "to=recipient, text=message")
    found = read(tmp_path)
    assert isinstance(found, Settings)
    assert found.sms_fields == ("to=recipient", "text=message")


def test_a_process_has_a_name_and_a_key_for_private_numbers(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert isinstance(found, Settings)
    assert found.node
    assert found.reach_key == tmp_path / "state" / "reach_key"
    named = read(tmp_path, node_name="bot-2", reach_key_file="sleutel")
    assert isinstance(named, Settings)
    assert (named.node, named.reach_key) == ("bot-2", tmp_path / "sleutel")


def test_a_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "reach_key"
    assert read_key(path) is None
    assert write_key(path, bytes(range(32))) == read_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_key(path, bytes(32))


def test_a_time_stamp_service_needs_who_vouches_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, place = {"timestamp_url": "http://tsa.example/tsr"}, tmp_path / "ca.pem"
    assert read(tmp_path, **service) == [
        f"timestamp_ca_file is missing beside timestamp_url: {ABOUT['timestamp_ca_file'].en}"
    ]
    assert read(tmp_path, **service, timestamp_ca_file=str(place)) == [f"{place} cannot be read"]
    place.write_text("geen certificaat", encoding="utf-8")
    assert read(tmp_path, **service, timestamp_ca_file=str(place)) == [f"{place} holds no certificate (PEM)"]
    set_up(tmp_path / "tsa")
    good = {**service, "timestamp_ca_file": str(tmp_path / "tsa" / "ca.pem")}
    found = read(tmp_path, **good)
    assert isinstance(found, Settings)
    assert found.timestamp_url == "http://tsa.example/tsr"
    assert isinstance(read(tmp_path, timestamp_ca_file=str(place)), Settings)  # no service, so nothing to vouch for
    for wrong in ("tsa.example", "ftp://tsa.example", "https://tsa.example/#a"):
        refused = read(tmp_path, timestamp_url=wrong)
        assert isinstance(refused, list)
        assert [said.startswith("timestamp_url") for said in refused] == [True]
    monkeypatch.setattr("bot.config.find_spec", lambda name: None)
    assert read(tmp_path, **good) == [
        "timestamp_url is on, but what it needs is not installed: install `iogplus[timestamps]`"
    ]
