"""A bot that is killed while it takes in a room's key has it after the next start."""

from collections.abc import Awaitable, Callable

import pytest

from bot.matrix.peer import Peer
from tests.matrix.conftest import MakeBot


class Killed(BaseException):
    """Stands for a SIGKILL: nothing that comes after it is done, and nothing that handles errors sees it."""


def killed(*_: object) -> None:
    raise Killed


@pytest.mark.parametrize("before", ["save_account", "save_session", "save_inbound_group_session"])
async def test_a_bot_killed_while_it_takes_in_a_key_can_read_what_was_said_with_it(
    make_bot: MakeBot, person: Callable[[str], Awaitable[Peer]], monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    bot, anna = await make_bot(), await person("anna")
    room = await bot.direct_with(anna)
    event = await anna.say(room, "alarm Waterbrug rellen")
    with monkeypatch.context() as dying:
        dying.setattr(bot.client.nio.olm, before, killed)
        with pytest.raises(Killed):
            await bot.hears("alarm")
    await bot.client.close()
    again = await make_bot(like=bot)
    heard = await again.event(event)
    assert heard.decrypted
    assert heard.content["body"] == "alarm Waterbrug rellen"
