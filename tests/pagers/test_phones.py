"""The settings of the counterparts together make a bot with every channel, and its pages show on the phones."""

from pathlib import Path

import pytest
import yaml

from bot.config import Settings, load_settings
from bot.domain.delivery import Delivered
from bot.domain.ladder import Channel
from bot.embedded.phones import OUR_NUMBER, phones
from bot.pagers.build import channels
from bot.words.catalogue import Catalogue
from tests.cli.test_settings import LEAST
from tests.pagers.ground import Clock, notice, number

USER = "u" * 30


@pytest.mark.parametrize("channel", ["sms", "voice", "ntfy", "pushover", "mail"])
async def test_a_bot_that_is_led_to_them_reaches_every_phone(
    tmp_path: Path, words: Catalogue, clock: Clock, channel: Channel
) -> None:
    async with phones(clock, frozenset((USER,))) as town:
        given = {**LEAST, **town.settings(), "public_url": "http://127.0.0.1:8480"}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
        settings = load_settings(tmp_path / "config.yaml", login=False)
        assert isinstance(settings, Settings), settings
        address = {"ntfy": "onderwerp", "pushover": USER, "mail": "jansen@iog.example"}.get(channel, number(1))
        async with channels(settings, words, 2.0) as made:
            assert set(made.every) == {"sms", "voice", "ntfy", "pushover", "mail"}
            assert isinstance(await made.every[channel].send(notice(address)), Delivered)
        seen = {
            "sms": len(town.sms.phone(number(1))),
            "voice": len(town.voice.rang(number(1))),
            "ntfy": len(town.ntfy.notices("onderwerp")),
            "pushover": len(town.pushover.phone(USER)),
            "mail": len(town.mail.inbox("jansen@iog.example")),
        }
        assert seen == {name: int(name == channel) for name in seen}
        assert all(call.number == OUR_NUMBER for call in town.voice.rang(number(1)))
