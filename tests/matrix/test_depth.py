"""What is nested so deep that it runs a reader's stack out is unreadable, and stops nothing else."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import vodozemac

from bot.matrix import feed
from bot.matrix.client import MatrixClient
from bot.matrix.depth import DEEPEST, read_json, too_deep
from bot.matrix.wire import Account

ROOM = "!kamer:iog.example"
ABYSS = 5_000  # levels; a plain text of 64 KiB has room for more


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


@pytest_asyncio.fixture
async def client(tmp_path: Path) -> AsyncIterator[MatrixClient]:
    made = MatrixClient(Account("http://127.0.0.1:9", "@iog:iog.example", "TOESTEL", "geen"), tmp_path, "slot")
    await made.open()
    yield made
    await made.close()


def encrypted(client: MatrixClient, plaintext: str) -> dict[str, Any]:
    """An event of a sender whose plain text no library of ours made."""
    olm = client.nio.olm
    if ROOM not in olm.outbound_group_sessions:
        olm.create_outbound_group_session(ROOM)
    session = olm.outbound_group_sessions[ROOM]
    session.shared = True
    content = {
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": session.encrypt(plaintext),
        "sender_key": olm.account.identity_keys["curve25519"],
        "session_id": session.id,
        "device_id": olm.device_id,
    }
    return {
        "type": "m.room.encrypted", "event_id": "$1", "sender": olm.user_id, "origin_server_ts": 1, "content": content,
    }  # fmt: skip


def payload(said: str) -> str:
    return f'{{"room_id":"{ROOM}","type":"m.room.message","content":{{"msgtype":"m.text","body":"x","diep":{said}}}}}'


@pytest.mark.parametrize("levels", [DEEPEST, 900, 1_200, ABYSS])
async def test_a_deep_plain_text_cannot_be_read(client: MatrixClient, levels: int) -> None:
    event = client.read(ROOM, encrypted(client, payload(nested(levels))))
    assert event is not None
    assert event.undecryptable


async def test_an_ordinary_plain_text_can(client: MatrixClient) -> None:
    event = client.read(ROOM, encrypted(client, payload(nested(20))))
    assert event is not None
    assert (event.undecryptable, event.content["body"]) == (False, "x")


async def test_a_deep_key_message_is_one_malformed_piece(client: MatrixClient) -> None:
    olm = client.nio.olm
    sender = vodozemac.Account()
    olm.account.generate_one_time_keys(1)
    (one_time,) = olm.account.one_time_keys["curve25519"].values()
    key = vodozemac.Curve25519PublicKey.from_base64(olm.account.identity_keys["curve25519"])
    session = sender.create_outbound_session(key, vodozemac.Curve25519PublicKey.from_base64(one_time))
    kind, ciphertext = session.encrypt(nested(ABYSS).encode()).to_parts()
    body = {"type": kind, "body": b64encode(ciphertext).decode().rstrip("=")}
    content = {
        "algorithm": "m.olm.v1.curve25519-aes-sha2",
        "sender_key": sender.curve25519_key.to_base64(),
        "ciphertext": {olm.account.identity_keys["curve25519"]: body},
    }
    event = {"type": "m.room.encrypted", "sender": "@vreemde:elders.example", "content": content}
    assert client._unwritten is not None
    assert await feed.feed(client.nio, {"to_device": {"events": [event]}}, to_device=client._unwritten) == 1


async def test_a_deep_event_in_clear_is_no_event(client: MatrixClient) -> None:
    source = {"event_id": "$1", "sender": "@a:b", "type": "m.room.message", "content": json.loads(nested(DEEPEST))}
    assert client.read(ROOM, source) is None


def test_an_answer_of_which_one_event_is_too_deep_still_brings_the_others() -> None:
    text = f'{{"events":[{{"body":"voor [{{\\""}},{{"diep":{nested(ABYSS)}}},{{"body":"na"}}],"next_batch":"s2"}}'
    found = read_json(text.encode())
    assert (found["events"][0]["body"], found["events"][2]["body"], found["next_batch"]) == ('voor [{"', "na", "s2")
    assert too_deep(found["events"][1]) is False


@pytest.mark.parametrize("text", ["", "<html>", '{"a":', "[" * ABYSS])
def test_what_is_no_json_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        read_json(text.encode())


def test_depth_is_counted() -> None:
    assert [too_deep(json.loads(nested(levels))) for levels in (1, DEEPEST - 1, DEEPEST)] == [False, False, True]
