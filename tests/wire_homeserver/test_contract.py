"""The homeserver at the wire answers as a real Synapse does: the same calls, the same status, the same shapes and order."""

import secrets
from collections.abc import Callable

from bot.embedded.homeserver import Homeserver
from tests.wire_homeserver.conversation import Talk, talk
from tests.wire_homeserver.server import WireHomeserver

PEOPLE = ("an", "bea", "cor")


async def held_with(server: Homeserver | WireHomeserver, fresh: Callable[[str], str]) -> Talk:
    tokens, names = {}, {}
    for person in PEOPLE:
        account, password = fresh(person), secrets.token_hex(8)
        names[person] = (await server.register(account, password, displayname=person.capitalize())).user_id
        tokens[person] = (await server.login(account, password, "APPARAAT")).access_token
    spoken = Talk(server.url, tokens, names)
    await talk(spoken, secrets.token_hex(4))
    return spoken


async def test_both_homeservers_answer_alike(homeserver: Homeserver, fresh: Callable[[str], str]) -> None:
    wire = await WireHomeserver.start(secret=secrets.token_hex())
    try:
        ours = await held_with(wire, fresh)
    finally:
        await wire.stop()
    real = await held_with(homeserver, fresh)
    assert [line[0] for line in ours.heard] == [line[0] for line in real.heard]
    differences = [(mine, theirs) for mine, theirs in zip(ours.heard, real.heard, strict=True) if mine != theirs]
    assert not differences, "\n".join(f"wire: {mine}\nreal: {theirs}" for mine, theirs in differences)
    assert len(real.heard) > 80


async def test_a_homeserver_that_answers_otherwise_is_noticed(fresh: Callable[[str], str]) -> None:
    """Two of ours, one of which forgets that a transaction id was used: the comparison must see it."""
    transcripts = []
    for forgetful in (False, True):
        wire = await WireHomeserver.start(secret=secrets.token_hex())
        if forgetful:
            wire.world.transactions = _Forgetful()
        try:
            transcripts.append((await held_with(wire, fresh)).heard)
        finally:
            await wire.stop()
    labels = {mine[0] for mine, theirs in zip(*transcripts, strict=True) if mine != theirs}
    assert "one effect for one id" in labels


class _Forgetful(dict[tuple[str, ...], dict[str, object]]):
    def __contains__(self, key: object) -> bool:
        return False
